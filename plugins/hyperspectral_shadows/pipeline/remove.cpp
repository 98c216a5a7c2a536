// SPDX-License-Identifier: Apache-2.0
#include "pipeline/remove.hpp"

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

}  // namespace

bool removeShadow(CubeReader& cube, const Bands& bands, const ShadowModel& model, bool withHardMask,
                  const std::function<bool(const Removed&)>& body) {
    const std::size_t channels = bands.kept.size();
    std::vector<float> corrected, hard, mean, deviation;
    std::vector<std::uint8_t> flags;
    const double far = farFromLit(model.plcg->features());
    // −2 log density at the lit mean, against which distances are measured.
    const Coverage centre = model.plcg->coverage(model.plcg->pure().meanLit.transpose(), 1);
    return forEachSlab(cube, bands, kSlabBytes, [&](const SlabView& slab) {
        corrected.resize(slab.pixels * channels), mean.resize(slab.pixels), deviation.resize(slab.pixels);
        const Eigen::MatrixXd q = model.features(slab.x, slab.pixels, mean.data(), deviation.data());
        const Coverage c = model.coverage(q);
        // How far a pixel lies from lit ones is told by the one Gaussian over all of them, also where each
        // material has its own.
        const std::vector<float> lit =
            model.materials ? model.plcg->coverage(q, model.options.threads).litLikelihood : c.litLikelihood;
        flags.assign(slab.pixels, 0);
        std::vector<float> a = c.a, step(slab.pixels);
        for (std::size_t i = 0; i < slab.pixels; ++i) {
            if (!std::isfinite(a[i])) {
                flags[i] = kNoSpectrum, a[i] = 0;
                continue;
            }
            step[i] = a[i] > .5F ? 1.0F : 0.0F;
            if (a[i] == 0 && 2 * (centre.litLikelihood[0] - lit[i]) > far) flags[i] |= kOutlier;
            if (a[i] > 2 * c.sigma[i] && a[i] < 1 - 2 * c.sigma[i]) flags[i] |= kMixed;
        }
        model.correction->apply(slab.x, q, mean.data(), deviation.data(), a.data(), slab.pixels,
                                corrected.data(), model.options.threads);
        if (withHardMask) {
            hard.resize(slab.pixels * channels);
            model.correction->apply(slab.x, q, mean.data(), deviation.data(), step.data(), slab.pixels,
                                    hard.data(), model.options.threads);
        }
        return body({slab.first, slab.count, slab.pixels, slab.x, corrected.data(),
                     withHardMask ? hard.data() : nullptr, mean.data(), &q, &c, flags.data()});
    });
}

}  // namespace hyperspectral_shadows
