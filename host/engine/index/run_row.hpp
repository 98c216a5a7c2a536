// SPDX-License-Identifier: Apache-2.0
#pragma once
// One line of the index, and how it is brought up to date from a run directory.
//
// Events are read from where the last look ended, so a refresh costs what is new. A run that says "running" is looked at
// each time: its lease tells whether anybody is there, and for a worker on another host the heartbeat counter must have
// moved within five minutes of this reader's clock. Everything is bounded: long parameters, notes and lists are left out
// of the index (they stay in the run). One thread.
//
//     IndexedRun row; row.id = "2026-…"; row.folder = runs / row.id;
//     LATENT_TRY(bool changed, refreshRow(row, unixNow()));

#include <cstdint>
#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "engine/result.hpp"

namespace latent::engine {

struct IndexedRun {
    std::string id;  ///< name of its folder
    std::filesystem::path folder;
    std::string experiment, plugin;
    std::string kind = "run";      ///< run | batch | sweep | data_source
    std::string state = "queued";  ///< as a person should read it: also interrupted and lost, inferred
    std::string reason;
    double created = 0, ended = 0;  ///< unix seconds; ended is 0 while it has not
    double fraction = 0;
    nlohmann::json parameters = nlohmann::json::object();  ///< values of up to 1 kB each
    nlohmann::json metrics = nlohmann::json::object();     ///< last values
    std::vector<std::string> tags;
    std::string notes;
    bool star = false;
    std::string sweep;   ///< name of the sweep that it belongs to
    std::string name;    ///< of a sweep, its own
    std::string preset;  ///< that its parameters were given from; empty: the defaults

    // What the next look needs.
    std::string said = "queued";  ///< the state in the events
    std::uint64_t eventsOffset = 0;
    std::int64_t eventsSize = -1, eventsTime = -1, userSize = -1, userTime = -1;
    std::uint64_t heartbeat = 0;
    double heartbeatSeen = 0;  ///< this reader's clock when the counter last moved
};

using IndexedRunPtr = std::shared_ptr<const IndexedRun>;

/// False when a look would find what is known: files of the same size and time, and nobody who might have left.
bool mayHaveChanged(const IndexedRun& row);
/// True when something changed. An error: the folder is no run, or its request cannot be read.
Result<bool> refreshRow(IndexedRun& row, double now);

/// Everything that free text is looked for in.
std::string searchText(const IndexedRun& row);

}  // namespace latent::engine
