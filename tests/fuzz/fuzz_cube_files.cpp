// SPDX-License-Identifier: Apache-2.0
// Damaged NetCDF4 cubes: each mutant is read by a child of its own, because libhdf5 1.10 dies of some. A child that reads to the end,
// or refuses with a sentence that names the file, is right; one that is ended inside libhdf5, by a signal or by a sanitizer that watches
// what it copies, is counted and told, and more than one in fifty is a mistake, as is any child that a sanitizer ended in our own code.
//
//     fuzz_cube_files              LATENT_FUZZ_RUNS / 20 mutants (300), LATENT_FUZZ_SEED
//     LATENT_FUZZ_ONLY=251 fuzz_cube_files       that mutant in this process, with what the sanitizer says
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <latent/error.hpp>
#include <sstream>

#include "data/cube.hpp"
#include "data/result_writer.hpp"
#include "hdf5_mutant.hpp"
#include "model/scene/scene.hpp"
#include "scratch_folder.hpp"

using namespace hyperspectral_shadows;

namespace {

/// 0: read or refused by name; 7: refused without a name.
int readAs(const std::string& path) {
    try {
        const auto cube = openCube(path);
        const CubeHeader& header = cube->header();
        if (header.valuesPerLine() > (1u << 22)) return 0;
        std::vector<float> line(header.valuesPerLine());
        for (std::int64_t y = 0; y < std::min<std::int64_t>(header.lines, 16); ++y)
            cube->read(y, 1, line.data());
        for (const char* image :
             {"coverage", "hard_mask", "Geolocation/SolarZenithAngle", "Geolocation/Longitude"})
            cube->image(image);
        cube->readUnshadowed(0, 1, line.data());
        cube->readUncertainty(0, 1, line.data());
    } catch (const latent::RunError& error) {
        return std::string_view(error.what()).find("mutant") == std::string_view::npos ? 7 : 0;
    }
    return 0;
}

/// Whether the place that a sanitizer names first is in libhdf5 (below its own copies of memcpy and the like).
bool insideHdf5(const std::filesystem::path& said) {
    std::ifstream file(said);
    int frames = 0;
    for (std::string line; std::getline(file, line) && frames < 3;) {
        if (line.find("runtime error") != std::string::npos) return false;
        if (line.find("    #") == std::string::npos) continue;
        ++frames;
        if (line.find("libhdf5") != std::string::npos) return true;
    }
    return false;
}

std::uint64_t number(const char* variable, std::uint64_t fallback) {
    const char* text = std::getenv(variable);
    return text ? std::strtoull(text, nullptr, 10) : fallback;
}

}  // namespace

int main() {
    const ScratchFolder folder;
    SceneCube scene({.lines = 8, .samples = 8, .bands = 8});
    const std::string good = (folder.path() / "good.nc").string();
    writeScene(scene, good);
    std::ostringstream text;
    text << std::ifstream(good, std::ios::binary).rdbuf();
    const std::string bytes = text.str();
    // A tenth in CI's short form, as many as the other fuzzers in the long one.
    const std::uint64_t runs = std::getenv("LATENT_FUZZ_RUNS") ? number("LATENT_FUZZ_RUNS", 0) / 20 : 300,
                        seed = number("LATENT_FUZZ_SEED", 1);
    if (std::getenv("LATENT_FUZZ_ONLY")) {
        Random random(seed * 1'000'003 + number("LATENT_FUZZ_ONLY", 0));
        return readAs(folder.write("mutant.nc", mutant(bytes, random)).string());
    }
    std::uint64_t died = 0, wrong = 0;
    for (std::uint64_t i = 0; i < runs; ++i) {
        Random random(seed * 1'000'003 + i);
        const std::string path = folder.write("mutant.nc", mutant(bytes, random)).string();
        const pid_t child = ::fork();
        if (child == 0) {
            if (!std::freopen((folder.path() / "said").c_str(), "w", stderr)) ::_exit(8);
            ::alarm(20);
            ::_exit(readAs(path));
        }
        int status = 0;
        ::waitpid(child, &status, 0);
        if (WIFSIGNALED(status)) ++died;
        if (WIFEXITED(status) && WEXITSTATUS(status) != 0) {
            if (insideHdf5(folder.path() / "said")) {
                ++died;
                continue;
            }
            ++wrong;
            std::printf("mutant %llu of seed %llu: exit %d\n", static_cast<unsigned long long>(i),
                        static_cast<unsigned long long>(seed), WEXITSTATUS(status));
        }
    }
    std::printf("%llu mutants, %llu ended inside libhdf5, %llu wrong\n",
                static_cast<unsigned long long>(runs), static_cast<unsigned long long>(died),
                static_cast<unsigned long long>(wrong));
    return wrong > 0 || died * 50 > runs ? 1 : 0;
}
