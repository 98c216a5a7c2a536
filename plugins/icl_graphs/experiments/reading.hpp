// SPDX-License-Identifier: Apache-2.0
#pragma once
// A language model reads one sequence of words: what it predicts at each word, and what its layers hold, position by position.
//
//     Reader reader(model, tokensOfNodes, bos, threads);
//     Reader::Heard heard = reader.read(sequence.nodes, {.onState = [&](int layer, int t, std::span<float> x) { … }});
//     heard.probability[t * nodes + v];                 // of the word of node v after t + 1 words

#include <functional>
#include <optional>
#include <span>
#include <vector>

#include "decoder/language_model.hpp"
#include "graphs/walk.hpp"

namespace icl_graphs {

/// Mean over the second half of a sequence: by then most words have occurred before.
struct HeadScores {
    /// Induction: attention to words that followed an earlier occurrence of this one, the word itself left out
    /// [layers, heads].
    std::vector<double> induction, previous;
    /// The induction score of the same attention, judged as if the words stood in another order [layers, heads].
    std::vector<double> inductionNull;
    double inductionEven = 0, previousEven = 0;  ///< of attention that is spread evenly
};

struct ReadOptions {
    int lastLayer = -1;  ///< stop after so many blocks, without predictions
    /// Head scores are wanted; these are the same words in another order, for their null [words].
    std::optional<std::vector<int>> scoresAgainst = {};
    /// The residual stream at each word (position t from 0), after `layer` blocks; may be changed.
    std::function<void(int layer, int t, std::span<float> state)> onState = {};
    std::vector<int> layers = {};                   ///< onState is called for these only; empty: for all
    std::vector<std::pair<int, int>> ablated = {};  ///< (block, head) whose output is taken away …
    std::span<const float> instead =
        {};  ///< … and these put there, as Heard::headMeans gives them; empty: zeros
    bool headMeans = false;
    std::function<bool()> keepGoing = {};
};

class Reader {
  public:
    static constexpr int kChunk = 1024;  ///< tokens at a time
    /// tokens: of the word of each node; bos: before every sequence, −1: none.
    Reader(const LanguageModel& model, std::vector<int> tokens, int bos, int threads)
        : m_model(model), m_tokens(std::move(tokens)), m_bos(bos), m_threads(threads) {}

    struct Heard {
        bool finished = true;            ///< false: keepGoing ended it
        std::vector<float> probability;  ///< [length, nodes]; empty with lastLayer
        HeadScores scores;
        std::vector<float>
            headMeans;  ///< output of each head, mean over the words [layers, heads, headWidth]
    };
    /// Throws latent::RunError when the model predicts something that is no number.
    Heard read(std::span<const int> nodes, const ReadOptions& options) const;
    int layers() const { return m_model.config().layers; }
    const DecoderConfig& config() const { return m_model.config(); }

  private:
    const LanguageModel& m_model;
    std::vector<int> m_tokens;
    int m_bos, m_threads;
};

}  // namespace icl_graphs
