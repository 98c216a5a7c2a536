// SPDX-License-Identifier: Apache-2.0
#pragma once
// Latency of a probe over a warm server, from ask to the last array, as one line of JSON. The program that measures is the
// server's and the admission's too.
//
//     int main(int argc, char** argv) {
//         if (const auto ended = probeChild(argc, argv, "sim/solve")) return *ended;
//         return measureProbe({.name = "probe_solve", .probe = "sim/solve", .plugins = argv[1], .requests = 100, .question = ask});
//     }

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/plugins/admission_child.hpp"
#include "engine/probe/client.hpp"

namespace latent::bench {

namespace fs = std::filesystem;

/// The plugins of one folder, which count as ours; what is remembered about them lies in `home`.
inline engine::PluginCatalog catalogOf(const fs::path& plugins, const fs::path& home) {
    engine::CatalogSettings settings;
    settings.folders = {plugins};
    settings.bundled = plugins;
    settings.stateFolder = home / "state";
    settings.cacheFolder = home / "cache";
    return engine::PluginCatalog::scan(settings);
}

/// The exit code when this process was started as a server or to admit a plugin.
inline std::optional<int> probeChild(int argc, char** argv, const char* probe) {
    const std::string_view word = argc > 1 ? argv[1] : "";
    if (word == "admit-plugin") return engine::admissionChildMain(argc - 1, argv + 1);
    if (word == "serve" && argc > 3) {
        engine::ProbeServerOrder order{.run = {}, .cell = {}, .probes = {probe}};
        // What the client adds for the real server begins with "--".
        if (argc > 4 && !std::string_view(argv[4]).starts_with("--")) order.run = argv[4];
        return static_cast<int>(engine::serveProbes(catalogOf(argv[2], argv[3]), order));
    }
    return std::nullopt;
}

struct ProbeBench {
    std::string name, probe;
    fs::path plugins;
    int requests = 100;
    std::function<nlohmann::json(int)>
        question;               ///< parameters of request 0, 1, …; of -1 too, which starts the server
    nlohmann::json about = {};  ///< what else the line tells
    fs::path run = {};          ///< that the probe is asked about; empty: none
};

inline double quantile(std::vector<double> values, double at) {
    std::sort(values.begin(), values.end());
    return values.empty()
               ? 0
               : values[static_cast<std::size_t>(at * static_cast<double>(values.size() - 1) + 0.5)];
}

inline int measureProbe(const ProbeBench& bench) {
    using Clock = std::chrono::steady_clock;
    std::string home = (fs::temp_directory_path() / "latent-bench-XXXXXX").string();
    if (!mkdtemp(home.data())) return 5;
    for (const char* folder : {"state", "cache"}) {
        fs::create_directory(fs::path(home) / folder);
        fs::permissions(fs::path(home) / folder, fs::perms::owner_all);
    }
    std::vector<double> waited_ms, computed_ms;
    double first_ms = 0;
    int result = 0;
    {
        std::vector<std::string> command{fs::read_symlink("/proc/self/exe").string(), "serve",
                                         fs::absolute(bench.plugins).string(), home};
        if (!bench.run.empty()) command.push_back(fs::absolute(bench.run).string());
        engine::ProbeClient client(
            {.command = std::move(command), .run = {}, .cell = {}, .probes = {bench.probe}});
        for (int i = -1; i < bench.requests && result == 0; ++i) {
            const nlohmann::json question = bench.question(i);
            const Clock::time_point begin = Clock::now();
            const engine::ProbeReply reply =
                client.askAndWait(bench.probe, question, {}, std::chrono::seconds(60));
            const double ms = std::chrono::duration<double, std::milli>(Clock::now() - begin).count();
            if (reply.kind != engine::ProbeReply::Kind::Answer) {
                std::fprintf(stderr, "%s\n", reply.error.message.c_str());
                result = 5;
            } else if (i < 0) {
                first_ms = ms;
            } else {
                waited_ms.push_back(ms);
                computed_ms.push_back(reply.elapsed_ms);
            }
        }
    }
    fs::remove_all(home);
    nlohmann::json line{{"bench", bench.name},
                        {"requests", waited_ms.size()},
                        {"median_ms", quantile(waited_ms, 0.5)},
                        {"p95_ms", quantile(waited_ms, 0.95)},
                        {"max_ms", quantile(waited_ms, 1)},
                        {"server_median_ms", quantile(computed_ms, 0.5)},
                        {"first_ms", first_ms}};
    if (bench.about.is_object()) line.update(bench.about);
    if (result == 0) std::printf("%s\n", line.dump().c_str());
    return result;
}

}  // namespace latent::bench
