// SPDX-License-Identifier: Apache-2.0
// Language models in GGUF: loaded and run, or refused with a sentence that names the file.
#include <cstdint>
#include <latent/error.hpp>

#include "plugins/icl_graphs/decoder/load.hpp"
#include "scratch_folder.hpp"

using namespace icl_graphs;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const ScratchFolder folder;
    const auto file = folder.write("m.gguf", {reinterpret_cast<const char*>(data), size});
    try {
        const ModelSummary summary = summarise(file);
        require(summary.config.wrong().empty() && summary.weightBytes <= size * 2,
                "the weights come from the file");
        const LoadedModel model = loadDecoder(file);
        if (model.weights->bytes() < 1 << 16 && model.weights->config.heads < 64)
            Decoder(model.weights).forward(std::vector<int>{0, model.weights->config.vocabulary - 1}, {});
    } catch (const latent::RunError& error) {
        require(std::string_view(error.what()).find("m.gguf") != std::string_view::npos ||
                    std::string_view(error.what()).find("array") != std::string_view::npos,
                "the file is named");
    }
    return 0;
}
