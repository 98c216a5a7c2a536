// SPDX-License-Identifier: GPL-3.0-or-later
// Opening things: experiments, runs, comparisons, manual, workspaces, what is dropped.
#include <QDesktopServices>
#include <QDir>
#include <QDockWidget>
#include <QFileDialog>
#include <QFileInfo>
#include <QPointer>
#include <QUrl>

#include "desktop/around/layout_undo.hpp"
#include "desktop/around/manual.hpp"
#include "desktop/around/run_source.hpp"
#include "desktop/around/settings.hpp"
#include "desktop/around/share_folder.hpp"
#include "desktop/around/welcome.hpp"
#include "desktop/board/figure_board.hpp"
#include "desktop/jobs/latent_command.hpp"
#include "desktop/runs/compare.hpp"
#include "desktop/theme/icon.hpp"
#include "desktop/window/experiment_tree.hpp"
#include "desktop/window/form_dock.hpp"
#include "desktop/window/main_window.hpp"
#include "desktop/window/session_keeper.hpp"
#include "desktop/window/split_tabs.hpp"
#include "engine/jobs/run_status.hpp"
#include "engine/store/layout.hpp"
#include "engine/store/request.hpp"

namespace latent::desktop {
namespace {

constexpr int kTourEpochs = 400;  ///< five to ten seconds: long enough to be watched

std::filesystem::path pathOf(const QString& text) { return std::filesystem::path(text.toStdString()); }

}  // namespace

StudyPage* MainWindow::study() const { return qobject_cast<StudyPage*>(m_tabs->current()); }

StudyPage* MainWindow::studyOf(const std::string& experiment) const {
    for (QWidget* page : m_tabs->pages())
        if (auto* found = qobject_cast<StudyPage*>(page); found && found->info().id == experiment)
            return found;
    return nullptr;
}

QWidget* MainWindow::pageOfKind(const char* kind) const {
    for (QWidget* page : m_tabs->pages())
        if (page->property("kind").toString() == QLatin1String(kind)) return page;
    return nullptr;
}

StudyPage* MainWindow::makeStudy(const std::string& experiment) {
    if (std::optional<ExperimentInfo> info = m_bench.experiment(experiment))
        return addStudy(*std::move(info));
    const std::string why = m_bench.absent(experiment).summary;
    say(MessageBar::Level::Error,
        why.empty() ? tr("The experiment %1 cannot be opened.").arg(QString::fromStdString(experiment))
                    : QString::fromStdString(why));
    return nullptr;
}

StudyPage* MainWindow::addStudy(ExperimentInfo known) {
    std::optional<ExperimentInfo> info = std::move(known);
    const QString title = QString::fromStdString(info->title);
    auto* page = new StudyPage(m_bench, *std::move(info));
    connect(page, &StudyPage::openRunAsked, this,
            [this](const std::filesystem::path& run) { openRun(QString::fromStdString(run.string())); });
    connect(page, &StudyPage::reportAsked, this, &MainWindow::reportRuns);
    connect(page, &StudyPage::resumeAsked, &m_bench.jobs(), &JobQueue::resume);
    connect(page, &StudyPage::message, this,
            [this](const QString& sentence) { say(MessageBar::Level::Warning, sentence); });
    connect(page, &StudyPage::exported, this, &MainWindow::sayExported);
    connect(page, &StudyPage::valuesChosen, this,
            [this, page](const nlohmann::json& values) { useValues(page->info(), values); });
    connect(page, &StudyPage::panelChanged, this, [this, page] {
        if (page == study()) makeRoom(page->asksQuestions());
        updateActions();
    });
    connect(page, &StudyPage::runChanged, this, &MainWindow::updateActions);
    for (const auto signal : {&StudyPage::runChanged, &StudyPage::panelChanged, &StudyPage::edited})
        connect(page, signal, m_keeper, &SessionKeeper::changed);
    connect(page, &StudyPage::stateChanged, this, &MainWindow::updateActions);
    m_tabs->addPage(page, icon(QStringLiteral("experiment")), title);
    return page;
}

void MainWindow::openExperiment(const QString& experiment) {
    StudyPage* page = studyOf(experiment.toStdString());
    if (!page) page = makeStudy(experiment.toStdString());
    if (!page) return;
    m_tabs->show(page);
    m_form->setExperiment(page->info().id);
    m_tree->select(page->info().id);
}

void MainWindow::openRun(const QString& run) {
    const std::filesystem::path path = pathOf(run);
    std::error_code ignored;
    const bool isFile = std::filesystem::is_regular_file(path, ignored);
    const bool isLone = isFile || (!std::filesystem::exists(engine::layout::request(path), ignored) &&
                                   std::filesystem::exists(engine::layout::compacted(path), ignored));
    if (isLone) return openLone(path);
    const auto request = engine::readRequest(path);
    if (!request) return say(MessageBar::Level::Error, QString::fromStdString(request.error().message));
    showRun(path, request->experiment());
}

/// run.h5 alone, as it is mailed: which experiment it is of stands inside, and is read like any file of others.
void MainWindow::openLone(const std::filesystem::path& run) {
    if (!m_lone.insert(run).second) return;
    m_bench.runs().open(run);
    if (const RunSnapshotPtr latest = m_bench.runs().latest(run)) receiveLone(latest);
}

void MainWindow::receiveLone(const RunSnapshotPtr& snapshot) {
    if (m_lone.erase(snapshot->folder) == 0) return;
    if (snapshot->request.is_object() && snapshot->request.contains("experiment"))
        showRun(snapshot->folder, snapshot->request.value("experiment", std::string()));
    else
        say(MessageBar::Level::Error, QString::fromStdString(snapshot->problem));
    m_bench.runs().close(snapshot->folder);
}

/// Also where the plugin is absent: figures are drawn from the run's own files.
void MainWindow::showRun(const std::filesystem::path& run, const std::string& experiment) {
    StudyPage* page = studyOf(experiment);
    if (!page) {
        std::optional<ExperimentInfo> info = m_bench.experiment(experiment);
        if (!info) {
            info = m_bench.absent(experiment);
            say(MessageBar::Level::Info, tr("The figures of this run are drawn from its files. %1")
                                             .arg(QString::fromStdString(info->summary)));
        }
        page = addStudy(*std::move(info));
    }
    m_tabs->show(page);
    m_form->setExperiment(page->info().id);
    m_tree->select(page->info().id);
    page->setRun(run);
    page->showPanel(StudyPage::Panel::Visualisation);
}

/// What a question was asked with, as far as the experiment takes it.
void MainWindow::useValues(const ExperimentInfo& info, const nlohmann::json& values) {
    nlohmann::json known = nlohmann::json::object();
    QStringList left;
    for (const auto& [name, value] : values.items()) {
        if (info.schema.find(name))
            known[name] = value;
        else if (!value.is_null())
            left << QString::fromStdString(name);
    }
    m_form->setExperiment(info.id);
    if (!m_form->form() || known.empty())
        return say(MessageBar::Level::Warning, tr("The experiment has none of these parameters."));
    m_form->form()->setValues(known);
    makeRoom(false);
    const QString taken = tr("The form has these values now. Press Run (F5) to compute them as a run.");
    if (left.isEmpty()) return say(MessageBar::Level::Info, taken);
    say(MessageBar::Level::Warning, tr("The form has what the experiment takes. %1 belong to the question "
                                       "alone, a run does not know them.")
                                        .arg(left.join(QStringLiteral(", "))));
}

/// Questions have sliders of their own, of the same parameters: the form steps aside for their figures, and comes back when
/// one looks elsewhere. That is no edit of the layout.
void MainWindow::makeRoom(bool wanted) {
    auto* dock = findChild<QDockWidget*>(QStringLiteral("dock.parameters"));
    if (!dock || wanted == m_hasMadeRoom || (wanted && (dock->isHidden() || dock->isFloating()))) return;
    if (wanted) m_layoutBeforeRoom = saveState(kLayoutVersion);
    m_hasMadeRoom = wanted;
    dock->setVisible(!wanted);
    m_layoutUndo->forget();
}

void MainWindow::compareRuns(const QStringList& runs) {
    if (runs.size() < 2) return say(MessageBar::Level::Info, tr("Select two or more runs to compare."));
    auto* page = new CompareView(m_bench.runs());
    page->setProperty("kind", QStringLiteral("compare"));
    page->setRuns(runs);
    connect(page, &CompareView::openRun, this, &MainWindow::openRun);
    connect(page, &CompareView::exported, this, &MainWindow::sayExported);
    m_tabs->addPage(page, icon(QStringLiteral("compare")),
                    tr("Compare %n runs", nullptr, static_cast<int>(runs.size())));
}

void MainWindow::cloneRun(const QString& run) {
    const QStringList sentences = m_form->clone(pathOf(run));
    if (!m_form->experiment().empty()) openExperiment(QString::fromStdString(m_form->experiment()));
    for (const QString& sentence : sentences) say(MessageBar::Level::Warning, sentence);
}

void MainWindow::reportRuns(const QStringList& runs) {
    if (runs.isEmpty()) return say(MessageBar::Level::Info, tr("Select one or more runs for the report."));
    const QString suggested =
        QDir(QString::fromStdString(m_bench.workspace().string())).filePath(QStringLiteral("report.html"));
    const QString file =
        QFileDialog::getSaveFileName(this, tr("Save the report"), suggested, tr("HTML (*.html)"));
    if (file.isEmpty()) return;
    say(MessageBar::Level::Info, tr("The report is being written: claims are measured and figures drawn."));
    LatentCommand::run(
        this, QStringList{QStringLiteral("report")} + runs + QStringList{QStringLiteral("-o"), file},
        [this, file](engine::Result<QByteArray> out) {
            if (!out) return say(MessageBar::Level::Error, QString::fromStdString(out.error().message));
            m_messages->say(MessageBar::Level::Info, tr("The report is written: %1").arg(file), tr("Open"),
                            [file] { QDesktopServices::openUrl(QUrl::fromLocalFile(file)); });
        });
}

void MainWindow::chooseWorkspace() {
    const QString folder =
        QFileDialog::getExistingDirectory(this, tr("Open a workspace: the folder that holds runs"),
                                          QString::fromStdString(m_bench.workspace().string()));
    if (!folder.isEmpty()) openWorkspace(folder);
}

void MainWindow::openWorkspace(const QString& folder) {
    if (!QDir().mkpath(folder))
        return say(MessageBar::Level::Error,
                   tr("The folder %1 cannot be made. Choose another one.").arg(folder));
    save();
    m_bench.setWorkspace(pathOf(QFileInfo(folder).absoluteFilePath()));
    m_settings.rememberWorkspace(QFileInfo(folder).absoluteFilePath());
    if (m_runSource) m_runSource->setWorkspace(m_bench.workspace());
    restore();
}

void MainWindow::openManual(const QString& page, const QString& anchor) {
    auto* manual = qobject_cast<ManualView*>(pageOfKind("manual"));
    if (!manual) {
        manual = new ManualView(shareFolder() + QStringLiteral("/manual"));
        manual->setProperty("kind", QStringLiteral("manual"));
        m_tabs->addPage(manual, icon(QStringLiteral("manual")), tr("Manual"));
    }
    m_tabs->show(manual);
    manual->showPage(page, anchor);
    manual->setFocus();  // so that its keys work at once
}

void MainWindow::openWelcome() {
    if (QWidget* there = pageOfKind("welcome")) return m_tabs->show(there);
    auto* page = new WelcomePage(m_settings);
    page->setProperty("kind", QStringLiteral("welcome"));
    connect(page, &WelcomePage::tourRequested, this, &MainWindow::startTour);
    connect(page, &WelcomePage::openWorkspaceRequested, this, &MainWindow::chooseWorkspace);
    connect(page, &WelcomePage::workspaceChosen, this, &MainWindow::openWorkspace);
    connect(page, &WelcomePage::sampleChosen, this, &MainWindow::runSample);
    connect(page, &WelcomePage::manualRequested, this,
            [this](const QString& manualPage) { openManual(manualPage); });
    connect(page, &WelcomePage::dropped, this, &MainWindow::openPaths);
    m_tabs->addPage(page, icon(QStringLiteral("house")), tr("Welcome"));
}

void MainWindow::runSample(const QString& file) {
    queueSample(file, {}, [this](const QString& run) { openRun(run); });
}

/// A sweep is made and left queued by `latent sweep --queue`; the job queue starts it when there are cores.
void MainWindow::queueSample(const QString& file, const QStringList& more,
                             std::function<void(const QString& run)> made) {
    const QString workspace = QString::fromStdString(m_bench.workspace().string());
    LatentCommand::run(
        this,
        QStringList{QStringLiteral("-w"), workspace, QStringLiteral("sweep"), QStringLiteral("--queue"),
                    QStringLiteral("--json")} +
            more + QStringList{file},
        [this, made = std::move(made)](engine::Result<QByteArray> out) {
            if (!out) return say(MessageBar::Level::Error, QString::fromStdString(out.error().message));
            const nlohmann::json answer =
                nlohmann::json::parse(out->constData(), out->constData() + out->size(), nullptr, false);
            if (!answer.is_object() || !answer.contains("run") || !answer["run"].is_string()) return;
            m_bench.jobs().refresh();  // takes up what is queued
            m_bench.list().refresh();
            if (made) made(QString::fromStdString(answer["run"].get<std::string>()));
        });
}

/// A new user first sees curves that draw while networks learn, with the theory on the page beside; the studies follow.
void MainWindow::startTour() {
    if (m_bench.workspace().filename() != "tour")
        openWorkspace(
            QDir(QString::fromStdString(m_bench.workspace().string())).filePath(QStringLiteral("tour")));
    // What an earlier tour has left here is gone on with, which the list must have seen first.
    if (!m_bench.list().isLoading()) return goOnTour();
    disconnect(m_tourStart);  // asked for twice, it begins once
    m_tourStart = connect(
        &m_bench.list(), &RunList::refreshed, this,
        [this, at = m_bench.workspace()] {
            if (m_bench.workspace() == at) startTour();
        },
        Qt::SingleShotConnection);
}

/// The page's own run, else the newest of an earlier tour; nothing when it is to be computed.
StudyPage* MainWindow::openTourPage(const char* experiment) {
    openExperiment(QLatin1String(experiment));
    StudyPage* page = studyOf(experiment);
    const auto before = m_bench.list().newest(experiment);
    const auto run = std::find_if(before.begin(), before.end(), [](const engine::IndexedRunPtr& one) {
        return one->kind == "run" && one->state != "failed";  // not a sweep of the tour, which is younger
    });
    if (page && page->run().empty() && run != before.end()) page->setRun((*run)->folder);
    return page;
}

void MainWindow::goOnTour() {
    if (QPointer<StudyPage> theory = openTourPage("sim/theory"); theory && theory->run().empty()) {
        engine::RunOrder order;
        order.experiment = theory->info().id;
        order.preset = "laptop";
        order.runs = m_bench.workspace() / "runs";
        m_bench.jobs().add(order, [theory](const engine::Result<std::filesystem::path>& made) {
            if (theory && made) theory->setRun(*made);
        });
        theory->showPanel(StudyPage::Panel::Visualisation);
    }
    if (const StudyPage* train = openTourPage("sim/train"); train && train->run().empty() && m_form->form()) {
        m_form->form()->setPreset(QStringLiteral("laptop"));
        m_form->form()->setValue(QStringLiteral("epochs"), kTourEpochs);
        study()->showPanel(StudyPage::Panel::Training);
        m_form->run();
    }
    for (const Sample& sample : readSamples(shareFolder() + QStringLiteral("/samples")))
        if (sample.name.startsWith(QLatin1String("sim/")))
            queueSample(sample.file, {QStringLiteral("--once")}, [this](const QString& run) {
                const auto status = engine::runStatus(pathOf(run));
                if (status && status->resumable && status->attempt > 0) m_bench.jobs().resume(pathOf(run));
            });
    m_messages->say(MessageBar::Level::Info,
                    tr("The tour runs the studies of the SIM paper: this training first, then the sweeps "
                       "below. Each opens from the list of runs, with its claims."));
}

void MainWindow::openPaths(const QStringList& paths) {
    for (const QString& path : paths) {
        const QFileInfo info(path);
        const bool isRun = info.isDir() && (QFileInfo::exists(path + QStringLiteral("/request.json")) ||
                                            QFileInfo::exists(path + QStringLiteral("/run.h5")));
        if (isRun)
            openRun(path);
        else if (info.isDir())
            openWorkspace(path);
        else if (info.suffix() == QLatin1String("toml"))
            runSample(path);
        else if (info.fileName() == QLatin1String("run.h5"))
            openRun(info.absolutePath());
        else if (info.suffix() == QLatin1String("h5"))
            openRun(info.absoluteFilePath());
        else
            say(MessageBar::Level::Warning,
                tr("%1 is no run, no workspace and no sweep (.toml), so there is nothing to open.")
                    .arg(path));
    }
}

void MainWindow::exportPage() {
    if (StudyPage* page = study(); page && page->board())
        page->board()->exportAll();
    else if (auto* compared = qobject_cast<CompareView*>(m_tabs->current()))
        compared->hasFigures()
            ? compared->exportAll()
            : say(MessageBar::Level::Info, tr("These runs have no curves that can be laid over each other."));
}

void MainWindow::sayExported(const QStringList& files) {
    const QString folder = QFileInfo(files.value(0)).absolutePath();
    m_messages->say(
        MessageBar::Level::Info,
        files.size() == 1
            ? tr("Exported: %1").arg(files.front())
            : tr("%n figures are exported into %1.", nullptr, static_cast<int>(files.size())).arg(folder),
        tr("Open the folder"), [folder] { QDesktopServices::openUrl(QUrl::fromLocalFile(folder)); });
}

/// The preview of the data shows what Run would compute with.
void MainWindow::showFormValues() {
    StudyPage* page = studyOf(m_form->experiment());
    if (page && m_form->form() && m_form->form()->resolution().valid())
        page->setFormValues(m_form->form()->resolution().values);
}

void MainWindow::pageChanged(QWidget* page) {
    makeRoom(study() && study()->asksQuestions());
    if (auto* shown = qobject_cast<StudyPage*>(page)) {
        m_form->setExperiment(shown->info().id);
        m_tree->select(shown->info().id);
        showFormValues();
    }
    updateActions();
}

}  // namespace latent::desktop
