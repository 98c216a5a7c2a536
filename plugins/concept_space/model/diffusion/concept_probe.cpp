// SPDX-License-Identifier: Apache-2.0
#include "model/diffusion/concept_probe.hpp"

#include <algorithm>
#include <latent/error.hpp>
#include <latent/learn/parallel.hpp>
#include <latent/learn/random.hpp>

namespace concept_space {
namespace {

namespace unet = latent::learn::unet;

constexpr int kBatch = 64;
constexpr std::uint64_t kRecipe = 1;       // counts what was ever changed in how a probe is trained
constexpr std::int64_t kFewestKept = 100;  // steps that are worth a file
constexpr std::uint64_t kHashed = 4;       // drawn images of each class and source that stand for all

/// As many levels as make the deepest map at most eight pixels wide, so that every output sees the whole
/// image.
unet::Shape shapeFor(int imageSide) {
    unet::Shape s{.height = imageSide,
                  .width = imageSide,
                  .channels = 3,
                  .widths = {16},
                  .conditions = 0,
                  .sinusoids = 2,
                  .timeWidth = 16};
    for (int side = imageSide; side > 8 && side % 2 == 0; side /= 2) s.widths.push_back(32);
    return s;
}

}  // namespace

ProbeImages ProbeImages::drawn(const ImageSpec& spec) {
    ProbeImages images{spec.side, spec.concepts(), spec.seed, 0, {}};
    const auto add = [&](const ImageSpec& one) {
        images.sources.push_back([one](int itsClass, std::uint64_t index) {
            return render(drawScene(one, itsClass, index), one, index);
        });
    };
    add(spec);
    for (const double colour : {.2, .4, .8})
        for (const double size : {.2, .4}) {
            ImageSpec other = spec;
            other.colour = colour;
            other.size = size;
            add(other);
        }
    DataHash hash;
    for (const auto& source : images.sources)
        for (int c = 0; c < spec.classes(); ++c)
            for (std::uint64_t i = 0; i < kHashed; ++i) hash.add(source(c, kProbeNumbers + i));
    images.hash = hash.value();
    return images;
}

ProbeImages ProbeImages::of(const ConceptSet& set, std::uint64_t seed) {
    return {set.height(), set.concepts(), seed, set.hash(), {[&set](int itsClass, std::uint64_t index) {
                return set.sample(itsClass, index);
            }}};
}

ConceptProbe::ConceptProbe(ProbeImages images, int steps, int threads)
    : m_images(std::move(images)),
      m_steps(steps),
      m_threads(threads),
      m_trainer(unet::initialise(shapeFor(m_images.side), m_images.seed ^ 0x9E3779B9U),
                {.learningRate = 2e-3, .clip = 1}, threads) {}

std::uint64_t ConceptProbe::hash() const {
    DataHash all;
    for (const std::uint64_t part :
         {kRecipe, m_images.hash, m_images.seed, static_cast<std::uint64_t>(m_images.side),
          static_cast<std::uint64_t>(m_images.concepts), static_cast<std::uint64_t>(m_steps),
          static_cast<std::uint64_t>(latent::learn::bestInstructions())})
        all.add(part);
    return all.value();
}

bool ConceptProbe::take(const ProbeCache& cache) {
    if (stepsDone() > 0 || m_steps < kFewestKept) return false;
    const auto weights = cache.find(hash(), m_trainer.shape());
    if (!weights) return false;
    unet::TrainerState state = unet::Trainer(*weights, m_trainer.options()).state();
    state.step = m_steps;
    m_trainer.restore(state);
    m_model.emplace(*weights);
    return true;
}

void ConceptProbe::keep(const ProbeCache& cache) const {
    if (isTrained() && m_steps >= kFewestKept) cache.keep(hash(), m_trainer.weights());
}

bool ConceptProbe::train() {
    if (isTrained()) return false;
    const std::size_t d =
        static_cast<std::size_t>(m_images.side) * static_cast<std::size_t>(m_images.side) * 3;
    const auto number = static_cast<std::uint64_t>(m_trainer.stepsDone());
    std::vector<float> z(kBatch * d), target(z.size()), times(kBatch, 0.0F);
    latent::learn::forEachIndex(8, m_threads, [&](std::size_t piece) {
        for (std::size_t i = piece; i < kBatch; i += 8) {
            latent::learn::RandomStream stream(m_images.seed, "concept/probe", number * kBatch + i);
            // Half of the batch from the run's own images, the rest from the pool where there is one.
            const std::size_t pool = m_images.sources.size() - 1,
                              source = i % 2 == 0 || pool == 0 ? 0 : 1 + stream.below(pool);
            const int itsClass = static_cast<int>(stream.below(std::uint64_t{1} << m_images.concepts));
            const std::vector<float> image =
                m_images.sources[source](itsClass, kProbeNumbers + number * kBatch + i);
            std::copy(image.begin(), image.end(), z.begin() + static_cast<std::ptrdiff_t>(i * d));
            for (std::size_t p = 0; p < d; ++p) {
                const int channel = static_cast<int>(p % 3);
                target[i * d + p] =
                    channel < m_images.concepts ? static_cast<float>(valueOf(itsClass, channel)) : 0.0F;
            }
        }
    });
    m_trainer.step({z, times, {}, target});
    if (isTrained()) m_model.emplace(m_trainer.weights());
    return !isTrained();
}

void ConceptProbe::restore(const latent::Resumed& resumed) {
    m_trainer.restore(resumed, "probe");
    if (isTrained()) m_model.emplace(m_trainer.weights());
}

std::vector<double> ConceptProbe::read(std::span<const float> images, int n) const {
    if (!m_model) throw latent::RunError("The learned probe is not trained yet.");
    const int concepts = m_images.concepts;
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
    std::vector<double> shares;
    for (int c = 0; c < 1 << m_images.concepts; ++c) {
        std::vector<float> images;
        for (int i = 0; i < perClass; ++i) {
            const std::vector<float> image =
                m_images.sources.front()(c, kFreshNumbers + static_cast<std::uint64_t>(i));
            images.insert(images.end(), image.begin(), image.end());
        }
        const std::vector<double> coordinates = read(images, perClass);
        int right = 0;
        for (int i = 0; i < perClass; ++i) {
            bool all = true;
            for (int k = 0; k < m_images.concepts; ++k)
                all = all && (coordinates[static_cast<std::size_t>(i * m_images.concepts + k)] > .5) ==
                                 (valueOf(c, k) == 1);
            right += all ? 1 : 0;
        }
        shares.push_back(static_cast<double>(right) / perClass);
    }
    return shares;
}

}  // namespace concept_space
