// SPDX-License-Identifier: Apache-2.0
#include "decoder/decoder.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <latent/learn/aligned.hpp>
#include <latent/learn/parallel.hpp>
#include <limits>

#include "decoder/rotary.hpp"

namespace icl_graphs {
namespace {

using latent::learn::AlignedFloats;
using latent::learn::kPanel;
using latent::learn::roundUpToPanel;

constexpr int kQueries = 64;       // of an attention block: its scores stay in the second cache
constexpr int kHeadColumns = 256;  // vocabulary columns of logits at a time

/// Keys as panels of sixteen positions, values as rows; one of each for every layer and head of keys.
struct Cache {
    int tokens, headWidth, valueStride;
    AlignedFloats keys, values;  // [kvHead][panel][headWidth][16]; [kvHead][token][valueStride]

    Cache(const DecoderConfig& c, int count)
        : tokens(roundUpToPanel(count)),
          headWidth(c.headWidth),
          valueStride(roundUpToPanel(c.headWidth)),
          keys(static_cast<std::size_t>(c.kvHeads) * static_cast<std::size_t>(tokens) *
               static_cast<std::size_t>(headWidth)),
          values(static_cast<std::size_t>(c.kvHeads) * static_cast<std::size_t>(tokens) *
                 static_cast<std::size_t>(valueStride)) {}
    float* keysOf(int head) { return keys.data() + static_cast<std::ptrdiff_t>(head) * tokens * headWidth; }
    float* valuesOf(int head) {
        return values.data() + static_cast<std::ptrdiff_t>(head) * tokens * valueStride;
    }
};

/// Rows of activations on cache lines.
struct Rows {
    int stride;
    AlignedFloats data;
    Rows(int rows, int columns)
        : stride(roundUpToPanel(columns)),
          data(static_cast<std::size_t>(rows) * static_cast<std::size_t>(stride)) {}
    float* row(int r) { return data.data() + static_cast<std::ptrdiff_t>(r) * stride; }
    const float* row(int r) const { return data.data() + static_cast<std::ptrdiff_t>(r) * stride; }
};

/// One forward pass.
class Pass {
  public:
    Pass(const DecoderWeights& weights, const DecoderKernels& kernels, std::span<const int> tokens,
         const DecoderRun& run)
        : w(weights),
          c(weights.config),
          k(kernels),
          m_tokens(tokens),
          m_run(run),
          m_rotary(rotaryTable(c, static_cast<int>(tokens.size()))),
          m_chunk(run.chunkOf(static_cast<int>(tokens.size()))),
          m_x(m_chunk, c.width),
          m_normed(m_chunk, c.width),
          m_q(m_chunk, c.heads * c.headWidth),
          m_k(m_chunk, c.kvHeads * c.headWidth),
          m_v(m_chunk, c.kvHeads * c.headWidth),
          m_heads(m_chunk, c.heads * c.headWidth),
          m_gate(m_chunk, c.hidden),
          m_up(c.activation == Activation::Silu ? m_chunk : 0, c.hidden),
          m_out(m_chunk, c.width) {
        for (int l = 0; l < layers(); ++l) m_cache.emplace_back(c, static_cast<int>(tokens.size()));
    }

    bool go() {
        const int total = static_cast<int>(m_tokens.size());
        for (m_first = 0; m_first < total; m_first += m_chunk) {
            m_rows = std::min(m_chunk, total - m_first);
            embed();
            for (int l = 0; l < layers(); ++l) {
                if (m_run.keepGoing && !m_run.keepGoing()) return false;
                block(l);
                handResidual(l + 1);
            }
            if (layers() < c.layers) continue;
            if (!m_run.final && !m_run.predictions) continue;
            normalise(w.finalNorm, m_x, m_normed);
            hand(m_run.final, c.layers, m_normed, c.width);
            if (m_run.predictions) predict();
        }
        return true;
    }

  private:
    int layers() const { return m_run.blocksOf(c.layers); }

    void hand(const std::function<void(const Block&)>& to, int layer, Rows& rows, int columns) {
        if (to) to({layer, m_first, m_rows, columns, rows.stride, rows.data.data()});
    }

