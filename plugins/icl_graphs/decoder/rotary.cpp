// SPDX-License-Identifier: Apache-2.0
#include "decoder/rotary.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace icl_graphs {
namespace {

constexpr double kTurn = 2 * std::numbers::pi;

/// Llama 3: wavelengths longer than the old context are stretched, short ones kept, with a ramp between. In float, as PyTorch has it.
float llama3(const DecoderConfig& c, float frequency) {
    const auto number = [](double x) { return static_cast<float>(x); };
    const float wave = number(kTurn) / frequency, old = number(c.scalingContext);
    if (wave < number(c.scalingContext / c.highFrequency)) return frequency;
    if (wave > number(c.scalingContext / c.lowFrequency)) return frequency / number(c.scalingFactor);
    const float smooth = (old / wave - number(c.lowFrequency)) / number(c.highFrequency - c.lowFrequency);
    return (1 - smooth) * frequency / number(c.scalingFactor) + smooth * frequency;
}

/// YaRN (arXiv 2309.00071): by how many turns a dimension makes in the old context.
double yarn(const DecoderConfig& c, double frequency, int pair) {
    const auto dimension = [&](double turns) {
        return c.rotaryWidth * std::log(c.scalingContext / (turns * kTurn)) / (2 * std::log(c.rotaryBase));
    };
    const double low = std::max(std::floor(dimension(c.betaFast)), 0.),
                 high = std::min(std::ceil(dimension(c.betaSlow)), c.rotaryWidth - 1.);
    const double ramp = std::clamp((pair - low) / std::max(high - low, .001), 0., 1.);
    return frequency / c.scalingFactor * ramp + frequency * (1 - ramp);
}

}  // namespace

RotaryTable rotaryTable(const DecoderConfig& c, int tokens) {
    RotaryTable table;
    table.pairs = c.rotaryWidth / 2;
    double base = c.rotaryBase, amplitude = 1;
    if (c.scaling == RotaryScaling::Dynamic && tokens > c.scalingContext)
        base *= std::pow(c.scalingFactor * tokens / c.scalingContext - (c.scalingFactor - 1),
                         c.rotaryWidth / (c.rotaryWidth - 2.));
    if (c.scaling == RotaryScaling::Yarn)
        amplitude = c.attentionFactor > 0 ? c.attentionFactor
                    : c.scalingFactor > 1 ? .1 * std::log(c.scalingFactor) + 1
                                          : 1;
    std::vector<double> frequency;
    for (int i = 0; i < table.pairs; ++i) {
        double f = 1.0F / std::pow(static_cast<float>(base),
                                   static_cast<float>(2 * i) /
                                       static_cast<float>(c.rotaryWidth));  // in float, as PyTorch has it
        if (c.scaling == RotaryScaling::Linear) f /= c.scalingFactor;
        if (c.scaling == RotaryScaling::Llama3) f = llama3(c, static_cast<float>(f));
        if (c.scaling == RotaryScaling::Yarn) f = yarn(c, f, i);
        if (c.scaling == RotaryScaling::Factors) f /= c.rotaryFactors[static_cast<std::size_t>(i)];
        frequency.push_back(f);
    }
    for (int t = 0; t < tokens; ++t)
        for (const double f : frequency) {
            // In float as PyTorch forms the angle: at position 1,000 its rounding is visible in the fourth digit.
            const float angle = static_cast<float>(t) * static_cast<float>(f);
            table.cosine.push_back(static_cast<float>(amplitude * std::cos(static_cast<double>(angle))));
            table.sine.push_back(static_cast<float>(amplitude * std::sin(static_cast<double>(angle))));
        }
    return table;
}

}  // namespace icl_graphs
