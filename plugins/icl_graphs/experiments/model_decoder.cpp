// SPDX-License-Identifier: Apache-2.0
#include "experiments/model_decoder.hpp"

#include <latent/torch_part.hpp>

#include "decoder/decoder.hpp"

namespace icl_graphs {

OpenModel openModel(const ModelPlan& plan, const latent::Job& job) {
    const std::string reading =
        "Reading " + std::to_string(plan.study.spec.length) + " words with this model";
    requireMemory(memoryFor(plan), reading,
                  "Take a smaller or quantised model, a shorter walk, fewer 'contexts' or a smaller graph.");
    if (plan.device == "cpu") {
        LoadedModel loaded = loadDecoder(plan.path);
        return {std::make_unique<Decoder>(std::move(loaded.weights)), std::move(loaded.vocabulary)};
    }
    const auto decoders = latent::openTorchPart<DeviceDecoders>();
    decoders->prepare(job);
    requireFree(deviceMemoryFor(plan), decoders->freeMemory(plan.device), "the memory of " + plan.device,
                reading,
                plan.precision() == Precision::Float32
                    ? "Take 'precision' bfloat16, a smaller model or a shorter walk."
                    : "Take a smaller model or a shorter walk.");
    LoadedModel loaded = loadDecoder(plan.path);
    return {decoders->load(*loaded.weights, plan.device, plan.precision()), std::move(loaded.vocabulary)};
}

}  // namespace icl_graphs