    void handResidual(int layer) {
        if (m_run.wantsResidual(layer)) hand(m_run.residual, layer, m_x, c.width);
    }

    void embed() {
        std::vector<float> position(static_cast<std::size_t>(c.width));
        for (int r = 0; r < m_rows; ++r) {
            const int token = m_tokens[static_cast<std::size_t>(m_first + r)];
            k.unpackRow(w.embedding.storage, w.embedding.row(token), c.width, m_x.row(r));
            if (c.rotaryWidth > 0) continue;
            k.unpackRow(w.positions.storage, w.positions.row(m_first + r), c.width, position.data());
            for (int i = 0; i < c.width; ++i) m_x.row(r)[i] += position[static_cast<std::size_t>(i)];
        }
        handResidual(0);
    }

    void normalise(const Normalisation& norm, const Rows& from, Rows& to) const {
        for (int r = 0; r < m_rows; ++r) {
            const float* x = from.row(r);
            float* y = to.row(r);
            double sum = 0, squares = 0;
            for (int i = 0; i < c.width; ++i) sum += x[i];
            const double mean = norm.bias.empty() ? 0 : sum / c.width;
            for (int i = 0; i < c.width; ++i) squares += (x[i] - mean) * (x[i] - mean);
            const float shift = static_cast<float>(mean),
                        scale = static_cast<float>(1 / std::sqrt(squares / c.width + c.normEpsilon));
            for (int i = 0; i < c.width; ++i)
                y[i] = (x[i] - shift) * scale * norm.weight[static_cast<std::size_t>(i)];
            if (!norm.bias.empty())
                for (int i = 0; i < c.width; ++i) y[i] += norm.bias[static_cast<std::size_t>(i)];
        }
    }

    /// Unpacks outputs 16·panel … into panels [panels][depth][16]; outputs beyond the last are zero.
    void unpack(const WeightMatrix& weight, int panel, int panels, AlignedFloats& rows, float* to) const {
        const int depth = weight.columns, stride = roundUpToPanel(depth);
        for (int p = 0; p < panels; ++p) {
            for (int j = 0; j < kPanel; ++j) {
                const int row = (panel + p) * kPanel + j;
                float* at = rows.data() + static_cast<std::ptrdiff_t>(j) * stride;
                if (row < weight.rows)
                    k.unpackRow(weight.storage, weight.row(row), depth, at);
                else
                    std::memset(at, 0, static_cast<std::size_t>(depth) * sizeof(float));
            }
            k.packPanel(rows.data(), stride, depth, to + static_cast<std::ptrdiff_t>(p) * depth * kPanel);
        }
    }

    /// out = in · Wᵀ + bias; threads share the outputs, so that each weight is unpacked once.
    void linear(const LinearMap& map, const Rows& in, Rows& out) const {
        const WeightMatrix& weight = map.weight;
        const int panels = roundUpToPanel(weight.rows) / kPanel, group = 4,
                  groups = (panels + group - 1) / group, threads = std::min(m_run.threads, groups),
                  depth = weight.columns;
        AlignedFloats bias;
        if (!map.bias.empty()) {
            bias = AlignedFloats(static_cast<std::size_t>(panels * kPanel));
            std::copy(map.bias.begin(), map.bias.end(), bias.data());
        }
        latent::learn::forEachIndex(static_cast<std::size_t>(threads), threads, [&](std::size_t thread) {
            AlignedFloats rows(static_cast<std::size_t>(kPanel) *
                               static_cast<std::size_t>(roundUpToPanel(depth))),
                packed(static_cast<std::size_t>(group) * static_cast<std::size_t>(depth) * kPanel);
            for (int g = static_cast<int>(thread); g < groups; g += threads) {
                const int first = g * group, count = std::min(group, panels - first);
                unpack(weight, first, count, rows, packed.data());
                k.product(in.data.data(), in.stride, m_rows, packed.data(),
                          static_cast<std::ptrdiff_t>(depth) * kPanel, kPanel, count, depth,
                          bias.size() > 0 ? bias.data() + first * kPanel : nullptr,
                          out.data.data() + first * kPanel, out.stride);
            }
        });
    }

