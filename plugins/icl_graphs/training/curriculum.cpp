// SPDX-License-Identifier: Apache-2.0
#include "training/curriculum.hpp"

#include <algorithm>
#include <latent/learn/random.hpp>
#include <stdexcept>

#include "graphs/nth_seed.hpp"

namespace icl_graphs {
namespace {

constexpr int kFewest = 6, kMost = 16;  // nodes of a training graph

Graph drawn(const std::string& family, int most, latent::learn::RandomStream& random) {
    const auto between = [&](int low, int high) {
        return low + static_cast<int>(random.below(static_cast<std::uint64_t>(std::max(high - low, 0) + 1)));
    };
    const std::uint64_t seed = random.word64() >> 11;
    if (family == "ring") return makeRing(between(kFewest, most));
    if (family == "grid") {
        for (;;) {
            const int rows = between(2, 4), columns = between(2, 5);
            if (rows * columns <= most && !(rows == 4 && columns == 4))
                return makeGrid(rows, columns);  // 4 × 4 is held out
        }
    }
    if (family == "tree") return makeTree(2, most >= 15 ? between(2, 3) : 2);
    if (family == "erdos_renyi") return makeErdosRenyi(between(kFewest, most), .35, seed);
    if (family == "regular") return makeRegular(2 * between(kFewest / 2, most / 2), 3, seed);
    throw std::invalid_argument("There is no family of training graphs '" + family + "'.");
}

}  // namespace

std::vector<std::int32_t> Curriculum::sequence(std::uint64_t number, Graph* graph) const {
    latent::learn::RandomStream random(m_seed, "icl/curriculum", number);
    const bool calendar = random.uniform() < m_spec.calendarShare;
    const int most = std::min(kMost, m_spec.vocabulary);
    const Graph g = calendar ? makeRing(kDays)
                             : drawn(m_spec.families[random.below(m_spec.families.size())], most, random);
    std::vector<std::uint32_t> labels = random.permutation(static_cast<std::uint32_t>(m_spec.vocabulary));
    SequenceSpec spec{.length = m_spec.length + 1, .teleport = calendar ? 0 : m_spec.teleport};
    std::vector<std::int32_t> tokens;
    for (const int node : makeSequence(std::vector<Graph>{g}, spec, nthSeed(m_seed, 1), number).nodes)
        tokens.push_back(calendar ? node : static_cast<std::int32_t>(labels[static_cast<std::size_t>(node)]));
    if (graph) *graph = g;
    return tokens;
}

std::vector<std::int32_t> Curriculum::batch(std::int64_t step, int sequences) const {
    std::vector<std::int32_t> tokens;
    for (int i = 0; i < sequences; ++i) {
        const std::vector<std::int32_t> one =
            sequence(static_cast<std::uint64_t>(step) * static_cast<std::uint64_t>(sequences) +
                     static_cast<std::uint64_t>(i));
        tokens.insert(tokens.end(), one.begin(), one.end());
    }
    return tokens;
}

}  // namespace icl_graphs
