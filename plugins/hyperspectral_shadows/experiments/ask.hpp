// SPDX-License-Identifier: Apache-2.0
#pragma once
// `shadows/ask`: questions to a run of shadows/remove. A pixel gives its spectrum; pixels that are painted or
// lassoed as lit or as shadow give a new basis, new Gaussians and a new coverage of the whole image at once;
// before and after lie under a line that is swiped; a place in the spectrum gives the image of that band.
//
//     latent probe RUN shadows/ask --set x=12 --set y=30
//
// The cube is opened again and kept in memory where it is small (below 512 MB); of a larger one every n-th
// line and sample.

#include <latent/latent.hpp>

#include "pipeline/fit.hpp"

namespace hyperspectral_shadows {

class Ask final : public latent::Probe {
  public:
    /// `memoryBytes`: of spectra that are kept; a cube that is larger is thinned until it fits.
    explicit Ask(std::size_t memoryBytes = std::size_t{512} << 20) : m_memory(memoryBytes) {}
    static latent::About about() {
        return {"shadows/ask", "Shadows: paint and ask",
                "The spectrum of a pixel; the image of any band; coverage from painted pixels; before and "
                "after."};
    }
    static latent::Schema parameters();
    static bool needsRun() { return true; }
    void open(const latent::Run* run) override;
    latent::Outputs outputs(const latent::Parameters& p) override;
    void answer(const latent::Parameters& p, latent::Reply& reply) override;

  private:
    /// What was learnt for a question; another is learnt when the paint changes.
    struct Fit {
        std::string asked;
        Labels labels;  ///< of the run, and what is painted
        ShadowModel model;
        Eigen::MatrixXd features;
        Coverage coverage;
        std::vector<float> deviation, corrected;  ///< of each pixel: over channels; mean corrected radiance
        double seconds = 0;
    };
    Fit fit(const latent::Parameters& p) const;
    /// Labels the pixels under a mask or in a polygon; whether there was one.
    bool paint(const latent::Parameters& p, const char* mask, const char* polygon, std::int8_t value,
               Labels& labels) const;
    Sample sampleOf(const Labels& labels, const FitOptions& options) const;
    /// The used band nearest to the one that was asked for; the middle one when none was.
    std::size_t bandShown(const latent::Parameters& p) const;
    /// Its radiance of each pixel in memory.
    std::vector<float> bandImage(std::size_t band) const;
    /// Corrects pixels first … first + pixels − 1 of those in memory by the coverage found, as the run does.
    void correct(const Fit& fit, std::size_t first, std::size_t pixels, float* out) const;

    std::size_t m_memory;
    latent::Parameters m_run;
    std::unique_ptr<CubeReader> m_cube;  ///< null until one was opened
    Bands m_bands;
    std::int64_t m_lines = 0, m_samples = 0,
                 m_step = 1;  ///< of what is kept in memory: every step-th line and sample
    std::vector<float> m_x;   ///< [lines, samples, bands kept]
    std::vector<float> m_mean;
    Labels m_labels;                      ///< of the run
    std::vector<std::uint8_t> m_byLight;  ///< as Sample has it
    std::optional<Fit> m_fit;
};

}  // namespace hyperspectral_shadows
