// SPDX-License-Identifier: Apache-2.0
#include "engine/sweep/reuse.hpp"

#include <chrono>
#include <map>
#include <nlohmann/json.hpp>

#include "engine/files/operations.hpp"
#include "engine/jobs/run_status.hpp"
#include "engine/store/request.hpp"
#include "engine/store/run_name.hpp"
#include "engine/sweep/cell_hash.hpp"

namespace latent::engine {

Result<std::vector<CellLink>> findFinishedCells(const std::filesystem::path& sweep,
                                                const nlohmann::json& request,
                                                const std::vector<PlannedCell>& cells,
                                                const std::vector<std::uint64_t>& wanted) {
    std::map<std::string, std::uint64_t> open;
    for (const std::uint64_t cell : wanted) open[cells[cell].hash] = cell;
    const std::string experiment = request.value("experiment", "");
    const std::string inName = RunName::make(experiment, std::chrono::system_clock::now()).experiment;
    const std::string seedParameter = request.value("seed_parameter", "");

    std::vector<CellLink> found;
    LATENT_TRY(const std::vector<std::string> names, listFolder(sweep.parent_path()));
    for (const std::string& name : names) {
        if (open.empty()) break;
        const auto parsed = RunName::parse(name);
        if (!parsed || parsed->experiment != inName) continue;
        const std::filesystem::path folder = sweep.parent_path() / name;
        const auto itsRequest = readRequest(folder);
        if (!itsRequest || itsRequest->experiment() != experiment ||
            itsRequest->document().value("kind", "run") != "run")
            continue;
        const auto status = runStatus(folder);
        const auto provenance = readProvenance(folder);
        if (!status || status->state != "done" || !provenance || provenance->empty()) continue;
        const auto hashes = hashesOfRun(itsRequest->document(), *provenance, seedParameter);
        for (std::uint64_t i = 0; hashes && i < hashes->size(); ++i) {
            const auto hit = open.find((*hashes)[i]);
            if (hit == open.end()) continue;
            found.push_back({hit->second, hit->first, name, i, "done", {}});
            open.erase(hit);
        }
    }
    return found;
}

}  // namespace latent::engine
