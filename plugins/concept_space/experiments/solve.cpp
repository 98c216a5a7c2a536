// SPDX-License-Identifier: Apache-2.0
#include "experiments/solve.hpp"

#include <numeric>

namespace concept_space {

namespace {

/// Of the adaptive method: a slider waits for the answer.
constexpr long kMostProbeSteps = 200'000;

}  // namespace

void Solve::answer(const latent::Parameters& p, latent::Reply& reply) {
    const theory::Cell cell = theoryCell(p);
    TheoryModel model = TheoryModel::of(p);
    model.symmetricOptions.mostSteps = kMostProbeSteps;
    const auto solution = model.solveUnless({&cell, 1}, [&] { return reply.cancelled(); });
    if (!solution || reply.cancelled()) return;
    const theory::Trajectories& t = *solution;
    reply.array("time", t.time);
    for (const TheoryArray& array : theoryArrays(t))
        reply.array(array.name, latent::ArrayView(array.data, array.shape));
    const CurveSummary summary = summarise(t, 0, cell.data.mu, p.number("learned"));
    reply.array("speed", summary.speed);
    reply.array("learning_time", summary.learning_time);
    reply.array("swing_by", latent::ArrayView(&summary.swing_by, {}));
    reply.array("rise", latent::ArrayView(&summary.swing_by, {1}));
    reply.array("descents", latent::ArrayView(&summary.descents, {}));
    const auto sendCounted = [&](const char* name, std::size_t size) {
        std::vector<std::int32_t> places(size);
        std::iota(places.begin(), places.end(), 0);
        reply.array(name, places);
    };
    for (const char* name : {"row", "col"}) sendCounted(name, static_cast<std::size_t>(t.dim));
    sendCounted("concept", cell.data.mu.size());
    if (!t.nodeLoss.empty()) sendCounted("node", std::size_t{1} << t.concepts);
    nlohmann::json values{{"swing_by", summary.swing_by}, {"descents", summary.descents}};
    if (t.outcomes[0].breakdownTime) {
        values["breakdown_time"] = *t.outcomes[0].breakdownTime;
        values["breakdown"] = breakdownSentence(t.outcomes[0]);
    }
    reply.values(values);
}

}  // namespace concept_space
