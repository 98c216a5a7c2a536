// SPDX-License-Identifier: Apache-2.0
#pragma once
// How likely each chain of a mixture is, and how many chains that amounts to.
//
// The paper's code takes N uniform numbers divided by their sum (only mildly skewed: max/mean ≈ 2); uniform and
// Zipf priors are offered beside it. Pure, any thread; refusals are std::invalid_argument with a sentence.
//
//     std::vector<double> p = makePrior({.kind = PriorKind::Zipf, .exponent = 1}, 64, seed);
//     double chains = effectiveDiversity(p);    // exp(H(p)): 64 when uniform, about 21 here

#include <cstdint>
#include <span>
#include <vector>

namespace markov_mixtures {

enum class PriorKind {
    NormalisedUniform,  ///< p_n ∝ U(0, 1], drawn with the seed: the paper's code
    Uniform,            ///< 1/N
    Zipf                ///< p_n ∝ (n+1)^-exponent
};

struct PriorSpec {
    PriorKind kind = PriorKind::NormalisedUniform;
    double exponent = 1;  ///< of Zipf, ≥ 0
};

/// p [chains], every entry above 0, sums to 1.
std::vector<double> makePrior(const PriorSpec& spec, std::int64_t chains, std::uint64_t seed);

/// exp of the entropy of p: the number of equally likely chains that is as diverse.
double effectiveDiversity(std::span<const double> prior);

}  // namespace markov_mixtures
