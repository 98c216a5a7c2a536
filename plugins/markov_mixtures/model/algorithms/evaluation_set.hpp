// SPDX-License-Identifier: Apache-2.0
#pragma once
// The chains and contexts that predictors are judged on, by the protocol of the paper's code (papers/markov_mixtures 2.4).
//
// A replicate is one chain: one long sequence of it, drawn again until every state occurs and the last occurrence of each
// lies at an index of `longest` or more; window (m, j) is the contextLength[m] tokens that end at the last occurrence of
// state j. Beside them lie `sequences` independent sequences from the start, whose prefixes serve the metric by position.
// A replicate depends on (spec, mixture, kind, number) only, so that any thread can make it again. A chain that never gives
// such a sequence within kTries is replaced by the next one and counted; when several fail in a row, or a context does not
// fit, std::invalid_argument says so.
//
//     EvaluationSpec spec{.contextLength = contextLengths(400, 512, 10), .seed = 1};
//     Replicate r = makeReplicate(mixture, spec, SetKind::Ood, 3);
//     r.truth.transition;  r.window(m, state);  r.prefix(m, sequence);  r.sequence(s);   // what a model is fed

#include <array>
#include <span>
#include <string>
#include <vector>

#include "model/algorithms/shuffle.hpp"
#include "model/chains/mixture.hpp"

namespace markov_mixtures {

enum class SetKind : int {
    Id,          ///< chains of the mixture, n ~ p
    Ood,         ///< new chains of the mixture's generator
    Structured,  ///< new chains of the block Dirichlet generator
    Shuffled,    ///< the contexts of Ood, each shuffled
    Biased       ///< truth n ~ p from the mixture; contexts from (1 − bias) T_n + bias T', T' new
};
inline constexpr std::size_t kSets = 5;
inline constexpr std::array<const char*, kSets> kSetNames{"id", "ood", "structured", "shuffled", "biased"};
inline std::vector<std::string> setNames() { return {kSetNames.begin(), kSetNames.end()}; }

struct EvaluationSpec {
    GeneratorSpec generator;         ///< of new chains: that of the mixture
    std::vector<int> contextLength;  ///< [m] ascending, in tokens
    std::int64_t sequenceLength =
        512;  ///< of sets whose chains are known, in tokens; new chains get twice the longest context
    int sequences = 8;  ///< of each chain, for the metric by position
    Shuffle shuffle = Shuffle::Context;
    double bias = .3;            ///< share of the new chain in contexts of Biased, in [0, 1]
    bool permuteOnline = false;  ///< chains of the mixture come relabelled, as in training
    std::uint64_t seed = 0;
};

/// Sequences that are drawn for a chain before another chain takes its place.
inline constexpr int kTries = 2000;

struct Replicate {
    Chain truth;                     ///< what predictions are judged against
    std::int32_t chainNumber = -1;   ///< in the mixture; -1 for new chains
    std::vector<int> contextLength;  ///< [m]
    std::int64_t drawn = 0;          ///< long sequences drawn, the accepted one included
    std::vector<Token> windows;      ///< [m, k, longest]
    std::vector<int> before;         ///< [m, k] token in front of a window; -1 where the order is destroyed
    std::vector<Token> prefixes;     ///< [m, sequences, longest]

    int longest() const { return contextLength.back(); }
    std::span<const Token> window(std::size_t m, int state) const {
        return part(windows, m, static_cast<std::size_t>(state), static_cast<std::size_t>(truth.states));
    }
    int tokenBefore(std::size_t m, int state) const {
        return before[m * static_cast<std::size_t>(truth.states) + static_cast<std::size_t>(state)];
    }
    std::size_t sequences() const {
        return prefixes.size() / contextLength.size() / static_cast<std::size_t>(longest());
    }
    /// The first contextLength[m] tokens of sequence s (shuffled where the set is).
    std::span<const Token> prefix(std::size_t m, std::size_t s) const {
        return part(prefixes, m, s, sequences());
    }
    /// All of sequence s as far as the longest context: unshuffled sets feed it to a model once for all m.
    std::span<const Token> sequence(std::size_t s) const { return prefix(contextLength.size() - 1, s); }

  private:
    std::span<const Token> part(const std::vector<Token>& all, std::size_t m, std::size_t i,
                                std::size_t count) const {
        return std::span(all).subspan((m * count + i) * static_cast<std::size_t>(longest()),
                                      static_cast<std::size_t>(contextLength[m]));
    }
};

enum class LengthSpacing {
    Paper,  ///< 1, 10, 40, 70, … 400, as far as the longest
    Logarithmic  ///< 1, 2, 3, 4, 6, 8, 11, … by factors of about √2: short contexts are where retrieval is decided
};

/// Lengths up to `longest`, which is always the last. A context that does not leave 2k tokens of the sequence throws with a
/// sentence.
std::vector<int> contextLengths(int longest, std::int64_t sequenceLength, int states,
                                LengthSpacing spacing = LengthSpacing::Paper);

void requireValid(const EvaluationSpec& spec);

Replicate makeReplicate(const Mixture& mixture, const EvaluationSpec& spec, SetKind kind,
                        std::int64_t number);

/// A walk of `length` tokens from the stationary distribution.
std::vector<Token> walkOf(const Chain& chain, std::int64_t length, latent::learn::RandomStream& random);

}  // namespace markov_mixtures
