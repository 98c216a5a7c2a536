// SPDX-License-Identifier: Apache-2.0
#pragma once
// A run of icl/model, opened again with its model: prompts are read when they are asked about, and the last few are kept.
//
//     ModelSession session(*run);
//     const ReadPrompt& p = session.prompt(0, 0, [&] { return !reply.cancelled(); });   // placement 0, prompt 0
//     p.states[26].row(t);                                                              // residual stream after 26 blocks
//
// Throws latent::RunError for runs of other experiments, files that have gone, and placements that the run does not have. One thread at a time.

#include <latent/latent.hpp>
#include <list>
#include <optional>

#include "experiments/model_plan.hpp"
#include "experiments/reading.hpp"
#include "recordings/recording.hpp"

namespace icl_graphs {

struct ReadPrompt {
    std::int64_t placement = 0, prompt = 0;
    Sequence sequence;
    std::vector<HiddenStates> states;  ///< [layers + 1] of [words, width]
    std::vector<float> probability;    ///< of each node's word after each word [words, nodes]
};

class ModelSession {
  public:
    explicit ModelSession(const latent::Run& run);
    const ModelPlan& plan() const { return m_plan; }
    const Decoder& decoder() const { return *m_decoder; }
    std::vector<std::string> words(std::int64_t placement) const { return m_plan.study.words(placement); }
    /// Tokens of the words of a placement, with the one that begins a text in front where the run had it.
    std::vector<int> tokensOf(std::int64_t placement, std::span<const int> nodes) const;
    int lead() const { return m_plan.startsWithBos ? 1 : 0; }
    Reader reader(std::int64_t placement) const;
    /// The sentence that names the placements and prompts there are, unless these are among them.
    void check(std::int64_t placement, std::int64_t prompt) const;
    /// Nothing when keepGoing ended it.
    const ReadPrompt* prompt(std::int64_t placement, std::int64_t number,
                             const std::function<bool()>& keepGoing);

  private:
    std::vector<int> tokensOfNodes(std::int64_t placement) const;

    ModelPlan m_plan;
    LoadedModel m_model;
    std::optional<Decoder> m_decoder;
    std::list<ReadPrompt> m_read;  // the last one asked about in front
};

}  // namespace icl_graphs
