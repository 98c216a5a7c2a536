// SPDX-License-Identifier: Apache-2.0
#include "pipeline/remove.hpp"

#include <algorithm>
#include <cmath>

namespace hyperspectral_shadows {
namespace {

/// The value that a chi-squared variable of q degrees exceeds once in ten thousand (Wilson and Hilferty's
/// cube).
double farFromLit(int q) {
    constexpr double kNormal = 3.719;
    const double v = 2.0 / (9.0 * q), cube = 1 - v + kNormal * std::sqrt(v);
    return q * cube * cube * cube;
}

/// A piece of a slab goes through all of it at once: features, coverage, corrections and their means.
class Removal final : public SlabTask {
  public:
    Removal(const ShadowModel& model, std::size_t channels, HardMask hardMask,
            const std::function<bool(const Removed&)>& body)
        : m_model(model),
          m_basis(model.ilr.basis),
          m_channels(channels),
          m_hardMask(hardMask),
          m_body(body),
          m_far(farFromLit(model.plcg->features())) {}

    void begin(const SlabView& slab, int turn) override {
        Result& to = m_results[turn];
        for (auto* perPixel : {&to.mean, &to.deviation, &to.correctedMean, &to.hardMean, &to.coverage.a,
                               &to.coverage.sigma, &to.coverage.ratio, &to.coverage.litLikelihood})
            perPixel->resize(slab.pixels);
        to.flags.resize(slab.pixels);
        to.corrected.resize(slab.pixels * m_channels);
        if (m_hardMask == HardMask::Cube) to.hard.resize(to.corrected.size());
    }

    void piece(const SlabView& slab, int turn, std::size_t first, std::size_t count) override {
        Result& to = m_results[turn];
        const Spectra& spectra = m_model.spectra;
        const float* x = slab.x + first * m_channels;
        float *mean = to.mean.data() + first, *deviation = to.deviation.data() + first;
        const Eigen::MatrixXd q = spectra.features(x, count, m_basis, 1, mean, deviation);
        Coverage c = m_model.coverage(q, 1);
        std::vector<float> step(count);
        flag(q, c, step, to.flags.data() + first);
        const auto keep = [&](const std::vector<float>& from, std::vector<float>& all) {
            std::copy(from.begin(), from.end(), all.begin() + static_cast<std::ptrdiff_t>(first));
        };
        keep(c.a, to.coverage.a), keep(c.sigma, to.coverage.sigma), keep(c.ratio, to.coverage.ratio),
            keep(c.litLikelihood, to.coverage.litLikelihood);
        for (float& a : c.a) a = std::isfinite(a) ? a : 0;
        float* corrected = to.corrected.data() + first * m_channels;
        m_model.correction->apply(x, q, mean, deviation, c.a.data(), count, corrected, 1);
        means(corrected, c.a, mean, to.correctedMean.data() + first);
        if (m_hardMask == HardMask::No) return;
        std::vector<float> scratch;
        float* hard = nullptr;
        if (m_hardMask == HardMask::Cube)
            hard = to.hard.data() + first * m_channels;
        else if (std::find(step.begin(), step.end(), 1.0F) != step.end())
            scratch.resize(count * m_channels), hard = scratch.data();
        if (hard) m_model.correction->apply(x, q, mean, deviation, step.data(), count, hard, 1);
        means(hard, step, mean, to.hardMean.data() + first);
    }

    bool end(const SlabView& slab, int turn) override {
        const Result& of = m_results[turn];
        return m_body({slab.first, slab.count, slab.pixels, slab.x, of.corrected.data(),
                       m_hardMask == HardMask::Cube ? of.hard.data() : nullptr, of.correctedMean.data(),
                       m_hardMask == HardMask::No ? nullptr : of.hardMean.data(), &of.coverage,
                       of.flags.data()});
    }

  private:
    struct Result {
        std::vector<float> corrected, hard, mean, deviation, correctedMean, hardMean;
        Coverage coverage;
        std::vector<std::uint8_t> flags;
    };

    void flag(const Eigen::MatrixXd& q, const Coverage& c, std::vector<float>& step,
              std::uint8_t* flags) const {
        // How far a pixel lies from lit ones is told by the one Gaussian over all of them, also where each
        // material has its own.
        const std::vector<float> lit = m_model.materials ? m_model.plcg->litLikelihood(q) : c.litLikelihood;
        const double greatest = m_model.plcg->greatestLitLikelihood();
        for (std::size_t i = 0; i < c.a.size(); ++i) {
            flags[i] = 0, step[i] = c.a[i] > kMaskAbove ? 1.0F : 0.0F;
            if (!std::isfinite(c.a[i])) {
                flags[i] = kNoSpectrum;
                continue;
            }
            if (c.a[i] == 0 && 2 * (greatest - lit[i]) > m_far) flags[i] |= kOutlier;
            if (c.a[i] > 2 * c.sigma[i] && c.a[i] < 1 - 2 * c.sigma[i]) flags[i] |= kMixed;
        }
    }

    /// Of corrected spectra; those of coverage 0 are as they were.
    void means(const float* corrected, const std::vector<float>& a, const float* before, float* out) const {
        for (std::size_t i = 0; i < a.size(); ++i)
            if (a[i] > 0)
                bestKernels().means(corrected + i * m_channels, 1, m_channels, out + i);
            else
                out[i] = before[i];
    }

    const ShadowModel& m_model;
    ProjectionBasis m_basis;
    std::size_t m_channels;
    HardMask m_hardMask;
    const std::function<bool(const Removed&)>& m_body;
    double m_far;
    Result m_results[2];
};

}  // namespace

bool removeShadow(CubeReader& cube, const Bands& bands, const ShadowModel& model, HardMask hardMask,
                  const std::function<bool(const Removed&)>& body) {
    Removal task(model, bands.kept.size(), hardMask, body);
    return forEachSlab(cube, bands, model.options.threads, model.options.slabBytes, task);
}

}  // namespace hyperspectral_shadows
