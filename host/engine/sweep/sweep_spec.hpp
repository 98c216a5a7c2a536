// SPDX-License-Identifier: Apache-2.0
#pragma once
// What a sweep file asks for: one experiment, and a design that says which parameters take which values.
//
// The file is TOML; resources/manual/sweeps.md explains each key. Exactly one of [grid], [[list]] and [random] (or none,
// when only seeds are asked for):
//
//     experiment = "sim/theory"          # required
//     preset = "laptop"                  # optional; what [set] and the design do not say
//     name = "speed-against-diversity"   # optional: part of the folder's name
//     seeds = 5                          # replicates: 5 means 0 … 4; or a list, seeds = [0, 7]
//     cores = 8                          # used at once by the local executor; default: all
//     threads = 1                        # of each cell; default 1
//     device = "cpu"                     # of each cell
//     deterministic = true
//     reuse = false                      # true: also take finished runs of the workspace that are identical
//     checkpoint_interval_s = 30
//     [limits]                           # of each run: memory_mb, time_s, log_mb, stop_grace_s
//     memory_mb = 2000
//     [set]                              # parameters that are the same in every cell
//     steps = 2000
//     [grid]                             # every combination; the first key varies slowest
//     sigma = [0.05, 0.1, 0.2]
//     mu = [[1, 1], [1, 2]]
//     input = { files = "granules/*.nc" }   # every file of a folder, in the order of their names
//     [[list]]                           # one cell a table; each names the same parameters
//     sigma = 0.05
//     mu = [1, 2]
//     [random]                           # drawn, the same on every machine, and the same when `cells` grows
//     cells = 200
//     seed = 1
//     sigma = { low = 0.01, high = 1, scale = "log" }
//     model = { choices = ["one_layer", "symmetric"] }
//
// A plain value. Values are not judged here; that needs the experiment's schema (see plan.hpp). Any thread, never throws.
//
//     LATENT_TRY(SweepSpec spec, SweepSpec::read("grid.toml"));

#include <cstdint>
#include <filesystem>
#include <functional>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "engine/result.hpp"

namespace latent::engine {

/// Parameters and their values, in the order of the file.
using SweepValues = std::vector<std::pair<std::string, nlohmann::json>>;

struct SweepAxis {
    std::string parameter;
    std::vector<nlohmann::json> values;
};

struct RandomParameter {
    std::string parameter;
    double low = 0, high = 1;
    bool logarithmic = false;
    std::vector<nlohmann::json> choices;  ///< instead of low and high
};

struct RandomDesign {
    std::uint64_t cells = 0;
    std::uint64_t seed = 0;
    std::vector<RandomParameter> parameters;
};

inline constexpr std::uint64_t kMaxSweepCells = 10'000;

struct SweepSpec {
    std::string experiment, preset, name;
    SweepValues fixed;
    std::vector<SweepAxis> grid;
    std::vector<SweepValues> list;
    std::optional<RandomDesign> random;
    std::vector<std::int64_t> seeds;  ///< empty: not asked for
    int cores = 0;                    ///< 0: all of the machine
    int threads = 1;
    std::string device = "cpu";
    bool deterministic = true;
    bool reuse = false;
    std::optional<double> checkpoint_interval_s;
    nlohmann::json limits = nlohmann::json::object();

    /// What is done to the text before it is parsed; the second argument names the sweep in a refusal.
    using Prepare = std::function<Result<std::string>(std::string text, const std::string& what)>;
    static Result<SweepSpec> read(const std::filesystem::path& file, const Prepare& prepare = {});
    /// `what` names the text in errors; each error also names the key.
    static Result<SweepSpec> parse(std::string_view text, const std::string& what);
    /// For the request of the sweep: what was asked, as JSON.
    nlohmann::json toJson() const;
};

}  // namespace latent::engine
