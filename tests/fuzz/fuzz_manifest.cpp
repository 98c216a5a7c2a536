// SPDX-License-Identifier: Apache-2.0
// Manifests of plugins: read or refused with the file's name.
#include <cstdint>

#include "engine/plugins/manifest.hpp"
#include "scratch_folder.hpp"

using namespace latent::engine;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const ScratchFolder folder;
    const auto file = folder.write("concepts.json", {reinterpret_cast<const char*>(data), size});
    const auto manifest = readManifest(file);
    if (!manifest) {
        require(manifest.error().message.find("concepts.json") != std::string::npos, "the file is named");
        return 0;
    }
    require(isPluginId(manifest->id) && manifest->id == "concepts", "the id is the file's name");
    require(manifest->library.parent_path() == folder.path(), "the library lies beside the manifest");
    require(manifest->sha256.size() == 64, "the manifest has a hash");
    return 0;
}
