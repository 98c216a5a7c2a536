// SPDX-License-Identifier: GPL-3.0-or-later
// What single events cost the UI thread while a run trains and the window shows it live, and while somebody clicks in that
// window: one line of JSON. The window, the program and the run are the real ones, in a home and workspace of their own.
//
//     QT_QPA_PLATFORM=offscreen bench_desktop_events [--seconds 20] [--set epochs=400 …]
//     {"live":{"events":…,"max_ms":…,"slowest":[…]},"hands":{…},"snapshots_hz":…}
#include <QCommandLineParser>
#include <QDir>
#include <QElapsedTimer>
#include <QProcess>
#include <QTabWidget>
#include <QTemporaryDir>
#include <cstdio>

#include "desktop/around/settings.hpp"
#include "desktop/jobs/latent_command.hpp"
#include "desktop/theme/theme.hpp"
#include "desktop/window/main_window.hpp"
#include "desktop/window/split_tabs.hpp"
#include "engine/jobs/start.hpp"
#include "engine/store/reader_child.hpp"
#include "event_times.hpp"

using namespace latent;
using namespace latent::desktop;

namespace {

/// As the program finds what stands beside it, with folders that are nobody's.
void useHome(const QTemporaryDir& home) {
    for (const char* kind : {"CONFIG", "STATE", "CACHE", "DATA"})
        qputenv((std::string("XDG_") + kind + "_HOME").c_str(),
                home.filePath(QString::fromLatin1(kind).toLower()).toUtf8());
    QDir beside(QCoreApplication::applicationDirPath());
    beside.cdUp();
    const QString latent = beside.filePath(QStringLiteral("bin/latent"));
    LatentCommand::setProgram(latent);
    engine::setWorkerCommand({latent.toStdString(), "worker"});
    engine::setReaderChildCommand({latent.toStdString(), "reader-child"});
}

/// The folder of a run that computes in the background; empty, with a sentence on stderr, when it could not be started.
QString startRun(const QString& workspace, const QStringList& settings) {
    QStringList words{QStringLiteral("-w"),        workspace,
                      QStringLiteral("run"),       QStringLiteral("sim/train"),
                      QStringLiteral("--threads"), QStringLiteral("1"),
                      QStringLiteral("--detach"),  QStringLiteral("--json")};
    for (const QString& setting : settings) words << QStringLiteral("--set") << setting;
    QProcess process;
    process.start(LatentCommand::program(), words);
    process.waitForFinished(120'000);
    const auto answer = nlohmann::json::parse(process.readAllStandardOutput().toStdString(), nullptr, false);
    if (answer.is_object() && answer.contains("run"))
        return QString::fromStdString(answer["run"].get<std::string>());
    std::fprintf(stderr, "The run could not be started: %s\n", process.readAllStandardError().constData());
    return {};
}

void spend(double seconds) {
    QElapsedTimer clock;
    clock.start();
    while (static_cast<double>(clock.elapsed()) < seconds * 1000)
        QCoreApplication::processEvents(QEventLoop::WaitForMoreEvents, 20);
}

}  // namespace

int main(int argc, char** argv) {
    if (!qEnvironmentVariableIsSet("QT_QPA_PLATFORM")) qputenv("QT_QPA_PLATFORM", "offscreen");
    MeasuredApplication application(argc, argv);
    application.setApplicationName(QStringLiteral("latent-workbench"));
    QCommandLineParser words;
    words.addHelpOption();
    words.addOption({QStringLiteral("seconds"), QStringLiteral("How long to look"), QStringLiteral("S"),
                     QStringLiteral("20")});
    words.addOption({QStringLiteral("set"), QStringLiteral("Parameter of sim/train"), QStringLiteral("K=V")});
    words.process(application);
    const double seconds = words.value(QStringLiteral("seconds")).toDouble();
    QTemporaryDir home;
    useHome(home);
    const QString workspace = home.filePath(QStringLiteral("workspace"));
    QDir().mkpath(workspace);
    QStringList settings = words.values(QStringLiteral("set"));
    if (settings.isEmpty()) settings = {QStringLiteral("seeds=10"), QStringLiteral("epochs=2000")};
    const QString run = startRun(workspace, settings);
    if (run.isEmpty()) return 1;

    ThemeManager::instance().install(application);
    Settings kept;
    kept.applyLook();
    MainWindow window({workspace.toStdString(), false}, kept);
    window.resize(1440, 900);
    window.restore();
    window.show();
    window.openRun(run);
    auto* study = qobject_cast<StudyPage*>(window.tabs().current());
    if (!study) return std::fprintf(stderr, "The run could not be opened.\n"), 1;
    study->showPanel(StudyPage::Panel::Training);
    int snapshots = 0;
    QObject::connect(&window.bench().runs(), &RunService::snapshot, &window, [&](const RunSnapshotPtr& one) {
        snapshots += one->status.state == "running" && !one->arrays.all().empty();
    });
    spend(3);  // until curves are there
    const EventTimes opening = application.take();
    snapshots = 0;
    spend(seconds);
    const EventTimes live = application.take();
    const double hz = snapshots / seconds;

    // What a person does meanwhile: every panel, and the frames to and fro.
    for (const auto panel :
         {StudyPage::Panel::Visualisation, StudyPage::Panel::Claims, StudyPage::Panel::Data,
          StudyPage::Panel::Training, StudyPage::Panel::Visualisation}) {
        study->showPanel(panel);
        spend(seconds / 20);
        for (int frame = 0; frame < 20; ++frame) {
            study->figures().setCursor(QStringLiteral("frame"), frame * 5);
            spend(0.02);
        }
    }
    const EventTimes hands = application.take();
    window.bench().jobs().stop(run.toStdString());
    spend(3);
    std::puts(nlohmann::json{{"seconds", seconds},
                             {"snapshots_hz", hz},
                             {"opening", opening.toJson()},
                             {"live", live.toJson()},
                             {"hands", hands.toJson()}}
                  .dump(1)
                  .c_str());
    return 0;
}
