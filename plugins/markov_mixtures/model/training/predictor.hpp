// SPDX-License-Identifier: Apache-2.0
#pragma once
// Whatever continues sequences: a trained transformer, or an algorithm that plays the part of one in a test.
//
// A predictor gives the probabilities of the next state (no unit, rows sum to 1) after the last token of a context or after every
// token. It is read only and may be asked by any number of threads. A transformer's logits are cut to the k states before the
// softmax, as the code of arXiv 2412.01003 evaluates; with two-token input the tokens are translated as in training, the first of a
// context being a plain state. Sizes that do not fit throw latent::UsageError.
//
//     const TransformerPredictor model(trainer.weights(), 10, false);
//     std::vector<double> rows(batch * 10);
//     model.predict(tokens, batch, Positions::Last, rows);            // tokens [batch, length] → [batch, k]

#include <latent/learn/transformer/forward.hpp>
#include <span>
#include <vector>

#include "model/chains/chain.hpp"

namespace markov_mixtures {

enum class Positions { Last, Every };

class Predictor {
  public:
    virtual ~Predictor() = default;
    virtual int states() const = 0;
    /// tokens [batch, length] → out [batch, k] after the last token, or [batch, length, k] after every one.
    virtual void predict(std::span<const Token> tokens, int batch, Positions where,
                         std::span<double> out) const = 0;
};

class TransformerPredictor final : public Predictor {
  public:
    /// Copies the weights. Throws UsageError when their vocabulary holds fewer than `states` tokens.
    TransformerPredictor(const latent::learn::transformer::Weights& weights, int states, bool twoTokenInput);

    int states() const override { return m_states; }
    void predict(std::span<const Token> tokens, int batch, Positions where,
                 std::span<double> out) const override;
    /// Attention maps [batch, layers, heads, length, length], row = query.
    std::vector<float> attention(std::span<const Token> tokens, int batch) const;
    const latent::learn::transformer::Shape& shape() const { return m_model.shape(); }
    /// Heads that are left out of every prediction from here on, until others are; means are over the batch that is asked for.
    void ablate(std::vector<latent::learn::transformer::Ablation> heads) { m_ablated = std::move(heads); }

  private:
    std::vector<std::int32_t> inputs(std::span<const Token> tokens, int batch) const;

    latent::learn::transformer::Model m_model;
    int m_states;
    bool m_twoToken;
    std::vector<latent::learn::transformer::Ablation> m_ablated;
};

/// Probabilities of the first out.size() of the logits.
void softmax(std::span<const float> logits, std::span<double> out);

}  // namespace markov_mixtures
