// SPDX-License-Identifier: Apache-2.0
#pragma once
// Decoders as LibTorch operations, which run on any device of LibTorch's: the families of decoder/weights.hpp, in float32 or bfloat16.
//
//     const auto model = TorchDecoders().load(*loadDecoder("smollm2.gguf").weights, "cuda", Precision::BFloat16);
//
// In float32 on the CPU results agree with those of the kernels to rounding. One thread at a time; on the CPU as many work as LibTorch has
// (latent::learn::prepare). Callbacks get copies on the host, and what they may change goes back: name the layers that are wanted.
// forward() throws latent::RunError where the device has no room. No LibTorch in this header.

#include "decoder/device_decoder.hpp"

namespace icl_graphs {

class TorchDecoders final : public DeviceDecoders {
  public:
    void prepare(const latent::Job& job) const override;
    std::unique_ptr<LanguageModel> load(const DecoderWeights& weights, const std::string& device,
                                        Precision precision) const override;
    std::uint64_t freeMemory(const std::string& device) const override;
};

}  // namespace icl_graphs
