// SPDX-License-Identifier: Apache-2.0
#pragma once
// A synthetic scene with known shadow: what a spectrometer at 1592 to 1680 nm sees of materials under direct and diffuse light,
// where buildings and clouds take the direct part away.
//
//     L(λ) = ρ(λ)/π [ (1 − a) E_direct + s E_diffuse ] e^(−τ m_view) + L_path
//
// Direct light passes the air mass of the sun, diffuse light another path, so that shadow is not only darker but of another shape.
// a is soft at borders: the disk of the sun at the height of what casts the shadow, then the pixel's response. Lines of pixels are
// made when they are read, each from its own random stream, so that a scene of any size needs memory for its images only.
//
//     SceneCube scene({.lines = 64, .samples = 64, .bands = 128, .tier = Tier::Easy, .seed = 1});
//     scene.read(0, 64, radiance);  scene.readUnshadowed(0, 64, truth);  scene.image("coverage");

#include <array>

#include "data/cube.hpp"

namespace hyperspectral_shadows {

/// How far the reflectance of lit surfaces is spread: .28–.34, .20–.40, .15–.40, and that with a dark surface of .02–.05.
enum class Tier { Easy, Medium, Hard, Dark };

struct SceneSpec {
    std::int64_t lines = 64, samples = 64, bands = 128;
    double firstNm = 1592, lastNm = 1680;
    Tier tier = Tier::Easy;
    double zenithDegrees = 30;
    double snr = 150;  ///< of lit pixels, per channel
    double pixelMetres = 5;
    int materials = 6;
    int plumes = 0;            ///< CH4 plumes, each half in shadow
    double plumeColumn = .15;  ///< largest enhancement, as a share of the background column
    std::uint64_t seed = 0;
};

class SceneCube final : public CubeReader {
  public:
    explicit SceneCube(const SceneSpec& spec);

    void read(std::int64_t first, std::int64_t count, float* out) override;
    bool readUnshadowed(std::int64_t first, std::int64_t count, float* out) override;
    bool readUncertainty(std::int64_t first, std::int64_t count, float* out) override;
    /// "coverage", "hard_mask", "material", "zenith", "methane" (column enhancement as a share).
    std::optional<std::vector<float>> image(const std::string& name) override;
    /// Relative change of lit radiance for a change of the CH4 column by its background: [bands].
    const std::vector<float>& methaneSignature() const { return m_methane; }
    const SceneSpec& spec() const { return m_spec; }

  private:
    void makeLight();
    void makeSurface();
    void makeShadow();
    void makePlumes();
    void clean(std::int64_t y, std::int64_t x, double coverage, double* out) const;
    double noiseOf(double radiance) const;

    SceneSpec m_spec;
    std::vector<double> m_direct, m_diffuse, m_path;  ///< [bands], through the instrument
    std::vector<double> m_directDepth,
        m_diffuseDepth;  ///< CH4 optical depth along each path, through the instrument
    std::vector<std::vector<double>> m_reflectance;  ///< [material][bands]
    std::vector<float> m_coverage, m_hard, m_texture, m_column, m_methane;
    std::vector<std::uint8_t> m_material;
    double m_electrons = 1;  ///< per unit of radiance
};

}  // namespace hyperspectral_shadows
