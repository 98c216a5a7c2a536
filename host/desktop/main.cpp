// SPDX-License-Identifier: GPL-3.0-or-later
// `latent-workbench [WORKSPACE] [--tour] [--safe-mode]`: the desktop. With --render it draws figures into files instead,
// with the same code, without a window; `latent figure` and `latent report` call it so.
#include <QCommandLineParser>
#include <QDir>
#include <QFileInfo>
#include <QLibraryInfo>
#include <QScreen>
#include <QTimer>
#include <QTranslator>
#include <algorithm>
#include <clocale>
#include <cstdio>
#include <cstdlib>

#include "desktop/around/safe_mode.hpp"
#include "desktop/around/safe_mode_dialog.hpp"
#include "desktop/around/settings.hpp"
#include "desktop/around/share_folder.hpp"
#include "desktop/jobs/latent_command.hpp"
#include "desktop/panels/admission_main.hpp"
#include "desktop/panels/guarded_application.hpp"
#include "desktop/panels/panel_libraries.hpp"
#include "desktop/render/render_main.hpp"
#include "desktop/theme/theme.hpp"
#include "desktop/window/first_scan.hpp"
#include "desktop/window/main_window.hpp"
#include "desktop/window/start_report.hpp"
#include "engine/files/folders.hpp"
#include "engine/jobs/start.hpp"
#include "engine/store/reader_child.hpp"
#include "latent/version.hpp"

namespace {

using namespace latent;
using namespace latent::desktop;

void describe(QCoreApplication& application) {
    application.setApplicationName(QStringLiteral("latent-workbench"));
    application.setOrganizationName(QStringLiteral("latent"));
    application.setApplicationVersion(QStringLiteral(LATENT_SDK_VERSION));
}

/// What stands beside this program: the worker, and the child that opens files of others.
void useProgramBeside() {
    const QString latent =
        QFileInfo(QCoreApplication::applicationFilePath()).dir().filePath(QStringLiteral("latent"));
    LatentCommand::setProgram(latent);
    engine::setWorkerCommand({latent.toStdString(), "worker"});
    engine::setReaderChildCommand({latent.toStdString(), "reader-child"});
}

std::filesystem::path workspaceOf(const QStringList& given, const Settings& settings) {
    if (!given.isEmpty()) return QFileInfo(given.front()).absoluteFilePath().toStdString();
    if (const char* wanted = std::getenv("LATENT_WORKSPACE"); wanted && *wanted)
        return std::filesystem::absolute(wanted);
    const auto recent = settings.recentWorkspaces();
    if (!recent.empty() && QDir(recent.front().folder).exists()) return recent.front().folder.toStdString();
    return QDir::home().filePath(QStringLiteral("latent")).toStdString();
}

int runWindow(GuardedApplication& application, const QCommandLineParser& words) {
    StartRecord record = StartRecord::begin(engine::stateFolder());
    endProperlyOnSignals(record);
    Settings settings;
    ThemeManager::instance().install(application);
    settings.applyLook();

    engine::CatalogSettings catalog = engine::CatalogSettings::standard();
    bool safeMode = words.isSet(QStringLiteral("safe-mode"));
    QString trouble;
    StartChoice choice = StartChoice::Safe;
    if (!safeMode)
        choice = askHowToStart(record.deaths(), catalog, &trouble, [&record] { return record.isEnding(); });
    safeMode = choice == StartChoice::Safe;
    if (record.isEnding()) return 0;  // a signal came while it was asked
    const QString death = isWorthAsking(record.deaths()) ? QString() : sentenceAbout(record.deaths());
    const bool hasCulprit = std::any_of(record.deaths().begin(), record.deaths().end(),
                                        [](const DeadStart& one) { return !one.plugins.isEmpty(); });
    record.forgetDeaths();
    PanelLibraries::instance().setSettings(PanelSettings::standard(safeMode));
    PanelLibraries::instance().setCulpritRecorder(
        [&record](const QStringList& plugins) { record.setRunningPlugins(plugins); });

    const std::filesystem::path workspace = workspaceOf(words.positionalArguments(), settings);
    QDir().mkpath(QString::fromStdString(workspace.string()));
    settings.rememberWorkspace(QString::fromStdString(workspace.string()));
    engine::PluginCatalog plugins = scanPluginsAtStart(safeMode);
    if (record.isEnding()) return 0;  // or while the plugins were looked at
    MainWindow window({workspace, safeMode, std::move(plugins), !hasCulprit || choice != StartChoice::Normal},
                      settings);
    // With its frame within the screen. A kept place, which restore() knows, is fitted by Qt.
    if (const QScreen* screen = window.screen())
        window.resize(window.size().boundedTo(screen->availableSize() - QSize(16, 40)));
    window.restore();
    window.show();
    if (words.isSet(QStringLiteral("report-start"))) reportStart(window);
    for (const QString& sentence : {trouble, death, record.message(), settings.message()})
        if (!sentence.isEmpty()) window.say(MessageBar::Level::Warning, sentence);
    if (words.isSet(QStringLiteral("tour"))) QTimer::singleShot(0, &window, &MainWindow::startTour);
    record.setOpen();
    return QApplication::exec();
}

}  // namespace

int main(int argc, char** argv) {
    if (isPanelAdmission(argc, argv)) return panelAdmissionMain(argc, argv);
    const bool render = argc > 1 && std::string_view(argv[1]) == kRenderWord;
    if (render && !std::getenv("QT_QPA_PLATFORM")) setenv("QT_QPA_PLATFORM", "offscreen", 1);
    GuardedApplication application(argc, argv);
    // Qt takes over the user's locale; numbers in files, on command lines and in sentences keep their decimal point.
    std::setlocale(LC_NUMERIC, "C");
    describe(application);
    useProgramBeside();
    if (render) {
        ThemeManager::instance().install(application);
        return renderMain(QCoreApplication::arguments().mid(2));
    }
    QTranslator own, qts;
    if (qts.load(QLocale(), QStringLiteral("qtbase"), QStringLiteral("_"),
                 QLibraryInfo::path(QLibraryInfo::TranslationsPath)))
        application.installTranslator(&qts);
    // English has a file too: of "1 entry" beside "2 entries".
    const QString stem = QStringLiteral("latent"), folder = shareFolder() + QStringLiteral("/translations");
    if (own.load(QLocale(), stem, QStringLiteral("_"), folder) ||
        own.load(stem + QStringLiteral("_en"), folder))
        application.installTranslator(&own);

    QCommandLineParser words;
    words.setApplicationDescription(
        QCoreApplication::translate("main", "The desktop of the Latent Workbench."));
    words.addHelpOption();
    words.addVersionOption();
    words.addPositionalArgument(
        QStringLiteral("workspace"),
        QCoreApplication::translate("main", "Folder that holds runs/ (default: the last one)"),
        QStringLiteral("[WORKSPACE]"));
    words.addOption({QStringLiteral("safe-mode"),
                     QCoreApplication::translate(
                         "main", "Use only the plugins that came with the program, and no panels")});
    words.addOption(
        {QStringLiteral("tour"),
         QCoreApplication::translate("main", "Run the studies of the SIM paper and show them live")});
    QCommandLineOption reportStartOption(
        QStringLiteral("report-start"),
        QCoreApplication::translate("main", "Print how long the start took, and end"));
    reportStartOption.setFlags(QCommandLineOption::HiddenFromHelp);
    words.addOption(reportStartOption);
    words.process(application);
    return runWindow(application, words);
}
