// SPDX-License-Identifier: Apache-2.0
#include "model/training/training.hpp"

#include <algorithm>
#include <cmath>
#include <latent/error.hpp>

namespace markov_mixtures {

namespace tf = latent::learn::transformer;

void requireValid(const TrainingSpec& spec, int states) {
    for (const std::string& sentence : spec.shape.validate()) throw latent::UsageError(sentence);
    if (spec.shape.vocabulary < states)
        throw latent::UsageError("A vocabulary of " + std::to_string(spec.shape.vocabulary) +
                                 " tokens is too small for " + std::to_string(states) +
                                 " states; raise 'vocabulary'.");
    if (spec.twoTokenInput && spec.shape.inputs() < states * (states + 1))
        throw latent::UsageError("Two-token input over k states reads k² + k tokens.");
    if (spec.length < 3)
        throw latent::UsageError(
            "'length' must be at least 3 tokens: two that are read and one that is predicted.");
    if (spec.length - 1 > spec.shape.context)
        throw latent::UsageError("'length' is longer than the model's context.");
    if (spec.initial && !(spec.initial->shape() == spec.shape))
        throw latent::UsageError("The weights to begin with are of another architecture.");
    if (spec.batch < 1) throw latent::UsageError("'batch' must be at least 1.");
    if (spec.steps < 1) throw latent::UsageError("'steps' must be at least 1.");
}

void requireFinite(double loss, double gradientNorm, std::int64_t step) {
    if (!std::isfinite(loss) || !std::isfinite(gradientNorm))
        throw latent::RunError("The loss is not a finite number any more at step " + std::to_string(step) +
                               ". Lower 'learning_rate', or let 'clip' bound the gradient.");
}

namespace {
const TrainingSpec& checked(const TrainingSpec& spec, int states) {
    requireValid(spec, states);
    return spec;
}
}  // namespace

MixtureTraining::MixtureTraining(const Mixture& mixture, const TrainingSpec& spec, int threads)
    : m_spec(checked(spec, mixture.states)),
      m_sampler(mixture, spec.sampler),
      m_trainer(spec.initial ? *spec.initial : tf::initialise(spec.shape, spec.seed), spec.optimiser,
                threads),
      m_tokens(static_cast<std::size_t>(spec.batch) * static_cast<std::size_t>(spec.length)) {
    m_spec.initial.reset();
}

double MixtureTraining::step() {
    const std::int64_t step = stepsDone();
    const auto length = static_cast<std::size_t>(m_spec.length);
    m_sampler.fill(
        {.seed = m_spec.seed, .step = step, .first = 0, .count = m_spec.batch, .length = m_spec.length},
        m_tokens);
    double loss;
    if (m_spec.twoTokenInput) {
        const std::vector<std::int32_t> pairs = twoTokenInput(m_tokens, m_spec.length, m_sampler.states());
        m_inputs.clear();
        m_targets.clear();
        for (std::size_t begin = 0; begin < pairs.size(); begin += length) {
            m_inputs.insert(m_inputs.end(), pairs.begin() + static_cast<std::ptrdiff_t>(begin),
                            pairs.begin() + static_cast<std::ptrdiff_t>(begin + length - 1));
            m_targets.insert(m_targets.end(), m_tokens.begin() + static_cast<std::ptrdiff_t>(begin + 1),
                             m_tokens.begin() + static_cast<std::ptrdiff_t>(begin + length));
        }
        loss = m_trainer.step(m_inputs, m_targets, m_spec.batch);
    } else {
        m_inputs.assign(m_tokens.begin(), m_tokens.end());
        loss = m_trainer.step(m_inputs, m_spec.batch);
    }
    requireFinite(loss, m_trainer.gradientNorm(), step);
    return loss;
}

}  // namespace markov_mixtures
