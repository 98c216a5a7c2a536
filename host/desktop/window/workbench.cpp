// SPDX-License-Identifier: GPL-3.0-or-later
#include "desktop/window/workbench.hpp"

#include <QDateTime>
#include <algorithm>
#include <iterator>

#include "desktop/live/run_title.hpp"
#include "engine/files/operations.hpp"
#include "engine/store/layout.hpp"

namespace latent::desktop {
namespace {

engine::PluginCatalog scan(bool safeMode) {
    return engine::PluginCatalog::scan(engine::CatalogSettings::standard(safeMode));
}

/// A plugin may hold two studies ("sim/…", "concept/…"): a question about one is none about the other.
std::vector<std::string> ofItsStudy(const std::vector<std::string>& all, const std::string& id) {
    std::vector<std::string> own;
    const std::string study = id.substr(0, id.find('/') + 1);
    for (const std::string& one : all)
        if (one.rfind(study, 0) == 0) own.push_back(one);
    return own.empty() ? all : own;
}

/// The questions to runs of an experiment: those whose manifest names it, and those of its study whose manifest says nothing.
std::vector<std::string> probesFor(const engine::PluginEntry& plugin, const std::string& id) {
    std::vector<std::string> all, own;
    for (const engine::Contribution& c : plugin.contributions)
        if (c.kind == "probe") all.push_back(c.id);
    const std::vector<std::string> study = ofItsStudy(all, id);
    for (const std::string& probe : all) {
        const std::set<std::string>* opens = plugin.opensOf(probe);
        const bool isAsked =
            opens ? opens->count(id) > 0 : std::find(study.begin(), study.end(), probe) != study.end();
        if (isAsked) own.push_back(probe);
    }
    return own;
}

}  // namespace

Workbench::Workbench(const std::filesystem::path& workspace, bool safeMode,
                     std::optional<engine::PluginCatalog> scanned, QObject* parent)
    : QObject(parent),
      m_safeMode(safeMode),
      m_catalog(scanned ? *std::move(scanned) : scan(safeMode)),
      m_runs(this),
      m_jobs(m_runs, this),
      m_list(this) {
    readExperiments();
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
    readExperiments();
    m_list.retitle();
    Q_EMIT pluginsChanged();
}

void Workbench::readExperiments() {
    std::vector<ExperimentInfo> all;
    for (const engine::PluginEntry& plugin : m_catalog.plugins()) {
        std::vector<std::string> sources;
        for (const engine::Contribution& c : plugin.contributions)
            if (c.kind == "data_source") sources.push_back(c.id);
        for (const engine::Contribution& c : plugin.contributions) {
            if (c.kind != "experiment" && c.kind != "data_source") continue;
            if (!c.refusal.empty()) continue;
            auto schema = engine::SchemaModel::fromJson(
                c.description->value("schema", nlohmann::json::object()), "The parameters of " + c.id);
            if (!schema) continue;  // cannot be: the admission has checked it
            ExperimentInfo info{c.id,
                                c.title,
                                c.summary,
                                c.kind,
                                plugin.id,
                                plugin.title,
                                *std::move(schema),
                                0,
                                probesFor(plugin, c.id),
                                ofItsStudy(sources, c.id),
                                false};
            if (const auto claims = c.description->find("claims"); claims != c.description->end())
                info.claims = claims->size();
            all.push_back(std::move(info));
        }
    }
    m_experiments = std::move(all);
    // Runs are called by what differs from the presets of their experiment.
    for (const ExperimentInfo& info : m_experiments) RunTitles::setExperiment(info.id, info.schema);
}

std::optional<ExperimentInfo> Workbench::experiment(const std::string& id) const {
    const auto found = std::find_if(m_experiments.begin(), m_experiments.end(),
                                    [&](const ExperimentInfo& info) { return info.id == id; });
    return found == m_experiments.end() ? std::nullopt : std::optional(*found);
}

ExperimentInfo Workbench::absent(const std::string& id) const {
    const auto why = m_catalog.contribution("experiment", id);
    ExperimentInfo info;
    info.id = info.title = id;
    info.kind = "absent";
    info.summary = why ? std::string() : why.error().message;
    info.isAbsent = true;
    return info;
}

/// Runs that fit; data sets are runs of data sources.
std::vector<RunChoice> Workbench::runs(const engine::ParameterModel& parameter) const {
    std::vector<engine::IndexedRunPtr> fitting;
    const bool wantsData = parameter.type == engine::ParameterType::Dataset;
    for (const auto& [experiment, runs] : m_list.newest()) {
        if (!parameter.from.empty() &&
            std::find(parameter.from.begin(), parameter.from.end(), experiment) == parameter.from.end())
            continue;
        std::copy_if(runs.begin(), runs.end(), std::back_inserter(fitting),
                     [&](const auto& run) { return !wantsData || run->kind == "data_source"; });
    }
    std::stable_sort(fitting.begin(), fitting.end(),
                     [](const auto& a, const auto& b) { return a->created > b->created; });
    std::vector<RunChoice> choices;
    for (const auto& run : fitting) {
        const QDateTime created = QDateTime::fromSecsSinceEpoch(static_cast<qint64>(run->created));
        RunChoice choice;
        choice.path = QString::fromStdString(run->folder.string());
        choice.title = m_list.title(*run);
        choice.detail = created.toString(QStringLiteral("yyyy-MM-dd HH:mm")) + QStringLiteral(" · ") +
                        QString::fromStdString(run->state);
        choices.push_back(std::move(choice));
    }
    return choices;
}

std::vector<QString> Workbench::checkpoints(const QString& path) const {
    std::vector<QString> numbers;
    if (const auto files = engine::listFolder(engine::layout::checkpoints(path.toStdString())))
        for (const std::string& file : *files)
            if (const auto number = engine::layout::numberOf(file, ".h5"))
                numbers.push_back(QString::fromStdString(engine::layout::sixDigits(*number)));
    return numbers;
}

}  // namespace latent::desktop
