// SPDX-License-Identifier: Apache-2.0
#pragma once
// How far rounding to bfloat16 may carry a decoder, by Monte Carlo arithmetic (Parker, Eggert and Kuck 1997): wherever bfloat16 rounds, a float32
// pass errs by a random factor 1 + δ, δ uniform in ±u, u = 2⁻⁸ the unit roundoff of eight significant bits. Rounding to nearest errs by at most
// u as well, and by less on average, so that its error exceeds the largest of n draws with probability below 1/(n + 1).
//
// The factors are put into the weights, which the kernels then read as they are: a rounded output of a linear map is a factor of its row, a
// rounded input one of its column, a rounded weight one of its own. Where every token has roundings of its own these are shared by all tokens,
// which does not make a token's error smaller. Counted are the roundings that decoder_torch/torch_pass.hpp lists.

#include <cmath>
#include <cstring>
#include <latent/learn/random.hpp>
#include <memory>
#include <vector>

#include "../decoder/everything.hpp"
#include "decoder/decoder.hpp"

namespace icl_graphs {

inline constexpr double kUnitRoundoff = 0x1p-8;
inline constexpr int kNoiseDraws = 24;

/// Weights (F32) with one draw of all roundings.
class RoundingNoise {
  public:
    explicit RoundingNoise(std::uint64_t draw) : m_random(draw, "tests/rounding_noise") {}

    DecoderWeights on(const DecoderWeights& from) {
        const DecoderConfig& c = from.config;
        DecoderWeights w = from;
        w.embedding = noisy(from.embedding, ones(c.vocabulary), ones(c.width));
        w.positions = noisy(from.positions, ones(from.positions.rows), ones(c.width));
        const int turns = c.rotaryWidth > 0 ? 1 : 0;
        for (DecoderLayer& l : w.layers) {
            const std::vector<float> in = factors(c.width, 1), fed = factors(c.width, 1);
            // Turned queries and keys are rounded once more; attention's probabilities count as a rounding of the queries, whose products
            // with the keys move them by no less where these products are above 1.
            l.query = noisy(l.query, factors(l.query.weight.rows, 2 + turns), in);
            l.key = noisy(l.key, factors(l.key.weight.rows, 1 + turns), in);
            l.value = noisy(l.value, factors(l.value.weight.rows, 1), in);
            l.output = noisy(l.output, factors(c.width, 1), factors(l.output.weight.columns, 1));
            if (l.gate.weight.rows > 0) l.gate = noisy(l.gate, factors(c.hidden, 1), fed);
            l.up = noisy(l.up, factors(c.hidden, 1), fed);
            // What comes into `down`: the activation, and its product with `up` where there is one.
            l.down = noisy(l.down, factors(c.width, 1), factors(c.hidden, l.gate.weight.rows > 0 ? 2 : 1));
        }
        w.head.weight = c.tied ? w.embedding : noisy(from.head.weight, ones(c.vocabulary), ones(c.width));
        return w;
    }

  private:
    float factor() { return static_cast<float>(1 + kUnitRoundoff * (2 * m_random.uniform() - 1)); }
    static std::vector<float> ones(int n) { return std::vector<float>(static_cast<std::size_t>(n), 1); }
    /// As if each of n numbers were rounded `times` times.
    std::vector<float> factors(int n, int times) {
        std::vector<float> all = ones(n);
        for (int t = 0; t < times; ++t)
            for (float& f : all) f *= factor();
        return all;
    }
    /// Each weight with a rounding of its own, beside those of its row and column.
    WeightMatrix noisy(const WeightMatrix& m, const std::vector<float>& rows,
                       const std::vector<float>& columns) {
        WeightMatrix all = m;
        all.bytes =
            std::shared_ptr<std::byte[]>(new std::byte[static_cast<std::size_t>(m.rows) * m.rowBytes]);
        for (int r = 0; r < m.rows; ++r)
            for (int i = 0; i < m.columns; ++i) {
                float value;
                const std::size_t at = static_cast<std::size_t>(i) * sizeof value;
                std::memcpy(&value, m.row(r) + at, sizeof value);
                value *= factor() * rows[static_cast<std::size_t>(r)] * columns[static_cast<std::size_t>(i)];
                std::memcpy(all.bytes.get() + static_cast<std::size_t>(r) * m.rowBytes + at, &value,
                            sizeof value);
            }
        return all;
    }
    LinearMap noisy(const LinearMap& map, const std::vector<float>& rows, const std::vector<float>& columns) {
        LinearMap all{noisy(map.weight, rows, columns), map.bias};
        for (std::size_t r = 0; r < all.bias.size(); ++r) all.bias[r] *= factor() * rows[r];
        return all;
    }

    latent::learn::RandomStream m_random;
};

/// rms of the difference in the rms of `exact`, of each layer and then of the logits [layers + 2].
inline std::vector<double> relativeErrors(const Everything& e, const Everything& exact,
                                          const DecoderConfig& c) {
    const auto error = [](const float* a, const float* b, std::size_t n) {
        double far = 0, size = 0;
        for (std::size_t i = 0; i < n; ++i) {
            far += (static_cast<double>(a[i]) - b[i]) * (static_cast<double>(a[i]) - b[i]);
            size += static_cast<double>(b[i]) * b[i];
        }
        return std::sqrt(far / size);
    };
    const std::size_t layers = static_cast<std::size_t>(c.layers) + 1, layer = exact.hidden.size() / layers;
    std::vector<double> all;
    for (std::size_t l = 0; l < layers; ++l)
        all.push_back(error(e.hidden.data() + l * layer, exact.hidden.data() + l * layer, layer));
    all.push_back(error(e.logits.data(), exact.logits.data(), exact.logits.size()));
    return all;
}

/// The largest relative error of the draws [layers + 2].
inline std::vector<double> roundingBound(const DecoderWeights& weights, const std::vector<int>& tokens,
                                         const DecoderRun& run = {}) {
    const auto pass = [&](const DecoderWeights& w) {
        return all(Decoder(std::make_shared<const DecoderWeights>(w)), tokens, run, false);
    };
    const Everything exact = pass(weights);
    std::vector<double> bound(static_cast<std::size_t>(weights.config.layers) + 2, 0);
    for (int draw = 0; draw < kNoiseDraws; ++draw) {
        const std::vector<double> error = relativeErrors(
            pass(RoundingNoise(static_cast<std::uint64_t>(draw)).on(weights)), exact, weights.config);
        for (std::size_t i = 0; i < bound.size(); ++i) bound[i] = std::max(bound[i], error[i]);
    }
    return bound;
}

}  // namespace icl_graphs
