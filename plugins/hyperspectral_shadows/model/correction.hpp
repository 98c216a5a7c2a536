// SPDX-License-Identifier: Apache-2.0
#pragma once
// Taking the shadow away from spectra whose coverage is known.
//
//   gain       x'_c = x_c / ((1 − a) + a g_c), g = mean shadow spectrum / mean lit spectrum
//   transport  the features are moved from their distribution at coverage a to that of lit pixels by optimal
//              transport, and the spectrum follows by the smallest change that gives those features
//   whitening  the same with S_L^½ S_a^−½
// Pixels of coverage 0 are copied bit for bit. Immutable; any thread.
//
//     const Correction correction(CorrectionKind::Gain, spectra, basis, model, gain);
//     correction.apply(x, features, mean, deviation, a, pixels, out, threads);

#include "model/plcg/plcg.hpp"
#include "model/spectra.hpp"

namespace hyperspectral_shadows {

enum class CorrectionKind { Gain, Transport, Whitening };

class Correction {
  public:
    /// `gain` [channels]; `model` and `basis` are those that the coverage came from.
    Correction(CorrectionKind kind, const Spectra& spectra, const Eigen::MatrixXd& basis, const Plcg& model,
               std::vector<float> gain);

    void apply(const float* x, const Eigen::MatrixXd& features, const float* mean, const float* deviation,
               const float* a, std::size_t pixels, float* out, int threads) const;
    /// Standard deviation of the corrected radiance from that of the input (null: 0) and of the coverage, by
    /// the gain's derivative whatever the kind. Where the coverage is 0 or no number it is that of the input.
    void uncertainty(const float* x, const float* inputSigma, const float* a, const float* sigma,
                     std::size_t pixels, float* out) const;

  private:
    CorrectionKind m_kind;
    Spectra m_spectra;
    std::vector<float> m_gain;
    double m_meanGain = 1;
    std::vector<Eigen::MatrixXd> m_maps;   ///< to lit, by coverage
    std::vector<Eigen::VectorXd> m_means;  ///< of the features, by coverage
    std::vector<float>
        m_back;  ///< [features, channels]: change of the prepared spectrum for a change of each feature
};

}  // namespace hyperspectral_shadows
