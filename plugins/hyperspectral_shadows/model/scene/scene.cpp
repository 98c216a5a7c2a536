// SPDX-License-Identifier: Apache-2.0
#include "model/scene/scene.hpp"

#include <algorithm>
#include <cmath>
#include <latent/error.hpp>
#include <limits>
#include <numbers>

#include "model/scene/fields.hpp"
#include "model/scene/gas.hpp"

namespace hyperspectral_shadows {
namespace {

using latent::learn::RandomStream;

constexpr double kSun = 1.2e14;  ///< photons s⁻¹ cm⁻² nm⁻¹ at normal incidence
constexpr double kFwhmNm = .28;
constexpr double kSunRadius = .2665 * std::numbers::pi / 180;
constexpr double kCloudMetres = 1200, kBuildingMetres = 40;
constexpr double kPsf = .7;        ///< deviation of a pixel's response, pixels
constexpr double kReadNoise = 40;  ///< electrons (MethaneAIR)
constexpr double kSkyView = .7;    ///< of the sky that a shadowed surface sees

struct Reflectances {
    double low, high;
};
constexpr Reflectances kTiers[] = {{.28, .34}, {.20, .40}, {.15, .40}, {.15, .40}};

}  // namespace

SceneCube::SceneCube(const SceneSpec& spec) : m_spec(spec) {
    m_header.format = "synthetic scene";
    m_header.lines = spec.lines, m_header.samples = spec.samples, m_header.bands = spec.bands;
    m_header.unit = "photons s-1 cm-2 nm-1 sr-1";
    for (std::int64_t c = 0; c < spec.bands; ++c)
        m_header.wavelengthNm.push_back(spec.firstNm +
                                        (spec.lastNm - spec.firstNm) * static_cast<double>(c) /
                                            static_cast<double>(std::max<std::int64_t>(1, spec.bands - 1)));
    checkHeader(m_header, "The synthetic scene");
    makeLight();
    makeSurface();
    makeShadow();
    makePlumes();
    // Full well so that a lit pixel of the middle reflectance has the asked signal to noise ratio.
    double lit = 0;
    const double middle =
        .5 * (kTiers[static_cast<int>(spec.tier)].low + kTiers[static_cast<int>(spec.tier)].high);
    for (std::size_t c = 0; c < m_direct.size(); ++c)
        lit += (middle / std::numbers::pi * (m_direct[c] + m_diffuse[c]) + m_path[c]) /
               static_cast<double>(m_direct.size());
    // n electrons with n/√(n + read²) = snr.
    const double s2 = spec.snr * spec.snr,
                 n = .5 * (s2 + std::sqrt(s2 * s2 + 4 * s2 * kReadNoise * kReadNoise));
    m_electrons = n / lit;
}

void SceneCube::makeLight() {
    RandomStream random(m_spec.seed, "scene/light");
    const double zenith = m_spec.zenithDegrees * std::numbers::pi / 180, sunAir = 1 / std::cos(zenith);
    const double diffuseShare = .06 + .06 * random.uniform(), slope = 1.5 + 2 * random.uniform(),
                 diffuseAir = (1.6 + .8 * random.uniform()) * sunAir;
    const std::vector<double> grid = fineGrid(m_header.wavelengthNm);
    const std::vector<double> methane = opticalDepth(Gas::Methane, grid);
    std::vector<double> tau = methane;
    for (const Gas gas : {Gas::CarbonDioxide, Gas::Water, Gas::Oxygen}) {
        const std::vector<double> more = opticalDepth(gas, grid);
        for (std::size_t i = 0; i < tau.size(); ++i) tau[i] += more[i];
    }
    const double middle = .5 * (m_spec.firstNm + m_spec.lastNm);
    std::vector<double> direct, diffuse, path, directMore, diffuseMore;
    constexpr double kMore = .01;  // of the column, for the derivative
    for (std::size_t i = 0; i < grid.size(); ++i) {
        const double ratio = grid[i] / middle;
        direct.push_back(kSun * std::cos(zenith) * std::exp(-tau[i] * (sunAir + 1)));
        diffuse.push_back(diffuseShare * kSun * std::pow(ratio, -slope) *
                          std::exp(-tau[i] * (diffuseAir + 1)));
        path.push_back(.002 * kSun * std::pow(ratio, -4) * std::exp(-.5 * tau[i]));
        directMore.push_back(direct.back() * std::exp(-kMore * methane[i] * (sunAir + 1)));
        diffuseMore.push_back(diffuse.back() * std::exp(-kMore * methane[i] * (diffuseAir + 1)));
    }
    const auto seen = [&](const std::vector<double>& values) {
        return throughInstrument(grid, values, m_header.wavelengthNm, kFwhmNm);
    };
    m_direct = seen(direct), m_diffuse = seen(diffuse), m_path = seen(path);
    const std::vector<double> more = seen(directMore), diffuseSeen = seen(diffuseMore);
    for (std::size_t c = 0; c < m_direct.size(); ++c) {
        m_directDepth.push_back(-std::log(more[c] / m_direct[c]) / kMore);
        m_diffuseDepth.push_back(-std::log(diffuseSeen[c] / m_diffuse[c]) / kMore);
        const double light = m_direct[c] + m_diffuse[c];
        m_methane.push_back(
            static_cast<float>(-(m_directDepth[c] * m_direct[c] + m_diffuseDepth[c] * m_diffuse[c]) / light));
    }
}

void SceneCube::makeSurface() {
    const auto [low, high] = kTiers[static_cast<int>(m_spec.tier)];
    RandomStream random(m_spec.seed, "scene/materials");
    const std::vector<std::uint32_t> order = random.permutation(static_cast<std::uint32_t>(m_spec.materials));
    const auto bands = static_cast<std::size_t>(m_spec.bands);
    const auto u = [&](std::size_t c) {
        return 2.0 * static_cast<double>(c) / static_cast<double>(std::max<std::size_t>(1, bands - 1)) - 1;
    };
    std::vector<std::vector<float>> fields;
    for (int m = 0; m < m_spec.materials; ++m) {
        const double base = low + (high - low) * order[static_cast<std::size_t>(m)] /
                                      std::max(1, m_spec.materials - 1),
                     tilt = .03 * random.normal(), bend = .015 * random.normal();
        std::vector<double> rho(bands);
        for (std::size_t c = 0; c < bands; ++c)
            rho[c] = base * (1 + tilt * u(c) + bend * (u(c) * u(c) - 1.0 / 3));
        m_reflectance.push_back(std::move(rho));
        fields.push_back(
            smoothField(RandomStream(m_spec.seed, "scene/material", static_cast<std::uint64_t>(m)),
                        m_spec.lines, m_spec.samples, 5));
    }
    const std::size_t pixels = m_header.pixels();
    m_material.assign(pixels, 0);
    for (std::size_t i = 0; i < pixels; ++i)
        for (std::size_t m = 1; m < fields.size(); ++m)
            if (fields[m][i] > fields[m_material[i]][i]) m_material[i] = static_cast<std::uint8_t>(m);
    if (m_spec.tier == Tier::Dark) {
        const double base = .02 + .03 * random.uniform();
        std::vector<double> rho(bands);
        for (std::size_t c = 0; c < bands; ++c) rho[c] = base * (1 + .05 * u(c));
        m_reflectance.push_back(std::move(rho));
        const std::vector<float> where =
            smoothField(RandomStream(m_spec.seed, "scene/dark"), m_spec.lines, m_spec.samples, 5);
        for (std::size_t i = 0; i < pixels; ++i)
            if (where[i] > 1.2F) m_material[i] = static_cast<std::uint8_t>(m_reflectance.size() - 1);
    }
    const std::vector<float> rough =
        smoothField(RandomStream(m_spec.seed, "scene/texture"), m_spec.lines, m_spec.samples, 2);
    RandomStream fine(m_spec.seed, "scene/grain");
    m_texture.resize(pixels);
    for (std::size_t i = 0; i < pixels; ++i)
        m_texture[i] = static_cast<float>(1 + .04 * rough[i] + .025 * fine.normal());
}

void SceneCube::makeShadow() {
    const std::int64_t lines = m_spec.lines, samples = m_spec.samples;
    RandomStream random(m_spec.seed, "scene/shadow");
    const double tangent = std::tan(m_spec.zenithDegrees * std::numbers::pi / 180),
                 azimuth = 2 * std::numbers::pi * random.uniform();
    const double dy = std::cos(azimuth), dx = std::sin(azimuth);
    std::vector<float> buildings(m_header.pixels(), 0.0F), clouds = buildings;
    const std::int64_t count = std::max<std::int64_t>(2, lines * samples / 1200);
    for (std::int64_t b = 0; b < count; ++b) {
        const double cy = random.uniform() * static_cast<double>(lines),
                     cx = random.uniform() * static_cast<double>(samples);
        const double hy = 2 + 3 * random.uniform(), hx = 2 + 3 * random.uniform(),
                     height = 15 + 45 * random.uniform();
        constexpr int kSteps = 24;  // the footprint and its displaced copies up to the shadow of the roof
        for (int step = 0; step < kSteps; ++step) {
            const double shift = step / (kSteps - 1.0) * height * tangent / m_spec.pixelMetres,
                         y = cy + dy * shift, x = cx + dx * shift;
            for (auto yy = std::max<std::int64_t>(0, std::llround(std::ceil(y - hy)));
                 yy <= std::min(lines - 1, static_cast<std::int64_t>(std::floor(y + hy))); ++yy)
                for (auto xx = std::max<std::int64_t>(0, std::llround(std::ceil(x - hx)));
                     xx <= std::min(samples - 1, static_cast<std::int64_t>(std::floor(x + hx))); ++xx)
                    buildings[static_cast<std::size_t>(yy * samples + xx)] = 1;
        }
    }
    // Where the shadow of a cloud falls is as random as where the cloud is: the displacement needs no margin around the scene.
    const std::vector<float> cover =
        smoothField(RandomStream(m_spec.seed, "scene/cloud"), lines, samples,
                    std::max(4.0, static_cast<double>(std::min(lines, samples)) / 9));
    for (std::size_t i = 0; i < clouds.size(); ++i) clouds[i] = cover[i] > 1.0F ? 1.0F : 0.0F;
    const auto soft = [&](const std::vector<float>& mask, double height) {
        return penumbra(mask, lines, samples, height * std::tan(kSunRadius) / m_spec.pixelMetres, kPsf);
    };
    const std::vector<float> softBuildings = soft(buildings, kBuildingMetres),
                             softClouds = soft(clouds, kCloudMetres);
    m_coverage.resize(clouds.size());
    m_hard.resize(clouds.size());
    for (std::size_t i = 0; i < clouds.size(); ++i) {
        const float a = 1 - (1 - softBuildings[i]) * (1 - softClouds[i]);
        m_coverage[i] = a < 1e-6F ? 0.0F : std::min(a, 1.0F);
        m_hard[i] = std::max(buildings[i], clouds[i]);
    }
}

void SceneCube::makePlumes() {
    m_column.assign(m_header.pixels(), 0.0F);
    RandomStream random(m_spec.seed, "scene/plumes");
    std::vector<std::size_t> borders;
    for (std::size_t i = 0; i < m_coverage.size(); ++i)
        if (m_coverage[i] > .4F && m_coverage[i] < .6F) borders.push_back(i);
    for (int p = 0; p < m_spec.plumes && !borders.empty(); ++p) {
        const std::size_t centre = borders[random.below(borders.size())];
        const double cy = static_cast<double>(centre / static_cast<std::size_t>(m_spec.samples)),
                     cx = static_cast<double>(centre % static_cast<std::size_t>(m_spec.samples)),
                     width = 4 + 3 * random.uniform();
        for (std::size_t i = 0; i < m_column.size(); ++i) {
            const double y = static_cast<double>(i / static_cast<std::size_t>(m_spec.samples)) - cy,
                         x = static_cast<double>(i % static_cast<std::size_t>(m_spec.samples)) - cx;
            const double more = m_spec.plumeColumn * std::exp(-.5 * (y * y + x * x) / (width * width));
            if (more > 1e-4) m_column[i] += static_cast<float>(more);
        }
    }
}

void SceneCube::clean(std::int64_t y, std::int64_t x, double coverage, double* out) const {
    const auto i = static_cast<std::size_t>(y * m_spec.samples + x);
    const std::vector<double>& rho = m_reflectance[m_material[i]];
    const double direct = (1 - coverage) * m_texture[i] / std::numbers::pi,
                 diffuse = (1 - (1 - kSkyView) * coverage) * m_texture[i] / std::numbers::pi,
                 column = m_column[i];
    if (column == 0) {
        for (std::size_t c = 0; c < rho.size(); ++c)
            out[c] = rho[c] * (direct * m_direct[c] + diffuse * m_diffuse[c]) + m_path[c];
    } else {
        for (std::size_t c = 0; c < rho.size(); ++c)
            out[c] = rho[c] * (direct * m_direct[c] * std::exp(-column * m_directDepth[c]) +
                               diffuse * m_diffuse[c] * std::exp(-column * m_diffuseDepth[c])) +
                     m_path[c];
    }
}

double SceneCube::noiseOf(double radiance) const {
    return std::sqrt(std::max(radiance, 0.0) * m_electrons + kReadNoise * kReadNoise) / m_electrons;
}

void SceneCube::read(std::int64_t first, std::int64_t count, float* out) {
    const auto bands = static_cast<std::size_t>(m_spec.bands);
    std::vector<double> spectrum(bands);
    for (std::int64_t y = first; y < first + count; ++y) {
        RandomStream noise(m_spec.seed, "scene/noise", static_cast<std::uint64_t>(y));
        for (std::int64_t x = 0; x < m_spec.samples; ++x, out += bands) {
            clean(y, x, m_coverage[static_cast<std::size_t>(y * m_spec.samples + x)], spectrum.data());
            for (std::size_t c = 0; c < bands; ++c)
                out[c] = static_cast<float>(spectrum[c] + noiseOf(spectrum[c]) * noise.normal());
        }
    }
}

bool SceneCube::readUnshadowed(std::int64_t first, std::int64_t count, float* out) {
    const auto bands = static_cast<std::size_t>(m_spec.bands);
    std::vector<double> spectrum(bands);
    for (std::int64_t y = first; y < first + count; ++y)
        for (std::int64_t x = 0; x < m_spec.samples; ++x, out += bands) {
            clean(y, x, 0, spectrum.data());
            std::copy(spectrum.begin(), spectrum.end(), out);
        }
    return true;
}

bool SceneCube::readUncertainty(std::int64_t first, std::int64_t count, float* out) {
    const auto bands = static_cast<std::size_t>(m_spec.bands);
    std::vector<double> spectrum(bands);
    for (std::int64_t y = first; y < first + count; ++y)
        for (std::int64_t x = 0; x < m_spec.samples; ++x, out += bands) {
            clean(y, x, m_coverage[static_cast<std::size_t>(y * m_spec.samples + x)], spectrum.data());
            for (std::size_t c = 0; c < bands; ++c) out[c] = static_cast<float>(noiseOf(spectrum[c]));
        }
    return true;
}

std::optional<std::vector<float>> SceneCube::image(const std::string& name) {
    if (name == "coverage") return m_coverage;
    if (name == "hard_mask") return m_hard;
    if (name == "material") return std::vector<float>(m_material.begin(), m_material.end());
    if (name == "zenith")
        return std::vector<float>(m_header.pixels(), static_cast<float>(m_spec.zenithDegrees));
    if (name == "methane") return m_column;
    return std::nullopt;
}

}  // namespace hyperspectral_shadows
