// SPDX-License-Identifier: Apache-2.0
#include "experiments/solve.hpp"

#include <numeric>

namespace concept_space {

void Solve::answer(const latent::Parameters& p, latent::Reply& reply) {
    const theory::Cell cell = theoryCell(p);
    const theory::Trajectories t = TheoryModel::of(p).solve({&cell, 1});
    if (reply.cancelled()) return;
    reply.array("time", t.time);
    for (const TheoryArray& array : theoryArrays(t)) reply.array(array.name, latent::ArrayView(array.data, array.shape));
    const CurveSummary summary = summarise(t, 0, cell.data.mu, p.number("learned"));
    reply.array("speed", summary.speed);
    reply.array("learning_time", summary.learning_time);
    reply.array("swing_by", latent::ArrayView(&summary.swing_by, {}));
    reply.array("descents", latent::ArrayView(&summary.descents, {}));
    if (!t.nodeLoss.empty()) {
        std::vector<std::int32_t> node(std::size_t{1} << t.concepts);
        std::iota(node.begin(), node.end(), 0);
        reply.array("node", node);
    }
    nlohmann::json values{{"swing_by", summary.swing_by}, {"descents", summary.descents}};
    if (t.outcomes[0].breakdownTime) values["breakdown_time"] = *t.outcomes[0].breakdownTime;
    reply.values(values);
}

}  // namespace concept_space
