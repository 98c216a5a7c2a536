// SPDX-License-Identifier: Apache-2.0
#include "engine/report/measured_claims.hpp"

#include <map>

#include "engine/claims/declarations.hpp"
#include "engine/files/sha256.hpp"
#include "engine/jobs/host_run.hpp"
#include "engine/jobs/plugin_call.hpp"
#include "engine/json/bounded.hpp"
#include "engine/store/request.hpp"

namespace latent::engine {
namespace {

constexpr double kMeasureSeconds = 600;

/// What one experiment declared and found.
struct Gathered {
    std::string experiment;
    std::vector<Claim> declared;
    nlohmann::json evidence;  ///< {"claims": {id: …}}
};

Result<nlohmann::json> askForEvidence(const PluginEntry& plugin, const std::string& experiment,
                                      const std::vector<std::filesystem::path>& folders) {
    return callPlugin(plugin, kMeasureSeconds, [&](LoadedPlugin& loaded) -> Result<nlohmann::json> {
        LATENT_TRY(const std::unique_ptr<HostRunSet> runs, HostRunSet::open(folders));
        LATENT_TRY(const ExperimentHandle it, loaded.makeExperiment(experiment));
        LATENT_TRY(const std::string text, evidenceOf(*it, *runs));
        return parseJson(text, "The evidence of " + experiment, {.bytes = 64u << 20});
    });
}

/// A run keeps the declarations that stood when it was asked for. Judging by others must be said.
void compareDeclarations(const std::vector<Claim>& now, const nlohmann::json& request, const std::string& run,
                         std::vector<std::string>& remarks) {
    const auto then = claims::readClaims(request.value("claims", nlohmann::json::array()));
    if (!then || claims::canonicalDeclarations(*then) != claims::canonicalDeclarations(now))
        remarks.push_back("The claims of " + request.value("experiment", "") + " have changed since the run " + run +
                          " was made; it is judged by those of the plugin that is installed now.");
}

Result<Gathered> gather(const PluginCatalog& catalog, const std::string& experiment,
                        const std::vector<std::filesystem::path>& folders) {
    LATENT_TRY(const PluginCatalog::Found found, catalog.experiment(experiment));
    Gathered it{experiment, {}, nlohmann::json::object()};
    LATENT_TRY(it.declared, claims::readClaims(found.contribution->description->value("claims", nlohmann::json::array())));
    if (it.declared.empty()) return it;
    LATENT_TRY(it.evidence, askForEvidence(*found.plugin, experiment, folders));
    return it;
}

}  // namespace

Result<MeasuredClaims> measureClaims(const PluginCatalog& catalog, const std::vector<std::filesystem::path>& folders) {
    MeasuredClaims measured;
    std::map<std::string, std::vector<std::filesystem::path>> byExperiment;
    std::map<std::string, std::vector<std::pair<std::string, nlohmann::json>>> requests;
    for (const std::filesystem::path& folder : folders) {
        LATENT_TRY(const Request request, readRequest(folder));
        byExperiment[request.experiment()].push_back(folder);
        requests[request.experiment()].emplace_back(folder.filename().string(), request.document());
    }
    // One list for all experiments; ids get the experiment in front, so that equal ones of two experiments stay apart.
    std::vector<Claim> declared;
    nlohmann::json evidence{{"claims", nlohmann::json::object()}};
    std::vector<std::string> owners;
    for (const auto& [experiment, itsFolders] : byExperiment) {
        auto gathered = gather(catalog, experiment, itsFolders);
        if (!gathered) {
            measured.remarks.push_back("The claims of " + experiment + " were not measured: " + gathered.error().message);
            continue;
        }
        for (const auto& [run, request] : requests[experiment])
            if (request.value("kind", "run") == "run") compareDeclarations(gathered->declared, request, run, measured.remarks);
        for (const Claim& claim : gathered->declared) {
            nlohmann::json renamed = claim.toJson();
            renamed["id"] = experiment + ":" + claim.id();
            LATENT_TRY(const std::vector<Claim> one, claims::readClaims(nlohmann::json::array({renamed})));
            declared.push_back(one.front());
            owners.push_back(experiment);
        }
        const nlohmann::json found = gathered->evidence.value("claims", nlohmann::json::object());
        for (const auto& [id, itsEvidence] : found.items())
            evidence["claims"][experiment + ":" + id] = itsEvidence;
    }
    LATENT_TRY(const Evidence all, claims::readEvidence(evidence));
    for (const std::string& stray : claims::undeclared(declared, all)) measured.remarks.push_back(stray);
    const std::vector<claims::Judgement> judged = claims::judge(declared, all);
    for (std::size_t i = 0; i < judged.size(); ++i) measured.entries.push_back({owners[i], judged[i]});
    return measured;
}

nlohmann::json MeasuredClaims::toJson() const {
    nlohmann::json list = nlohmann::json::array();
    for (const MeasuredClaim& entry : entries) {
        nlohmann::json one = entry.judgement.toJson();
        one["experiment"] = entry.experiment;
        list.push_back(std::move(one));
    }
    return {{"claims", std::move(list)}, {"remarks", remarks}};
}

}  // namespace latent::engine
