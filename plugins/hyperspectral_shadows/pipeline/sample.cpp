// SPDX-License-Identifier: Apache-2.0
#include "pipeline/sample.hpp"

#include <algorithm>
#include <cmath>
#include <latent/error.hpp>

#include "model/no_number.hpp"

namespace hyperspectral_shadows {
namespace {

/// The pass: brightness by pieces, then whole spectra of some pixels.
class Sampling final : public SlabTask {
  public:
    Sampling(const CubeHeader& header, const Bands& bands, const std::optional<Labels>& known,
             const FitOptions& options, const std::function<bool(std::int64_t)>& keepGoing)
        : m_samples(header.samples), m_known(known), m_keepGoing(keepGoing) {
        sample.channels = bands.kept.size();
        sample.meanImage.assign(header.pixels(), kNoNumber);
        const std::size_t most = std::max<std::size_t>(
            256, std::min(options.mostPixels, options.sampleBytes / (sample.channels * sizeof(float))));
        if (!known) {
            m_stride[0] = std::max<std::size_t>(1, (header.pixels() + most - 1) / most);
            reserve((header.pixels() + m_stride[0] - 1) / m_stride[0]);
            return;
        }
        // Each class gets half of the room when labels are known; a stride spreads the choice over the cube.
        std::size_t room = 0;
        for (const int k : {0, 1}) {
            const auto candidates = static_cast<std::size_t>(std::count(known->begin(), known->end(), k));
            if (candidates == 0)
                throw latent::RunError(std::string("No pixel is labelled ") + (k == 0 ? "lit" : "shadow") +
                                       ", so there is nothing to tell apart. Label some pixels of that kind, "
                                       "or choose another rule for the labels.");
            m_stride[k] = std::max<std::size_t>(1, (candidates * 2 + most - 1) / most);
            room += (candidates + m_stride[k] - 1) / m_stride[k];
        }
        reserve(room);
    }

    void begin(const SlabView& slab, int turn) override { m_mean[turn].resize(slab.pixels); }

    void piece(const SlabView& slab, int turn, std::size_t first, std::size_t count) override {
        bestKernels().means(slab.x + first * sample.channels, count, sample.channels,
                            m_mean[turn].data() + first);
    }

    bool end(const SlabView& slab, int turn) override {
        const std::size_t before = static_cast<std::size_t>(slab.first * m_samples);
        for (std::size_t i = 0; i < slab.pixels; ++i) {
            const float mean = m_mean[turn][i];
            if (!std::isfinite(mean)) continue;
            sample.meanImage[before + i] = mean;
            const std::int8_t label = m_known ? (*m_known)[before + i] : std::int8_t{-1};
            const int kind = m_known ? label : 0;
            if (kind < 0 || m_seen[kind]++ % m_stride[kind] != 0) continue;
            const float* spectrum = slab.x + i * sample.channels;
            sample.x.insert(sample.x.end(), spectrum, spectrum + sample.channels);
            sample.pixel.push_back(before + i);
            sample.labels.push_back(label);
        }
        return !m_keepGoing || m_keepGoing(slab.first + slab.count);
    }

    Sample sample;

  private:
    /// All at once: a vector that grows holds its spectra twice.
    void reserve(std::size_t pixels) {
        sample.x.reserve(pixels * sample.channels);
        sample.pixel.reserve(pixels), sample.labels.reserve(pixels);
    }

    std::int64_t m_samples;
    const std::optional<Labels>& m_known;
    const std::function<bool(std::int64_t)>& m_keepGoing;
    std::vector<float> m_mean[2];
    std::size_t m_stride[2] = {1, 1}, m_seen[2] = {0, 0};
};

void labelByBrightness(Sample& sample, const FitOptions& options) {
    sample.image = labelsFromBrightness(sample.meanImage, options.ambiguous);
    for (std::size_t i = 0; i < sample.size(); ++i) sample.labels[i] = sample.image[sample.pixel[i]];
    if (!options.sunlight) return;
    const Labels dark = sample.labels;
    sample.sunlight = relabelBySunlight(sample.x.data(), sample.size(), sample.channels, sample.labels);
    if (sample.sunlight.tells) {
        for (const std::int8_t label : dark) sample.byLight.push_back(label == 1 ? 1 : 0);
        // Pixels whose spectra were not kept have no label by light.
        std::replace(sample.image.begin(), sample.image.end(), std::int8_t{1}, std::int8_t{-1});
    }
    for (std::size_t i = 0; i < sample.size(); ++i) sample.image[sample.pixel[i]] = sample.labels[i];
}

}  // namespace

std::optional<Sample> takeSample(CubeReader& cube, const Bands& bands, const std::optional<Labels>& known,
                                 const FitOptions& options,
                                 const std::function<bool(std::int64_t)>& keepGoing) {
    Sampling pass(cube.header(), bands, known, options, keepGoing);
    if (!forEachSlab(cube, bands, options.threads, options.slabBytes, pass)) return std::nullopt;
    Sample sample = std::move(pass.sample);
    if (sample.size() == 0)
        throw latent::RunError(
            "No labelled pixel has a whole spectrum: each lacks a number in some band. Leave the broken "
            "bands out by the range of wavelengths.");
    if (known)
        sample.image = *known;
    else
        labelByBrightness(sample, options);
    for (const std::size_t p : sample.pixel)
        sample.heldOut.push_back(inHeldOutBlock(p, static_cast<std::size_t>(cube.header().samples),
                                                static_cast<std::size_t>(options.blockPixels)));
    return sample;
}

}  // namespace hyperspectral_shadows
