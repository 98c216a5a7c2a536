// SPDX-License-Identifier: Apache-2.0
// Cubes of strangers in ENVI and NumPy files: opened and read whole, or refused with a sentence. The first byte chooses the format;
// for ENVI the rest up to a line "DATA" is the header, what follows the data.
#include <cmath>
#include <cstdint>
#include <latent/error.hpp>
#include <vector>

#include "data/cube.hpp"
#include "data/raw_cube.hpp"
#include "scratch_folder.hpp"

using namespace hyperspectral_shadows;

namespace {

void readAll(const std::string& path) {
    const auto cube = openCube(path);
    const CubeHeader& header = cube->header();
    require(header.lines > 0 && header.samples > 0 && header.bands > 0, "a cube has a size");
    require(
        header.wavelengthNm.empty() || header.wavelengthNm.size() == static_cast<std::size_t>(header.bands),
        "a wavelength for each band");
    require(header.goodBand.empty() || header.goodBand.size() == static_cast<std::size_t>(header.bands),
            "a flag for each band");
    if (header.valuesPerLine() > (1u << 20))
        return;  // sparse sizes are possible only where the file is as long
    std::vector<float> line(header.valuesPerLine());
    for (std::int64_t y = 0; y < header.lines; y += std::max<std::int64_t>(1, header.lines / 8))
        cube->read(y, 1, line.data());
    cube->read(header.lines - 1, 1, line.data());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const ScratchFolder folder;
    if (size == 0) return 0;
    const std::string_view rest(reinterpret_cast<const char*>(data) + 1, size - 1);
    try {
        if (data[0] % 2 == 0) {
            folder.write("cube.npy", rest);
            readAll((folder.path() / "cube.npy").string());
        } else {
            const std::size_t split = std::min(rest.find("\nDATA\n"), rest.size());
            folder.write("cube.hdr", rest.substr(0, split));
            folder.write("cube.img", rest.substr(std::min(split + 6, rest.size())));
            readAll((folder.path() / "cube.hdr").string());
        }
    } catch (const latent::RunError& error) {
        const std::string_view what = error.what();
        require(what.find("cube") != std::string_view::npos && what.size() < 1000,
                "the file is named in a sentence");
    }
    try {
        axisOrder(std::string(rest.substr(0, 64)));
    } catch (const latent::RunError&) {
    }
    return 0;
}
