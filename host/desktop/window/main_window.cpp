// SPDX-License-Identifier: GPL-3.0-or-later
#include "desktop/window/main_window.hpp"

#include <QCloseEvent>
#include <QDragEnterEvent>
#include <QHBoxLayout>
#include <QLabel>
#include <QMimeData>
#include <QPushButton>
#include <QStatusBar>
#include <QThread>
#include <QToolBar>
#include <QVBoxLayout>
#include <algorithm>

#include "desktop/around/actions.hpp"
#include "desktop/around/command_palette.hpp"
#include "desktop/around/layout_undo.hpp"
#include "desktop/around/run_source.hpp"
#include "desktop/around/settings.hpp"
#include "desktop/jobs/jobs_panel.hpp"
#include "desktop/jobs/log_panel.hpp"
#include "desktop/runs/runs_panel.hpp"
#include "desktop/theme/icon.hpp"
#include "desktop/window/docks.hpp"
#include "desktop/window/experiment_tree.hpp"
#include "desktop/window/form_dock.hpp"
#include "desktop/window/pages_undo.hpp"
#include "desktop/window/session_keeper.hpp"
#include "desktop/window/split_tabs.hpp"

namespace latent::desktop {
namespace {

constexpr int kNavigatorWidth = 260, kFormWidth = 320;

}  // namespace

MainWindow::MainWindow(WindowOrder order, Settings& settings, QWidget* parent)
    : QMainWindow(parent),
      m_settings(settings),
      m_bench(order.workspace, order.safeMode, std::move(order.scanned)),
      m_panelsInFront(order.panelsInFront) {
    setObjectName(QStringLiteral("main"));
    setWindowTitle(tr("Latent Workbench"));
    setAcceptDrops(true);
    setDockNestingEnabled(true);
    setTabPosition(Qt::AllDockWidgetAreas, QTabWidget::North);
    m_bench.jobs().setCoreBudget(settings.coreBudget() > 0 ? settings.coreBudget()
                                                           : std::max(1, QThread::idealThreadCount()));
    connect(&settings, &Settings::coreBudgetChanged, this, [this](int cores) {
        m_bench.jobs().setCoreBudget(cores > 0 ? cores : std::max(1, QThread::idealThreadCount()));
    });
    makeCentre();
    makeDocks();
    makeActions();
    makeTopBar();
    makeMenus();
    makePalette();
    resize(1440, 900);
    m_standardLayout = saveState(kLayoutVersion);
    m_layoutUndo = new LayoutUndo(this, m_bench.undo(), kLayoutVersion);
    makeKeeper();
    connect(m_jobsPanel, &JobsPanel::coresChosen, &settings, &Settings::setCoreBudget);
    connect(&m_bench.jobs(), &JobQueue::changed, this, &MainWindow::showStatus);
    connect(&m_bench.list(), &RunList::refreshed, this, &MainWindow::showStatus);
    connect(&m_bench.jobs(), &JobQueue::problem, this,
            [this](const QString& sentence) { say(MessageBar::Level::Error, sentence); });
    const auto failed = [](const std::filesystem::path& run) {
        return MainWindow::tr("The run %1 failed.").arg(QString::fromStdString(run.filename().string()));
    };
    const auto interrupted = [](const std::filesystem::path& run) {
        return MainWindow::tr("The run %1 was interrupted.")
            .arg(QString::fromStdString(run.filename().string()));
    };
    connect(&m_bench.jobs(), &JobQueue::ended, this,
            [=, this](const std::filesystem::path& run, const QString& state) {
                const bool hasFailed = state == QLatin1String("failed");
                if (!hasFailed && state != QLatin1String("interrupted")) return;
                m_messages->say(hasFailed ? MessageBar::Level::Error : MessageBar::Level::Warning,
                                hasFailed ? failed(run) : interrupted(run), tr("Show"),
                                [this, run] { openRun(QString::fromStdString(run.string())); });
            });
    connect(&m_bench.jobs(), &JobQueue::resumed, this, [=, this](const std::filesystem::path& run) {
        for (const QString& sentence : {failed(run), interrupted(run)}) m_messages->withdraw(sentence);
    });
    connect(&m_bench, &Workbench::workspaceChanged, this, &MainWindow::showStatus);
    showStatus();
    updateActions();
}

/// Pages and docks use the bench, which as a member goes before the children that Qt deletes.
MainWindow::~MainWindow() {
    delete m_keeper;
    delete m_layoutUndo;
    delete m_pagesUndo;
    m_tabs->disconnect(this);
    delete takeCentralWidget();
    qDeleteAll(findChildren<QDockWidget*>());
}

void MainWindow::makeCentre() {
    auto* centre = new QWidget(this);
    auto* column = new QVBoxLayout(centre);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    m_messages = new MessageBar(centre);
    m_tabs = new SplitTabs(centre);
    column->addWidget(m_messages);
    column->addWidget(m_tabs, 1);
    setCentralWidget(centre);
    connect(m_tabs, &SplitTabs::currentChanged, this, &MainWindow::pageChanged);
}

void MainWindow::makeDocks() {
    m_tree = new ExperimentTree(m_bench, this);
    m_runsPanel = new RunsPanel(m_bench.list(), this);
    m_form = new FormDock(m_bench, this);
    m_jobsPanel = new JobsPanel(m_bench.jobs(), this);
    m_log = new LogPanel(m_bench.jobs(), this);
    QDockWidget* experiments = makeDock("dock.experiments", tr("Experiments"), m_tree, this);
    QDockWidget* runs = makeDock("dock.runs", tr("Runs"), m_runsPanel, this);
    QDockWidget* parameters = makeDock("dock.parameters", tr("Parameters"), m_form, this);
    QDockWidget* jobs = makeDock("dock.jobs", tr("Jobs"), m_jobsPanel, this);
    QDockWidget* log = makeDock("dock.log", tr("Log"), m_log, this);
    setCorner(Qt::BottomLeftCorner, Qt::BottomDockWidgetArea);
    setCorner(Qt::BottomRightCorner, Qt::BottomDockWidgetArea);
    addDockWidget(Qt::LeftDockWidgetArea, experiments);
    addDockWidget(Qt::LeftDockWidgetArea, runs);
    addDockWidget(Qt::RightDockWidgetArea, parameters);
    addDockWidget(Qt::BottomDockWidgetArea, jobs);
    tabifyDockWidget(jobs, log);
    jobs->raise();
    proportionDocks();

    connect(m_tree, &ExperimentTree::chosen, this, &MainWindow::openExperiment);
    connect(m_tree, &ExperimentTree::pluginsAsked, this,
            [this] { (*m_actions)[QStringLiteral("help.plugins")]->trigger(); });
    connect(m_runsPanel, &RunsPanel::openRun, this, &MainWindow::openRun);
    connect(m_runsPanel, &RunsPanel::compareRuns, this, &MainWindow::compareRuns);
    connect(m_runsPanel, &RunsPanel::cloneRun, this, &MainWindow::cloneRun);
    connect(m_runsPanel, &RunsPanel::reportRuns, this, &MainWindow::reportRuns);
    connect(m_runsPanel, &RunsPanel::resumeRun, &m_bench.jobs(), &JobQueue::resume);
    connect(m_runsPanel, &RunsPanel::problem, this,
            [this](const QString& sentence) { say(MessageBar::Level::Error, sentence); });
    connect(m_runsPanel, &RunsPanel::selectionChanged, this, &MainWindow::updateActions);
    connect(m_jobsPanel, &JobsPanel::openRun, this,
            [this](const std::filesystem::path& run) { openRun(QString::fromStdString(run.string())); });
    connect(m_jobsPanel, &JobsPanel::selected, m_log, &LogPanel::showJob);
    connect(m_form, &FormDock::readyChanged, this, &MainWindow::updateActions);
    connect(m_form, &FormDock::readyChanged, this, &MainWindow::showFormValues);
    connect(m_form, &FormDock::experimentPasted, this, &MainWindow::openExperiment);
    connect(m_form, &FormDock::message, this,
            [this](const QString& sentence) { say(MessageBar::Level::Error, sentence); });
    connect(m_form, &FormDock::started, this,
            [this](const QString& experiment, const std::filesystem::path& run) {
                openExperiment(experiment);
                if (StudyPage* page = studyOf(experiment.toStdString())) {
                    page->setRun(run);
                    if (page->panel() == StudyPage::Panel::Data || page->panel() == StudyPage::Panel::Claims)
                        page->showPanel(StudyPage::Panel::Training);
                }
                m_bench.list().refresh();
            });
}

void MainWindow::makeTopBar() {
    auto* bar = new QToolBar(tr("Top bar"), this);
    bar->setObjectName(QStringLiteral("bar.top"));
    bar->setMovable(false);
    bar->setContextMenuPolicy(Qt::PreventContextMenu);
    auto* content = new QWidget(bar);
    auto* row = new QHBoxLayout(content);
    row->setContentsMargins(space::groups, space::inside, space::groups, space::inside);
    row->setSpacing(space::between);
    auto* name = new QLabel(tr("Latent Workbench"), content);
    name->setProperty("look", "heading");
    m_workspaceButton = new QPushButton(icon(QStringLiteral("folder")), QString(), content);
    m_workspaceButton->setProperty("look", "flat");
    m_workspaceButton->setAccessibleName(tr("Workspace"));
    m_search =
        new QPushButton(icon(QStringLiteral("search")), tr("Find an action, experiment or run"), content);
    m_search->setProperty("look", "search");
    m_search->setMinimumWidth(240);
    m_search->setMaximumWidth(440);
    m_search->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    m_search->setAccessibleName(tr("Find an action, experiment or run"));
    auto* inSearch = new QHBoxLayout(m_search);
    inSearch->setContentsMargins(0, 0, space::between, 0);
    auto* keys = new QLabel(m_search);
    keys->setProperty("look", "small");
    keys->setAttribute(Qt::WA_TransparentForMouseEvents);
    inSearch->addStretch();
    inSearch->addWidget(keys);
    const auto showKeys = [this, keys] {
        keys->setText(
            (*m_actions)[QStringLiteral("view.palette")]->shortcut().toString(QKeySequence::NativeText));
    };
    connect(m_actions.get(), &ActionRegistry::shortcutsChanged, keys, showKeys);
    showKeys();
    m_run = new QPushButton(icon(QStringLiteral("play"), Tint::OnAccent), tr("Run (F5)"), content);
    m_run->setProperty("look", "primary");
    m_run->setMinimumWidth(120);
    row->addWidget(name);
    row->addWidget(m_workspaceButton);
    row->addStretch(1);
    row->addWidget(m_search, 4);
    row->addStretch(1);
    row->addWidget(m_run);
    content->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Preferred);
    bar->addWidget(content);
    addToolBar(Qt::TopToolBarArea, bar);
    connect(m_workspaceButton, &QPushButton::clicked, this, &MainWindow::chooseWorkspace);
    connect(m_search, &QPushButton::clicked, this, [this] { m_palette->open(); });
    connect(m_run, &QPushButton::clicked, m_form, &FormDock::run);
    m_cores = new QLabel(this);
    m_count = new QLabel(this);
    for (QLabel* label : {m_cores, m_count}) label->setProperty("look", "small");
    statusBar()->setSizeGripEnabled(false);
    statusBar()->setContentsMargins(space::between, 0, space::between, 0);
    statusBar()->addWidget(m_cores, 1);
    statusBar()->addPermanentWidget(m_count);
}