    void turn(float* head, int position) const {
        const std::ptrdiff_t at = static_cast<std::ptrdiff_t>(position) * m_rotary.pairs;
        for (int i = 0; i < m_rotary.pairs; ++i) {
            const float cosine = m_rotary.cosine[static_cast<std::size_t>(at + i)],
                        sine = m_rotary.sine[static_cast<std::size_t>(at + i)], a = head[i],
                        b = head[i + m_rotary.pairs];
            head[i] = a * cosine - b * sine;
            head[i + m_rotary.pairs] = b * cosine + a * sine;
        }
    }

    void store(Cache& cache) {
        for (int r = 0; r < m_rows; ++r) {
            const int position = m_first + r;
            for (int h = 0; h < c.heads; ++h)
                if (c.rotaryWidth > 0) turn(m_q.row(r) + h * c.headWidth, position);
            for (int h = 0; h < c.kvHeads; ++h) {
                float* key = m_k.row(r) + h * c.headWidth;
                if (c.rotaryWidth > 0) turn(key, position);
                float* panel = cache.keysOf(h) +
                               static_cast<std::ptrdiff_t>(position / kPanel) * c.headWidth * kPanel +
                               position % kPanel;
                for (int d = 0; d < c.headWidth; ++d) panel[static_cast<std::ptrdiff_t>(d) * kPanel] = key[d];
                std::copy_n(m_v.row(r) + h * c.headWidth, c.headWidth,
                            cache.valuesOf(h) + static_cast<std::ptrdiff_t>(position) * cache.valueStride);
            }
        }
    }

    void attend(int layer, Cache& cache) {
        const int blocks = (m_rows + kQueries - 1) / kQueries, keysPadded = roundUpToPanel(m_first + m_rows);
        const float scale = static_cast<float>(1 / std::sqrt(static_cast<double>(c.headWidth)));
        const std::size_t pieces = static_cast<std::size_t>(blocks) * static_cast<std::size_t>(c.heads);
        const int threads = std::min<int>(m_run.threads, static_cast<int>(pieces));
        std::vector<AlignedFloats> scores, mixed;
        for (int t = 0; t < threads; ++t) {
            scores.emplace_back(static_cast<std::size_t>(kQueries) * static_cast<std::size_t>(keysPadded));
            mixed.emplace_back(static_cast<std::size_t>(kQueries) *
                               static_cast<std::size_t>(cache.valueStride));
        }
        // Each thread has scratch of its own and every threads-th piece, the long ones first.
        latent::learn::forEachIndex(static_cast<std::size_t>(threads), threads, [&](std::size_t thread) {
            for (std::size_t piece = thread; piece < pieces; piece += static_cast<std::size_t>(threads)) {
                const int b = blocks - 1 - static_cast<int>(piece) / c.heads,
                          h = static_cast<int>(piece) % c.heads, kv = h / c.groupSize();
                const int first = b * kQueries, rows = std::min(kQueries, m_rows - first),
                          keys = m_first + first + rows, padded = roundUpToPanel(keys);
                float* s = scores[thread].data();
                k.product(m_q.row(first) + h * c.headWidth, m_q.stride, rows, cache.keysOf(kv),
                          static_cast<std::ptrdiff_t>(c.headWidth) * kPanel, kPanel, padded / kPanel,
                          c.headWidth, nullptr, s, keysPadded);
                for (int r = 0; r < rows; ++r)
                    k.softmax(s + static_cast<std::ptrdiff_t>(r) * keysPadded, m_first + first + r + 1,
                              padded, scale);
                if (m_run.attention) m_run.attention({layer, h, m_first + first, rows, keys, keysPadded, s});
                k.product(s, keysPadded, rows, cache.valuesOf(kv), kPanel, cache.valueStride,
                          cache.valueStride / kPanel, keys, nullptr, mixed[thread].data(), cache.valueStride);
                for (int r = 0; r < rows; ++r)
                    std::copy_n(mixed[thread].data() + static_cast<std::ptrdiff_t>(r) * cache.valueStride,
                                c.headWidth, m_heads.row(first + r) + h * c.headWidth);
            }
        });
    }

