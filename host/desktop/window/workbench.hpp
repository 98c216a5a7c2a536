// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// What every page of one window shares: the workspace, the plugins, live runs, the job queue, the list of runs, undo.
//
// One for each window; pages hold a reference and never outlive it. UI thread only.
//
//     Workbench bench(folder, {.safeMode = false});
//     std::optional<ExperimentInfo> info = bench.experiment("sim/theory");
//     bench.jobs().add(order, made);

#include <QObject>
#include <QUndoStack>
#include <filesystem>
#include <memory>
#include <optional>
#include <vector>

#include "desktop/form/parameter_form.hpp"
#include "desktop/jobs/job_queue.hpp"
#include "desktop/live/run_service.hpp"
#include "desktop/runs/run_list.hpp"
#include "engine/parameters/schema_model.hpp"
#include "engine/plugins/catalog.hpp"

namespace latent::desktop {

/// An experiment or data source as the window needs it.
struct ExperimentInfo {
    std::string id, title, summary, kind;  ///< kind: experiment | data_source
    std::string plugin, pluginTitle;
    engine::SchemaModel schema;
    std::size_t claims = 0;
    std::vector<std::string> probes;  ///< that open its runs by the manifest; else of its study ("sim/…")
    std::vector<std::string>
        dataSources;  ///< of the same plugin, and of the same study ("sim/…") where there are any
    bool isAbsent =
        false;  ///< its plugin is not here, or cannot be used: only figures of its runs can be shown
};

class Workbench : public QObject, public RunChooser {
    Q_OBJECT
  public:
    /// `scanned`: the plugins, where they have been looked at already.
    Workbench(const std::filesystem::path& workspace, bool safeMode,
              std::optional<engine::PluginCatalog> scanned = {}, QObject* parent = nullptr);
    ~Workbench() override;

    const std::filesystem::path& workspace() const { return m_workspace; }
    void setWorkspace(const std::filesystem::path& workspace);
    bool safeMode() const { return m_safeMode; }

    const engine::PluginCatalog& catalog() const { return m_catalog; }
    /// Looks at the plugins again, after trust or disabling.
    void rescan();
    const std::vector<ExperimentInfo>& experiments() const { return m_experiments; }
    std::optional<ExperimentInfo> experiment(const std::string& id) const;
    /// What is known of an experiment whose plugin is absent: its name, and why.
    ExperimentInfo absent(const std::string& id) const;

    RunService& runs() { return m_runs; }
    JobQueue& jobs() { return m_jobs; }
    RunList& list() { return m_list; }
    QUndoStack& undo() { return m_undo; }

    std::vector<RunChoice> runs(const engine::ParameterModel& parameter) const override;
    std::vector<QString> checkpoints(const QString& path) const override;

  Q_SIGNALS:
    void workspaceChanged();
    void pluginsChanged();

  private:
    void readExperiments();
    std::filesystem::path m_workspace;
    bool m_safeMode;
    engine::PluginCatalog m_catalog;
    std::vector<ExperimentInfo> m_experiments;  ///< of the catalog
    RunService m_runs;
    JobQueue m_jobs;
    RunList m_list;
    QUndoStack m_undo;
};

}  // namespace latent::desktop
