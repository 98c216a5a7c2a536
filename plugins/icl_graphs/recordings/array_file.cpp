// SPDX-License-Identifier: Apache-2.0
#include "recordings/array_file.hpp"

#include <array>
#include <fstream>
#include <latent/error.hpp>

namespace icl_graphs {

std::unique_ptr<ArrayFile> openArrayFile(const std::filesystem::path& path) {
    std::ifstream in(path, std::ios::binary);
    std::array<unsigned char, 8> magic{};
    if (!in || !std::filesystem::is_regular_file(path))
        throw latent::RunError("The file '" + path.string() + "' cannot be read.");
    in.read(reinterpret_cast<char*>(magic.data()), magic.size());
    if (in.gcount() >= 4 && magic[0] == 'P' && magic[1] == 'K') return latent::learn::openNpzFile(path);
    if (in.gcount() == 8 &&
        magic == std::array<unsigned char, 8>{0x89, 'H', 'D', 'F', '\r', '\n', 0x1A, '\n'})
        return openHdf5File(path);
    if (in.gcount() >= 1 && magic[0] == 0x80)
        throw latent::RunError("'" + path.string() +
                               "' looks like a pickle (torch.save), which is never opened because it could "
                               "run code; save it as safetensors, npz or HDF5.");
    if (in.gcount() >= 6 && magic[0] == 0x93 && magic[1] == 'N')
        throw latent::RunError("'" + path.string() +
                               "' is a single npy array; save it with numpy.savez under its name.");
    return openSafetensorsFile(path);
}

}  // namespace icl_graphs
