// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <latent/learn/parallel.hpp>
#include <limits>

#include "adamw_step.hpp"
#include "batch_check.hpp"
#include "trainer_members.hpp"

namespace latent::learn::transformer {

using detail::Sequence;
using detail::Slot;

double Trainer::Members::computeGradient(const std::int32_t* inputs, int inputStride,
                                         const std::int32_t* targets, int targetStride, int batch,
                                         int length) {
    std::int64_t counted = 0;
    for (int b = 0; b < batch; ++b)
        for (int t = 0; t < length; ++t)
            counted += targets[static_cast<std::ptrdiff_t>(b) * targetStride + t] >= 0 ? 1 : 0;
    const double perTarget = counted > 0 ? 1.0 / static_cast<double>(counted) : 0.0;
    packed.refresh(weights.flat().data());
    const auto runs = static_cast<std::ptrdiff_t>(workers.size());
    forEachIndex(workers.size(), static_cast<int>(runs), [&](std::size_t index) {
        Worker& worker = workers[index];
        if (!worker.sequence || worker.sequence->length() != length)
            worker.sequence = std::make_unique<Sequence>(packed, length);
        std::fill_n(worker.gradient.data(), worker.gradient.size(), 0.0F);
        worker.loss = 0;
        const auto at = static_cast<std::ptrdiff_t>(index);
        for (std::ptrdiff_t b = batch * at / runs; b < batch * (at + 1) / runs; ++b) {
            const std::int32_t* from = inputs + b * inputStride;
            worker.sequence->forward(from, {});
            worker.loss +=
                worker.sequence->loss(targets + b * targetStride, static_cast<float>(perTarget), nullptr);
            worker.sequence->backward(from, worker.gradient.data());
        }
    });
    addUp();
    double loss = 0;
    for (const Worker& worker : workers) loss += worker.loss;
    return loss * perTarget;
}

/// The workers' gradients in their order, from the padded layout to the flat one.
void Trainer::Members::addUp() {
    for (std::size_t i = 1; i < workers.size(); ++i)
        kernels->addTo(layout.paddedFloats, workers[0].gradient.data(), workers[i].gradient.data());
    layout.eachSlot([&](const Slot& slot) {
        for (int r = 0; r < slot.rows; ++r)
            std::copy_n(
                workers[0].gradient.data() + slot.padded + static_cast<std::ptrdiff_t>(r) * slot.stride,
                slot.columns, gradient.data() + slot.flat + static_cast<std::ptrdiff_t>(r) * slot.columns);
    });
    norm = std::sqrt(kernels->sumOfSquares(gradient.size(), gradient.data()));
}

void Trainer::Members::update() {
    ++steps;
    kernels->adamw(gradient.size(), detail::adamwStep(rule, adamwFactors(rule, norm, steps)), gradient.data(),
                   weights.flat().data(), first.data(), second.data());
}

namespace {

void check(const AdamW& o, int threads) {
    if (threads < 1 || threads > 1024)
        throw UsageError("A transformer trains on 1 to 1024 threads, not " + std::to_string(threads) + ".");
    checkAdamW(o);
}

}  // namespace

Trainer::Trainer(Weights weights, const AdamW& options, int threads, Instructions instructions) {
    check(options, threads);
    m = std::make_unique<Members>(std::move(weights), options, threads, instructions);
}
Trainer::~Trainer() = default;
Trainer::Trainer(Trainer&&) noexcept = default;
Trainer& Trainer::operator=(Trainer&&) noexcept = default;

double Trainer::step(std::span<const std::int32_t> tokens, int batch) {
    const int columns = detail::columnsOf(tokens.size(), batch);
    const int length = detail::checkedLength(weights().shape(), columns - 1);
    detail::checkTokens(tokens, std::min(weights().shape().inputs(), weights().shape().vocabulary), 0);
    const double loss = m->computeGradient(tokens.data(), columns, tokens.data() + 1, columns, batch, length);
    m->update();
    return loss;
}

double Trainer::gradient(std::span<const std::int32_t> inputs, std::span<const std::int32_t> targets,
                         int batch) {
    const int length = detail::checkedLength(weights().shape(), detail::columnsOf(inputs.size(), batch));
    if (targets.size() != inputs.size()) throw UsageError("There must be one target for each input.");
    detail::checkTokens(inputs, weights().shape().inputs(), 0);
    detail::checkTokens(targets, weights().shape().vocabulary, std::numeric_limits<std::int32_t>::min());
    return m->computeGradient(inputs.data(), length, targets.data(), length, batch, length);
}

double Trainer::step(std::span<const std::int32_t> inputs, std::span<const std::int32_t> targets, int batch) {
    const double loss = gradient(inputs, targets, batch);
    m->update();
    return loss;
}

std::span<const float> Trainer::gradient() const { return {m->gradient.data(), m->layout.flatFloats}; }
double Trainer::gradientNorm() const { return m->norm; }
std::int64_t Trainer::stepsDone() const { return m->steps; }
const Weights& Trainer::weights() const { return m->weights; }
const AdamW& Trainer::options() const { return m->rule; }

void Trainer::setLearningRate(double rate) {
    AdamW changed = m->rule;
    changed.learningRate = rate;
    check(changed, 1);
    m->rule = changed;
}

}  // namespace latent::learn::transformer
