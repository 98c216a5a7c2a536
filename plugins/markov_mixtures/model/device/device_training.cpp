// SPDX-License-Identifier: Apache-2.0
#include "model/device/device_training.hpp"

#include <algorithm>
#include <latent/learn/torch/sentences.hpp>
#include <latent/learn/torch/state.hpp>
#include <limits>

#include "model/device/device_trainer.hpp"

namespace markov_mixtures {
namespace {

namespace tf = latent::learn::transformer;
using latent::learn::inSentences;

constexpr const char* kRemedy = "Take a smaller batch, a shorter length or a narrower network.";

constexpr std::int64_t kTokensAtOnce = std::int64_t{1} << 21;  ///< of the batches that are drawn together
constexpr std::int64_t kStepsAtOnce = 64;

const TrainingSpec& checkedSpec(const TrainingSpec& spec, int states) {
    requireValid(spec, states);
    return spec;
}

latent::learn::AdamWOptions optionsOf(const tf::AdamW& o) {
    return {.learning_rate = o.learningRate,
            .beta1 = o.beta1,
            .beta2 = o.beta2,
            .epsilon = o.epsilon,
            .weight_decay = o.weightDecay};
}

/// A tensor's elements into their place in the flat order of the weights, or from there.
void copyOut(const torch::Tensor& from, const tf::Tensor& place, std::vector<float>& flat) {
    const torch::Tensor values = from.detach().cpu().contiguous();
    std::copy_n(values.data_ptr<float>(), place.size,
                flat.begin() + static_cast<std::ptrdiff_t>(place.offset));
}
void copyIn(const std::vector<float>& flat, const tf::Tensor& place, torch::Tensor to) {
    torch::NoGradGuard guard;
    torch::Tensor values = torch::empty(to.sizes(), torch::kFloat32);
    std::copy_n(flat.begin() + static_cast<std::ptrdiff_t>(place.offset), place.size,
                values.data_ptr<float>());
    to.copy_(values);
}

}  // namespace

DeviceTraining::DeviceTraining(const Mixture& mixture, const TrainingSpec& spec, torch::Device device)
    : m_spec(checkedSpec(spec, mixture.states)),
      m_device(device),
      m_sampler(mixture, spec.sampler),
      m_host(spec.initial ? *spec.initial : tf::initialise(spec.shape, spec.seed), spec.optimiser),
      m_net(m_host.weights(), torch::dtype(torch::kFloat32).device(device)),
      m_optimiser(m_net.parameters(), optionsOf(spec.optimiser)) {
    m_spec.initial.reset();
    if (!spec.sampler.permuteOnline) m_deviceSampler = std::make_unique<DeviceSampler>(m_sampler, device);
}

torch::Tensor DeviceTraining::drawn(std::int64_t steps) const {
    Draw draw{.seed = m_spec.seed, .step = m_steps, .count = m_spec.batch, .length = m_spec.length};
    if (m_deviceSampler) return m_deviceSampler->draw(draw, steps);
    const std::size_t each = static_cast<std::size_t>(m_spec.batch) * static_cast<std::size_t>(m_spec.length);
    std::vector<Token> tokens(each);
    torch::Tensor all = torch::empty({steps * m_spec.batch, m_spec.length}, torch::kInt64);
    for (std::int64_t s = 0; s < steps; ++s, ++draw.step) {
        m_sampler.fill(draw, tokens);
        std::copy(tokens.begin(), tokens.end(),
                  all.data_ptr<std::int64_t>() + s * static_cast<std::int64_t>(each));
    }
    return all.to(m_device);
}

/// The tokens of this step [batch, length].
torch::Tensor DeviceTraining::batch() {
    torch::NoGradGuard guard;
    if (m_steps < m_blockBegin || m_steps >= m_blockBegin + m_blockSteps) {
        const std::int64_t fit = kTokensAtOnce / (std::int64_t{m_spec.batch} * m_spec.length);
        m_blockSteps = std::max<std::int64_t>(1, std::min({fit, kStepsAtOnce, m_spec.steps - m_steps}));
        m_blockBegin = m_steps;
        m_block = drawn(m_blockSteps);
    }
    const std::int64_t first = (m_steps - m_blockBegin) * m_spec.batch;
    return m_block.slice(0, first, first + m_spec.batch);
}

double DeviceTraining::step() {
    return inSentences("step " + std::to_string(m_steps + 1) + " of the training", kRemedy,
                       [&] { return stepped(); });
}

double DeviceTraining::stepped() {
    const torch::Tensor tokens = batch();
    const std::int64_t length = m_spec.length;
    torch::Tensor inputs = tokens.slice(1, 0, length - 1);
    if (m_spec.twoTokenInput) {
        const torch::Tensor bigrams =
            (inputs.slice(1, 1) + 1) * m_sampler.states() + inputs.slice(1, 0, length - 2);
        inputs = torch::cat({inputs.slice(1, 0, 1), bigrams}, 1);
    }
    m_optimiser.zeroGradients();
    const torch::Tensor loss = m_net.loss(inputs, tokens.slice(1, 1));
    loss.backward();
    const double clip = m_spec.optimiser.clip;
    const torch::Tensor norm = latent::learn::clipGradientNorm(
        m_net.parameters(), clip > 0 ? clip : std::numeric_limits<double>::infinity());
    m_optimiser.step();
    const torch::Tensor both = torch::stack({loss.detach(), norm}).cpu();
    m_norm = both.data_ptr<float>()[1];
    requireFinite(both.data_ptr<float>()[0], m_norm, m_steps);
    ++m_steps;
    return both.data_ptr<float>()[0];
}

/// Everything into the kernel trainer, unless it is there.
void DeviceTraining::toHost() {
    if (m_host.stepsDone() != m_steps)
        inSentences("the weights of step " + std::to_string(m_steps), kRemedy, [&] { copyToHost(); });
}

void DeviceTraining::copyToHost() {
    const std::vector<tf::Tensor>& places = m_host.weights().tensors();
    const std::size_t floats = m_host.weights().flat().size();
    tf::TrainerState state{m_steps, std::vector<float>(floats), std::vector<float>(floats),
                           std::vector<float>(floats)};
    const auto moments = m_optimiser.state();  // exp_avg of all, then exp_avg_sq of all, then steps
    for (std::size_t i = 0; i < places.size(); ++i) {
        copyOut(m_net.parameters()[i], places[i], state.weights);
        copyOut(moments[i].second, places[i], state.first);
        copyOut(moments[places.size() + i].second, places[i], state.second);
    }
    m_host.restore(state);
}

const tf::Weights& DeviceTraining::weights() {
    toHost();
    return m_host.weights();
}

TransformerPredictor DeviceTraining::predictor() {
    return {weights(), m_sampler.states(), m_spec.twoTokenInput};
}

latent::State DeviceTraining::save() {
    toHost();
    return m_host.save();
}

void DeviceTraining::restore(const latent::Resumed& resumed) {
    m_host.restore(resumed);
    inSentences("the weights of the checkpoint", kRemedy, [&] { toDevice(m_host.state()); });
}

void DeviceTraining::toDevice(const tf::TrainerState& state) {
    const std::vector<tf::Tensor>& places = m_host.weights().tensors();
    const auto moments = m_optimiser.state();
    for (std::size_t i = 0; i < places.size(); ++i) {
        copyIn(state.weights, places[i], m_net.parameters()[i]);
        copyIn(state.first, places[i], moments[i].second);
        copyIn(state.second, places[i], moments[places.size() + i].second);
        torch::NoGradGuard guard;
        moments[2 * places.size() + i].second.fill_(static_cast<double>(state.step));
    }
    m_steps = state.step;
}

std::unique_ptr<Training> TorchDeviceTrainer::make(const Mixture& mixture, const TrainingSpec& spec,
                                                   const latent::Job& job) {
    return inSentences("the weights of the network", kRemedy, [&] {
        return std::make_unique<DeviceTraining>(
            mixture, spec, latent::learn::prepare(job, static_cast<std::int64_t>(spec.seed)));
    });
}

std::string TorchDeviceTrainer::description(const latent::Job& job) const {
    return "LibTorch " TORCH_VERSION " on " + job.device();
}

}  // namespace markov_mixtures
