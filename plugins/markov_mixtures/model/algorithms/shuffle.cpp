// SPDX-License-Identifier: Apache-2.0
#include "model/algorithms/shuffle.hpp"

#include <algorithm>
#include <vector>

namespace markov_mixtures {

void shuffleContext(Shuffle kind, int states, std::span<Token> context, latent::learn::RandomStream& random) {
    const std::size_t n = context.size(), k = static_cast<std::size_t>(states);
    std::vector<bool> stays(n, kind == Shuffle::Last);
    if (kind == Shuffle::Last)
        std::fill(stays.end() - static_cast<std::ptrdiff_t>(std::min(k, n)), stays.end(), false);
    if (kind == Shuffle::Context) {
        std::vector<bool> seen(k, false);
        for (std::size_t t = n; t-- > 0;) {
            stays[t] = !seen[context[t]];
            seen[context[t]] = true;
        }
    }
    std::vector<std::size_t> place;
    for (std::size_t t = 0; t < n; ++t)
        if (!stays[t]) place.push_back(t);
    const std::vector<std::uint32_t> order = random.permutation(static_cast<std::uint32_t>(place.size()));
    const std::vector<Token> before(context.begin(), context.end());
    for (std::size_t i = 0; i < place.size(); ++i) context[place[i]] = before[place[order[i]]];
}

}  // namespace markov_mixtures
