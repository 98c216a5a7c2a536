// SPDX-License-Identifier: Apache-2.0
#pragma once
// What a run of shadows/remove gathers and publishes: images, spectra, the scatter with its ellipses, and the measures.

#include "data/result_writer.hpp"
#include "experiments/parameters.hpp"
#include "pipeline/measures.hpp"
#include "pipeline/methane.hpp"

namespace hyperspectral_shadows {

class RemoveRecord {
  public:
    RemoveRecord(const latent::Parameters& p, CubeReader& cube, const Bands& bands, latent::Job& job);

    /// The cube by the hard mask is judged where the radiance without shadow is known; else its brightness is
    /// shown.
    HardMask hardMask() const { return m_judged ? HardMask::Cube : HardMask::Mean; }
    /// What is known once the fit is done.
    void publishModel(const Sample& sample, const ShadowModel& model);
    /// One slab of the last pass.
    void add(const Removed& slab, const ShadowModel& model);
    /// Images and measures, and the file that was written.
    void finish(const Sample& sample, const ShadowModel& model);

  private:
    void prepareMethane(const Sample& sample);
    void publishScatter(const Sample& sample, const ShadowModel& model);
    void publishBound(const ShadowModel& model);
    void publishScores(const Sample& sample, const ShadowModel& model);
    std::vector<double> expanded(const std::vector<double>& kept) const;

    const latent::Parameters& m_p;
    CubeReader& m_cube;
    const Bands& m_bands;
    latent::Job& m_job;
    std::optional<std::vector<float>> m_truth;  ///< coverage
    bool m_judged = false;                      ///< whether the radiance without shadow is known, too
    std::vector<float> m_coverage, m_sigma, m_ratio, m_lit, m_corrected, m_hard, m_trueMean, m_shown,
        m_methaneInput, m_methaneCorrected, m_methaneLit;
    std::vector<double> m_shadowCorrected;  ///< sum of corrected spectra of pixels in full shadow
    double m_shadowPixels = 0;
    std::vector<std::uint8_t> m_flags, m_mask;
    std::vector<std::size_t> m_shownBands;  ///< places among the kept ones
    Measures m_measures;
    std::unique_ptr<MatchedFilter> m_filter;
    std::vector<float> m_methaneTrue;
    std::unique_ptr<ResultWriter> m_writer;
    std::vector<float> m_all, m_allSigma, m_uncertain, m_truthLines, m_sigmaLines;
};

}  // namespace hyperspectral_shadows
