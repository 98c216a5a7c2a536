// SPDX-License-Identifier: Apache-2.0
#include "decoder/pass.hpp"

#include <algorithm>

namespace icl_graphs {

Pass::Pass(const DecoderWeights& weights, const DecoderKernels& kernels, const TileKernels* tiles,
           std::span<const int> tokens, const DecoderRun& run)
    : w(weights),
      c(weights.config),
      k(kernels),
      m_tiles(tiles),
      m_tokens(tokens),
      m_run(run),
      m_rotary(rotaryTable(c, static_cast<int>(tokens.size()))),
      m_chunk(run.chunkOf(static_cast<int>(tokens.size()))),
      m_team(run.threads),
      m_products(kernels, tiles, m_team, std::max({c.width, c.hidden, c.heads * c.headWidth})),
      m_x(m_chunk, c.width),
      m_q(m_chunk, c.heads * c.headWidth),
      m_k(m_chunk, c.kvHeads * c.headWidth),
      m_v(m_chunk, c.kvHeads * c.headWidth),
      m_normed(m_chunk, c.width, tiles != nullptr, true),
      m_heads(m_chunk, c.heads * c.headWidth, tiles != nullptr, true),
      m_hidden(m_chunk, c.hidden, tiles != nullptr, false) {
    const int padded = roundUpToPanel(static_cast<int>(tokens.size()));
    for (int l = 0; l < layers(); ++l) m_cache.emplace_back(c, padded);
    for (int t = 0; t < m_team.size(); ++t) {
        m_scores.emplace_back(static_cast<std::size_t>(kQueries) * static_cast<std::size_t>(padded));
        m_mixed.emplace_back(static_cast<std::size_t>(kQueries) *
                             static_cast<std::size_t>(roundUpToPanel(c.headWidth)));
    }
}

bool Pass::go() {
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
        normalise(w.finalNorm);
        if (m_run.final) {
            hand(m_run.final, c.layers, m_normed.floats, c.width);
            eachSixteen([&](int first, int count, int) { split(m_normed, first, count, c.width); });
        }
        if (m_run.predictions) predict();
    }
    return true;
}

void Pass::embed() {
    eachSixteen([&](int first, int count, int) {
        std::vector<float> position(static_cast<std::size_t>(c.rotaryWidth > 0 ? 0 : c.width));
        for (int r = first; r < first + count; ++r) {
            const int token = m_tokens[static_cast<std::size_t>(m_first + r)];
            k.unpackRow(w.embedding.storage, w.embedding.row(token), c.width, m_x.row(r));
            if (c.rotaryWidth > 0) continue;
            k.unpackRow(w.positions.storage, w.positions.row(m_first + r), c.width, position.data());
            k.addRow(position.data(), c.width, m_x.row(r));
        }
    });
    handResidual(0);
}

void Pass::block(int l) {
    const DecoderLayer& layer = w.layers[static_cast<std::size_t>(l)];
    Cache& cache = m_cache[static_cast<std::size_t>(l)];
    normalise(layer.attentionNorm);
    project(layer);
    store(cache);
    attend(l, cache);
    if (m_run.wantsHeads(l)) hand(m_run.heads, l, m_heads.floats, c.heads * c.headWidth);
    eachSixteen([&](int first, int count, int) { split(m_heads, first, count, c.heads * c.headWidth); });
    if (c.parallelResidual) normalise(layer.mlpNorm);  // of the stream before attention is added
    add(layer.output, m_heads);
    if (!c.parallelResidual) normalise(layer.mlpNorm);
    activate(layer);
    add(layer.down, m_hidden);
}

void Pass::normalise(const Normalisation& norm) {
    eachSixteen([&](int first, int count, int) {
        for (int r = first; r < first + count; ++r)
            k.normalise(m_x.row(r), c.width, norm.weight.data(),
                        norm.bias.empty() ? nullptr : norm.bias.data(), c.normEpsilon,
                        m_normed.floats.row(r));
        split(m_normed, first, count, c.width);
    });
}

void Pass::project(const DecoderLayer& layer) {
    m_pieces.clear();
    m_products.cut({&layer.query}, &m_q, kMostPanels / 2, m_pieces);
    m_products.cut({&layer.key}, &m_k, kMostPanels / 2, m_pieces);
    m_products.cut({&layer.value}, &m_v, kMostPanels / 2, m_pieces);
    m_products.run(
        m_normed, m_rows, m_pieces,
        [&](const Products::Columns& of, int, int first, int rows, const float* out, int stride, int) {
            const int column = of.firstPanel * kPanel,
                      count = std::min(of.panels * kPanel, of.to->stride - column);
            for (int r = 0; r < rows; ++r)
                std::copy_n(out + static_cast<std::ptrdiff_t>(r) * stride, count,
                            of.to->row(first + r) + column);
        });
}

void Pass::add(const LinearMap& map, const Operand& in) {
    m_pieces.clear();
    m_products.cut({&map}, &m_x, kMostPanels / 2, m_pieces);
    m_products.run(
        in, m_rows, m_pieces,
        [&](const Products::Columns& of, int, int first, int rows, const float* out, int stride, int) {
            const int column = of.firstPanel * kPanel,
                      count = std::min(of.panels * kPanel, m_x.stride - column);
            for (int r = 0; r < rows; ++r)
                k.addRow(out + static_cast<std::ptrdiff_t>(r) * stride, count, m_x.row(first + r) + column);
        });
}

void Pass::activate(const DecoderLayer& layer) {
    const bool gated = c.activation == Activation::Silu;
    m_pieces.clear();
    if (gated)
        m_products.cut({&layer.gate, &layer.up}, nullptr, kMostPanels / 2, m_pieces);
    else
        m_products.cut({&layer.up}, nullptr, kMostPanels / 2, m_pieces);
    m_products.run(
        m_normed, m_rows, m_pieces,
        [&](const Products::Columns& of, int, int first, int rows, float* out, int stride, int width) {
            const int column = of.firstPanel * kPanel;
            for (int r = 0; r < rows; ++r) {
                float* row = out + static_cast<std::ptrdiff_t>(r) * stride;
                if (gated)
                    k.siluTimes(row, row + width, width);
                else if (c.activation == Activation::Gelu)
                    k.gelu(row, width);
                else
                    k.geluTanh(row, width);
                if (!m_hidden.tiled)
                    std::copy_n(row, std::min(width, m_hidden.floats.stride - column),
                                m_hidden.floats.row(first + r) + column);
            }
            if (!m_hidden.tiled) return;
            for (int r = 0; r < rows; r += kTileRows)
                m_tiles->splitLeft(out + static_cast<std::ptrdiff_t>(r) * stride, stride,
                                   std::min(kTileRows, rows - r), std::min(width, c.hidden - column),
                                   m_hidden.tiles.at((first + r) / kTileRows, column));
        });
}

}  // namespace icl_graphs
