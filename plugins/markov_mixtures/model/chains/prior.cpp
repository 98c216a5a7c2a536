// SPDX-License-Identifier: Apache-2.0
#include "model/chains/prior.hpp"

#include <cmath>
#include <latent/learn/random.hpp>
#include <numeric>
#include <stdexcept>

#include "model/chains/chain.hpp"

namespace markov_mixtures {

std::vector<double> makePrior(const PriorSpec& spec, std::int64_t chains, std::uint64_t seed) {
    if (chains < 1)
        throw std::invalid_argument("A mixture needs at least 1 chain; 'chains' is " +
                                    std::to_string(chains) + ".");
    if (!std::isfinite(spec.exponent) || spec.exponent < 0)
        throw std::invalid_argument("'zipf_exponent' must be finite and not negative.");
    latent::learn::RandomStream random(seed, "markov/prior");
    std::vector<double> p(static_cast<std::size_t>(chains));
    for (std::size_t n = 0; n < p.size(); ++n) {
        switch (spec.kind) {
            case PriorKind::NormalisedUniform:
                p[n] = 1.0 - random.uniform();  // (0, 1]: no chain is impossible
                break;
            case PriorKind::Uniform:
                p[n] = 1.0;
                break;
            case PriorKind::Zipf:
                p[n] = std::pow(static_cast<double>(n + 1), -spec.exponent);
                break;
        }
    }
    const double sum = std::accumulate(p.begin(), p.end(), 0.0);
    for (double& x : p) x /= sum;
    return p;
}

double effectiveDiversity(std::span<const double> prior) { return std::exp(entropy(prior)); }

}  // namespace markov_mixtures
