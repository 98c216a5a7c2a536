// SPDX-License-Identifier: Apache-2.0
#pragma once
// Runs as a plugin sees them: abi::IRun1 over a run directory (or one cell of a batched run), abi::IRunSet1 over several.
//
// The caller owns them and keeps them alive while the plugin may use them. Calls may come from any thread and take turns
// (a RunReader serves one at a time).
//
//     LATENT_TRY(auto runs, HostRunSet::open({folderA, folderB}));
//     experiment->measure(runs.get(), &json, &error);

#include <filesystem>
#include <memory>
#include <mutex>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "engine/result.hpp"
#include "engine/store/run_reader.hpp"
#include "latent/abi/host.hpp"

namespace latent::engine {

/// A run directory that is open for reading; its cells share it.
struct OpenRun {
    static Result<std::shared_ptr<OpenRun>> open(const std::filesystem::path& folder, RunFiles& files);
    RunReader reader;
    nlohmann::json request;
    std::mutex mutex;

    explicit OpenRun(RunReader itsReader) : reader(std::move(itsReader)) {}
};

class HostRun final : public abi::IRun1 {
  public:
    /// Without `cell` the run as it is; with it, that index of the leading axis `cell`.
    HostRun(std::shared_ptr<OpenRun> run, std::optional<std::uint64_t> cell, nlohmann::json parameters);

    int32_t LATENT_CALL describe(abi::ISink* json, abi::ISink* error) noexcept override;
    int32_t LATENT_CALL read(const abi::Text* name, const int64_t* offset, const int64_t* count,
                             abi::Array* out, abi::ISink* error) noexcept override;
    const nlohmann::json& parameters() const { return m_parameters; }

  private:
    std::shared_ptr<OpenRun> m_run;
    std::optional<std::uint64_t> m_cell;
    nlohmann::json m_parameters;
};

class HostRunSet final : public abi::IRunSet1 {
  public:
    /// Opens runs, batched runs (one entry a cell) and sweeps (the runs of their cells). What is named twice, as a sweep and a
    /// run of one of its cells, counts once. Runs of different experiments are refused (exit 2).
    static Result<std::unique_ptr<HostRunSet>> open(const std::vector<std::filesystem::path>& folders);

    uint64_t LATENT_CALL size() noexcept override { return m_runs.size(); }
    abi::IRun1* LATENT_CALL at(uint64_t index) noexcept override;
    /// The one run of the set, or the named cell of several. `who` begins the refusal: "The run NAME".
    Result<abi::IRun1*> one(std::optional<std::uint64_t> cell, const std::string& who);
    int32_t LATENT_CALL describe(abi::ISink* json, abi::ISink* error) noexcept override;

    /// The experiment that all of them ran; refused when they differ.
    const std::string& experiment() const { return m_experiment; }
    /// {"kind","swept"}: names of the parameters that differ between the runs.
    const nlohmann::json& description() const { return m_description; }

  private:
    explicit HostRunSet(RunFiles files) : m_files(std::move(files)) {}
    Status add(const std::filesystem::path& folder);
    Status addSweep(const std::filesystem::path& folder);
    Status checkExperiment(const nlohmann::json& request);
    /// One cell of a run that may have several; nothing happens when it is there already.
    void addCell(const std::shared_ptr<OpenRun>& run, std::optional<std::uint64_t> cell,
                 nlohmann::json parameters);
    void describeDesign();

    RunFiles m_files;
    std::vector<std::unique_ptr<HostRun>> m_runs;
    std::set<std::pair<std::string, std::uint64_t>> m_taken;  ///< run and cell: they are one independent unit
    std::string m_experiment;
    nlohmann::json m_description;
    bool m_sweep = false;
};

}  // namespace latent::engine
