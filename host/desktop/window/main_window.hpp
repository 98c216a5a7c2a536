// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// The window: experiments and runs on the left, pages in the centre, the form on the right, jobs and log below.
//
// It only connects the parts: each part does its work and says with signals what it wants of the others. Everything that a
// person can do has an id in the ActionRegistry, and so a menu entry, a place in the palette and a shortcut. UI thread only.
//
//     MainWindow window({.workspace = folder, .safeMode = false}, settings);
//     window.restore();
//     window.show();

#include <QMainWindow>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>

#include "desktop/around/message_bar.hpp"
#include "desktop/window/study_page.hpp"
#include "desktop/window/workbench.hpp"

class QLabel;
class QPushButton;

namespace latent::desktop {

class ActionRegistry;
class CommandPalette;
class ExperimentTree;
class FormDock;
class JobsPanel;
class LayoutUndo;
class LogPanel;
class PagesUndo;
class SessionKeeper;
class ManualView;
class RunsPanel;
class RunSource;
class Settings;
class SplitTabs;

struct WindowOrder {
    std::filesystem::path workspace;
    bool safeMode = false;
    std::optional<engine::PluginCatalog> scanned =
        {};                     ///< the plugins, where they have been looked at already
    bool panelsInFront = true;  ///< false: a session's page with a plugin's own panel opens on its figures
};

class MainWindow : public QMainWindow {
    Q_OBJECT
  public:
    MainWindow(WindowOrder order, Settings& settings, QWidget* parent = nullptr);
    ~MainWindow() override;

    Workbench& bench() { return m_bench; }
    ActionRegistry& actions() { return *m_actions; }
    SplitTabs& tabs() { return *m_tabs; }
    FormDock& form() { return *m_form; }
    RunsPanel& runsPanel() { return *m_runsPanel; }
    MessageBar& messages() { return *m_messages; }
    CommandPalette& palette() { return *m_palette; }

    /// The layout and pages of this workspace as they were; a welcome page the first time.
    void restore();
    void save();

  public Q_SLOTS:
    void openExperiment(const QString& experiment);
    void openRun(const QString& run);
    void compareRuns(const QStringList& runs);
    void cloneRun(const QString& run);
    void reportRuns(const QStringList& runs);
    void openWorkspace(const QString& folder);
    void openManual(const QString& page, const QString& anchor = {});
    void openWelcome();
    /// Starts the studies of the SIM paper in the workspace `tour` and opens their figures.
    void startTour();
    void runSample(const QString& file);
    /// What was dropped on the window: a run, a workspace, a sweep's file.
    void openPaths(const QStringList& paths);
    void say(MessageBar::Level level, const QString& sentence);

  protected:
    void closeEvent(QCloseEvent* event) override;
    void dragEnterEvent(QDragEnterEvent* event) override;
    void dropEvent(QDropEvent* event) override;

  private:
    /// Of saveState(): raised when docks are renamed, so that an old layout is not forced on them.
    static constexpr int kLayoutVersion = 1;

    // main_window.cpp
    void makeTopBar();
    void makeCentre();
    void makeDocks();
    void showStatus();
    void resetLayout();
    void proportionDocks();
    // window_actions.cpp
    void makeActions();
    void makeMenus();
    void makePalette();
    void updateActions();
    // window_pages.cpp
    StudyPage* study() const;
    StudyPage* studyOf(const std::string& experiment) const;
    StudyPage* makeStudy(const std::string& experiment);
    StudyPage* addStudy(ExperimentInfo info);
    void openLone(const std::filesystem::path& run);
    void receiveLone(const RunSnapshotPtr& snapshot);
    void showRun(const std::filesystem::path& run, const std::string& experiment);
    QWidget* pageOfKind(const char* kind) const;
    void pageChanged(QWidget* page);
    void useValues(const ExperimentInfo& info, const nlohmann::json& values);
    void makeRoom(bool wanted);
    void chooseWorkspace();
    void queueSample(const QString& file, const QStringList& more,
                     std::function<void(const QString& run)> made);
    StudyPage* openTourPage(const char* experiment);
    void goOnTour();
    void exportPage();
    void sayExported(const QStringList& files);
    void showFormValues();
    // window_session.cpp
    void makeKeeper();
    QVariantMap stateOf(QWidget* page) const;
    QVariantMap pageStates() const;
    QVariantMap sessionState(const QByteArray& docks) const;
    QWidget* openPage(QVariantMap state);
    void restorePages(const QVariantMap& state);
    void reopenPages();
    void layOutPanes(const std::map<double, QList<QWidget*>>& panes);
    QString otherWindowWords() const;

    Settings& m_settings;
    Workbench m_bench;
    std::unique_ptr<ActionRegistry> m_actions;
    std::vector<std::unique_ptr<class PaletteSource>> m_sources;
    RunSource* m_runSource = nullptr;
    CommandPalette* m_palette = nullptr;
    MessageBar* m_messages = nullptr;
    QMetaObject::Connection m_tourStart;  ///< waits for the list of runs
    SplitTabs* m_tabs = nullptr;
    ExperimentTree* m_tree = nullptr;
    RunsPanel* m_runsPanel = nullptr;
    FormDock* m_form = nullptr;
    JobsPanel* m_jobsPanel = nullptr;
    LogPanel* m_log = nullptr;
    QPushButton *m_workspaceButton = nullptr, *m_search = nullptr, *m_run = nullptr;
    QLabel *m_cores = nullptr, *m_count = nullptr;
    QByteArray m_standardLayout, m_layoutBeforeRoom;
    LayoutUndo* m_layoutUndo = nullptr;
    PagesUndo* m_pagesUndo = nullptr;
    SessionKeeper* m_keeper = nullptr;
    /// A page of the session that cannot be opened now.
    struct Unopened {
        std::size_t place;  ///< among all pages
        double
            pane;  ///< between two whole numbers: of a pane that it would have for itself, between those two
        QVariantMap state;
    };
    std::vector<Unopened> m_unopened;
    std::set<std::filesystem::path> m_lone;  ///< files of runs whose request is being read
    bool m_panelsInFront = true;
    bool m_hasMadeRoom = false;  ///< the form is hidden while questions are asked
    bool m_restoring = false;
};

}  // namespace latent::desktop
