// SPDX-License-Identifier: Apache-2.0
#include "engine/report/measured_claims.hpp"

#include <map>

#include "engine/claims/declarations.hpp"
#include "engine/files/operations.hpp"
#include "engine/files/sha256.hpp"
#include "engine/jobs/cell_links.hpp"
#include "engine/jobs/host_run.hpp"
#include "engine/jobs/plugin_call.hpp"
#include "engine/jobs/run_status.hpp"
#include "engine/json/bounded.hpp"
#include "engine/store/layout.hpp"
#include "engine/store/request.hpp"
#include "engine/store/run_reader.hpp"

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
        remarks.push_back("The claims of " + request.value("experiment", "") + " have changed since the " +
                          (request.value("kind", "run") == "sweep" ? "sweep " : "run ") + run +
                          " was made; it is judged by those of the plugin that is installed now.");
}

/// The cells of a sweep as it recorded them; empty where nothing can be read.
std::vector<CellLink> linksOf(const std::filesystem::path& sweep) {
    if (auto links = readCellLinks(sweep); links && !links->cells.empty()) return std::move(links->cells);
    auto files = RunFiles::make();  // only run.h5 is left of it
    if (!files) return {};
    auto reader = RunReader::open(sweep, *files);
    const auto provenance = reader ? reader->provenance() : Result<nlohmann::json>(reader.error());
    return provenance ? cellLinksOf(*provenance) : std::vector<CellLink>();
}

/// Claims are measured over the cells that are done. That there are others must be said.
void compareCells(const std::filesystem::path& sweep, const nlohmann::json& request,
                  std::vector<std::string>& remarks) {
    const nlohmann::json::json_pointer design("/design/cells");
    const std::size_t cells = request.contains(design) ? request.at(design).size() : 0;
    std::size_t done = 0, failed = 0;
    for (const CellLink& link : linksOf(sweep)) {
        done += link.state == "done" && link.index < cells ? 1 : 0;
        failed += link.state == "failed" && link.index < cells ? 1 : 0;
    }
    if (done >= cells) return;
    remarks.push_back(std::to_string(cells - done) + " of " + std::to_string(cells) + " cells of the sweep " +
                      sweep.filename().string() + " are not done" +
                      (failed > 0 ? " (" + std::to_string(failed) + " failed)" : "") +
                      "; its claims are judged from those that are.");
}

/// The same of a run.
void compareState(const std::filesystem::path& run, std::vector<std::string>& remarks) {
    if (!fileExists(layout::events(run))) return;  // only run.h5 is left of it: it has ended
    const auto status = runStatus(run);
    if (!status || status->state == "done") return;
    remarks.push_back("The run " + run.filename().string() + " is not done (" +
                      (status->state == "elsewhere" ? "running on another machine" : status->state) +
                      "); its claims are judged from what it holds.");
}

Result<Gathered> gather(const PluginCatalog& catalog, const std::string& experiment,
                        const std::vector<std::filesystem::path>& folders) {
    LATENT_TRY(const PluginCatalog::Found found, catalog.experiment(experiment));
    Gathered it{experiment, {}, nlohmann::json::object()};
    LATENT_TRY(it.declared,
               claims::readClaims(found.contribution->description->value("claims", nlohmann::json::array())));
    if (it.declared.empty()) return it;
    LATENT_TRY(it.evidence, askForEvidence(*found.plugin, experiment, folders));
    return it;
}

/// Everything that one report says, before it is judged. The judge tells claims apart by their ids: equal ones of two
/// experiments or studies get what they belong to in front.
struct Docket {
    std::vector<Claim> declared;                              ///< by the ids for the judge
    std::vector<Claim> shown;                                 ///< the same, by "EXPERIMENT:CLAIM"
    std::vector<std::pair<std::string, std::string>> owners;  ///< study, experiment
    nlohmann::json evidence{{"claims", nlohmann::json::object()}};
};

Result<Claim> renamed(const Claim& claim, const std::string& id) {
    nlohmann::json json = claim.toJson();
    json["id"] = id;
    LATENT_TRY(const std::vector<Claim> one, claims::readClaims(nlohmann::json::array({json})));
    return one.front();
}

