// SPDX-License-Identifier: Apache-2.0
#include <latent/learn/torch/torch.hpp>
// LibTorch first, for the precompiled header.
#include <algorithm>
#include <latent/learn/parallel.hpp>

#include "decoder/device_decoder.hpp"
#include "decoder_torch/torch_weights.hpp"

namespace icl_graphs {
namespace {

using torch::Tensor;

constexpr std::int64_t kPieces = 64;  // that threads share of what is unpacked at a time

/// A matrix of any storage, through float32 a few rows at a time: the whole of it is never on the host in floats.
Tensor unpacked(const WeightMatrix& m, const torch::TensorOptions& where) {
    if (m.rows == 0) return {};
    Tensor all = torch::empty({m.rows, m.columns}, where);
    const std::int64_t step = std::clamp<std::int64_t>(kUnpackedFloats / m.columns, 1, m.rows);
    const Tensor floats = torch::empty({step, m.columns}, torch::kFloat32);
    const DecoderKernels& kernels = decoderKernels();
    for (std::int64_t first = 0; first < m.rows; first += step) {
        const std::int64_t count = std::min(step, m.rows - first), piece = (count + kPieces - 1) / kPieces;
        latent::learn::forEachIndex(
            static_cast<std::size_t>((count + piece - 1) / piece), at::get_num_threads(), [&](std::size_t p) {
                const std::int64_t from = static_cast<std::int64_t>(p) * piece;
                for (std::int64_t r = from; r < std::min(from + piece, count); ++r)
                    kernels.unpackRow(m.storage, m.row(static_cast<int>(first + r)), m.columns,
                                      floats.data_ptr<float>() + r * m.columns);
            });
        all.narrow(0, first, count).copy_(floats.narrow(0, 0, count));
    }
    return all;
}

Tensor vectorOf(const std::vector<float>& values, const torch::TensorOptions& where) {
    if (values.empty()) return {};
    Tensor all = torch::empty({static_cast<std::int64_t>(values.size())}, torch::kFloat32);
    std::copy(values.begin(), values.end(), all.data_ptr<float>());
    return all.to(where);
}

}  // namespace

TorchWeights TorchWeights::of(const DecoderWeights& weights, torch::Device device, torch::ScalarType type) {
    const auto where = torch::dtype(type).device(device),
               exact = torch::dtype(torch::kFloat32).device(device);
    const auto norm = [&](const Normalisation& n) {
        return TorchNorm{vectorOf(n.weight, exact), vectorOf(n.bias, exact)};
    };
    const auto linear = [&](const LinearMap& map) {
        return TorchLinear{unpacked(map.weight, where), vectorOf(map.bias, where)};
    };
    TorchWeights all;
    all.embedding = unpacked(weights.embedding, where);
    all.positions = unpacked(weights.positions, where);
    for (const DecoderLayer& l : weights.layers)
        all.layers.push_back({norm(l.attentionNorm), norm(l.mlpNorm), linear(l.query), linear(l.key),
                              linear(l.value), linear(l.output), linear(l.gate), linear(l.up),
                              linear(l.down)});
    all.finalNorm = norm(weights.finalNorm);
    all.head = weights.config.tied ? all.embedding : unpacked(weights.head.weight, where);
    return all;
}

}  // namespace icl_graphs
