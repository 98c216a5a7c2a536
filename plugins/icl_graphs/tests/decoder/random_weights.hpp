// SPDX-License-Identifier: Apache-2.0
#pragma once
// Tiny random models of every family and variant, without a file.

#include <cstring>
#include <latent/learn/random.hpp>
#include <string>
#include <utility>
#include <vector>

#include "decoder/weights.hpp"

namespace icl_graphs {

inline DecoderConfig tinyConfig(Family family) {
    DecoderConfig c;
    c.family = family;
    c.layers = 2, c.width = 32, c.heads = 4, c.kvHeads = family == Family::Llama ? 2 : 4, c.headWidth = 8;
    c.hidden = 64, c.vocabulary = 40, c.context = 96;
    c.rotaryWidth = family == Family::Llama ? 8 : family == Family::Neox ? 2 : 0;
    c.parallelResidual = family == Family::Neox;
    c.activation = family == Family::Llama  ? Activation::Silu
                   : family == Family::Gpt2 ? Activation::GeluTanh
                                            : Activation::Gelu;
    c.tied = family == Family::Gpt2;
    return c;
}

/// Every family, way of sharing keys, activation and rotary scaling.
inline std::vector<std::pair<std::string, DecoderConfig>> tinyVariants() {
    const auto with = [](Family family, auto&& change) {
        DecoderConfig c = tinyConfig(family);
        change(c);
        return c;
    };
    const auto stretched = [&](RotaryScaling scaling, double factor) {
        return with(Family::Llama, [&](DecoderConfig& c) {
            c.headWidth = c.rotaryWidth = 16, c.scaling = scaling, c.scalingFactor = factor;
            c.scalingContext = 16;
        });
    };
    DecoderConfig factors = stretched(RotaryScaling::Factors, 1);
    factors.rotaryFactors = {1, 1.5F, 2, 3, 4, 6, 8, 8};
    return {{"llama", tinyConfig(Family::Llama)},
            {"llama_mha", with(Family::Llama, [](DecoderConfig& c) { c.kvHeads = 4; })},
            {"llama_mqa_tied", with(Family::Llama, [](DecoderConfig& c) { c.kvHeads = 1, c.tied = true; })},
            {"llama_wide_heads",
             with(Family::Llama,
                  [](DecoderConfig& c) { c.headWidth = c.rotaryWidth = 24, c.rotaryBase = 500'000; })},
            {"llama_linear", stretched(RotaryScaling::Linear, 4)},
            {"llama_dynamic", stretched(RotaryScaling::Dynamic, 2)},
            {"llama_llama3", stretched(RotaryScaling::Llama3, 8)},
            {"llama_yarn", stretched(RotaryScaling::Yarn, 4)},
            {"llama_factors", factors},
            {"gpt2", tinyConfig(Family::Gpt2)},
            {"gpt2_gelu", with(Family::Gpt2, [](DecoderConfig& c) { c.activation = Activation::Gelu; })},
            {"neox", tinyConfig(Family::Neox)},
            {"neox_sequential", with(Family::Neox, [](DecoderConfig& c) {
                 c.parallelResidual = false, c.rotaryWidth = 8, c.activation = Activation::GeluTanh;
             })}};
}

/// Draws weights: standard deviation .3, larger than at initialisation, so that attention is not flat and every branch matters.
class RandomWeights {
  public:
    explicit RandomWeights(std::uint64_t seed) : m_random(seed, "tests/random_weights") {}

    DecoderWeights of(const DecoderConfig& c, Storage storage = Storage::F32) {
        const bool biased = c.family != Family::Llama;
        const int heads = c.heads * c.headWidth, kv = c.kvHeads * c.headWidth;
        DecoderWeights w;
        w.config = c;
        w.embedding = matrix(c.vocabulary, c.width, storage);
        if (c.rotaryWidth == 0) w.positions = matrix(c.context, c.width, storage);
        const auto norm = [&] { return Normalisation{row(c.width, 1), row(biased ? c.width : 0, 0)}; };
        const auto linear = [&](int outputs, int inputs) {
            return LinearMap{matrix(outputs, inputs, storage), row(biased ? outputs : 0, 0)};
        };
        for (int l = 0; l < c.layers; ++l)
            w.layers.push_back({norm(), norm(), linear(heads, c.width), linear(kv, c.width),
                                linear(kv, c.width), linear(c.width, heads),
                                c.activation == Activation::Silu ? linear(c.hidden, c.width) : LinearMap{},
                                linear(c.hidden, c.width), linear(c.width, c.hidden)});
        w.finalNorm = norm();
        w.head.weight = c.tied ? w.embedding : matrix(c.vocabulary, c.width, storage);
        return w;
    }

  private:
    std::vector<float> row(int n, float around) {
        std::vector<float> values;
        for (int i = 0; i < n; ++i) values.push_back(around + .3F * static_cast<float>(m_random.normal()));
        return values;
    }
    WeightMatrix matrix(int rows, int columns, Storage storage) {
        WeightMatrix m{rows, columns, storage, rowBytesOf(storage, columns), {}};
        m.bytes = std::shared_ptr<std::byte[]>(new std::byte[static_cast<std::size_t>(rows) * m.rowBytes]);
        for (int r = 0; r < rows; ++r)
            fill(m.bytes.get() + static_cast<std::size_t>(r) * m.rowBytes, storage, columns);
        return m;
    }
    void fill(std::byte* to, Storage storage, int n) {
        const auto put = [&](auto value) {
            std::memcpy(to, &value, sizeof value);
            to += sizeof value;
        };
        const auto byte = [&] { put(static_cast<std::uint8_t>(m_random.below(256))); };
        const auto half = [&](std::uint64_t bits) { put(static_cast<std::uint16_t>(bits)); };
        if (storage == Storage::F32 || storage == Storage::BF16)
            for (const float v : row(n, 0)) {
                std::uint32_t bits;
                std::memcpy(&bits, &v, sizeof bits);
                storage == Storage::F32 ? put(bits) : half(bits >> 16);
            }
        else if (storage == Storage::F16)  // either sign, 2^-4 to 1
            for (int i = 0; i < n; ++i) half(m_random.below(2) << 15 | (0x2C00 + m_random.below(0x1000)));
        else
            for (int b = 0; b < n; b += 32) {
                half((storage == Storage::Q8_0 ? 0x1800U : 0x2800U) + m_random.below(0x400));  // 2^-9, 2^-5
                if (storage == Storage::Q4_1) half(0xB400U + m_random.below(0x400));           // -¼ to -½
                for (int i = 0; i < (storage == Storage::Q8_0 ? 32 : 16); ++i) byte();
            }
    }

    latent::learn::RandomStream m_random;
};

}  // namespace icl_graphs
