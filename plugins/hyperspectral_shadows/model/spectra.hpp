// SPDX-License-Identifier: Apache-2.0
#pragma once
// How spectra are made comparable before anything is learnt from them, and the features that a basis gives.
//
//   raw           x / s: linear in coverage; brightness stays in
//   per_spectrum  (x − mean) / (std + ε): each spectrum by its own mean and deviation over channels,
//                 brightness out (the paper's follow-up); a nonlinear function of coverage
//   fraction      x / mean − 1: brightness out, and linear in the share of diffuse light; coverage follows
//                 from that share and from how bright shadow is against light
// Immutable; any thread.
//
//     const Spectra spectra = Spectra::fit(Preprocessing::Raw, x, pixels, channels);
//     spectra.prepare(x, pixels, z);                       // the matrix that regression learns from
//     const Eigen::MatrixXd q = spectra.features(x, pixels, basis, threads);

#include <Eigen/Core>
#include <cstddef>
#include <vector>

namespace hyperspectral_shadows {

enum class Preprocessing { Raw, PerSpectrum, Fraction };

/// Mean of each spectrum x [pixels, channels]; NaN where a number is missing.
std::vector<float> meanRadiance(const float* x, std::size_t pixels, std::size_t channels);

/// A basis [channels, D] made ready for features().
struct ProjectionBasis {
    explicit ProjectionBasis(const Eigen::MatrixXd& basis);
    Eigen::MatrixXf vectors;  ///< column-major: a vector after the other, as the kernel wants them
    Eigen::VectorXd sums;
};

class Spectra {
  public:
    /// Learns scale and centre from spectra x [pixels, channels] (NaN rows are skipped).
    static Spectra fit(Preprocessing kind, const float* x, std::size_t pixels, std::size_t channels);

    /// Prepared spectra, centred and scaled to deviation about 1: z [pixels, channels].
    void prepare(const float* x, std::size_t pixels, float* z) const;
    /// [pixels, q]: mean radiance in units of `scale()` (not for Fraction), then the projections onto the
    /// columns of the basis. `mean`, when given, gets the mean radiance of each pixel in the cube's unit, and
    /// `deviation` its spread over channels.
    Eigen::MatrixXd features(const float* x, std::size_t pixels, const ProjectionBasis& basis, int threads,
                             float* mean = nullptr, float* deviation = nullptr) const;
    Eigen::MatrixXd features(const float* x, std::size_t pixels, const Eigen::MatrixXd& basis, int threads,
                             float* mean = nullptr, float* deviation = nullptr) const {
        return features(x, pixels, ProjectionBasis(basis), threads, mean, deviation);
    }

    Preprocessing kind() const { return m_kind; }
    std::size_t channels() const { return m_channels; }
    double scale() const { return m_scale; }
    /// Whether features begin with the mean radiance.
    bool brightness() const { return m_kind != Preprocessing::Fraction; }
    /// The place of the first projection among the features.
    int firstProjection() const { return brightness() ? 1 : 0; }
    /// Deviation of prepared values before they were scaled to 1.
    double spread() const { return m_spread; }
    double epsilon() const { return 1e-5 * m_scale; }

  private:
    Preprocessing m_kind = Preprocessing::Raw;
    std::size_t m_channels = 0;
    double m_scale = 1;  ///< mean radiance of the fitted spectra, absolute
    double m_spread = 1;
    std::vector<float> m_centre;  ///< mean prepared spectrum
};

}  // namespace hyperspectral_shadows
