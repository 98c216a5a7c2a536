// SPDX-License-Identifier: Apache-2.0
// Recordings of hidden states as safetensors and npz, and single npy arrays: read, or refused with a sentence
// that names the file. HDF5 is left out: libhdf5 itself fails on mutated files, which are opened in workers
// only (fuzz_icl_recording_files looks at that).
#include <cstdint>
#include <cstring>
#include <latent/error.hpp>

#include "plugins/icl_graphs/recordings/recording.hpp"
#include "scratch_folder.hpp"

using namespace icl_graphs;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size >= 4 && std::memcmp(data, "\x89HDF", 4) == 0) return 0;
    static const ScratchFolder folder;
    const auto file = folder.write("r.npz", {reinterpret_cast<const char*>(data), size});
    const auto named = [](const latent::RunError& error) {
        require(std::string_view(error.what()).find("r.npz") != std::string_view::npos ||
                    std::string_view(error.what()).find("array") != std::string_view::npos,
                "the file is named");
    };
    try {
        const bool single = size >= 6 && std::memcmp(data, "\x93NUMPY", 6) == 0;
        const auto arrays = single ? latent::learn::openNpyFile(file) : openArrayFile(file);
        for (const auto& [name, info] : arrays->arrays()) {
            if (!info.refusal.empty()) continue;
            require(info.count() >= 0, "a shape has a size");
            try {
                if (info.count() <= 1 << 16) arrays->floats(name);
                if (info.count() <= 1 << 16) arrays->doubles(name);
                if (info.count() <= 1 << 16 && !isFloating(info.type)) arrays->integers(name);
            } catch (const latent::RunError& error) {
                named(error);
            }
        }
    } catch (const latent::RunError& error) {
        named(error);
    }
    try {
        Recording r = Recording::open(file, {.words = {"a", "b", "c"}});
        require(r.nodes() == 3 && r.dim() >= 1, "a recording has nodes and dimensions");
        for (const int node : r.nodeIds()) require(node >= -1 && node < 3, "nodes are in range");
        for (int i = 0; i < std::min(r.layers(), 4); ++i) {
            if (r.pooled())
                for (std::size_t c = 0; c < std::min<std::size_t>(r.contexts().size(), 4); ++c)
                    r.pooledSum(i, static_cast<int>(c));
            else
                r.hidden(i);
        }
    } catch (const latent::RunError& error) {
        named(error);
    }
    return 0;
}
