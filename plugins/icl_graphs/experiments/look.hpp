// SPDX-License-Identifier: Apache-2.0
#pragma once
// icl/look: the map of words for any layer, context, window and pair of components, while a slider moves; and where one word stands among its
// occurrences. On runs of icl/analysis from the recording, on runs of icl/model from a prompt that the model reads again (once, then it is kept).

#include <latent/latent.hpp>
#include <memory>

#include "experiments/analysis_plan.hpp"
#include "experiments/model_session.hpp"

namespace icl_graphs {

struct Look final : latent::Probe {
    static latent::About about() {
        return {"icl/look", "Look into the states",
                "The map of words in one layer, at one context, with one window and two components of your "
                "choice, and the occurrences of a word."};
    }
    static latent::Schema parameters();
    void open(const latent::Run* run) override;
    latent::Outputs outputs(const latent::Parameters& p) override;
    void answer(const latent::Parameters& p, latent::Reply& reply) override;

  private:
    /// Consecutive words of one prompt inside of the window: their states, nodes and positions.
    struct Piece {
        HiddenStates states;
        std::vector<int> nodes;
        std::vector<std::int64_t> positions;
    };
    const Graph& graph() const { return m_plan ? m_plan->graph : m_session->plan().study.graph(); }
    int dim() const { return m_plan ? m_plan->recording->dim() : m_session->plan().config.width; }
    std::vector<int> layerNumbers() const;
    int layerOf(const latent::Parameters& p) const;
    std::int64_t longest() const;
    std::size_t seenWords(const latent::Parameters& p) const;
    std::int64_t contextOf(const latent::Parameters& p) const;
    std::vector<Piece> recorded(int layer, std::int64_t end, std::int64_t window) const;
    std::vector<Piece> read(const ReadPrompt& prompt, int layer, std::int64_t end, std::int64_t window) const;

    std::unique_ptr<AnalysisPlan> m_plan;     // of a recording …
    std::unique_ptr<ModelSession> m_session;  // … or of a model
    std::vector<std::int64_t> m_positions;
};

}  // namespace icl_graphs
