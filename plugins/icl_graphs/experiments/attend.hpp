// SPDX-License-Identifier: Apache-2.0
#pragma once
// icl/attend: where the heads of a language model look while it reads a prompt: choose a head in the maps of scores, see its attention between the
// last words. One pass gives all heads, so that choosing another is instant. On runs of icl/model.
//
//     latent probe RUN icl/attend --set block=12 --set head=3 --set words=48

#include <latent/latent.hpp>
#include <memory>

#include "experiments/model_session.hpp"

namespace icl_graphs {

/// Attention of every head between the last words of a sequence, and what each head does in two numbers.
struct AttentionMaps {
    int layers = 0, heads = 0, words = 0;  ///< words: rows and columns of a map
    std::vector<float> map;                ///< [layers, heads, words, words]; row: the word that looks
    std::vector<float>
        elsewhere;  ///< [layers, heads, words]: what goes to words before these, and to the token that begins the text
    std::vector<double> induction,
        previous;  ///< [layers, heads], mean over the rows; attention to earlier words that followed this word, to the word before
    double inductionChance = 0;  ///< the same of attention that is spread evenly

    const float* row(int layer, int head, int query) const {
        return map.data() + ((static_cast<std::size_t>(layer) * static_cast<std::size_t>(heads) +
                              static_cast<std::size_t>(head)) *
                                 static_cast<std::size_t>(words) +
                             static_cast<std::size_t>(query)) *
                                static_cast<std::size_t>(words);
    }
};
/// tokens: with `lead` ones in front that are no words; nodes: of the words. Nothing when keepGoing ended it.
std::optional<AttentionMaps> attentionMaps(const LanguageModel& model, std::span<const int> tokens, int lead,
                                           std::span<const int> nodes, int words, int threads,
                                           const std::function<bool()>& keepGoing);

struct Attend final : latent::Probe {
    static latent::About about() {
        return {"icl/attend", "Where heads look",
                "Attention of any head of the model between the last words of a prompt, and which heads do "
                "induction or look at the word before."};
    }
    static latent::Schema parameters();
    void open(const latent::Run* run) override;
    latent::Outputs outputs(const latent::Parameters& p) override;
    void answer(const latent::Parameters& p, latent::Reply& reply) override;

  private:
    int endOf(const latent::Parameters& p) const;
    std::unique_ptr<ModelSession> m_session;
    std::vector<std::int64_t> m_asked;  // placement, prompt, end, words of m_maps
    AttentionMaps m_maps;
    std::vector<int> m_nodes;  // of the shown words
};

}  // namespace icl_graphs
