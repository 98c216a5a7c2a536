// SPDX-License-Identifier: Apache-2.0
#include <latent/learn/torch/torch.hpp>
// LibTorch first, for the precompiled header.
#include <ATen/Context.h>
#include <c10/core/CachingDeviceAllocator.h>

#include <latent/learn/torch/sentences.hpp>
#include <latent/learn/torch/state.hpp>

#include "decoder_torch/torch_decoders.hpp"
#include "decoder_torch/torch_pass.hpp"

namespace icl_graphs {
namespace {

constexpr const char* kRemedy = "Take a smaller model, a shorter walk, or 'precision' bfloat16.";

class TorchDecoder final : public LanguageModel {
  public:
    TorchDecoder(const DecoderWeights& weights, torch::Device device, torch::ScalarType type)
        : m_config(weights.config), m_weights(TorchWeights::of(weights, device, type)) {}
    const DecoderConfig& config() const override { return m_config; }

    bool forward(std::span<const int> tokens, const DecoderRun& run) const override {
        checkTokens(m_config, tokens, run);
        return latent::learn::inSentences("reading " + std::to_string(tokens.size()) + " tokens", kRemedy,
                                          [&] {
                                              const c10::InferenceMode guard;
                                              return TorchPass(m_config, m_weights, tokens, run).go();
                                          });
    }

  private:
    DecoderConfig m_config;
    TorchWeights m_weights;
};

}  // namespace

void TorchDecoders::prepare(const latent::Job& job) const {
    latent::learn::prepare(job, 0);  // nothing here draws
}

std::unique_ptr<LanguageModel> TorchDecoders::load(const DecoderWeights& weights, const std::string& device,
                                                   Precision precision) const {
    return latent::learn::inSentences(
        "the weights of the model", kRemedy, [&]() -> std::unique_ptr<LanguageModel> {
            const torch::Device where = latent::learn::deviceOf(device);
            // Sums of products stay float32 however they are split.
            at::globalContext().setAllowBF16ReductionCuBLAS(false);
            const c10::InferenceMode guard;
            return std::make_unique<TorchDecoder>(
                weights, where, precision == Precision::BFloat16 ? torch::kBFloat16 : torch::kFloat32);
        });
}

std::uint64_t TorchDecoders::freeMemory(const std::string& device) const {
    return latent::learn::inSentences("asking for the memory of " + device, kRemedy, [&]() -> std::uint64_t {
        const torch::Device where = latent::learn::deviceOf(device);
        if (where.is_cpu()) return 0;
        torch::empty({1}, torch::device(where));  // starts the device, which takes memory itself
        return c10::getDeviceAllocator(where.type())
            ->getMemoryInfo(where.has_index() ? where.index() : c10::DeviceIndex{0})
            .first;
    });
}

}  // namespace icl_graphs
