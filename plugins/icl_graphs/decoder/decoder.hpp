// SPDX-License-Identifier: Apache-2.0
#pragma once
// The forward pass of a decoder language model on the CPU, by kernels that read weights as they lie in the file.
//
//     const Decoder model(loadDecoder("smollm2.gguf").weights);
//     model.forward(tokens, run);                                     // language_model.hpp
//
// Results do not depend on the number of threads; they agree with PyTorch's in float32 to rounding. The object is read-only: several
// threads may run it at once, each with a run of its own.

#include <cstdint>
#include <memory>
#include <span>

#include "decoder/language_model.hpp"
#include "decoder/tiles.hpp"

namespace icl_graphs {

class Decoder final : public LanguageModel {
  public:
    /// tiles: whether products go to the processor's matrix unit (tiles.hpp), where there is one beside AVX-512.
    explicit Decoder(std::shared_ptr<const DecoderWeights> weights,
                     latent::learn::Instructions instructions = latent::learn::bestInstructions(),
                     bool tiles = true);
    const DecoderConfig& config() const override { return m_weights->config; }

    bool forward(std::span<const int> tokens, const DecoderRun& run) const override;
    /// Bytes that forward() takes for so many tokens, weights included.
    static std::uint64_t memoryFor(const DecoderConfig& config, std::uint64_t weightBytes, int tokens,
                                   const DecoderRun& run);

  private:
    std::shared_ptr<const DecoderWeights> m_weights;
    const DecoderKernels* m_kernels;
    const TileKernels* m_tiles;
};

}  // namespace icl_graphs
