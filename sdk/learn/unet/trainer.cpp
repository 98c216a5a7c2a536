// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <latent/learn/parallel.hpp>

#include "../transformer/adamw_step.hpp"
#include "trainer_members.hpp"

namespace latent::learn::unet {
namespace {

using detail::sized;
constexpr std::size_t kChunk = std::size_t{1} << 14;  // floats of one piece of an elementwise pass

void check(const AdamW& o, int threads) {
    if (threads < 1 || threads > 1024)
        throw UsageError("A U-Net trains on 1 to 1024 threads, not " + std::to_string(threads) + ".");
    checkAdamW(o);
    if (!(o.average >= 0 && o.average < 1))
        throw UsageError("The decay of the average of weights must be at least 0 and less than 1.");
}

void require(std::size_t size, std::size_t wanted, const char* what) {
    if (size != wanted)
        throw UsageError("A batch holds " + std::to_string(size) + " numbers of " + what + " where " +
                         std::to_string(wanted) + " are needed.");
}

}  // namespace

Trainer::Members::Members(const Weights& weights, const AdamW& options, int threadCount,
                          Instructions instructions)
    : rule(options),
      threads(threadCount),
      layout(weights.shape()),
      kernels(&detail::kernelsFor(instructions)),
      optimiser(&transformer::detail::kernelsFor(instructions)),
      packed(layout, *kernels, true),
      gradient(layout.packedFloats),
      first(layout.packedFloats),
      second(layout.packedFloats),
      average(options.average > 0 ? layout.packedFloats : 0) {
    layout.pack(weights.flat().data(), packed.data());
    if (options.average > 0) std::copy_n(packed.data(), packed.size(), average.data());
    refresh();
}

void Trainer::Members::refresh() {
    forEachIndex(layout.matrices.size(), threads, [&](std::size_t i) { packed.refresh(i, i + 1); });
}

/// Images begin … end − 1: forward, loss and backward, group by group.
void Trainer::Members::shard(const Batch& batch, int begin, int end, double factor, float* to) {
    std::unique_ptr<Worker> worker;
    {
        const std::scoped_lock lock(guard);
        if (!idle.empty()) {
            worker = std::move(idle.back());
            idle.pop_back();
        }
    }
    if (!worker || worker->conditioner.rows() < end - begin)
        worker = std::make_unique<Worker>(packed, end - begin);
    const Shape& s = layout.shape;
    const std::size_t pixels = s.pixels();
    detail::Conditioner& conditioner = worker->conditioner;
    conditioner.forwardFrom(batch.times.data() + begin,
                            batch.conditions.data() + sized(begin) * sized(s.conditions), end - begin);
    const int group = worker->network.group();
    for (int i = begin; i < end; i += group) {
        const int count = std::min(group, end - i);
        const std::size_t vectors = sized(i - begin) * sized(conditioner.vectorStride());
        worker->network.forward(count, batch.z.data() + sized(i) * pixels, conditioner.vectors() + vectors,
                                worker->prediction.data());
        for (int j = 0; j < count; ++j) {
            const double weight =
                batch.weights.empty() ? 1.0 : static_cast<double>(batch.weights[sized(i + j)]);
            const float slope = static_cast<float>(2.0 * factor * weight / static_cast<double>(pixels));
            float* error = worker->prediction.data() + sized(j) * pixels;
            const float* target = batch.targets.data() + sized(i + j) * pixels;
            double sum = 0;
            for (std::size_t p = 0; p < pixels; ++p) {
                const float difference = error[p] - target[p];
                sum += static_cast<double>(difference) * static_cast<double>(difference);
                error[p] = difference * slope;
            }
            losses[sized(i + j)] = sum / static_cast<double>(pixels);
        }
        worker->network.backward(count, worker->prediction.data(), to,
                                 conditioner.vectorGradients() + vectors,
                                 keeps ? dz.data() + sized(i) * pixels : nullptr);
    }
    conditioner.backward(end - begin, to, keeps ? dtimes.data() + begin : nullptr);
    const std::scoped_lock lock(guard);
    idle.push_back(std::move(worker));
}

double Trainer::Members::computeGradient(const Batch& batch) {
    const Shape& s = layout.shape;
    const int n = static_cast<int>(batch.times.size());
    if (n < 1) throw UsageError("A batch must hold an image at least.");
    require(batch.z.size(), sized(n) * s.pixels(), "images");
    require(batch.targets.size(), batch.z.size(), "targets");
    require(batch.conditions.size(), sized(n) * sized(s.conditions), "conditions");
    if (!batch.weights.empty()) require(batch.weights.size(), sized(n), "weights");
    losses.assign(sized(n), 0.0);
    if (keeps) {
        dz.resize(batch.z.size());
        dtimes.resize(sized(n));
    }
    const int count = std::min(kShards, n);
    while (shards.size() + 1 < sized(count)) shards.emplace_back(layout.packedFloats);
    forEachIndex(sized(count), threads, [&](std::size_t index) {
        AlignedFloats& to = index == 0 ? gradient : shards[index - 1];
        std::fill_n(to.data(), to.size(), 0.0F);
        const int i = static_cast<int>(index);
        shard(batch, n * i / count, n * (i + 1) / count, 1.0 / n, to.data());
    });
    addUp(sized(count));
    double loss = 0;
    for (int i = 0; i < n; ++i)
        loss += losses[sized(i)] *
                (batch.weights.empty() ? 1.0 : static_cast<double>(batch.weights[sized(i)])) / n;
    return loss;
}

/// The shards in their order, and the norm of the sum, in pieces that are the same for any number of threads.
void Trainer::Members::addUp(std::size_t count) {
    const std::size_t chunks = (gradient.size() + kChunk - 1) / kChunk;
    std::vector<double> squares(chunks);
    forEachIndex(chunks, threads, [&](std::size_t i) {
        const std::size_t begin = i * kChunk, size = std::min(kChunk, gradient.size() - begin);
        for (std::size_t s = 1; s < count; ++s)
            optimiser->addTo(size, gradient.data() + begin, shards[s - 1].data() + begin);
        squares[i] = optimiser->sumOfSquares(size, gradient.data() + begin);
    });
    double sum = 0;
    for (const double q : squares) sum += q;
    norm = std::sqrt(sum);
}

double Trainer::Members::update(double others) {
    ++steps;
    const AdamWFactors factors = adamwFactors(rule, std::sqrt(norm * norm + others), steps);
    const auto step = transformer::detail::adamwStep(rule, factors);
    const double n = static_cast<double>(steps), decay = std::min(rule.average, (1 + n) / (10 + n));
    forEachIndex((packed.size() + kChunk - 1) / kChunk, threads, [&](std::size_t i) {
        const std::size_t begin = i * kChunk, size = std::min(kChunk, packed.size() - begin);
        optimiser->adamw(size, step, gradient.data() + begin, packed.data() + begin, first.data() + begin,
                         second.data() + begin);
        if (rule.average > 0)
            kernels->blend(size, average.data() + begin, packed.data() + begin, static_cast<float>(decay));
    });
    refresh();
    return factors.clip;
}

Trainer::Trainer(const Weights& weights, const AdamW& options, int threads, Instructions instructions) {
    check(options, threads);
    m = std::make_unique<Members>(weights, options, threads, instructions);
}
Trainer::~Trainer() = default;
Trainer::Trainer(Trainer&&) noexcept = default;
Trainer& Trainer::operator=(Trainer&&) noexcept = default;

double Trainer::gradient(const Batch& batch) { return m->computeGradient(batch); }

double Trainer::step(const Batch& batch) {
    const double loss = m->computeGradient(batch);
    m->update(0);
    return loss;
}

double Trainer::update(double others) { return m->update(others); }

std::vector<float> Trainer::gradient() const {
    std::vector<float> flat(m->layout.flatFloats);
    m->layout.unpack(m->gradient.data(), flat.data());
    return flat;
}
double Trainer::gradientNorm() const { return m->norm; }
std::span<const double> Trainer::losses() const { return m->losses; }
void Trainer::keepInputGradients(bool keep) { m->keeps = keep; }
std::span<const float> Trainer::inputGradient() const { return m->dz; }
std::span<const float> Trainer::timeGradient() const { return m->dtimes; }
std::int64_t Trainer::stepsDone() const { return m->steps; }
const Shape& Trainer::shape() const { return m->layout.shape; }
const AdamW& Trainer::options() const { return m->rule; }

}  // namespace latent::learn::unet
