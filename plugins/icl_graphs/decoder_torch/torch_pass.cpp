// SPDX-License-Identifier: Apache-2.0
#include <latent/learn/torch/torch.hpp>
// LibTorch first, for the precompiled header.
#include <algorithm>
#include <cmath>
#include <latent/learn/parallel.hpp>
#include <limits>

#include "decoder/device_decoder.hpp"
#include "decoder/rotary.hpp"
#include "decoder_torch/torch_pass.hpp"

namespace icl_graphs {
namespace {

using torch::Tensor;

/// Keys or values of the head that each query head looks at: [kvHeads, keys, width] → [1, heads, keys, width].
Tensor shared(const Tensor& x, int group) {
    return (group > 1 ? x.repeat_interleave(group, 0) : x).unsqueeze(0);
}

}  // namespace

TorchPass::TorchPass(const DecoderConfig& config, const TorchWeights& weights, std::span<const int> tokens,
                     const DecoderRun& run)
    : c(config),
      w(weights),
      m_run(run),
      m_device(weights.embedding.device()),
      m_type(weights.embedding.scalar_type()),
      m_total(std::ssize(tokens)),
      m_chunk(run.chunkOf(static_cast<int>(m_total))) {
    m_tokens =
        torch::tensor(std::vector<std::int64_t>(tokens.begin(), tokens.end()), torch::kInt64).to(m_device);
    const RotaryTable table = rotaryTable(c, static_cast<int>(m_total));
    m_cosine = torch::tensor(table.cosine, torch::kFloat32).view({m_total, table.pairs}).to(m_device);
    m_sine = torch::tensor(table.sine, torch::kFloat32).view({m_total, table.pairs}).to(m_device);
    for (int l = 0; l < layers(); ++l)
        m_cache.push_back({torch::empty({c.kvHeads, m_total, c.headWidth}, where(m_type)),
                           torch::empty({c.kvHeads, m_total, c.headWidth}, where(m_type))});
}

torch::TensorOptions TorchPass::where(torch::ScalarType type) const {
    return torch::dtype(type).device(m_device);
}

bool TorchPass::go() {
    for (m_first = 0; m_first < m_total; m_first += m_chunk) {
        m_rows = std::min(m_chunk, m_total - m_first);
        if (m_first > 0)
            m_visible = torch::arange(m_first + m_rows, where(torch::kInt64)) <=
                        torch::arange(m_first, m_first + m_rows, where(torch::kInt64)).unsqueeze(1);
        embed();
        for (int l = 0; l < layers(); ++l) {
            if (m_run.keepGoing && !m_run.keepGoing()) return false;
            block(l);
            handResidual(l + 1);
        }
        if (layers() < c.layers || (!m_run.final && !m_run.predictions)) continue;
        Tensor last = normed(w.finalNorm);
        if (m_run.final) last = handed(m_run.final, c.layers, last);
        if (m_run.predictions) predict(last);
    }
    return true;
}

Tensor TorchPass::handed(const std::function<void(const Block&)>& to, int layer, const Tensor& x) const {
    const Tensor host = x.to(torch::kCPU, torch::kFloat32).contiguous();  // x itself where it is that already
    const int columns = static_cast<int>(x.size(1));
    to({layer, static_cast<int>(m_first), static_cast<int>(m_rows), columns, columns,
        host.data_ptr<float>()});
    return host.to(x.options());
}

void TorchPass::handResidual(int layer) {
    if (m_run.wantsResidual(layer)) m_x = handed(m_run.residual, layer, m_x);
}

void TorchPass::embed() {
    m_x = w.embedding.index_select(0, m_tokens.narrow(0, m_first, m_rows)).to(torch::kFloat32);
    if (c.rotaryWidth == 0) m_x = m_x + w.positions.narrow(0, m_first, m_rows).to(torch::kFloat32);
    handResidual(0);
}

Tensor TorchPass::normed(const TorchNorm& norm) const {
    return norm.bias.defined() ? torch::layer_norm(m_x, {c.width}, norm.weight, norm.bias, c.normEpsilon)
                               : at::rms_norm(m_x, {c.width}, norm.weight, c.normEpsilon);
}

Tensor TorchPass::linear(const TorchLinear& map, const Tensor& x) const {
    return torch::linear(x.to(m_type), map.weight, map.bias);
}

/// Turns the pairs (i, i + pairs) of [heads, rows, head width] by their positions; what is beyond the pairs stays.
Tensor TorchPass::turned(const Tensor& x) const {
    const std::int64_t pairs = m_cosine.size(1);
    if (pairs == 0) return x;
    const Tensor cosine = m_cosine.narrow(0, m_first, m_rows), sine = m_sine.narrow(0, m_first, m_rows),
                 a = x.narrow(-1, 0, pairs).to(torch::kFloat32),
                 b = x.narrow(-1, pairs, pairs).to(torch::kFloat32);
    return torch::cat({(a * cosine - b * sine).to(m_type), (b * cosine + a * sine).to(m_type),
                       x.narrow(-1, 2 * pairs, x.size(-1) - 2 * pairs)},
                      -1);
}

/// q [heads, rows, head width] over keys and values [kvHeads, keys, head width] → [heads, rows, head width].
Tensor TorchPass::attended(const Tensor& q, const Tensor& k, const Tensor& v) const {
    // Causal by itself means that query i sees keys 0 … i, which is right for the first chunk only.
    return at::scaled_dot_product_attention(
               q.unsqueeze(0), shared(k, c.groupSize()), shared(v, c.groupSize()),
               m_visible.defined() ? std::optional<Tensor>(m_visible) : std::nullopt,
               /*dropout_p=*/0.0, /*is_causal=*/!m_visible.defined())
        .squeeze(0);
}

/// The same with its probabilities handed out, a few queries at a time, as those of a whole text would not fit.
Tensor TorchPass::attendedWithScores(int layer, const Tensor& q, const Tensor& k, const Tensor& v) const {
    const std::int64_t keys = m_first + m_rows,
                       step = std::clamp<std::int64_t>(kDeviceScores / (c.heads * keys), 1, m_rows);
    const Tensor key = shared(k, c.groupSize()).squeeze(0).to(torch::kFloat32).transpose(1, 2),
                 value = shared(v, c.groupSize()).squeeze(0).to(torch::kFloat32);
    const double scale = 1 / std::sqrt(static_cast<double>(c.headWidth));
    std::vector<Tensor> parts;
    for (std::int64_t from = 0; from < m_rows; from += step) {
        const std::int64_t rows = std::min(step, m_rows - from), seen = m_first + from + rows;
        const Tensor hidden = torch::arange(seen, where(torch::kInt64)) >
                              torch::arange(m_first + from, seen, where(torch::kInt64)).unsqueeze(1);
        const Tensor probability =
            (q.narrow(1, from, rows).to(torch::kFloat32).matmul(key.narrow(2, 0, seen)) * scale)
                .masked_fill(hidden, -std::numeric_limits<double>::infinity())
                .softmax(-1);
        const Tensor host = probability.to(torch::kCPU).contiguous();
        latent::learn::forEachIndex(static_cast<std::size_t>(c.heads), m_run.threads, [&](std::size_t h) {
            m_run.attention({layer, static_cast<int>(h), static_cast<int>(m_first + from),
                             static_cast<int>(rows), static_cast<int>(seen), seen,
                             host.const_data_ptr<float>() + static_cast<std::int64_t>(h) * rows * seen});
        });
        parts.push_back(probability.matmul(value.narrow(1, 0, seen)).to(m_type));
    }
    return torch::cat(parts, 1);
}

Tensor TorchPass::feedForward(const TorchLayer& layer, const Tensor& x) const {
    const Tensor up = linear(layer.up, x);
    if (c.activation == Activation::Silu) return linear(layer.down, torch::silu(linear(layer.gate, x)) * up);
    return linear(layer.down, torch::gelu(up, c.activation == Activation::GeluTanh ? "tanh" : "none"));
}

void TorchPass::block(int l) {
    const TorchLayer& layer = w.layers[static_cast<std::size_t>(l)];
    const Cache& cache = m_cache[static_cast<std::size_t>(l)];
    const Tensor in = normed(layer.attentionNorm).to(m_type);
    const auto split = [&](const TorchLinear& map, int heads) {
        return linear(map, in).view({m_rows, heads, c.headWidth}).transpose(0, 1);
    };
    const Tensor q = turned(split(layer.query, c.heads));
    cache.keys.narrow(1, m_first, m_rows).copy_(turned(split(layer.key, c.kvHeads)));
    cache.values.narrow(1, m_first, m_rows).copy_(split(layer.value, c.kvHeads));
    const Tensor k = cache.keys.narrow(1, 0, m_first + m_rows),
                 v = cache.values.narrow(1, 0, m_first + m_rows);
    Tensor heads = (m_run.attention ? attendedWithScores(l, q, k, v) : attended(q, k, v))
                       .transpose(0, 1)
                       .reshape({m_rows, static_cast<std::int64_t>(c.heads) * c.headWidth});
    if (m_run.wantsHeads(l)) heads = handed(m_run.heads, l, heads);
    const Tensor out = linear(layer.output, heads).to(torch::kFloat32);
    if (c.parallelResidual) {
        const Tensor fed =
            feedForward(layer, normed(layer.mlpNorm));  // of the stream before attention is added
        m_x = m_x + out + fed.to(torch::kFloat32);
    } else {
        m_x = m_x + out;
        m_x = m_x + feedForward(layer, normed(layer.mlpNorm)).to(torch::kFloat32);
    }
}

/// Logits in float32, some thousand columns at a time: only their sum of exponentials and the selected ones are kept.
void TorchPass::predict(const Tensor& x) const {
    const auto logits = [&](const Tensor& rows) { return x.matmul(rows.to(torch::kFloat32).t()); };
    std::vector<Tensor> sums, all;
    for (std::int64_t first = 0; first < c.vocabulary; first += kDeviceLogits) {
        const Tensor part =
            logits(w.head.narrow(0, first, std::min<std::int64_t>(kDeviceLogits, c.vocabulary - first)));
        sums.push_back(part.logsumexp(1));
        if (m_run.allLogits) all.push_back(part);
    }
    const auto host = [](const Tensor& t) { return t.to(torch::kCPU).contiguous(); };
    const Tensor logSumExp = host(torch::stack(sums).logsumexp(0));
    Tensor selected = torch::empty({0}), whole;
    if (!m_run.selected.empty()) {
        const std::vector<std::int64_t> chosen(m_run.selected.begin(), m_run.selected.end());
        selected = host(logits(w.head.index_select(0, torch::tensor(chosen, torch::kInt64).to(m_device))));
    }
    if (m_run.allLogits) whole = host(torch::cat(all, 1));
    m_run.predictions({static_cast<int>(m_first), static_cast<int>(m_rows), logSumExp.const_data_ptr<float>(),
                       selected.const_data_ptr<float>(),
                       m_run.allLogits ? whole.const_data_ptr<float>() : nullptr});
}

}  // namespace icl_graphs
