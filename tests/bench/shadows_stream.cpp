// SPDX-License-Identifier: Apache-2.0
// A whole granule through shadows/remove against copying it: the two passes (look and learn; read, project, estimate, correct, write)
// and a plain read-and-write copy of the same file on the same disk, in alternation, with the largest memory that was held.
//
//     bench_shadows_stream --input granule.nc --folder . --threads 2 --repeats 3
//     bench_shadows_stream --make 300x1280x1024 --folder .         makes the granule first (radiance only, an easy scene)
#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>

#include "data/hdf5_output.hpp"
#include "model/scene/scene.hpp"
#include "pipeline/remove.hpp"

using namespace hyperspectral_shadows;

namespace {

double now() { return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count(); }

void makeGranule(const std::string& path, const SceneSpec& spec) {
    SceneCube scene(spec);
    Hdf5Output out(path);
    out.dimension("y", spec.lines);
    out.dimension("x", spec.samples);
    out.dimension("w1", spec.bands);
    out.create("Band1/Radiance", {"y", "x", "w1"}, "photons s-1 cm-2 nm-1 sr-1");
    std::vector<float> line(scene.header().valuesPerLine());
    for (std::int64_t y = 0; y < spec.lines; ++y) {
        scene.read(y, 1, line.data());
        out.write("Band1/Radiance", {y, 0, 0}, {1, spec.samples, spec.bands}, line.data());
    }
    out.finish();
}

/// Bytes a second of reading all of a file and writing it elsewhere, synced.
double copyRate(const std::string& from, const std::string& to) {
    const double start = now();
    const int in = ::open(from.c_str(), O_RDONLY), out = ::open(to.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
    std::vector<char> buffer(kSlabBytes);
    double bytes = 0;
    for (ssize_t n; (n = ::read(in, buffer.data(), buffer.size())) > 0; bytes += static_cast<double>(n))
        if (::write(out, buffer.data(), static_cast<std::size_t>(n)) != n) std::exit(1);
    ::fdatasync(out);
    ::close(in), ::close(out);
    const double rate = bytes / (now() - start);
    ::unlink(to.c_str());
    return rate;
}

double readRate(const std::string& from) {
    const double start = now();
    const int in = ::open(from.c_str(), O_RDONLY);
    std::vector<char> buffer(kSlabBytes);
    double bytes = 0;
    for (ssize_t n; (n = ::read(in, buffer.data(), buffer.size())) > 0;) bytes += static_cast<double>(n);
    ::close(in);
    return bytes / (now() - start);
}

double residentGigabytes() {
    rusage usage{};
    ::getrusage(RUSAGE_SELF, &usage);
    return static_cast<double>(usage.ru_maxrss) / 1e6;
}

double median(std::vector<double> v) {
    std::sort(v.begin(), v.end());
    return v[v.size() / 2];
}

}  // namespace

int main(int argc, char** argv) {
    std::string input, folder = ".", make;
    int threads = 2, repeats = 3;
    for (int i = 1; i + 1 < argc; i += 2) {
        const std::string name = argv[i];
        if (name == "--input") input = argv[i + 1];
        if (name == "--folder") folder = argv[i + 1];
        if (name == "--make") make = argv[i + 1];
        if (name == "--threads") threads = std::atoi(argv[i + 1]);
        if (name == "--repeats") repeats = std::atoi(argv[i + 1]);
    }
    if (!make.empty()) {
        SceneSpec spec;
        if (std::sscanf(make.c_str(), "%ldx%ldx%ld", &spec.lines, &spec.samples, &spec.bands) != 3) return 2;
        input = folder + "/granule.nc";
        makeGranule(input, spec);
        std::printf("{\"made\":\"%s\"}\n", input.c_str());
        return 0;
    }
    const double opening = now();
    auto cube = openCube(input);
    const double opened = now() - opening, openMemory = residentGigabytes();
    const Bands bands = chooseBands(*cube);
    FitOptions options;
    options.threads = threads, options.classWeights = true, options.deadBand = 3, options.mostPixels = 20'000;
    std::vector<double> look, fit, last, copy, readOnly;
    const double bytes = static_cast<double>(cube->header().pixels()) * static_cast<double>(cube->header().bands) * sizeof(float);
    for (int r = 0; r < repeats; ++r) {
        readOnly.push_back(readRate(input));
        double start = now();
        const Sample sample = *takeSample(*cube, bands, {}, options);
        look.push_back(bytes / (now() - start));
        start = now();
        const ShadowModel model = fitModel(sample, options);
        fit.push_back(now() - start);
        copy.push_back(copyRate(input, folder + "/copy.bin"));
        start = now();
        const std::string result = folder + "/corrected.bin";
        const int out = ::open(result.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
        removeShadow(*cube, bands, model, false, [&](const Removed& slab) {
            const std::size_t size = slab.pixels * bands.kept.size() * sizeof(float);
            return ::write(out, slab.corrected, size) == static_cast<ssize_t>(size);
        });
        ::fdatasync(out);
        ::close(out);
        last.push_back(bytes / (now() - start));
        ::unlink(result.c_str());
    }
    std::printf("{\"workload\":\"shadows_stream\",\"bytes\":%.0f,\"threads\":%d,\"open_seconds\":%.4f,\"open_gb\":%.3f,\"read_gb_s\":%.3f,\"look_gb_s\":%.3f,\"fit_seconds\":%.2f,\"copy_gb_s\":%.3f,\"remove_gb_s\":%.3f,"
                "\"look_over_read\":%.3f,\"remove_over_copy\":%.3f,\"peak_gb\":%.3f}\n",
                bytes, threads, opened, openMemory, median(readOnly) / 1e9, median(look) / 1e9, median(fit), median(copy) / 1e9, median(last) / 1e9, median(look) / median(readOnly), median(last) / median(copy), residentGigabytes());
}
