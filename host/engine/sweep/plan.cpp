// SPDX-License-Identifier: Apache-2.0
#include "engine/sweep/plan.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <thread>

#include "engine/files/operations.hpp"
#include "engine/jobs/asked_inputs.hpp"
#include "engine/jobs/inputs.hpp"
#include "engine/jobs/start.hpp"
#include "engine/json/nearest_name.hpp"
#include "engine/parameters/resolve.hpp"
#include "engine/store/layout.hpp"
#include "engine/store/request.hpp"
#include "engine/store/run_name.hpp"
#include "engine/sweep/batch_question.hpp"
#include "engine/sweep/cell_hash.hpp"

namespace latent::engine {
namespace {

using nlohmann::json;

std::string seedParameterOf(const SchemaModel& schema) {
    for (const ParameterModel& parameter : schema.parameters())
        if (parameter.type == ParameterType::Seed) return parameter.name;
    return {};
}

/// Each sentence once, with the cells that it concerns.
class Mistakes {
  public:
    void add(const std::string& sentence, std::size_t cell) {
        auto& known = m_cells[sentence];
        if (known.empty()) m_order.push_back(sentence);
        known.push_back(cell);
    }
    bool any() const { return !m_order.empty(); }
    Error error(std::size_t cells) const {
        std::string text = "The sweep was not made:";
        for (std::size_t i = 0; i < std::min<std::size_t>(m_order.size(), 20); ++i) {
            const auto& where = m_cells.at(m_order[i]);
            text += "\n  " + m_order[i];
            if (where.size() == cells) continue;
            std::vector<std::string> names;
            for (const std::size_t cell : where) names.push_back(std::to_string(cell));
            text += (names.size() == 1 ? " (cell " : " (cells ") + listed(names, "and", 5) + ")";
        }
        if (m_order.size() > 20) text += "\n  and " + std::to_string(m_order.size() - 20) + " more";
        return badRequest(std::move(text));
    }

