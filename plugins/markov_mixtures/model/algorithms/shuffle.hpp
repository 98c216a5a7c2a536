// SPDX-License-Identifier: Apache-2.0
#pragma once
// Contexts whose order is destroyed: unigram algorithms cannot notice, bigram algorithms must.
//
// Each variant permutes positions inside one context, so that its unigram counts are exactly those of the original. The
// paper's code permutes the long sequence that all contexts are cut from, which changes the counts of a cut; this one
// does not, and is therefore an exact control. Any thread; the numbers come from the stream that is passed.
//
//     RandomStream random(seed, "markov/shuffle", replicate);
//     shuffleContext(Shuffle::Context, tokens, random);

#include <latent/learn/random.hpp>
#include <span>

#include "model/chains/chain.hpp"

namespace markov_mixtures {

enum class Shuffle {
    Context,  ///< every position but the last occurrence of each state: the state to predict from stays at the end
    All,  ///< every position: the context then ends in whatever token comes there
    Last  ///< the last k positions only (k states)
};

void shuffleContext(Shuffle kind, int states, std::span<Token> context, latent::learn::RandomStream& random);

}  // namespace markov_mixtures
