// SPDX-License-Identifier: GPL-3.0-or-later
// Everything that can be done in the window, by id; the menus and the palette are made from it.
#include <QApplication>
#include <QClipboard>
#include <QDesktopServices>
#include <QDockWidget>
#include <QMenuBar>
#include <QPushButton>
#include <QUrl>

#include "desktop/around/about.hpp"
#include "desktop/around/actions.hpp"
#include "desktop/around/command_palette.hpp"
#include "desktop/around/manual.hpp"
#include "desktop/around/plugin_manager.hpp"
#include "desktop/around/run_source.hpp"
#include "desktop/around/settings.hpp"
#include "desktop/around/settings_dialog.hpp"
#include "desktop/around/share_folder.hpp"
#include "desktop/around/shortcuts_dialog.hpp"
#include "desktop/board/figure_board.hpp"
#include "desktop/panels/panel_libraries.hpp"
#include "desktop/runs/compare.hpp"
#include "desktop/runs/runs_panel.hpp"
#include "desktop/theme/icon.hpp"
#include "desktop/window/form_dock.hpp"
#include "desktop/window/main_window.hpp"
#include "desktop/window/split_tabs.hpp"

namespace latent::desktop {

void MainWindow::makeActions() {
    m_actions = std::make_unique<ActionRegistry>(m_settings.store(), this);
    const auto add = [this](const char* id, const QString& group, const QString& title, const char* iconName,
                            const QKeySequence& shortcut, std::function<void()> run) {
        return m_actions->add({.id = QLatin1String(id),
                               .title = title,
                               .group = group,
                               .icon = QLatin1String(iconName),
                               .detail = {},
                               .shortcut = shortcut,
                               .run = std::move(run)});
    };
    const QString file = tr("File"), edit = tr("Edit"), run = tr("Run"), view = tr("View"), help = tr("Help");
    const auto selected = [this](void (JobQueue::*call)(const std::filesystem::path&)) {
        return [this, call] {
            if (StudyPage* page = study(); page && !page->run().empty()) (m_bench.jobs().*call)(page->run());
        };
    };
    add("file.workspace", file, tr("Open a workspace…"), "folder", QKeySequence::Open,
        [this] { chooseWorkspace(); });
    add("file.tour", file, tr("Take the tour"), "play", {}, [this] { startTour(); });
    add("file.welcome", file, tr("Welcome page"), "house", {}, [this] { openWelcome(); });
    add("file.export", file, tr("Export the figures of this page…"), "export",
        QKeySequence(QStringLiteral("Ctrl+E")), [this] { exportPage(); });
    add("file.report", file, tr("Report over the selected runs"), "report",
        QKeySequence(QStringLiteral("Ctrl+Shift+E")), [this] { reportRuns(m_runsPanel->selection()); });
    add("file.quit", file, tr("Quit"), "", QKeySequence(QStringLiteral("Ctrl+Q")), [this] { close(); });

    QAction* undo = add("edit.undo", edit, tr("Undo"), "undo", QKeySequence(QStringLiteral("Ctrl+Z")),
                        [this] { m_bench.undo().undo(); });
    QAction* redo = add("edit.redo", edit, tr("Redo"), "redo", QKeySequence(QStringLiteral("Ctrl+Shift+Z")),
                        [this] { m_bench.undo().redo(); });
    undo->setEnabled(false);
    redo->setEnabled(false);
    connect(&m_bench.undo(), &QUndoStack::canUndoChanged, undo, &QAction::setEnabled);
    connect(&m_bench.undo(), &QUndoStack::canRedoChanged, redo, &QAction::setEnabled);
    connect(&m_bench.undo(), &QUndoStack::undoTextChanged, undo, [undo](const QString& what) {
        undo->setText(what.isEmpty() ? MainWindow::tr("Undo") : MainWindow::tr("Undo %1").arg(what));
    });
    add("edit.settings", edit, tr("Settings…"), "settings", QKeySequence(QStringLiteral("Ctrl+,")),
        [this] { SettingsDialog(m_settings, this).exec(); });
    add("edit.shortcuts", edit, tr("Keyboard shortcuts…"), "keyboard", QKeySequence(QStringLiteral("Ctrl+/")),
        [this] { ShortcutsDialog(*m_actions, this).exec(); });

    add("run.start", run, tr("Run"), "play", QKeySequence(QStringLiteral("F5")), [this] { m_form->run(); });
    add("run.pause", run, tr("Pause at a checkpoint"), "pause", QKeySequence(QStringLiteral("F6")),
        selected(&JobQueue::pause));
    add("run.resume", run, tr("Resume"), "resume", QKeySequence(QStringLiteral("Shift+F6")),
        selected(&JobQueue::resume));
    add("run.stop", run, tr("Stop"), "stop", QKeySequence(QStringLiteral("Shift+F5")),
        selected(&JobQueue::stop));
    add("run.checkpoint", run, tr("Checkpoint now"), "checkpoint", {}, selected(&JobQueue::checkpoint));
    add("run.clone", run, tr("Clone into the form"), "clone", {}, [this] {
        if (study() && !study()->run().empty()) cloneRun(QString::fromStdString(study()->run().string()));
    });
    add("run.compare", run, tr("Compare the selected runs"), "compare",
        QKeySequence(QStringLiteral("Ctrl+Shift+C")), [this] { compareRuns(m_runsPanel->selection()); });
    add("run.command", run, tr("Copy as command line"), "copy", {}, [this] {
        if (m_form->form()) m_form->form()->copyCommandLine();
    });
    add("run.folder", run, tr("Open the run's folder"), "folder", {}, [this] {
        if (study() && !study()->run().empty())
            QDesktopServices::openUrl(QUrl::fromLocalFile(QString::fromStdString(study()->run().string())));
    });

    add("view.palette", view, tr("Find anything"), "search", QKeySequence(QStringLiteral("Ctrl+K")),
        [this] { m_palette->open(); });
    add("view.data", view, tr("Data"), "data", QKeySequence(QStringLiteral("Ctrl+1")), [this] {
        if (study()) study()->showPanel(StudyPage::Panel::Data);
    });
    add("view.training", view, tr("Training"), "experiment", QKeySequence(QStringLiteral("Ctrl+2")), [this] {
        if (study()) study()->showPanel(StudyPage::Panel::Training);
    });
    add("view.visualisation", view, tr("Visualisation"), "zoom", QKeySequence(QStringLiteral("Ctrl+3")),
        [this] {
            if (study()) study()->showPanel(StudyPage::Panel::Visualisation);
        });
    add("view.claims", view, tr("Claims"), "claim", QKeySequence(QStringLiteral("Ctrl+4")), [this] {
        if (study()) study()->showPanel(StudyPage::Panel::Claims);
    });
    add("view.split", view, tr("Move this page to the right"), "split",
        QKeySequence(QStringLiteral("Ctrl+\\")), [this] { m_tabs->splitCurrent(); });
    add("view.left", view, tr("Move this page to the left"), "split",
        QKeySequence(QStringLiteral("Ctrl+Shift+\\")), [this] { m_tabs->moveCurrent(-1); });
    add("view.unsplit", view, tr("All pages in one pane"), "", {}, [this] { m_tabs->unsplit(); });
    add("view.next", view, tr("Next page"), "", QKeySequence(QStringLiteral("Ctrl+Tab")),
        [this] { m_tabs->nextPage(1); });
    add("view.previous", view, tr("Previous page"), "", QKeySequence(QStringLiteral("Ctrl+Shift+Tab")),
        [this] { m_tabs->nextPage(-1); });
    add("view.close", view, tr("Close this page"), "close", QKeySequence(QStringLiteral("Ctrl+W")),
        [this] { m_tabs->closeCurrent(); });
    add("view.runs", view, tr("Find runs"), "runs", QKeySequence(QStringLiteral("Ctrl+R")),
        [this] { m_runsPanel->focusFilter(); });
    add("view.theme", view, tr("Light or dark"), "theme", QKeySequence(QStringLiteral("Ctrl+Shift+T")),
        [this] {
            m_settings.setTheme(theme().isDark() ? ThemeManager::Choice::Light : ThemeManager::Choice::Dark);
        });
    add("view.full", view, tr("Full screen"), "maximise", QKeySequence(QStringLiteral("F11")),
        [this] { isFullScreen() ? showNormal() : showFullScreen(); });
    add("view.reset", view, tr("Reset the layout"), "reset", {}, [this] { resetLayout(); });

    add("help.manual", help, tr("Manual"), "manual", QKeySequence::HelpContents,
        [this] { openManual(QStringLiteral("index")); });
    add("help.plugins", help, tr("Plugins…"), "plugin", {}, [this] {
        PluginManager manager(engine::CatalogSettings::standard(m_bench.safeMode()), this);
        manager.setLoadedPanels(PanelLibraries::instance().loaded());
        connect(&manager, &PluginManager::changed, &m_bench, &Workbench::rescan);
        manager.exec();
    });
    add("help.about", help, tr("About Latent Workbench"), "info", {}, [this] { AboutDialog(this).exec(); });
}

void MainWindow::makeMenus() {
    QMenu* menu = nullptr;
    QString group;
    QMenu* viewMenu = nullptr;
    for (const ActionRegistry::Entry& entry : m_actions->entries()) {
        if (entry.group != group) {
            group = entry.group;
            menu = menuBar()->addMenu(group);
            if (entry.id.startsWith(QLatin1String("view."))) viewMenu = menu;
        }
        menu->addAction(entry.action);
    }
    if (!viewMenu) return;
    viewMenu->addSeparator();
    QMenu* docks = viewMenu->addMenu(tr("Docks"));
    for (QDockWidget* dock : findChildren<QDockWidget*>()) docks->addAction(dock->toggleViewAction());
}

void MainWindow::makePalette() {
    m_palette = new CommandPalette(m_settings.store(), this);
    m_palette->addSource(m_actions.get(), QLatin1Char('>'));
    auto experiments = std::make_unique<ListSource>([this] {
        std::vector<PaletteEntry> entries;
        for (const ExperimentInfo& info : m_bench.experiments()) {
            const QString id = QString::fromStdString(info.id);
            entries.push_back({QStringLiteral("experiment:") + id,
                               QString::fromStdString(info.title),
                               QString::fromStdString(info.id + " · " + info.summary),
                               tr("Experiments"),
                               {},
                               icon(QStringLiteral("experiment")),
                               [this, id] { openExperiment(id); }});
        }
        return entries;
    });
    auto runs = std::make_unique<RunSource>([this](const QString& folder) { openRun(folder); });
    runs->setWorkspace(m_bench.workspace());
    m_runSource = runs.get();
    auto manual = std::make_unique<ManualSource>(
        shareFolder() + QStringLiteral("/manual"),
        [this](const QString& page, const QString& anchor) { openManual(page, anchor); });
    m_palette->addSource(experiments.get(), {});
    m_palette->addSource(runs.get(), QLatin1Char('#'));
    m_palette->addSource(manual.get(), QLatin1Char('?'));
    m_sources.push_back(std::move(experiments));
    m_sources.push_back(std::move(runs));
    m_sources.push_back(std::move(manual));
}

/// What can be done now: actions that would do nothing are off, and Run says why.
void MainWindow::updateActions() {
    if (!m_actions) return;
    const StudyPage* page = study();
    const bool run = page && !page->run().empty();
    const std::string state = run && page->snapshot() ? page->snapshot()->status.state : std::string();
    const bool running = state == "running" || state == "elsewhere";
    const auto allow = [this](const char* id, bool isPossible, const QString& whyNot) {
        m_actions->allow(QLatin1String(id), isPossible, whyNot);
    };
    for (const char* id : {"run.pause", "run.checkpoint", "run.stop"})
        allow(id, running, tr("No run of this page is running."));
    allow("run.resume",
          run && page->snapshot() && page->snapshot()->status.resumable && !page->snapshot()->status.alive,
          tr("The run of this page does not wait to be resumed."));
    for (const char* id : {"run.clone", "run.folder"}) allow(id, run, tr("No run is open on this page."));
    for (const char* id : {"view.data", "view.training", "view.visualisation", "view.claims"})
        allow(id, page != nullptr, tr("Open an experiment first."));
    allow("view.split", m_tabs->canMove(1), tr("There is no other page that would stay on the left."));
    allow("view.left", m_tabs->canMove(-1), tr("This page is in the first pane."));
    allow("view.close", m_tabs->current() != nullptr, tr("No page is open."));
    const bool compares = qobject_cast<CompareView*>(m_tabs->current()) != nullptr;
    allow("file.export", compares || (page && page->board()),
          !page ? tr("This page has no figures.")
          : page->panel() == StudyPage::Panel::Claims
              ? tr("Claims are exported with the report.")
              : tr("This panel is the plugin's own; the figures are on the tab beside it."));
    const qsizetype chosen = m_runsPanel->selection().size();
    allow("run.compare", chosen >= 2, tr("Select two or more runs on the left first."));
    allow("file.report", chosen >= 1, tr("Select one or more runs on the left first."));
    const QString why = m_form->hindrance();
    // With a wrong value F5 stays on: it goes to the field and says what is wrong.
    allow("run.start", m_form->form() != nullptr, why);
    allow("run.command", m_form->form() && m_form->form()->resolution().valid(), why);
    if (m_run) {
        m_run->setEnabled(why.isEmpty());
        m_run->setToolTip(why.isEmpty() ? tr("Run with these parameters (F5)") : why);
    }
}

}  // namespace latent::desktop