  private:
    std::map<std::string, std::vector<std::size_t>> m_cells;
    std::vector<std::string> m_order;
};

Result<std::vector<PlannedCell>> resolveCells(const SchemaModel& schema, const SweepSpec& spec,
                                              const Design& design, const std::string& seedParameter,
                                              const std::filesystem::path& runs) {
    std::vector<PlannedCell> cells;
    Mistakes mistakes;
    for (const SweepValues& values : design.cells) {
        std::vector<Assignment> assignments;
        for (const auto& [name, value] : spec.fixed) assignments.push_back({name, value});
        for (const auto& [name, value] : values) assignments.push_back({name, value});
        Resolution resolution = resolve(schema, spec.preset, assignments);
        for (const FieldError& error : resolution.errors) mistakes.add(error.sentence, cells.size());
        PlannedCell cell;
        cell.parameters = std::move(resolution.values);
        if (resolution.valid() && !seedParameter.empty() &&
            cell.parameters.at(seedParameter).is_number_integer())
            cell.seed = cell.parameters.at(seedParameter).get<std::int64_t>();
        cells.push_back(std::move(cell));
    }
    if (mistakes.any()) return mistakes.error(cells.size());

    const bool hasInputs =
        std::any_of(schema.parameters().begin(), schema.parameters().end(),
                    [](const ParameterModel& parameter) { return isInput(parameter.type); });
    std::map<std::string, json> known;  // files are hashed once
    for (PlannedCell& cell : cells) {
        if (!hasInputs) break;
        json named = json::object();
        for (const ParameterModel& parameter : schema.parameters())
            if (isInput(parameter.type)) named[parameter.name] = cell.parameters.at(parameter.name);
        auto [found, fresh] = known.try_emplace(named.dump());
        if (fresh) {
            LATENT_TRY(found->second, resolveInputs(schema, cell.parameters, runs));
        }
        cell.inputs = found->second;
        nameByPlace(cell.parameters, cell.inputs);
    }
    return cells;
}

/// Parameters that all cells have in common.
json sharedParameters(const std::vector<PlannedCell>& cells) {
    json shared = cells.front().parameters;
    for (const PlannedCell& cell : cells) {
        for (auto entry = shared.begin(); entry != shared.end();)
            entry = cell.parameters.at(entry.key()) == entry.value() ? std::next(entry) : shared.erase(entry);
    }
    return shared;
}

json designJson(const Design& design, const SchemaModel& schema, const std::vector<PlannedCell>& cells,
                const json& shared) {
    const auto unitOf = [&](const std::string& name) {
        const ParameterModel* parameter = schema.find(name);
        return parameter ? parameter->unit : std::string();
    };
    json axes = design.axesJson(), columns = json::array(), entries = json::array();
    for (json& axis : axes) axis["unit"] = unitOf(axis.at("name").get<std::string>());
    for (const DesignColumn& column : design.columns)
        columns.push_back(
            {{"parameter", column.parameter}, {"values", column.values}, {"unit", unitOf(column.parameter)}});
    for (const PlannedCell& cell : cells) {
        json own = json::object();
        for (const auto& [name, value] : cell.parameters.items())
            if (!shared.contains(name)) own[name] = value;
        json entry{
            {"parameters", std::move(own)}, {"seed", cell.seed}, {"hash", cell.hash}, {"job", cell.job}};
        if (!cell.inputs.empty()) entry["inputs"] = cell.inputs;
        entries.push_back(std::move(entry));
    }
    return {{"kind", design.kind}, {"axes", axes}, {"columns", columns}, {"cells", entries}};
}

std::string plainName(const std::string& name, const std::string& experiment) {
    std::string plain = name.empty() ? experiment : name;
    for (char& c : plain)
        if (!std::isalnum(static_cast<unsigned char>(c)) && c != '_') c = '-';
    return plain.substr(0, 60);
}

}  // namespace

Result<SweepPlan> planSweep(const PluginCatalog& catalog, const SweepSpec& spec,
                            const std::filesystem::path& folder) {
    const std::filesystem::path runs = std::filesystem::absolute(folder).lexically_normal();
    LATENT_TRY(const PluginCatalog::Found found, catalog.experiment(spec.experiment));
    LATENT_TRY(const SchemaModel schema,
               SchemaModel::fromJson(found.contribution->description->value("schema", json::object()),
                                     "The parameters of " + spec.experiment));
    const std::string seedParameter = seedParameterOf(schema);
    const auto isWholeOne = [&](const std::string& name) {
        const ParameterModel* parameter = schema.find(name);
        return parameter && isWhole(parameter->type);
    };
    LATENT_TRY(const Design design, expandDesign(spec, {seedParameter, isWholeOne}));

    SweepPlan plan;
    LATENT_TRY(plan.cells, resolveCells(schema, spec, design, seedParameter, runs));
    plan.experiment = spec.experiment;
    plan.name = plainName(spec.name, spec.experiment);

    RunOrder order;
    order.experiment = spec.experiment;
    order.assignments = assignmentsOf(plan.cells.front().parameters);
    order.runs = runs;
    order.threads = spec.threads;
    order.device = spec.device;
    order.deterministic = spec.deterministic;
    order.limits = spec.limits;
    order.checkpoint_interval_s = spec.checkpoint_interval_s;
    LATENT_TRY(plan.request, requestFor(catalog, order));

    const json identity = identityOf(plan.request, json::object());
    std::map<std::string, std::size_t> distinct;  // hash → distinct cell
    std::vector<std::size_t> representative;
    for (std::size_t i = 0; i < plan.cells.size(); ++i) {
        PlannedCell& cell = plan.cells[i];
        LATENT_TRY(cell.hash, cellHash(identity, cell.parameters, cell.seed, cell.inputs));
        if (distinct.try_emplace(cell.hash, representative.size()).second) representative.push_back(i);
    }
    plan.distinct = representative.size();

    std::vector<const PlannedCell*> asked;
    std::vector<std::size_t> lengths;
    for (const std::size_t cell : representative) {
        asked.push_back(&plan.cells[cell]);
        lengths.push_back(plan.cells[cell].parameters.dump(2).size() * 3 / 2);
    }
    LATENT_TRY(const std::vector<BatchAnswer> answers,
               askAboutCells(*found.plugin, *found.contribution, asked, seedParameter));
    Mistakes mistakes;
    for (std::size_t i = 0; i < plan.cells.size(); ++i) {
        const std::string& refusal = answers[distinct.at(plan.cells[i].hash)].refusal;
        if (!refusal.empty()) mistakes.add(refusal, i);
    }
    if (mistakes.any()) return mistakes.error(plan.cells.size());
    const unsigned cores = spec.cores > 0 ? static_cast<unsigned>(spec.cores)
                                          : std::max(1u, std::thread::hardware_concurrency());
    const std::size_t workers = std::max<std::size_t>(1, cores / static_cast<unsigned>(spec.threads));
    const std::vector<std::size_t> jobs = batchJobs(answers, lengths, workers);
    for (const std::size_t job : jobs) plan.jobs = std::max(plan.jobs, job + 1);
    for (PlannedCell& cell : plan.cells) cell.job = jobs[distinct.at(cell.hash)];

    const json shared = sharedParameters(plan.cells);
    plan.request["kind"] = "sweep";
    if (!spec.preset.empty()) plan.request["preset"] = spec.preset;
    plan.request["name"] = plan.name;
    plan.request["parameters"] = shared;
    plan.request["seed"] = plan.cells.front().seed;
    plan.request["seed_parameter"] = seedParameter;
    plan.request["spec"] = spec.toJson();
    plan.request["cores"] = static_cast<int>(cores);
    plan.request["reuse"] = spec.reuse;
    const bool isAlike = std::all_of(answers.begin(), answers.end(), [&](const BatchAnswer& one) {
        return one.outputs == answers.front().outputs;
    });
    if (isAlike) plan.request[kAlikeOutputs] = true;  // so that no worker has to ask about every cell again
    plan.request["design"] = designJson(design, schema, plan.cells, shared);
    if (plan.request.dump(2).size() + 200 > kMaxRequestBytes)
        return badRequest("The sweep's request would be longer than " +
                          std::to_string(kMaxRequestBytes >> 20) +
                          " MB: fewer cells or smaller parameters are needed.");
    return plan;
}

Result<std::filesystem::path> makeSweep(const SweepPlan& plan, const std::filesystem::path& runs) {
    RunOrder order;
    order.experiment = "sweep-" + plan.name;  // of the folder's name
    order.runs = runs;
    return makeRun(order, plan.request);
}

std::optional<std::filesystem::path> findSweep(const SweepPlan& plan, const std::filesystem::path& runs) {
    const auto names = listFolder(runs);
    if (!names) return std::nullopt;
    std::vector<std::string> candidates;
    for (const std::string& text : *names)
        if (const auto name = RunName::parse(text); name && name->experiment == "sweep-" + plan.name)
            candidates.push_back(text);
    std::sort(candidates.rbegin(), candidates.rend());  // a name begins with its time
    for (const std::string& name : candidates) {
        const auto request = readRequest(runs / name);
        if (!request || request->document().value("spec", json()) != plan.request.at("spec")) continue;
        const auto cells = cellsOf(request->document());
        const auto same = [](const PlannedCell& a, const PlannedCell& b) { return a.hash == b.hash; };
        if (cells && std::equal(cells->begin(), cells->end(), plan.cells.begin(), plan.cells.end(), same))
            return runs / name;
    }
    return std::nullopt;
}

Result<std::vector<PlannedCell>> cellsOf(const json& request) {
    const auto senseless = [] {
        return refused("The request is not that of a sweep, or its design is damaged.");
    };
    if (request.value("kind", "") != "sweep" || !request.contains("design")) return senseless();
    const json& design = request.at("design");
    if (!design.is_object() || !design.contains("cells") || !design.at("cells").is_array() ||
        design.at("cells").empty() || design.at("cells").size() > kMaxSweepCells ||
        !design.contains("axes") || !design.at("axes").is_array())
        return senseless();
    std::vector<PlannedCell> cells;
    for (const json& entry : design.at("cells")) {
        const auto has = [&](const char* key, bool (json::*is)() const noexcept) {
            return entry.is_object() && entry.contains(key) && (entry.at(key).*is)();
        };
        if (!has("parameters", &json::is_object) || !has("hash", &json::is_string) ||
            !has("job", &json::is_number_unsigned) || !has("seed", &json::is_number_integer))
            return senseless();
        PlannedCell cell;
        cell.parameters = request.at("parameters");
        cell.parameters.update(entry.at("parameters"));
        cell.seed = entry.at("seed").get<std::int64_t>();
        cell.hash = entry.at("hash").get<std::string>();
        cell.job = entry.at("job").get<std::size_t>();
        if (has("inputs", &json::is_object)) {
            cell.inputs = entry.at("inputs");
            for (const json& input : cell.inputs)
                if (!input.is_object()) return senseless();
            nameByPlace(cell.parameters, cell.inputs);  // sweeps of before have them as written
        }
        if (cell.job >= design.at("cells").size()) return senseless();
        cells.push_back(std::move(cell));
    }
    std::size_t product = 1;
    for (const json& axis : design.at("axes")) {
        if (!axis.is_object() || !axis.contains("name") || !axis.at("name").is_string() ||
            !axis.contains("values") || !axis.at("values").is_array())
            return senseless();
        product *= axis.at("values").size();
        if (product > kMaxSweepCells) return senseless();
    }
    if (product != cells.size()) return senseless();
    return cells;
}

}  // namespace latent::engine
