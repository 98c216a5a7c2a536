// SPDX-License-Identifier: Apache-2.0
#include "decoder/decoder.hpp"

#include <algorithm>

#include "decoder/pass.hpp"

namespace icl_graphs {

Decoder::Decoder(std::shared_ptr<const DecoderWeights> weights, latent::learn::Instructions instructions,
                 bool tiles)
    : m_weights(std::move(weights)),
      m_kernels(&decoderKernels(instructions)),
      m_tiles(tiles && instructions == latent::learn::Instructions::Avx512 ? tileKernels() : nullptr) {}

bool Decoder::forward(std::span<const int> tokens, const DecoderRun& run) const {
    checkTokens(config(), tokens, run);
    return Pass(*m_weights, *m_kernels, m_tiles, tokens, run).go();
}

std::uint64_t Decoder::memoryFor(const DecoderConfig& c, std::uint64_t weightBytes, int tokens,
                                 const DecoderRun& run) {
    const auto padded = static_cast<std::uint64_t>(roundUpToPanel(tokens)),
               chunk = static_cast<std::uint64_t>(run.chunkOf(tokens)),
               threads = static_cast<std::uint64_t>(run.threads);
    const auto u = [](int n) { return static_cast<std::uint64_t>(roundUpToPanel(n)); };
    const bool tiled = tileKernels() != nullptr;
    const std::uint64_t heads = u(c.heads * c.headWidth), vocabulary = u(c.vocabulary);
    const std::uint64_t cache = static_cast<std::uint64_t>(c.layers * c.kvHeads) * padded *
                                (static_cast<std::uint64_t>(c.headWidth) + u(c.headWidth));
    // A number in three parts of two bytes is one and a half floats.
    const std::uint64_t activations =
        chunk * (2 * u(c.width) + 2 * heads + 2 * u(c.kvHeads * c.headWidth) + u(c.hidden)) +
        (tiled ? (chunk + 2 * kTileRows) * 3 * (u(c.width) + heads + u(c.hidden)) / 2 : 0);
    const std::uint64_t scratch =
        threads * (kQueries * (padded + u(c.headWidth)) +
                   Products::floatsFor(std::max({c.width, c.hidden, c.heads * c.headWidth}), tiled));
    const std::uint64_t logits =
        chunk * (vocabulary / (kMostPanels * kPanel) + 1) * 2 + (run.allLogits ? chunk * vocabulary : 0);
    return weightBytes + 4 * (cache + activations + scratch + logits);
}

}  // namespace icl_graphs
