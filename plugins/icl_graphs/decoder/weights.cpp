// SPDX-License-Identifier: Apache-2.0
#include "decoder/weights.hpp"

namespace icl_graphs {
namespace {
constexpr int kMostWidth = 1 << 17, kMostLayers = 1024, kMostVocabulary = 1 << 22;
}

std::string DecoderConfig::wrong() const {
    const auto outside = [](int value, int most) { return value < 1 || value > most; };
    if (outside(layers, kMostLayers)) return "it has " + std::to_string(layers) + " layers";
    if (outside(width, kMostWidth) || outside(hidden, kMostWidth * 8))
        return "its width of " + std::to_string(width) + " or its hidden width of " + std::to_string(hidden) +
               " is impossible";
    if (outside(vocabulary, kMostVocabulary))
        return "its vocabulary of " + std::to_string(vocabulary) + " words is impossible";
    if (outside(heads, kMostWidth) || outside(kvHeads, kMostWidth) || heads % kvHeads != 0)
        return std::to_string(heads) + " heads cannot share " + std::to_string(kvHeads) + " heads of keys";
    if (outside(headWidth, kMostWidth) || static_cast<std::int64_t>(heads) * headWidth > kMostWidth)
        return "its heads are " + std::to_string(headWidth) + " wide";
    if (rotaryWidth < (family == Family::Gpt2 ? 0 : 2) || rotaryWidth > headWidth || rotaryWidth % 2 != 0)
        return "it turns " + std::to_string(rotaryWidth) + " of the " + std::to_string(headWidth) +
               " dimensions of a head";
    if (scaling == RotaryScaling::Dynamic && rotaryWidth < 4)
        return "it stretches the turns of " + std::to_string(rotaryWidth) + " dimensions";
    if (!(normEpsilon > 0 && normEpsilon < 1) || !(rotaryBase > 1 && rotaryBase < 1e30))
        return "its norm or its rotary base is impossible";
    if (context < 1) return "it does not say how long a context it takes";
    return {};
}

std::int64_t DecoderConfig::parameterCount() const {
    const std::int64_t w = width, q = static_cast<std::int64_t>(heads) * headWidth,
                       kv = static_cast<std::int64_t>(kvHeads) * headWidth;
    const std::int64_t mlp = static_cast<std::int64_t>(hidden) * w * (family == Family::Llama ? 3 : 2);
    return layers * (2 * q * w + 2 * kv * w + mlp) +
           static_cast<std::int64_t>(vocabulary) * w * (tied ? 1 : 2) +
           (family == Family::Gpt2 ? static_cast<std::int64_t>(context) * w : 0);
}

WeightMatrix WeightMatrix::slice(int first, int count) const {
    WeightMatrix part = *this;
    part.rows = count;
    part.bytes =
        std::shared_ptr<std::byte[]>(bytes, bytes.get() + static_cast<std::size_t>(first) * rowBytes);
    return part;
}

std::size_t rowBytesOf(Storage storage, std::int64_t n) {
    const auto blocks = [n](std::int64_t bytes) {
        return n % 32 == 0 ? static_cast<std::size_t>(n / 32 * bytes) : std::size_t{0};
    };
    switch (storage) {
        case Storage::F32:
            return static_cast<std::size_t>(n) * 4;
        case Storage::F16:
        case Storage::BF16:
            return static_cast<std::size_t>(n) * 2;
        case Storage::Q8_0:
            return blocks(34);
        case Storage::Q4_0:
            return blocks(18);
        case Storage::Q4_1:
            return blocks(20);
    }
    return 0;
}

const char* nameOf(Storage storage) {
    static constexpr const char* kNames[] = {"F32", "F16", "BF16", "Q8_0", "Q4_0", "Q4_1"};
    return kNames[static_cast<int>(storage)];
}

std::size_t DecoderWeights::bytes() const {
    const auto of = [](const WeightMatrix& m) { return static_cast<std::size_t>(m.rows) * m.rowBytes; };
    std::size_t sum = of(embedding) + of(positions) + (config.tied ? 0 : of(head.weight));
    for (const DecoderLayer& layer : layers)
        for (const LinearMap* map :
             {&layer.query, &layer.key, &layer.value, &layer.output, &layer.gate, &layer.up, &layer.down})
            sum += of(map->weight);
    return sum;
}

}  // namespace icl_graphs
