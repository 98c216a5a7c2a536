// SPDX-License-Identifier: Apache-2.0
#include "model/chains/generators.hpp"

#include <cmath>
#include <numeric>
#include <stdexcept>

#include "model/chains/dirichlet.hpp"

namespace markov_mixtures {
namespace {

using latent::learn::RandomStream;

constexpr int kTries = 10'000;  // of one chain: a generator that needs more does not give ergodic chains

using Matrix = std::vector<double>;

Matrix independentRows(RandomStream& random, std::size_t k, const auto& concentrationOf) {
    Matrix matrix;
    matrix.reserve(k * k);
    std::vector<double> concentration(k);
    for (std::size_t i = 0; i < k; ++i) {
        for (std::size_t j = 0; j < k; ++j) concentration[j] = concentrationOf(i, j);
        const std::vector<double> row = dirichlet(random, concentration);
        matrix.insert(matrix.end(), row.begin(), row.end());
    }
    return matrix;
}

Matrix sparse(RandomStream& random, const GeneratorSpec& spec) {
    const auto k = static_cast<std::size_t>(spec.states);
    const auto kept = static_cast<std::uint32_t>(std::max(1.0, std::round(spec.density * spec.states)));
    std::vector<std::vector<std::uint32_t>> place(k);
    for (auto& order : place) order = random.permutation(static_cast<std::uint32_t>(k));
    return independentRows(random, k, [&](std::size_t i, std::size_t j) {
        return place[i][j] < kept ? spec.concentration : 0.0;
    });
}

/// Sinkhorn's balancing; converges for positive entries, geometrically.
Matrix doublyStochastic(RandomStream& random, const GeneratorSpec& spec) {
    const auto k = static_cast<std::size_t>(spec.states);
    Matrix m(k * k);
    for (double& entry : m) entry = std::exp(logGamma(random, spec.concentration));
    for (int round = 0; round < 10'000; ++round) {
        double worst = 0;
        for (std::size_t j = 0; j < k; ++j) {
            double sum = 0;
            for (std::size_t i = 0; i < k; ++i) sum += m[i * k + j];
            for (std::size_t i = 0; i < k; ++i) m[i * k + j] /= sum;
            worst = std::max(worst, std::abs(sum - 1));
        }
        for (std::size_t i = 0; i < k; ++i) {
            const double sum = std::accumulate(m.begin() + static_cast<std::ptrdiff_t>(i * k),
                                               m.begin() + static_cast<std::ptrdiff_t>((i + 1) * k), 0.0);
            for (std::size_t j = 0; j < k; ++j) m[i * k + j] /= sum;
        }
        if (worst < 1e-13) break;
    }
    return m;
}

Matrix drawMatrix(RandomStream& random, const GeneratorSpec& spec, std::uint64_t seed) {
    const auto k = static_cast<std::size_t>(spec.states);
    switch (spec.kind) {
        case Generator::Dirichlet:
            return independentRows(random, k, [&](std::size_t, std::size_t) { return spec.concentration; });
        case Generator::Sparse:
            return sparse(random, spec);
        case Generator::BlockDirichlet: {
            const auto block = static_cast<std::size_t>(spec.blockSize);
            return independentRows(random, k, [&](std::size_t i, std::size_t j) {
                return i / block == j / block ? spec.inBlock : spec.offBlock;
            });
        }
        case Generator::DoublyStochastic:
            return doublyStochastic(random, spec);
        case Generator::DirichletFromBase: {
            RandomStream baseRandom(seed, "markov/base");
            const Matrix base = independentRows(baseRandom, k, [](std::size_t, std::size_t) { return 1.0; });
            return independentRows(random, k,
                                   [&](std::size_t i, std::size_t j) { return spec.beta * base[i * k + j]; });
        }
    }
    throw std::invalid_argument("There is no such generator of chains.");
}

void requirePositive(double value, const char* name) {
    if (!std::isfinite(value) || value <= 0)
        throw std::invalid_argument(std::string("'") + name + "' must be a finite number above 0.");
}

}  // namespace

void requireValid(const GeneratorSpec& spec) {
    if (spec.states < 2)
        throw std::invalid_argument("A chain needs at least 2 states; 'states' is " +
                                    std::to_string(spec.states) + ".");
    if (spec.states > kMostStates)
        throw std::invalid_argument("A chain has at most " + std::to_string(kMostStates) +
                                    " states; 'states' is " + std::to_string(spec.states) + ".");
    requirePositive(spec.concentration, "concentration");
    if (spec.kind == Generator::Sparse && !(spec.density > 0 && spec.density <= 1))
        throw std::invalid_argument("'density' must lie above 0 and at most at 1.");
    if (spec.kind == Generator::BlockDirichlet) {
        if (spec.blockSize < 1) throw std::invalid_argument("'block_size' must be at least 1 state.");
        requirePositive(spec.inBlock, "block_concentration");
        requirePositive(spec.offBlock, "off_block_concentration");
    }
    if (spec.kind == Generator::DirichletFromBase) requirePositive(spec.beta, "beta");
}

Chain drawChain(const GeneratorSpec& spec, std::uint64_t seed, std::string_view stream, std::uint64_t index) {
    requireValid(spec);
    RandomStream random(seed, "markov/chain/" + std::string(stream), index);
    std::string why;
    for (int attempt = 0; attempt < kTries; ++attempt) {
        Chain chain{spec.states, drawMatrix(random, spec, seed), {}};
        why = whyNotErgodic(chain.states, chain.transition);
        if (!why.empty()) continue;
        chain.stationary = stationaryOf(chain.states, chain.transition);
        return chain;
    }
    throw std::invalid_argument(
        "None of " + std::to_string(kTries) + " draws gave a chain that can be used. The last one: " + why +
        (spec.kind == Generator::Sparse ? " Raise 'density'." : " Raise 'concentration'."));
}

}  // namespace markov_mixtures
