// SPDX-License-Identifier: Apache-2.0
#pragma once
// How transition matrices are drawn: every option of arXiv 2412.01003 and its code, and doubly stochastic chains
// (Edelman et al. 2024, where the unigram statistics say nothing).
//
// Chain `index` of a named stream depends on (spec, seed, stream, index) only: mixtures are nested, and any chain
// can be made again alone. A draw that is reducible or periodic is drawn again (the sparse generator needs it).
// Pure functions, any thread. A spec that makes no sense, or never gives an ergodic chain, throws
// std::invalid_argument with a sentence that names the parameter.
//
//     Chain chain = drawChain({.kind = Generator::Dirichlet, .states = 10}, seed, "train", 7);
//     Chain other = drawChain({.kind = Generator::Sparse, .states = 10, .density = .3}, seed, "ood", 0);

#include <cstdint>
#include <string_view>

#include "model/chains/chain.hpp"

namespace markov_mixtures {

enum class Generator {
    Dirichlet,  ///< rows ~ Dirichlet(concentration, …), independent
    Sparse,  ///< round(density · k) entries of each row are not 0 (at least 1), Dirichlet(concentration) on them
    BlockDirichlet,  ///< rows ~ Dirichlet with `inBlock` inside diagonal blocks of `blockSize`, `offBlock` elsewhere
    DoublyStochastic,  ///< Gamma(concentration) entries balanced until rows and columns sum to 1: π is uniform
    DirichletFromBase  ///< rows ~ Dirichlet(beta · T0 row); T0 ~ Dirichlet(1) rows, one for each seed
};

struct GeneratorSpec {
    Generator kind = Generator::Dirichlet;
    int states = 10;           ///< k
    double concentration = 1;  ///< of the Dirichlet or Gamma draws, > 0
    double density = 0.5;      ///< of Sparse, in (0, 1]
    int blockSize = 5;         ///< of BlockDirichlet, in states
    double inBlock = 5;        ///< concentration inside a block
    double offBlock = 1;       ///< concentration outside
    double beta = 10;          ///< of DirichletFromBase: the larger, the nearer to T0
};

void requireValid(const GeneratorSpec& spec);

/// Chain number `index` of the stream ("train", "ood", …).
Chain drawChain(const GeneratorSpec& spec, std::uint64_t seed, std::string_view stream, std::uint64_t index);

}  // namespace markov_mixtures
