// SPDX-License-Identifier: Apache-2.0
#pragma once
// Small cubes for tests of the pipeline, and what is common to them.
#include <algorithm>
#include <functional>
#include <latent/error.hpp>
#include <string>
#include <vector>

#include "model/scene/scene.hpp"
#include "pipeline/options.hpp"

using hyperspectral_shadows::CubeHeader;
using hyperspectral_shadows::CubeReader;
using hyperspectral_shadows::FitOptions;
using hyperspectral_shadows::SceneCube;
using hyperspectral_shadows::SceneSpec;

/// A cube in memory that a test may spoil.
struct MemoryCube final : CubeReader {
    std::vector<float> values;
    std::vector<float> coverage;

    explicit MemoryCube(SceneCube& scene)
        : values(scene.header().pixels() * static_cast<std::size_t>(scene.header().bands)),
          coverage(*scene.image("coverage")) {
        m_header = scene.header();
        scene.read(0, m_header.lines, values.data());
    }
    void read(std::int64_t first, std::int64_t count, float* out) override {
        const auto line = static_cast<std::ptrdiff_t>(m_header.valuesPerLine());
        std::copy_n(values.begin() + first * line, count * line, out);
    }
    CubeHeader& head() { return m_header; }
};

inline SceneSpec small() { return {.lines = 48, .samples = 40, .bands = 24, .seed = 1}; }

inline FitOptions options() {
    FitOptions o;
    o.ilr.rounds = 3;
    o.ilr.chance = 0;
    o.deadBand = 3;
    return o;
}

inline std::string refusal(const std::function<void()>& body) {
    try {
        body();
    } catch (const latent::RunError& error) {
        return error.what();
    }
    return {};
}
