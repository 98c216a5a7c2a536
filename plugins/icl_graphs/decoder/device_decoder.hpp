// SPDX-License-Identifier: Apache-2.0
#pragma once
// What decodes on a device (a GPU): the interface between this plugin, which links no LibTorch, and its part that does.
//
//     const auto decoders = latent::openTorchPart<DeviceDecoders>();
//     decoders->prepare(job);
//     if (decoders->freeMemory("cuda") < deviceMemoryFor(config, Precision::BFloat16, tokens, run)) …
//     const std::unique_ptr<LanguageModel> model = decoders->load(weights, "cuda", Precision::BFloat16);
//     model->forward(tokens, run);

#include <latent/job.hpp>
#include <memory>
#include <string>

#include "decoder/language_model.hpp"

namespace icl_graphs {

/// Of weights, linear maps and attention on a device. The residual stream, norms, softmax, rotary turns and logits are float32 in both.
enum class Precision { Float32, BFloat16 };

inline const char* nameOf(Precision precision) {
    return precision == Precision::BFloat16 ? "bfloat16" : "float32";
}

class DeviceDecoders {
  public:
    static constexpr const char* kInterface = "icl_graphs.decoders/1";
    virtual ~DeviceDecoders() = default;
    /// Threads and determinism as the job says. Throws latent::RunError when its device is not there.
    virtual void prepare(const latent::Job& job) const = 0;
    /// Copies the weights to the device, unpacked to `precision`; they may go afterwards. device: cpu, cuda or cuda:N.
    /// Throws latent::RunError with a sentence when there is no such device, or no room on it.
    virtual std::unique_ptr<LanguageModel> load(const DecoderWeights& weights, const std::string& device,
                                                Precision precision) const = 0;
    /// Bytes that are free on the device; 0: not known. Throws latent::RunError when there is no such device.
    virtual std::uint64_t freeMemory(const std::string& device) const = 0;
};

inline constexpr int kDeviceScores = 1 << 26;    ///< attention probabilities that are on the device at a time
inline constexpr int kUnpackedFloats = 1 << 24;  ///< weights that are unpacked at a time
inline constexpr int kDeviceLogits = 8192;       ///< columns of logits that are on the device at a time

/// Bytes that the host needs meanwhile: the weights as they are in their file, while they are copied, and what callbacks are handed.
std::uint64_t hostMemoryFor(const DecoderConfig& config, std::uint64_t weightBytes, const DecoderRun& run);
/// Bytes that weights and forward() take on a device for so many tokens.
std::uint64_t deviceMemoryFor(const DecoderConfig& config, Precision precision, int tokens,
                              const DecoderRun& run);

}  // namespace icl_graphs
