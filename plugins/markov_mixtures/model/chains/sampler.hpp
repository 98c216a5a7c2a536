// SPDX-License-Identifier: Apache-2.0
#pragma once
// Sequences of a mixture: a chain from the prior, the first state from its stationary distribution, then the walk.
//
// Every token is a pure function of (seed, step, index of the sequence): any batch, or one sequence of it, can be made
// again on any thread, and training needs no state of a generator. The stream is RandomStream(seed, "markov/sequence",
// step · 2^32 + index): words 0 and 1 choose the chain, word 2 the first state, block 1 on gives one word a token.
// A sampler is read only after it is made; share it. It holds 8 bytes a transition. Refusals are
// std::invalid_argument with a sentence.
//
//     SequenceSampler sampler(mixture, {.curriculum = {.groups = 4, .steps = 10'000}});
//     std::vector<Token> tokens(128 * 512);
//     sampler.fill({.seed = 1, .step = 7, .count = 128, .length = 512}, tokens);              // [128, 512]
//     std::vector<std::int32_t> input = twoTokenInput(tokens, 512, mixture.states);          // vocabulary k² + k

#include <span>
#include <utility>
#include <vector>

#include "model/chains/mixture.hpp"
#include "model/chains/walk.hpp"

namespace markov_mixtures {

/// Chains come in `groups` consecutive groups, switched every steps/groups steps; 1 group: all chains always.
struct Curriculum {
    int groups = 1;
    std::int64_t steps = 1;  ///< of the whole training

    int groupAt(std::int64_t step) const;
};

struct SamplerOptions {
    Curriculum curriculum;
    bool permuteOnline = false;  ///< a fresh relabelling of the states for every sequence
};

/// Which sequences: number `first` … `first + count - 1` of training step `step`.
struct Draw {
    std::uint64_t seed = 0;
    std::int64_t step = 0;
    std::int64_t first = 0;
    std::int64_t count = 1;
    std::int64_t length = 512;  ///< tokens of a sequence, ≥ 1
};

class SequenceSampler {
  public:
    explicit SequenceSampler(const Mixture& mixture, const SamplerOptions& options = {});

    static constexpr const char* kStream = "markov/sequence";

    int states() const { return m_states; }
    const SamplerOptions& options() const { return m_options; }
    std::size_t chains() const { return m_chains; }
    /// tokens [count, length]; chainOf [count] (or empty) gets the number of each sequence's chain.
    void fill(const Draw& draw, std::span<Token> tokens, std::span<std::int32_t> chainOf = {}) const {
        fill(draw, tokens, chainOf, bestWalk());
    }
    /// The same by a chosen kernel: all give the same tokens.
    void fill(const Draw& draw, std::span<Token> tokens, std::span<std::int32_t> chainOf,
              WalkKernel kernel) const;
    /// The tables, for samplers elsewhere (a GPU) that must give the same tokens: [N, k, k] of transitions, [N, k] of first states.
    std::span<const AliasEntry> transitionTable() const { return m_transition; }
    std::span<const AliasEntry> firstTable() const { return m_first; }
    /// First chain of a curriculum's group, and the table [members] of its prior.
    std::pair<std::size_t, std::span<const AliasEntry>> priorTable(int group) const {
        const Group& g = m_groups.at(static_cast<std::size_t>(group));
        return {g.first, g.prior};
    }
    /// The relabelling of one sequence with `permuteOnline`: state i of the chain appears as [i].
    std::vector<std::uint32_t> relabelling(std::uint64_t seed, std::int64_t step, std::int64_t index) const;

  private:
    struct Group {
        std::size_t first;
        std::vector<AliasEntry> prior;
    };

    int m_states;
    std::size_t m_chains;
    SamplerOptions m_options;
    std::vector<AliasEntry> m_transition;  // [N, k, k]
    std::vector<AliasEntry> m_first;       // [N, k]
    std::vector<Group> m_groups;
};

/// Input that carries the bigram: token t ≥ 1 becomes (x_t + 1)·k + x_{t−1}, token 0 stays x_0; targets stay x.
/// tokens [count, length]; ids lie in [0, k² + k).
std::vector<std::int32_t> twoTokenInput(std::span<const Token> tokens, std::int64_t length, int states);

}  // namespace markov_mixtures
