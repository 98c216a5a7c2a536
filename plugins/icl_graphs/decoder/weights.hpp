// SPDX-License-Identifier: Apache-2.0
#pragma once
// The weights of a decoder language model in one shape for all families, kept in the storage of their file.
//
// Llama: RMSNorm, rotary positions, grouped queries, SwiGLU. GPT-2: LayerNorm, learned positions, GELU by tanh. GPT-NeoX: LayerNorm,
// partly rotary positions, parallel residual. A plain value; read-only after loading, any number of threads.

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "decoder/kernels.hpp"

namespace icl_graphs {

enum class Family { Llama, Gpt2, Neox };
enum class Activation { Silu, Gelu, GeluTanh };
enum class RotaryScaling { None, Linear, Dynamic, Llama3, Yarn, Factors };

struct DecoderConfig {
    Family family = Family::Llama;
    int layers = 0, width = 0, heads = 0, kvHeads = 0, headWidth = 0, hidden = 0, vocabulary = 0;
    int context = 0;  ///< longest sequence that it was trained for, tokens
    double normEpsilon = 1e-5;
    int rotaryWidth = 0;  ///< dimensions of a head that are turned; 0: learned positions
    double rotaryBase = 10'000;
    RotaryScaling scaling = RotaryScaling::None;
    double scalingFactor = 1, lowFrequency = 1, highFrequency = 4, betaFast = 32, betaSlow = 1,
           attentionFactor = 0;             ///< attentionFactor 0: yarn's own
    int scalingContext = 0;                 ///< context before scaling
    std::vector<float> rotaryFactors = {};  ///< of GGUF: each frequency is divided by its factor
    bool parallelResidual = false;
    Activation activation = Activation::Silu;
    bool tied = false;
    std::int64_t bos = -1;          ///< token that may stand before a text; −1: none
    bool addBos = false;            ///< whether its tokenizer puts it there
    std::string quantisation = {};  ///< what the report names: "F16", "Q4_1 and Q8_0", …
    std::string name = {};          ///< as the file calls itself

    int groupSize() const { return heads / kvHeads; }
    /// Empty, or what is impossible about it: sizes beyond any model, heads that do not fit.
    std::string wrong() const;
    std::int64_t parameterCount() const;
};

/// [rows, columns] = [outputs, inputs], rows of `rowBytes` bytes.
struct WeightMatrix {
    int rows = 0, columns = 0;
    Storage storage = Storage::F32;
    std::size_t rowBytes = 0;
    std::shared_ptr<std::byte[]> bytes = {};

    const std::byte* row(int r) const { return bytes.get() + static_cast<std::size_t>(r) * rowBytes; }
    /// Rows first … first + count − 1 without a copy.
    WeightMatrix slice(int first, int count) const;
};
/// Bytes of a row of n weights; 0 when n does not fill blocks.
std::size_t rowBytesOf(Storage storage, std::int64_t n);
const char* nameOf(Storage storage);

struct Normalisation {
    std::vector<float> weight, bias;  ///< bias empty: RMSNorm
};
struct LinearMap {
    WeightMatrix weight;
    std::vector<float> bias = {};  ///< empty: none
};

struct DecoderLayer {
    Normalisation attentionNorm, mlpNorm;
    LinearMap query, key, value, output, gate, up, down;  ///< gate of SwiGLU only
};

struct DecoderWeights {
    DecoderConfig config;
    WeightMatrix embedding;
    WeightMatrix positions;  ///< GPT-2 only
    std::vector<DecoderLayer> layers;
    Normalisation finalNorm;
    LinearMap head;

    std::size_t bytes() const;
};

}  // namespace icl_graphs
