// SPDX-License-Identifier: Apache-2.0
// Folders of a language model: config.json (before the first zero byte of the input), and safetensors (after it).
#include <algorithm>
#include <cstdint>
#include <latent/error.hpp>

#include "plugins/icl_graphs/decoder/load.hpp"
#include "scratch_folder.hpp"

using namespace icl_graphs;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const ScratchFolder folder;
    const auto* zero = std::find(data, data + size, 0);
    const auto head = static_cast<std::size_t>(zero - data);
    folder.write("config.json", {reinterpret_cast<const char*>(data), head});
    if (head < size)
        folder.write("model.safetensors", {reinterpret_cast<const char*>(zero + 1), size - head - 1});
    try {
        const LoadedModel model = loadDecoder(folder.path());
        require(model.weights->config.wrong().empty(), "the shape is possible");
        if (model.weights->bytes() < 1 << 18 && model.weights->config.heads < 64)
            Decoder(model.weights).forward(std::vector<int>{0, model.weights->config.vocabulary - 1}, {});
    } catch (const latent::RunError& error) {
        require(std::string_view(error.what()).find(folder.path().string()) != std::string_view::npos ||
                    std::string_view(error.what()).find("array") != std::string_view::npos,
                "the folder is named");
    }
    return 0;
}
