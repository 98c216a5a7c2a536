// SPDX-License-Identifier: Apache-2.0
#include "decoder/device_decoder.hpp"

#include <algorithm>

namespace icl_graphs {

std::uint64_t hostMemoryFor(const DecoderConfig& c, std::uint64_t weightBytes, const DecoderRun& run) {
    const auto columns = static_cast<std::uint64_t>(
        std::max({c.width, c.heads * c.headWidth, run.allLogits ? c.vocabulary : 0}));
    return weightBytes + sizeof(float) * (kUnpackedFloats + static_cast<std::uint64_t>(run.chunk) * columns +
                                          static_cast<std::uint64_t>(run.attention ? kDeviceScores : 0));
}

std::uint64_t deviceMemoryFor(const DecoderConfig& c, Precision precision, int tokens,
                              const DecoderRun& run) {
    const auto u = [](std::int64_t n) { return static_cast<std::uint64_t>(n); };
    const std::uint64_t size = precision == Precision::BFloat16 ? 2 : 4, length = u(tokens),
                        chunk = u(run.chunkOf(tokens)), heads = u(c.heads) * u(c.headWidth),
                        kvHeads = u(c.kvHeads) * u(c.headWidth), width = u(c.width), hidden = u(c.hidden);
    const std::uint64_t weights = u(c.parameterCount()) * size,
                        cache = u(c.layers) * 2 * kvHeads * length * size;
    // The stream, what is added to it and the input of a map; keys and values for each query head; three of the feed-forward.
    const std::uint64_t activations =
        chunk * (3 * width * 4 + 2 * width * size + (3 * heads + 2 * kvHeads) * size + 3 * hidden * size) +
        2 * heads * length * size;
    const std::uint64_t mask = chunk < length ? chunk * length * (1 + size) : 0;
    const std::uint64_t scores =
        run.attention
            ? 3 * 4 * std::min(u(c.heads) * chunk * length, u(kDeviceScores)) + 2 * heads * length * 4
            : 0;
    const std::uint64_t slice = u(std::min(c.vocabulary, kDeviceLogits)),
                        logits = 4 * (slice * width + 2 * slice * chunk) +
                                 (run.allLogits ? 2 * 4 * chunk * u(c.vocabulary) : 0);
    return weights + cache + mask + std::max(activations + scores, logits);
}

}  // namespace icl_graphs