    void feedForward(const DecoderLayer& layer) {
        if (c.activation == Activation::Silu) {
            linear(layer.gate, m_normed, m_gate);
            linear(layer.up, m_normed, m_up);
        } else {
            linear(layer.up, m_normed, m_gate);
        }
        const auto threads = static_cast<std::size_t>(std::max(1, std::min(m_run.threads, m_rows)));
        latent::learn::forEachIndex(threads, m_run.threads, [&](std::size_t thread) {
            for (int r = static_cast<int>(thread); r < m_rows; r += static_cast<int>(threads)) {
                if (c.activation == Activation::Silu)
                    k.siluTimes(m_gate.row(r), m_up.row(r), m_gate.stride);
                else if (c.activation == Activation::Gelu)
                    k.gelu(m_gate.row(r), m_gate.stride);
                else
                    k.geluTanh(m_gate.row(r), m_gate.stride);
            }
        });
        linear(layer.down, m_gate, m_out);
    }

    void addOut(Rows& to) {
        for (int r = 0; r < m_rows; ++r)
            for (int i = 0; i < c.width; ++i) to.row(r)[i] += m_out.row(r)[i];
    }

    void block(int l) {
        const DecoderLayer& layer = w.layers[static_cast<std::size_t>(l)];
        Cache& cache = m_cache[static_cast<std::size_t>(l)];
        normalise(layer.attentionNorm, m_x, m_normed);
        linear(layer.query, m_normed, m_q);
        linear(layer.key, m_normed, m_k);
        linear(layer.value, m_normed, m_v);
        store(cache);
        attend(l, cache);
        if (m_run.wantsHeads(l)) hand(m_run.heads, l, m_heads, c.heads * c.headWidth);
        linear(layer.output, m_heads, m_out);
        if (c.parallelResidual) {
            normalise(layer.mlpNorm, m_x, m_normed);  // of the stream before attention is added
            addOut(m_x);
        } else {
            addOut(m_x);
            normalise(layer.mlpNorm, m_x, m_normed);
        }
        feedForward(layer);
        addOut(m_x);
    }