Status addStudy(const PluginCatalog& catalog, const Study& study, const std::string& prefix, Docket& docket,
                std::vector<std::string>& remarks) {
    std::map<std::string, std::vector<std::filesystem::path>> byExperiment;
    std::map<std::string, std::vector<nlohmann::json>> requests;  ///< in the order of their folders
    for (const std::filesystem::path& folder : study.folders) {
        LATENT_TRY(const Request request, readRequest(folder));
        byExperiment[request.experiment()].push_back(folder);
        requests[request.experiment()].push_back(request.document());
    }
    for (const auto& [experiment, folders] : byExperiment) {
        const auto gathered = gather(catalog, experiment, folders);
        if (!gathered) {
            remarks.push_back("The claims of " + experiment +
                              " were not measured: " + gathered.error().message);
            continue;
        }
        for (std::size_t i = 0; i < folders.size(); ++i) {
            const nlohmann::json& request = requests[experiment][i];
            compareDeclarations(gathered->declared, request, folders[i].filename().string(), remarks);
            if (gathered->declared.empty()) continue;
            if (request.value("kind", "run") == "sweep")
                compareCells(folders[i], request, remarks);
            else
                compareState(folders[i], remarks);
        }
        for (const Claim& claim : gathered->declared) {
            const std::string id = experiment + ":" + claim.id();
            LATENT_TRY(Claim unique, renamed(claim, prefix + id));
            LATENT_TRY(Claim shown, renamed(claim, id));
            docket.declared.push_back(std::move(unique));
            docket.shown.push_back(std::move(shown));
            docket.owners.emplace_back(study.name, experiment);
        }
        const nlohmann::json found = gathered->evidence.value("claims", nlohmann::json::object());
        for (const auto& [id, its] : found.items())
            docket.evidence["claims"][prefix + experiment + ":" + id] = its;
    }
    return ok();
}

}  // namespace

Result<std::vector<Study>> studiesOf(const std::vector<std::filesystem::path>& folders) {
    std::vector<Study> studies;
    std::map<std::string, int> bearers;
    for (const std::filesystem::path& folder : folders) {
        LATENT_TRY(const Request request, readRequest(folder));
        const auto name = request.document().find("name");
        const bool isNamed = name != request.document().end() && name->is_string();
        studies.push_back({isNamed ? name->get<std::string>() : folder.filename().string(), {folder}});
        ++bearers[studies.back().name];
    }
    for (Study& study : studies)
        if (bearers[study.name] > 1) study.name += " (" + study.folders.front().filename().string() + ")";
    return studies;
}

Result<MeasuredClaims> measureClaims(const PluginCatalog& catalog, const std::vector<Study>& studies) {
    MeasuredClaims measured;
    Docket docket;
    for (std::size_t i = 0; i < studies.size(); ++i) {
        const std::string prefix =
            studies.size() > 1 ? std::to_string(i + 1) + " " + studies[i].name + ": " : "";
        LATENT_CHECK(addStudy(catalog, studies[i], prefix, docket, measured.remarks));
    }
    LATENT_TRY(const Evidence all, claims::readEvidence(docket.evidence));
    for (const std::string& stray : claims::undeclared(docket.declared, all))
        measured.remarks.push_back(stray);
    std::vector<claims::Judgement> judged = claims::judge(docket.declared, all);
    for (std::size_t i = 0; i < judged.size(); ++i) {
        judged[i].claim = docket.shown[i];
        measured.entries.push_back({docket.owners[i].first, docket.owners[i].second, std::move(judged[i])});
    }
    return measured;
}

std::string MeasuredClaims::nothingToJudge() const {
    return entries.empty() && remarks.empty() ? "The experiments of these runs declare no claims." : "";
}

nlohmann::json MeasuredClaims::toJson() const {
    nlohmann::json list = nlohmann::json::array();
    for (const MeasuredClaim& entry : entries) {
        nlohmann::json one = entry.judgement.toJson();
        one["experiment"] = entry.experiment;
        if (!entry.study.empty()) one["study"] = entry.study;
        list.push_back(std::move(one));
    }
    return {{"claims", std::move(list)}, {"remarks", remarks}};
}

}  // namespace latent::engine
