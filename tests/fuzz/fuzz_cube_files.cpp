// SPDX-License-Identifier: Apache-2.0
// Damaged NetCDF4 cubes, each read by a child (mutant_children.hpp).
#include <fstream>
#include <sstream>

#include "data/cube.hpp"
#include "data/result_writer.hpp"
#include "model/scene/scene.hpp"
#include "mutant_children.hpp"
#include "scratch_folder.hpp"

using namespace hyperspectral_shadows;

namespace {

int readAs(const std::string& path) {
    return readOrRefused([&] {
        const auto cube = openCube(path);
        const CubeHeader& header = cube->header();
        if (header.valuesPerLine() > (1u << 22)) return;
        std::vector<float> line(header.valuesPerLine());
        for (std::int64_t y = 0; y < std::min<std::int64_t>(header.lines, 16); ++y)
            cube->read(y, 1, line.data());
        for (const char* image :
             {"coverage", "hard_mask", "Geolocation/SolarZenithAngle", "Geolocation/Longitude"})
            cube->image(image);
        cube->readUnshadowed(0, 1, line.data());
        cube->readUncertainty(0, 1, line.data());
    });
}

}  // namespace

int main() {
    const ScratchFolder folder;
    SceneCube scene({.lines = 8, .samples = 8, .bands = 8});
    const std::string good = (folder.path() / "good.nc").string();
    writeScene(scene, good);
    std::ostringstream text;
    text << std::ifstream(good, std::ios::binary).rdbuf();
    return readMutants(text.str(), "mutant.nc", readAs);
}
