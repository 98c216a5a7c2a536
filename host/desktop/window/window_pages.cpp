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
#include "desktop/window/split_tabs.hpp"
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
    std::optional<ExperimentInfo> info = m_bench.experiment(experiment);
    if (!info) {
        const auto why = m_bench.catalog().contribution({}, experiment);
        say(MessageBar::Level::Error,
            why ? tr("The experiment %1 cannot be opened.").arg(QString::fromStdString(experiment))
                : QString::fromStdString(why.error().message));
        return nullptr;
    }
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
    const auto request = engine::readRequest(pathOf(run));
    if (!request) return say(MessageBar::Level::Error, QString::fromStdString(request.error().message));
    openExperiment(QString::fromStdString(request->experiment()));
    if (StudyPage* page = studyOf(request->experiment())) {
        page->setRun(pathOf(run));
        page->showPanel(StudyPage::Panel::Visualisation);
    }
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
    queueSample(file, [this](const QString& run) { openRun(run); });
}

/// A sweep is made and left queued by `latent sweep --queue`; the job queue starts it when there are cores.
void MainWindow::queueSample(const QString& file, std::function<void(const QString& run)> made) {
    const QString workspace = QString::fromStdString(m_bench.workspace().string());
    LatentCommand::run(
        this,
        {QStringLiteral("-w"), workspace, QStringLiteral("sweep"), QStringLiteral("--queue"),
         QStringLiteral("--json"), file},
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
    openExperiment(QStringLiteral("sim/theory"));
    if (QPointer<StudyPage> theory = study(); theory && theory->run().empty()) {
        engine::RunOrder order;
        order.experiment = theory->info().id;
        order.preset = "laptop";
        order.runs = m_bench.workspace() / "runs";
        m_bench.jobs().add(order, [theory](const engine::Result<std::filesystem::path>& made) {
            if (theory && made) theory->setRun(*made);
        });
        theory->showPanel(StudyPage::Panel::Visualisation);
    }
    openExperiment(QStringLiteral("sim/train"));
    if (study() && study()->info().id == "sim/train" && study()->run().empty() && m_form->form()) {
        m_form->form()->setPreset(QStringLiteral("laptop"));
        m_form->form()->setValue(QStringLiteral("epochs"), kTourEpochs);
        study()->showPanel(StudyPage::Panel::Training);
        m_form->run();
    }
    for (const Sample& sample : readSamples(shareFolder() + QStringLiteral("/samples")))
        if (sample.name.startsWith(QLatin1String("sim/"))) queueSample(sample.file, {});
    m_messages->say(MessageBar::Level::Info,
                    tr("The tour runs the studies of the SIM paper: this training first, then the sweeps "
                       "below. Each opens from the list of runs, with its claims."));
}

void MainWindow::openPaths(const QStringList& paths) {
    for (const QString& path : paths) {
        const QFileInfo info(path);
        if (info.isDir() && QFileInfo::exists(path + QStringLiteral("/request.json")))
            openRun(path);
        else if (info.isDir())
            openWorkspace(path);
        else if (info.suffix() == QLatin1String("toml"))
            runSample(path);
        else if (info.fileName() == QLatin1String("run.h5"))
            openRun(info.absolutePath());
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
