// SPDX-License-Identifier: Apache-2.0
// A whole granule through shadows/remove against copying it: the two passes (look and learn; read, project, estimate, correct, write)
// and plain copies of the same file on the same disk, with the largest memory that was held.
//
// What a copy is decides the ratio, so it is measured in each way that could be meant: into the page cache or until it lies on the disk
// (`synced`), by read() and write() through a small buffer or within the kernel; the faster of the two counts. Everything begins with a
// clean cache of the disk (sync), the order turns around from one repeat to the next, and the spread is printed beside the median.
//
//     bench_shadows_stream --input granule.nc --folder . --threads 2 --repeats 5
//     bench_shadows_stream --make 300x1280x1024 --folder .         makes the granule first (radiance only, an easy scene)
#include <fcntl.h>
#include <sys/resource.h>
#include <sys/sendfile.h>
#include <time.h>
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

double now() {
    return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

/// Seconds of all cores that this process has used: what it costs where others compute too.
double cpuNow() {
    timespec at{};
    ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &at);
    return static_cast<double>(at.tv_sec) + 1e-9 * static_cast<double>(at.tv_nsec);
}

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

constexpr std::size_t kCopyBytes = std::size_t{48} << 20;  ///< that one sendfile() is asked for

struct Rate {
    double bytesPerSecond, cpuSeconds;
};

/// Bytes a second of copying a file, by a buffer that stays in the second cache or within the kernel.
Rate copyRate(const std::string& from, const std::string& to, bool inKernel, bool synced) {
    ::sync();
    const double start = now(), cpu = cpuNow();
    const int in = ::open(from.c_str(), O_RDONLY),
              out = ::open(to.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
    double bytes = 0;
    if (inKernel) {
        for (ssize_t n; (n = ::sendfile(out, in, nullptr, kCopyBytes)) > 0;) bytes += static_cast<double>(n);
    } else {
        std::vector<char> buffer(std::size_t{256} << 10);
        for (ssize_t n; (n = ::read(in, buffer.data(), buffer.size())) > 0; bytes += static_cast<double>(n))
            if (::write(out, buffer.data(), static_cast<std::size_t>(n)) != n) std::exit(1);
    }
    if (synced) ::fdatasync(out);
    ::close(in), ::close(out);
    const Rate rate{bytes / (now() - start), cpuNow() - cpu};
    ::unlink(to.c_str());
    return rate;
}

Rate fastestCopy(const std::string& from, const std::string& to, bool synced) {
    const Rate a = copyRate(from, to, false, synced), b = copyRate(from, to, true, synced);
    return {std::max(a.bytesPerSecond, b.bytesPerSecond), std::min(a.cpuSeconds, b.cpuSeconds)};
}

double readRate(const std::string& from) {
    const double start = now();
    const int in = ::open(from.c_str(), O_RDONLY);
    std::vector<char> buffer(std::size_t{256} << 10);
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

/// Name, median and extremes, in the unit of `scale`.
void say(const char* name, const std::vector<double>& v, double scale) {
    std::printf(",\"%s\":[%.3f,%.3f,%.3f]", name, median(v) / scale,
                *std::min_element(v.begin(), v.end()) / scale, *std::max_element(v.begin(), v.end()) / scale);
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
    std::vector<double> look, fit, readOnly, lookRatio, cost, copy[2], last[2],
        ratio[2];  // the pairs: in the page cache, and synced
    const double bytes = static_cast<double>(cube->header().pixels()) *
                         static_cast<double>(cube->header().bands) * sizeof(float);
    const std::string result = folder + "/corrected.bin";
    for (int r = 0; r < repeats; ++r) {
        ::sync();
        readOnly.push_back(readRate(input));
        double start = now();
        const Sample sample = *takeSample(*cube, bands, {}, options);
        look.push_back(bytes / (now() - start));
        lookRatio.push_back(look.back() / readOnly.back());
        start = now();
        const ShadowModel model = fitModel(sample, options);
        fit.push_back(now() - start);
        for (const int synced : {0, 1}) {
            double used = 0;
            const auto remove = [&] {
                ::sync();
                const double begin = now(), cpu = cpuNow();
                const int out = ::open(result.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
                removeShadow(*cube, bands, model, HardMask::No, [&](const Removed& slab) {
                    const std::size_t size = slab.pixels * bands.kept.size() * sizeof(float);
                    return ::write(out, slab.corrected, size) == static_cast<ssize_t>(size);
                });
                if (synced) ::fdatasync(out);
                ::close(out);
                last[synced].push_back(bytes / (now() - begin));
                used = cpuNow() - cpu;
                ::unlink(result.c_str());
            };
            if (r % 2) remove();
            const Rate copied = fastestCopy(input, folder + "/copy.bin", synced == 1);
            copy[synced].push_back(copied.bytesPerSecond);
            if (r % 2 == 0) remove();
            cost.push_back(used / copied.cpuSeconds);
            ratio[synced].push_back(last[synced].back() / copy[synced].back());
        }
    }
    std::printf(
        "{\"workload\":\"shadows_stream\",\"bytes\":%.0f,\"threads\":%d,\"open_seconds\":%.4f,\"open_gb\":%."
        "3f",
        bytes, threads, opened, openMemory);
    say("read_gb_s", readOnly, 1e9), say("look_gb_s", look, 1e9), say("look_over_read", lookRatio, 1),
        say("fit_seconds", fit, 1);
    say("copy_cached_gb_s", copy[0], 1e9), say("remove_cached_gb_s", last[0], 1e9),
        say("remove_over_copy_cached", ratio[0], 1);
    say("copy_synced_gb_s", copy[1], 1e9), say("remove_synced_gb_s", last[1], 1e9),
        say("remove_over_copy_synced", ratio[1], 1), say("remove_cpu_over_copy_cpu", cost, 1);
    std::printf(",\"peak_gb\":%.3f}\n", residentGigabytes());
}
