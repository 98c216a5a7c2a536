// SPDX-License-Identifier: Apache-2.0
#pragma once
// The probe server: one process that keeps a plugin and a run warm and answers questions (`latent probe-server`).
//
// Messages (message.hpp) in: {"ask": id, "probe", "parameters": {…}, "preset", arrays} with rising ids, {"cancel": id}.
// Out: first {"hello": 1, "plugin", "probes"} or {"refused": sentence, "exit": code}. Then for each question partial parts
// {"reply": id, "probe", "part": n, "partial": true, "values", "outputs", arrays} and exactly one end: the same with
// "partial": false and "elapsed_ms"; {"reply": id, "error", "exit", "fields": [{"parameter","sentence"}]};
// {"superseded": id, "by": id}; or {"cancelled": id}. The latest question to a probe wins. {"error"} alone means that the
// input broke the protocol; the server leaves. It also leaves at the end of its input and when idle. It writes nothing to
// the run. The id of a data source serves as well as that of a probe: its answer is the preview. Plugins are called on the
// main thread; a second thread reads, and watches memory and idleness.
//
//     ProbeServerOrder order{.probes = {"sim/solve"}};
//     return static_cast<int>(serveProbes(catalog, order));        // takes over stdin and stdout

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "engine/plugins/catalog.hpp"
#include "engine/result.hpp"

namespace latent::engine {

struct ProbeServerOrder {
    std::optional<std::filesystem::path> run;  ///< none: only probes that need none
    std::optional<std::uint64_t> cell;         ///< of a batched run or a sweep
    std::vector<std::string> probes;           ///< all of one plugin
    double idle_s = 15 * 60;
    double memory_mb = 0;  ///< resident; 0: 80 % of this machine's
};

/// Serves until it may leave; the exit code of the process. Whatever the plugin prints goes to stderr.
Exit serveProbes(const PluginCatalog& catalog, const ProbeServerOrder& order);

}  // namespace latent::engine
