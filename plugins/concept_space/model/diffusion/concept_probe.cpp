// SPDX-License-Identifier: Apache-2.0
#include "model/diffusion/concept_probe.hpp"

#include <algorithm>
#include <latent/learn/parallel.hpp>
#include <latent/learn/random.hpp>

namespace concept_space {
namespace {

namespace unet = latent::learn::unet;

constexpr int kBatch = 64;
constexpr std::uint64_t kTrainImages = std::uint64_t{1} << 40,
                        kTestImages = std::uint64_t{1} << 41;  // numbers that no training set uses

/// As many levels as make the deepest map at most eight pixels wide, so that every output sees the whole
/// image.
unet::Shape shapeFor(const ImageSpec& spec) {
    unet::Shape s{.height = spec.side,
                  .width = spec.side,
                  .channels = 3,
                  .widths = {16},
                  .conditions = 0,
                  .sinusoids = 2,
                  .timeWidth = 16};
    for (int side = spec.side; side > 8 && side % 2 == 0; side /= 2) s.widths.push_back(32);
    return s;
}

std::vector<ImageSpec> pooled(const ImageSpec& spec) {
    std::vector<ImageSpec> all{spec};
    for (const double colour : {.2, .4, .8})
        for (const double size : {.2, .4}) {
            all.push_back(spec);
            all.back().colour = colour;
            all.back().size = size;
        }
    return all;
}

}  // namespace

ConceptProbe::ConceptProbe(const ImageSpec& spec, int steps, int threads)
    : m_specs(pooled(spec)),
      m_steps(steps),
      m_threads(threads),
      m_trainer(unet::initialise(shapeFor(spec), spec.seed ^ 0x9E3779B9U), {.learningRate = 2e-3, .clip = 1},
                threads) {}

bool ConceptProbe::train() {
    if (isTrained()) return false;
    const ImageSpec& own = m_specs.front();
    const std::size_t d = static_cast<std::size_t>(own.side) * static_cast<std::size_t>(own.side) * 3;
    const auto number = static_cast<std::uint64_t>(m_trainer.stepsDone());
    std::vector<float> z(kBatch * d), target(z.size()), times(kBatch, 0.0F);
    latent::learn::forEachIndex(8, m_threads, [&](std::size_t piece) {
        for (std::size_t i = piece; i < kBatch; i += 8) {
            latent::learn::RandomStream stream(own.seed, "concept/probe", number * kBatch + i);
            // Half of the batch from the run's own separations, the rest from the pool.
            const ImageSpec& spec = i % 2 == 0 ? own : m_specs[1 + stream.below(m_specs.size() - 1)];
            const int itsClass = static_cast<int>(stream.below(static_cast<std::uint64_t>(spec.classes())));
            const std::uint64_t index = kTrainImages + number * kBatch + i;
            const std::vector<float> image = render(drawScene(spec, itsClass, index), spec, index);
            std::copy(image.begin(), image.end(), z.begin() + static_cast<std::ptrdiff_t>(i * d));
            for (std::size_t p = 0; p < d; ++p) {
                const int channel = static_cast<int>(p % 3);
                target[i * d + p] =
                    channel < spec.concepts() ? static_cast<float>(conceptOf(spec, itsClass, channel)) : 0.0F;
            }
        }
    });
    m_trainer.step({z, times, {}, target});
    m_model.reset();
    return !isTrained();
}

std::vector<double> ConceptProbe::read(std::span<const float> images, int n) const {
    if (!m_model) m_model.emplace(m_trainer.weights());
    const int concepts = m_specs.front().concepts();
    const std::size_t d = m_model->shape().pixels(), count = static_cast<std::size_t>(n);
    std::vector<float> out(images.size());
    const std::vector<float> times(count);
    m_model->predict(images, times, {}, n, out, m_threads);
    std::vector<double> read(count * static_cast<std::size_t>(concepts));
    for (std::size_t i = 0; i < count; ++i)
        for (int c = 0; c < concepts; ++c) {
            double sum = 0;
            for (std::size_t p = static_cast<std::size_t>(c); p < d; p += 3)
                sum += static_cast<double>(out[i * d + p]);
            read[i * static_cast<std::size_t>(concepts) + static_cast<std::size_t>(c)] =
                std::clamp(sum / static_cast<double>(d / 3), 0., 1.);
        }
    return read;
}

std::vector<double> ConceptProbe::accuracy(int perClass) const {
    const ImageSpec& spec = m_specs.front();
    std::vector<double> shares;
    for (int c = 0; c < spec.classes(); ++c) {
        std::vector<float> images;
        for (int i = 0; i < perClass; ++i) {
            const std::uint64_t index = kTestImages + static_cast<std::uint64_t>(i);
            const std::vector<float> image = render(drawScene(spec, c, index), spec, index);
            images.insert(images.end(), image.begin(), image.end());
        }
        const std::vector<double> coordinates = read(images, perClass);
        int right = 0;
        for (int i = 0; i < perClass; ++i) {
            bool all = true;
            for (int k = 0; k < spec.concepts(); ++k)
                all = all && (coordinates[static_cast<std::size_t>(i * spec.concepts() + k)] > .5) ==
                                 (conceptOf(spec, c, k) == 1);
            right += all ? 1 : 0;
        }
        shares.push_back(static_cast<double>(right) / perClass);
    }
    return shares;
}

void ConceptProbe::append(latent::State& state, latent::State own) {
    state.values.update(own.values);
    for (auto& array : own.arrays) state.arrays.push_back(std::move(array));
}

}  // namespace concept_space