    /// Logits a few hundred columns at a time: only their sum of exponentials and the selected ones are kept.
    void predict() {
        const int vocabulary = c.vocabulary, groups = (vocabulary + kHeadColumns - 1) / kHeadColumns,
                  threads = std::max(1, std::min(m_run.threads, groups)), depth = c.width;
        const auto wanted = m_run.selected.size();
        struct Sum {
            float largest = -std::numeric_limits<float>::infinity();
            double sum = 0;
        };
        std::vector<std::vector<Sum>> sums(static_cast<std::size_t>(threads),
                                           std::vector<Sum>(static_cast<std::size_t>(m_rows)));
        std::vector<float> selected(static_cast<std::size_t>(m_rows) * wanted),
            all(m_run.allLogits ? static_cast<std::size_t>(m_rows) * static_cast<std::size_t>(vocabulary)
                                : 0);
        latent::learn::forEachIndex(static_cast<std::size_t>(threads), threads, [&](std::size_t thread) {
            AlignedFloats rows(static_cast<std::size_t>(kPanel) *
                               static_cast<std::size_t>(roundUpToPanel(depth))),
                packed(static_cast<std::size_t>(kHeadColumns) * static_cast<std::size_t>(depth)),
                out(static_cast<std::size_t>(m_rows) * kHeadColumns);
            for (int g = static_cast<int>(thread); g < groups; g += threads) {
                const int first = g * kHeadColumns, count = std::min(kHeadColumns, vocabulary - first),
                          panels = roundUpToPanel(count) / kPanel;
                unpack(w.head.weight, first / kPanel, panels, rows, packed.data());
                k.product(m_normed.data.data(), m_normed.stride, m_rows, packed.data(),
                          static_cast<std::ptrdiff_t>(depth) * kPanel, kPanel, panels, depth, nullptr,
                          out.data(), kHeadColumns);
                for (int r = 0; r < m_rows; ++r) {
                    const float* logits = out.data() + static_cast<std::ptrdiff_t>(r) * kHeadColumns;
                    float largest = 0, sum = 0;
                    k.logSum(logits, count, &largest, &sum);
                    Sum& s = sums[thread][static_cast<std::size_t>(r)];
                    if (largest > s.largest) {
                        s.sum = s.sum * std::exp(static_cast<double>(s.largest) - largest) + sum;
                        s.largest = largest;
                    } else {
                        s.sum += sum * std::exp(static_cast<double>(largest) - s.largest);
                    }
                    if (m_run.allLogits)
                        std::copy_n(logits, count,
                                    all.begin() + static_cast<std::ptrdiff_t>(r) * vocabulary + first);
                }
                for (std::size_t s = 0; s < wanted; ++s)
                    if (m_run.selected[s] >= first && m_run.selected[s] < first + count)
                        for (int r = 0; r < m_rows; ++r)
                            selected[static_cast<std::size_t>(r) * wanted + s] =
                                out[static_cast<std::size_t>(r) * kHeadColumns +
                                    static_cast<std::size_t>(m_run.selected[s] - first)];
            }
        });
        std::vector<float> logSumExp;
        for (int r = 0; r < m_rows; ++r) {
            double largest = -std::numeric_limits<double>::infinity(), sum = 0;
            for (const auto& of : sums)
                largest = std::max(largest, static_cast<double>(of[static_cast<std::size_t>(r)].largest));
            for (const auto& of : sums) {
                const Sum& s = of[static_cast<std::size_t>(r)];
                if (s.sum > 0) sum += s.sum * std::exp(s.largest - largest);
            }
            logSumExp.push_back(static_cast<float>(largest + std::log(sum)));
        }
        m_run.predictions(
            {m_first, m_rows, logSumExp.data(), selected.data(), m_run.allLogits ? all.data() : nullptr});
    }

    const DecoderWeights& w;
    const DecoderConfig& c;
    const DecoderKernels& k;
    std::span<const int> m_tokens;
    const DecoderRun& m_run;
    RotaryTable m_rotary;
    int m_chunk, m_first = 0, m_rows = 0;
    Rows m_x, m_normed, m_q, m_k, m_v, m_heads, m_gate, m_up, m_out;
    std::vector<Cache> m_cache;
};

}  // namespace

Decoder::Decoder(std::shared_ptr<const DecoderWeights> weights, latent::learn::Instructions instructions)
    : m_weights(std::move(weights)), m_kernels(&decoderKernels(instructions)) {}

bool Decoder::forward(std::span<const int> tokens, const DecoderRun& run) const {
    checkTokens(config(), tokens, run);
    return Pass(*m_weights, *m_kernels, tokens, run).go();
}

std::uint64_t Decoder::memoryFor(const DecoderConfig& c, std::uint64_t weightBytes, int tokens,
                                 const DecoderRun& run) {
    const auto padded = static_cast<std::uint64_t>(roundUpToPanel(tokens)),
               chunk = static_cast<std::uint64_t>(run.chunkOf(tokens)),
               threads = static_cast<std::uint64_t>(run.threads);
    const auto u = [](int n) { return static_cast<std::uint64_t>(roundUpToPanel(n)); };
    const std::uint64_t cache = static_cast<std::uint64_t>(c.layers * c.kvHeads) * padded *
                                (static_cast<std::uint64_t>(c.headWidth) + u(c.headWidth));
    const std::uint64_t activations = chunk * (3 * u(c.width) + 2 * u(c.heads * c.headWidth) +
                                               2 * u(c.kvHeads * c.headWidth) + 2 * u(c.hidden));
    const std::uint64_t scratch = threads * (kQueries * padded + kHeadColumns * (u(c.width) + chunk) +
                                             80 * u(std::max(c.hidden, c.width)));
    const std::uint64_t logits = run.allLogits ? chunk * static_cast<std::uint64_t>(c.vocabulary) : 0;
    return weightBytes + 4 * (cache + activations + scratch + logits);
}

}  // namespace icl_graphs
