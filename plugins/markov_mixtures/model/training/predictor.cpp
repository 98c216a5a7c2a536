// SPDX-License-Identifier: Apache-2.0
#include "model/training/predictor.hpp"

#include <algorithm>
#include <cmath>
#include <latent/error.hpp>

#include "model/chains/sampler.hpp"

namespace markov_mixtures {

namespace tf = latent::learn::transformer;

TransformerPredictor::TransformerPredictor(const tf::Weights& weights, int states, bool twoTokenInput)
    : m_model(weights), m_states(states), m_twoToken(twoTokenInput) {
    const tf::Shape& shape = weights.shape();
    if (shape.vocabulary < states || (twoTokenInput && shape.inputs() < states * (states + 1)))
        throw latent::UsageError("The model's vocabulary is too small for chains of " +
                                 std::to_string(states) + " states.");
}

std::vector<std::int32_t> TransformerPredictor::inputs(std::span<const Token> tokens, int batch) const {
    if (batch < 1 || tokens.empty() || tokens.size() % static_cast<std::size_t>(batch) != 0)
        throw latent::UsageError("A batch of contexts needs the same number of tokens in each.");
    if (m_twoToken) return twoTokenInput(tokens, static_cast<std::int64_t>(tokens.size()) / batch, m_states);
    return {tokens.begin(), tokens.end()};
}

void TransformerPredictor::predict(std::span<const Token> tokens, int batch, Positions where,
                                   std::span<double> out) const {
    const std::vector<std::int32_t> in = inputs(tokens, batch);
    const auto b = static_cast<std::size_t>(batch), k = static_cast<std::size_t>(m_states),
               vocabulary = static_cast<std::size_t>(shape().vocabulary);
    const std::size_t length = in.size() / b;
    if (out.size() != (where == Positions::Last ? b : in.size()) * k)
        throw latent::UsageError("The memory for predictions has another size than they have.");
    const tf::Result result = m_model.forward(in, batch, {.ablate = m_ablated});
    const auto row = [&](std::size_t position, std::size_t to) {
        softmax(std::span(result.logits).subspan(position * vocabulary, vocabulary), out.subspan(to * k, k));
    };
    if (where == Positions::Every)
        for (std::size_t i = 0; i < in.size(); ++i) row(i, i);
    else
        for (std::size_t i = 0; i < b; ++i) row((i + 1) * length - 1, i);
}

std::vector<float> TransformerPredictor::attention(std::span<const Token> tokens, int batch) const {
    return m_model.forward(inputs(tokens, batch), batch, {.logits = false, .attention = true}).attention;
}

void softmax(std::span<const float> logits, std::span<double> out) {
    const double largest =
        *std::max_element(logits.begin(), logits.begin() + static_cast<std::ptrdiff_t>(out.size()));
    double sum = 0;
    for (std::size_t i = 0; i < out.size(); ++i)
        sum += out[i] = std::exp(static_cast<double>(logits[i]) - largest);
    for (double& p : out) p /= sum;
}

}  // namespace markov_mixtures