void MainWindow::showStatus() {
    const QString workspace = QString::fromStdString(m_bench.workspace().filename().string());
    m_workspaceButton->setText(workspace.isEmpty() ? QString::fromStdString(m_bench.workspace().string())
                                                   : workspace);
    m_workspaceButton->setToolTip(
        tr("Workspace: %1").arg(QString::fromStdString(m_bench.workspace().string())));
    int running = 0, queued = 0;
    for (const Job& job : m_bench.jobs().jobs()) {
        running += job.state == "running";
        queued += job.state == "queued";
    }
    QString words =
        tr("%1 of %2 cores in use").arg(m_bench.jobs().coresInUse()).arg(m_bench.jobs().coreBudget());
    if (running > 0) words += QStringLiteral(" · ") + tr("%n running", nullptr, running);
    if (queued > 0) words += QStringLiteral(" · ") + tr("%n queued", nullptr, queued);
    if (m_bench.safeMode()) words += QStringLiteral(" · ") + tr("safe mode: only the program's own plugins");
    m_cores->setText(words);
    const int count = m_bench.list().rowCount();
    m_count->setText(count == 1 ? tr("1 run") : tr("%L1 runs").arg(count));
}

void MainWindow::say(MessageBar::Level level, const QString& sentence) { m_messages->say(level, sentence); }

