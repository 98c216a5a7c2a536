// SPDX-License-Identifier: Apache-2.0
// Latency of a probe while a slider is dragged: questions to sim/solve over a warm server, from ask to the last array, as
// one JSON line. Aim: a median below 50 ms for d <= 16.
//
//     bench_probe_solve build/release/lib/latent/plugins          100 questions, d = 2, 4, 8, 16 in turn
//     bench_probe_solve build/release/lib/latent/plugins 400 16   400 questions, d = 16 only
//
// As many concepts as dimensions, but at most 12: sim/theory publishes 2^s node losses a frame.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <string_view>

#include "engine/plugins/admission_child.hpp"
#include "engine/probe/client.hpp"

using namespace latent::engine;
using Clock = std::chrono::steady_clock;
namespace fs = std::filesystem;

namespace {

/// The plugins of one folder, which count as ours; what is remembered about them lies in `home`.
PluginCatalog catalogOf(const fs::path& plugins, const fs::path& home) {
    CatalogSettings settings;
    settings.folders = {plugins};
    settings.bundled = plugins;
    settings.stateFolder = home / "state";
    settings.cacheFolder = home / "cache";
    return PluginCatalog::scan(settings);
}

double millisecondsSince(Clock::time_point start) {
    return std::chrono::duration<double, std::milli>(Clock::now() - start).count();
}

double quantile(std::vector<double> values, double at) {
    std::sort(values.begin(), values.end());
    return values.empty() ? 0 : values[static_cast<std::size_t>(at * static_cast<double>(values.size() - 1) + 0.5)];
}

}  // namespace

int main(int argc, char** argv) {
    const std::string_view word = argc > 1 ? argv[1] : "";
    if (word == "admit-plugin") return admissionChildMain(argc - 1, argv + 1);
    if (word == "serve") return static_cast<int>(serveProbes(catalogOf(argv[2], argv[3]), {.run = {}, .cell = {}, .probes = {"sim/solve"}}));
    if (argc < 2) return std::fprintf(stderr, "usage: bench_probe_solve PLUGINS [REQUESTS [DIM]]\n"), 2;

    const int requests = argc > 2 ? std::atoi(argv[2]) : 100;
    std::vector<int> dims{2, 4, 8, 16};
    if (argc > 3) dims = {std::atoi(argv[3])};
    std::string home = (fs::temp_directory_path() / "latent-bench-XXXXXX").string();
    if (!mkdtemp(home.data())) return 5;
    for (const char* folder : {"state", "cache"}) {
        fs::create_directory(fs::path(home) / folder);
        fs::permissions(fs::path(home) / folder, fs::perms::owner_all);
    }

    int result = 0;
    {
        ProbeClientOptions options{.command = {fs::read_symlink("/proc/self/exe").string(), "serve", fs::absolute(argv[1]).string(), home},
                                   .run = {}, .cell = {}, .probes = {"sim/solve"}};
        ProbeClient client(options);
        std::vector<double> waited, computed;
        double start_ms = 0;
        for (int i = -1; i < requests && result == 0; ++i) {  // -1: starts the server
            const int dim = dims[static_cast<std::size_t>(std::max(i, 0)) % dims.size()];
            std::vector<double> mu;
            for (int p = 0; p < std::min(dim, 12); ++p) mu.push_back(1 + 0.1 * p + 0.001 * i);
            const Clock::time_point begin = Clock::now();
            const ProbeReply reply = client.askAndWait("sim/solve", {{"dim", dim}, {"mu", mu}}, {}, std::chrono::seconds(60));
            if (reply.kind != ProbeReply::Kind::Answer) {
                std::fprintf(stderr, "%s\n", reply.error.message.c_str());
                result = 5;
            } else if (i < 0) {
                start_ms = millisecondsSince(begin);
            } else {
                waited.push_back(millisecondsSince(begin));
                computed.push_back(reply.elapsed_ms);
            }
        }
        const nlohmann::json line{{"bench", "probe_solve"}, {"requests", waited.size()}, {"dims", dims},
                                  {"median_ms", quantile(waited, 0.5)}, {"p95_ms", quantile(waited, 0.95)},
                                  {"max_ms", quantile(waited, 1)}, {"server_median_ms", quantile(computed, 0.5)},
                                  {"first_ms", start_ms}};
        if (result == 0) std::printf("%s\n", line.dump().c_str());
    }
    fs::remove_all(home);
    return result;
}
