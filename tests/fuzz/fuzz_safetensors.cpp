// SPDX-License-Identifier: Apache-2.0
// Files of weights: read whole, or refused with a sentence that names the file.
#include <cstdint>
#include <latent/error.hpp>
#include <latent/learn/safetensors.hpp>
#include <latent/learn/transformer/weights_file.hpp>
#include <latent/learn/unet/weights_file.hpp>

#include "scratch_folder.hpp"

using namespace latent::learn;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const ScratchFolder folder;
    const auto file = folder.write("w.safetensors", {reinterpret_cast<const char*>(data), size});
    const auto refusedByName = [](const latent::RunError& error) {
        require(std::string_view(error.what()).find("w.safetensors") != std::string_view::npos,
                "the file is named");
    };
    try {
        const SafeTensors read = readSafetensors(file);
        std::size_t bytes = 0;
        for (const auto& [name, tensor] : read.tensors) {
            require(tensor.offset <= read.bytes.size() && tensor.size <= read.bytes.size() - tensor.offset,
                    "a tensor lies in the file");
            bytes += tensor.size;
        }
        require(bytes == read.bytes.size() && bytes < size, "every byte belongs to one tensor");
    } catch (const latent::RunError& error) {
        refusedByName(error);
    }
    try {
        const transformer::Weights weights = transformer::readWeights(file);
        require(weights.shape().validate().empty() && weights.flat().size() * sizeof(float) <= size,
                "the weights come from the file");
    } catch (const latent::RunError& error) {
        refusedByName(error);
    }
    try {
        const unet::Weights weights = unet::readWeights(file);
        require(weights.shape().validate().empty() && weights.flat().size() * sizeof(float) <= size,
                "the weights come from the file");
    } catch (const latent::RunError& error) {
        refusedByName(error);
    }
    return 0;
}