void MainWindow::resetLayout() {
    restoreState(m_standardLayout, kLayoutVersion);
    for (QDockWidget* dock : findChildren<QDockWidget*>()) dock->setFloating(false), dock->show();
    m_tabs->unsplit();
    proportionDocks();
}

/// The sides as wide as their words need, the jobs a sixth of the height: the rest is for figures.
void MainWindow::proportionDocks() {
    const auto dock = [this](const char* name) { return findChild<QDockWidget*>(QLatin1String(name)); };
    resizeDocks({dock("dock.experiments"), dock("dock.parameters")}, {kNavigatorWidth, kFormWidth},
                Qt::Horizontal);
    resizeDocks({dock("dock.experiments"), dock("dock.runs")}, {320, 360}, Qt::Vertical);
    resizeDocks({dock("dock.jobs")}, {std::clamp(height() / 6, 96, 150)}, Qt::Vertical);
}

void MainWindow::closeEvent(QCloseEvent* event) {
    save();  // jobs are processes of their own and go on
    event->accept();
}

void MainWindow::dragEnterEvent(QDragEnterEvent* event) {
    if (event->mimeData()->hasUrls()) event->acceptProposedAction();
}

void MainWindow::dropEvent(QDropEvent* event) {
    QStringList paths;
    for (const QUrl& url : event->mimeData()->urls())
        if (url.isLocalFile()) paths << url.toLocalFile();
    openPaths(paths);
    event->acceptProposedAction();
}

}  // namespace latent::desktop
