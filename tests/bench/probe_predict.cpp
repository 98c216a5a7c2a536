// SPDX-License-Identifier: Apache-2.0
// Latency of markov/predict while a slider is dragged: questions over a warm server, from ask to the last array, as one JSON
// line. Aim: a median below 50 ms for 2,048 chains of 10 states.
//
//     bench_probe_predict build/release/lib/latent/plugins                 200 questions, 10 states, 2,048 chains
//     bench_probe_predict build/release/lib/latent/plugins 200 2048 64     another number of chains and states
//     bench_probe_predict build/release/lib/latent/plugins 20 2048 10 new  every question with another mixture
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

double millisecondsSince(Clock::time_point start) { return std::chrono::duration<double, std::milli>(Clock::now() - start).count(); }

double quantile(std::vector<double> values, double at) {
    std::sort(values.begin(), values.end());
    return values.empty() ? 0 : values[static_cast<std::size_t>(at * static_cast<double>(values.size() - 1) + 0.5)];
}

}  // namespace

int main(int argc, char** argv) {
    const std::string_view word = argc > 1 ? argv[1] : "";
    if (word == "admit-plugin") return admissionChildMain(argc - 1, argv + 1);
    if (word == "serve") return static_cast<int>(serveProbes(catalogOf(argv[2], argv[3]), {.run = {}, .cell = {}, .probes = {"markov/predict"}}));
    if (argc < 2) return std::fprintf(stderr, "usage: bench_probe_predict PLUGINS [REQUESTS [CHAINS [STATES [new]]]]\n"), 2;
    const int requests = argc > 2 ? std::atoi(argv[2]) : 200, chains = argc > 3 ? std::atoi(argv[3]) : 2048, states = argc > 4 ? std::atoi(argv[4]) : 10;
    const bool fresh = argc > 5;
    std::string home = (fs::temp_directory_path() / "latent-bench-XXXXXX").string();
    if (!mkdtemp(home.data())) return 5;
    for (const char* folder : {"state", "cache"}) {
        fs::create_directory(fs::path(home) / folder);
        fs::permissions(fs::path(home) / folder, fs::perms::owner_all);
    }
    int result = 0;
    {
        ProbeClient client({.command = {fs::read_symlink("/proc/self/exe").string(), "serve", fs::absolute(argv[1]).string(), home}, .run = {}, .cell = {}, .probes = {"markov/predict"}});
        std::vector<double> waited, computed;
        double start_ms = 0;
        for (int i = -1; i < requests && result == 0; ++i) {  // -1: starts the server and makes the mixture
            const Clock::time_point begin = Clock::now();
            const ProbeReply reply = client.askAndWait("markov/predict", {{"chains", chains}, {"states", states}, {"length", 1 + (i + 1) * 37 % 400}, {"chain", i / 10 + 1}, {"seed", fresh ? i + 1 : 42}},
                                                       {}, std::chrono::seconds(60));
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
        const nlohmann::json line{{"bench", "probe_predict"}, {"requests", waited.size()}, {"chains", chains}, {"states", states}, {"new_mixtures", fresh},
                                  {"median_ms", quantile(waited, 0.5)}, {"p95_ms", quantile(waited, 0.95)}, {"max_ms", quantile(waited, 1)},
                                  {"server_median_ms", quantile(computed, 0.5)}, {"first_ms", start_ms}};
        if (result == 0) std::printf("%s\n", line.dump().c_str());
    }
    fs::remove_all(home);
    return result;
}
