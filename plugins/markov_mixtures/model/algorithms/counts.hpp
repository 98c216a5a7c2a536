// SPDX-License-Identifier: Apache-2.0
#pragma once
// A context and its statistics: all that any of the algorithms looks at.
//
// Plain values, pure functions, any thread. Tokens are states below k; what is counted is counted in the context
// alone, unless `before` gives the token in front of it (the one-token leak of the paper's code).
//
//     Context context{tokens};
//     ContextCounts counts(10, context);
//     counts.bigram(3, 7);                                        // transitions 3 → 7 inside the context
//     std::vector<double> row = ngramPrediction(10, context, 2, 1.0);     // after the last two tokens, add-one

#include <span>
#include <vector>

#include "model/chains/chain.hpp"

namespace markov_mixtures {

struct Context {
    std::span<const Token> tokens;  ///< at least 1; the last one is the state that the prediction follows
    int before = -1;                ///< the token in front of the context; -1: unknown or none

    int last() const { return tokens.back(); }
};

class ContextCounts {
  public:
    ContextCounts(int states, const Context& context);

    double unigram(int state) const { return m_unigram[static_cast<std::size_t>(state)]; }
    double bigram(int from, int to) const { return m_bigram[static_cast<std::size_t>(from * m_states + to)]; }
    std::span<const double> unigrams() const { return m_unigram; }  ///< [k]
    std::span<const double> bigrams() const { return m_bigram; }    ///< [k, k]
    int states() const { return m_states; }

    /// Add-alpha estimate of the row of `from`: (c[i] + α) / (Σ c + kα). [k]
    std::vector<double> bigramRow(int from, double alpha) const;
    /// All k rows. [k, k]
    std::vector<double> bigramMatrix(double alpha) const;
    /// (c[i] + α) / (n + kα). [k]
    std::vector<double> unigramRow(double alpha) const;
    /// ln of the probability of the transitions when each row has a Dirichlet(α, …, α) prior and the first token is uniform.
    double logEvidence(double alpha) const;

  private:
    int m_states;
    std::vector<double> m_unigram, m_bigram;
};

/// Add-alpha estimate of what follows the last `order` tokens, from their earlier occurrences in the context; order 0 is
/// the unigram estimate, 1 is Bi-Inf. [k]
std::vector<double> ngramPrediction(int states, const Context& context, int order, double alpha);

}  // namespace markov_mixtures
