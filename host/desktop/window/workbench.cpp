// SPDX-License-Identifier: GPL-3.0-or-later
#include "desktop/window/workbench.hpp"

#include <QDateTime>
#include <algorithm>

#include "engine/files/operations.hpp"
#include "engine/store/layout.hpp"

namespace latent::desktop {
namespace {

engine::PluginCatalog scan(bool safeMode) {
    engine::CatalogSettings settings = engine::CatalogSettings::standard();
    settings.safeMode = safeMode;
    return engine::PluginCatalog::scan(std::move(settings));
}

}  // namespace

Workbench::Workbench(const std::filesystem::path& workspace, bool safeMode, QObject* parent)
    : QObject(parent), m_safeMode(safeMode), m_catalog(scan(safeMode)), m_runs(this), m_jobs(m_runs, this), m_list(this) {
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
    Q_EMIT pluginsChanged();
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

/// Finished runs of the list; which checkpoints they hold is a look into one folder.
std::vector<RunChoice> Workbench::runs(const std::vector<std::string>& from) const {
    std::vector<RunChoice> choices;
    for (int row = 0; row < m_list.rowCount(); ++row) {
        const engine::IndexedRun* run = m_list.run(row);
        if (!run || (!from.empty() && std::find(from.begin(), from.end(), run->experiment) == from.end())) continue;
        RunChoice choice;
        choice.path = QString::fromStdString(run->folder.string());
        choice.title = QString::fromStdString(run->experiment);
        choice.detail = QDateTime::fromSecsSinceEpoch(static_cast<qint64>(run->created)).toString(QStringLiteral("yyyy-MM-dd HH:mm"));
        if (const auto files = engine::listFolder(engine::layout::checkpoints(run->folder)))
            for (const std::string& file : *files)
                if (const auto number = engine::layout::numberOf(file, ".h5")) choice.checkpoints.push_back(QString::fromStdString(engine::layout::sixDigits(*number)));
        choices.push_back(std::move(choice));
    }
    return choices;
}

}  // namespace latent::desktop
