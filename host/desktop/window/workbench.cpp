// SPDX-License-Identifier: GPL-3.0-or-later
#include "desktop/window/workbench.hpp"

#include <QDateTime>
#include <algorithm>

#include "desktop/live/run_title.hpp"
#include "engine/files/operations.hpp"
#include "engine/store/layout.hpp"

namespace latent::desktop {
namespace {

engine::PluginCatalog scan(bool safeMode) { return engine::PluginCatalog::scan(engine::CatalogSettings::standard(safeMode)); }

}  // namespace

Workbench::Workbench(const std::filesystem::path& workspace, bool safeMode, std::optional<engine::PluginCatalog> scanned, QObject* parent)
    : QObject(parent), m_safeMode(safeMode), m_catalog(scanned ? *std::move(scanned) : scan(safeMode)), m_runs(this), m_jobs(m_runs, this), m_list(this) {
    nameRuns();
    setWorkspace(workspace);
    connect(&m_jobs, &JobQueue::ended, &m_list, &RunList::refresh);
}

Workbench::~Workbench() = default;

void Workbench::setWorkspace(const std::filesystem::path& workspace) {
    m_workspace = workspace;
    m_undo.clear();
    m_jobs.setWorkspace(workspace);
    m_list.setWorkspace(workspace);
    Q_EMIT workspaceChanged();
}

void Workbench::rescan() {
    m_catalog = scan(m_safeMode);
    nameRuns();
    m_list.retitle();
    Q_EMIT pluginsChanged();
}

/// Runs are called by what differs from the presets of their experiment.
void Workbench::nameRuns() {
    for (const ExperimentInfo& info : experiments()) RunTitles::setExperiment(info.id, info.schema);
}

std::vector<ExperimentInfo> Workbench::experiments() const {
    std::vector<ExperimentInfo> all;
    for (const engine::PluginEntry& plugin : m_catalog.plugins()) {
        std::vector<std::string> probes, sources;
        for (const engine::Contribution& c : plugin.contributions) {
            if (c.kind == "probe") probes.push_back(c.id);
            if (c.kind == "data_source") sources.push_back(c.id);
        }
        for (const engine::Contribution& c : plugin.contributions) {
            if (c.kind != "experiment" && c.kind != "data_source") continue;
            if (!c.refusal.empty()) continue;
            auto schema = engine::SchemaModel::fromJson(c.description->value("schema", nlohmann::json::object()), "The parameters of " + c.id);
            if (!schema) continue;  // cannot be: the admission has checked it
            ExperimentInfo info{c.id, c.title, c.summary, c.kind, plugin.id, plugin.title, *std::move(schema), 0, probes, sources};
            if (const auto claims = c.description->find("claims"); claims != c.description->end()) info.claims = claims->size();
            all.push_back(std::move(info));
        }
    }
    return all;
}

std::optional<ExperimentInfo> Workbench::experiment(const std::string& id) const {
    for (ExperimentInfo& info : experiments())
        if (info.id == id) return std::move(info);
    return std::nullopt;
}

/// Runs that fit, of those that the list shows; data sets are runs of data sources.
std::vector<RunChoice> Workbench::runs(const engine::ParameterModel& parameter) const {
    std::vector<std::pair<double, RunChoice>> fitting;
    const bool wantsData = parameter.type == engine::ParameterType::Dataset;
    for (int row = 0; row < m_list.rowCount(); ++row) {
        const engine::IndexedRun* run = m_list.run(row);
        if (!run || (wantsData && run->kind != "data_source")) continue;
        if (!parameter.from.empty() && std::find(parameter.from.begin(), parameter.from.end(), run->experiment) == parameter.from.end()) continue;
        RunChoice choice;
        choice.path = QString::fromStdString(run->folder.string());
        choice.title = m_list.title(row);
        choice.detail = QDateTime::fromSecsSinceEpoch(static_cast<qint64>(run->created)).toString(QStringLiteral("yyyy-MM-dd HH:mm")) + QStringLiteral(" · ") + QString::fromStdString(run->state);
        fitting.emplace_back(run->created, std::move(choice));
    }
    std::stable_sort(fitting.begin(), fitting.end(), [](const auto& a, const auto& b) { return a.first > b.first; });
    std::vector<RunChoice> choices;
    for (auto& [created, choice] : fitting) choices.push_back(std::move(choice));
    return choices;
}

std::vector<QString> Workbench::checkpoints(const QString& path) const {
    std::vector<QString> numbers;
    if (const auto files = engine::listFolder(engine::layout::checkpoints(path.toStdString())))
        for (const std::string& file : *files)
            if (const auto number = engine::layout::numberOf(file, ".h5")) numbers.push_back(QString::fromStdString(engine::layout::sixDigits(*number)));
    return numbers;
}

}  // namespace latent::desktop
