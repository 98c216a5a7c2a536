// SPDX-License-Identifier: Apache-2.0
#include "engine/jobs/host_run.hpp"

#include <map>
#include <set>

#include "engine/jobs/asked_inputs.hpp"
#include "engine/jobs/boundary_arrays.hpp"
#include "engine/jobs/cell_links.hpp"
#include "latent/boundary.hpp"

namespace latent::engine {

using boundary::send;

namespace {

/// "metrics/<name>/step" and "metrics/<name>/value": the committed values of a scalar curve, or a part of them.
int32_t readMetric(RunReader& reader, const std::string& wanted, const int64_t* offset, const int64_t* count,
                   abi::Array* out, abi::ISink* error) {
    const std::string prefix = "metrics/";
    const std::size_t last = wanted.rfind('/');
    if (wanted.rfind(prefix, 0) != 0 || last < prefix.size()) return abi::kNothing;
    const bool steps = wanted.substr(last) == "/step";
    if (!steps && wanted.substr(last) != "/value") return abi::kNothing;
    auto series = reader.metric(wanted.substr(prefix.size(), last - prefix.size()));
    if (!series) return send(error, series.error().message), abi::kError;
    const std::uint64_t size = series->steps.size();
    const std::uint64_t begin =
        offset ? static_cast<std::uint64_t>(*offset) : 0;  // what is negative is too large
    const std::uint64_t length = count           ? static_cast<std::uint64_t>(*count)
                                 : begin <= size ? size - begin
                                                 : 0;
    if (begin > size || length > size - begin) {
        send(error, "The metric " + wanted + " has " + std::to_string(size) +
                        " values; the part asked for lies outside.");
        return abi::kError;
    }
    Array array{steps ? DType::I64 : DType::F64, {length}, {}};
    const char* from = steps ? reinterpret_cast<const char*>(series->steps.data())
                             : reinterpret_cast<const char*>(series->values.data());
    array.bytes.assign(from + begin * 8, length * 8);
    give(std::move(array), out);
    return abi::kOk;
}

}  // namespace

Result<std::shared_ptr<OpenRun>> OpenRun::open(const std::filesystem::path& folder, RunFiles& files) {
    LATENT_TRY(RunReader reader, RunReader::open(folder, files));
    auto run = std::make_shared<OpenRun>(std::move(reader));
    LATENT_TRY(Request request, run->reader.request());
    run->request = request.document();
    return run;
}

HostRun::HostRun(std::shared_ptr<OpenRun> run, std::optional<std::uint64_t> cell, nlohmann::json parameters)
    : m_run(std::move(run)), m_cell(cell), m_parameters(std::move(parameters)) {}

int32_t HostRun::describe(abi::ISink* json, abi::ISink* error) noexcept {
    return boundary::guarded(error, [&]() -> int32_t {
        const std::scoped_lock lock(m_run->mutex);
        RunReader& reader = m_run->reader;
        if (auto refreshed = reader.refresh(); !refreshed)
            return send(error, refreshed.error().message), abi::kError;
        auto arrays = reader.arrays();
        if (!arrays) return send(error, arrays.error().message), abi::kError;
        nlohmann::json list = nlohmann::json::object();
        for (const PublishedArray& array : *arrays) {
            if (!array.present) continue;
            std::vector<std::string> dims = array.spec.dimNames();
            Shape shape = array.shape;
            if (m_cell && !dims.empty()) {
                dims.erase(dims.begin());
                shape.erase(shape.begin());
            }
            list[array.spec.name] = {{"dtype", nameOf(array.spec.dtype)},
                                     {"dims", dims},
                                     {"shape", shape},
                                     {"units", array.spec.units}};
        }
        auto metrics = reader.metrics();
        if (!metrics) return send(error, metrics.error().message), abi::kError;
        const std::string name = reader.folder().filename().string();
        send(json, nlohmann::json{{"id", m_cell ? name + "#" + std::to_string(*m_cell) : name},
                                  {"experiment", m_run->request.value("experiment", "")},
                                  {"plugin", m_run->request.value("plugin", nlohmann::json::object())},
                                  {"state", reader.state().state},
                                  {"parameters", m_parameters},
                                  {"arrays", std::move(list)},
                                  {"metrics", *metrics}}
                       .dump());
        return abi::kOk;
    });
}

int32_t HostRun::read(const abi::Text* name, const int64_t* offset, const int64_t* count, abi::Array* out,
                      abi::ISink* error) noexcept {
    return boundary::guarded(error, [&]() -> int32_t {
        const std::scoped_lock lock(m_run->mutex);
        auto arrays = m_run->reader.arrays();
        if (!arrays) return send(error, arrays.error().message), abi::kError;
        const std::string wanted(abi::view(*name));
        for (const PublishedArray& array : *arrays) {
            if (array.spec.name != wanted || !array.present) continue;
            const std::size_t skip = m_cell ? 1 : 0;
            Shape start(array.shape.size(), 0), extent = array.shape;
            if (m_cell) {
                start[0] = *m_cell;
                extent[0] = 1;
            }
            for (std::size_t axis = skip; (offset || count) && axis < extent.size(); ++axis) {
                start[axis] = offset ? static_cast<std::uint64_t>(offset[axis - skip]) : 0;
                extent[axis] =
                    count ? static_cast<std::uint64_t>(count[axis - skip]) : array.shape[axis] - start[axis];
            }
            auto read = m_run->reader.read(wanted, start, extent);
            if (!read) return send(error, read.error().message), abi::kError;
            if (m_cell) read->shape.erase(read->shape.begin());
            give(*std::move(read), out);
            return abi::kOk;
        }
        return readMetric(m_run->reader, wanted, offset, count, out, error);
    });
}

Result<std::unique_ptr<HostRunSet>> HostRunSet::open(const std::vector<std::filesystem::path>& folders) {
    LATENT_TRY(RunFiles files, RunFiles::make());
    std::unique_ptr<HostRunSet> set(new HostRunSet(std::move(files)));
    for (const std::filesystem::path& folder : folders) LATENT_CHECK(set->add(folder));
    set->describeDesign();
    return set;
}

Status HostRunSet::add(const std::filesystem::path& folder) {
    LATENT_TRY(std::shared_ptr<OpenRun> run, OpenRun::open(folder, m_files));
    LATENT_CHECK(checkExperiment(run->request));
    if (run->request.value("kind", "run") == "sweep") return addSweep(folder);
    if (const auto cells = run->request.find("cells"); cells != run->request.end()) {
        m_sweep = true;
        std::uint64_t cell = 0;
        for (const nlohmann::json& parameters : *cells) addCell(run, cell++, parameters);
        return ok();
    }
    addCell(run, std::nullopt, run->request.value("parameters", nlohmann::json::object()));
    return ok();
}

Status HostRunSet::checkExperiment(const nlohmann::json& request) {
    const std::string experiment = request.value("experiment", "");
    if (m_experiment.empty()) m_experiment = experiment;
    if (m_experiment == experiment) return ok();
    return badRequest("The runs are of different experiments (" + m_experiment + " and " + experiment +
                      "). Name runs of one experiment.");
}

void HostRunSet::addCell(const std::shared_ptr<OpenRun>& run, std::optional<std::uint64_t> cell,
                         nlohmann::json parameters) {
    std::error_code error;
    const std::filesystem::path place = std::filesystem::canonical(run->reader.folder(), error);
    const std::string name = (error ? run->reader.folder() : place).string();
    if (!m_taken.emplace(name, cell.value_or(0)).second) return;
    // Runs of before have them as written; two files of one name are two values.
    if (!cell) nameByPlace(parameters, run->request.value("inputs", nlohmann::json::object()));
    m_runs.push_back(std::make_unique<HostRun>(run, cell, std::move(parameters)));
}

Status HostRunSet::addSweep(const std::filesystem::path& folder) {
    m_sweep = true;
    LATENT_TRY(const CellLinks links, readCellLinks(folder));
    std::vector<CellLink> cells = links.cells;
    if (cells.empty()) {  // only run.h5 is left of the sweep
        LATENT_TRY(RunReader reader, RunReader::open(folder, m_files));
        LATENT_TRY(const nlohmann::json provenance, reader.provenance());
        cells = cellLinksOf(provenance);
    }
    std::map<std::string, std::shared_ptr<OpenRun>> opened;
    for (const CellLink& cell : cells) {
        if (cell.state != "done") continue;
        auto& run = opened[cell.run];
        if (!run) {
            LATENT_TRY(run, OpenRun::open(folder.parent_path() / cell.run, m_files));
            LATENT_CHECK(checkExperiment(run->request));
        }
        const auto batch = run->request.find("cells");
        std::optional<std::uint64_t> index;
        if (batch != run->request.end()) index = cell.cellIndex;
        if (index && *index >= batch->size())
            return refused("The sweep " + folder.string() + " names a cell that is not there.");
        addCell(run, index,
                index ? batch->at(*index) : run->request.value("parameters", nlohmann::json::object()));
    }
    return ok();
}

void HostRunSet::describeDesign() {
    nlohmann::json swept = nlohmann::json::array();
    nlohmann::json levels = nlohmann::json::object();
    if (!m_runs.empty()) {
        for (const auto& [name, value] : m_runs.front()->parameters().items()) {
            std::set<std::string> values;
            for (const auto& run : m_runs)
                values.insert(run->parameters().value(name, nlohmann::json()).dump());
            if (values.size() < 2) continue;
            swept.push_back(name);
            levels[name] = values.size();
        }
    }
    m_description = {
        {"kind", m_sweep ? "sweep" : "run"}, {"swept", swept}, {"levels", levels}, {"runs", m_runs.size()}};
}

abi::IRun1* HostRunSet::at(uint64_t index) noexcept {
    return index < m_runs.size() ? m_runs[static_cast<std::size_t>(index)].get() : nullptr;
}

Result<abi::IRun1*> HostRunSet::one(std::optional<std::uint64_t> cell, const std::string& who) {
    const std::uint64_t cells = m_runs.size();
    if (cells == 0) return refused(who + " holds nothing that could be read: no cell of it is done.");
    if (!cell && cells > 1)
        return badRequest(who + " holds " + std::to_string(cells) +
                          " cells. Name one of them: RUN#0 to RUN#" + std::to_string(cells - 1) + ".");
    if (cell.value_or(0) >= cells)
        return badRequest(who + " has no cell " + std::to_string(*cell) + "; it holds " +
                          std::to_string(cells) + ".");
    return at(cell.value_or(0));
}

int32_t HostRunSet::describe(abi::ISink* json, abi::ISink* error) noexcept {
    return boundary::guarded(error, [&]() -> int32_t {
        send(json, m_description.dump());
        return abi::kOk;
    });
}

}  // namespace latent::engine
