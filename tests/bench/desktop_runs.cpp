// SPDX-License-Identifier: GPL-3.0-or-later
// How fast the window shows and filters a workspace of ten thousand runs that nobody computed: one line of JSON. Wall time
// is what a person waits; CPU time is that of the UI thread.
//
//     QT_QPA_PLATFORM=offscreen bench_desktop_runs [--runs 10000]
//     bench_desktop_runs --make FOLDER [--runs 10000]     # a workspace to open with latent-workbench, and nothing else
#include <QCommandLineParser>
#include <QDir>
#include <QElapsedTimer>
#include <QTableView>
#include <cstdio>

#include "desktop/around/settings.hpp"
#include "desktop/runs/run_table.hpp"
#include "desktop/runs/runs_panel.hpp"
#include "desktop/theme/theme.hpp"
#include "desktop/window/main_window.hpp"
#include "event_times.hpp"
#include "made_runs.hpp"

using namespace latent;
using namespace latent::desktop;
using nlohmann::json;

namespace {

double msSince(const QElapsedTimer& clock) { return static_cast<double>(clock.nsecsElapsed()) / 1e6; }

/// Events run until it is so, or for two minutes.
template <class So>
bool until(So so) {
    QElapsedTimer patience;
    patience.start();
    while (!so() && patience.elapsed() < 120'000)
        QCoreApplication::processEvents(QEventLoop::WaitForMoreEvents, 5);
    return so();
}

/// The list as its panel shows it, from nothing to the painted rows.
json open(const std::filesystem::path& workspace, int runs, MeasuredApplication& application) {
    RunList list;
    RunsPanel panel(list);
    panel.resize(1000, 700);
    panel.show();
    QCoreApplication::processEvents();
    application.take();
    QElapsedTimer clock;
    clock.start();
    list.setWorkspace(workspace);
    if (!until([&] { return list.rowCount() == runs; })) return {{"problem", "The runs were never there."}};
    panel.repaint();
    const double open_ms = msSince(clock);
    until([&] { return !list.isLoading(); });  // the folders have been looked at too
    const double looked_ms = msSince(clock);
    json answer{
        {"shown_ms", open_ms}, {"folders_looked_at_ms", looked_ms}, {"events", application.take().toJson()}};

    json filters = json::object();
    double worst = 0;
    for (const char* filter :
         {"mu>4", "mu>4 state=done", "symmetric", "tag:phase", "sigma<0.1 model=symmetric", "loss@<0.001",
          "state=failed", "nothing fits this", ""}) {
        double most = 0;
        int rows = 0;
        for (int again = 0; again < 3; ++again) {
            bool answered = false;
            const auto connection =
                QObject::connect(&list, &RunList::refreshed, &panel, [&] { answered = true; });
            panel.setFilter(QString());
            until([&] { return list.rowCount() == runs; });
            answered = false;
            clock.restart();
            if (*filter) {
                panel.setFilter(QLatin1String(filter));
            } else {
                panel.setFilter(QStringLiteral("mu>4"));
                until([&] { return answered; });
                answered = false;
                clock.restart();
                panel.setFilter(QString());
            }
            until([&] { return answered; });
            panel.repaint();
            most = std::max(most, msSince(clock));
            rows = list.rowCount();
            QObject::disconnect(connection);
        }
        filters[filter] = {{"ms", most}, {"rows", rows}};
        worst = std::max(worst, most);
    }
    answer["filters"] = filters;
    answer["filter_worst_ms"] = worst;
    answer["filter_events"] = application.take().toJson();

    panel.resize(1400, 700);
    auto* table = panel.findChild<QTableView*>();
    clock.restart();
    table->selectAll();
    QCoreApplication::processEvents();
    answer["select_all_ms"] = msSince(clock);
    clock.restart();
    for (int column = 0; column < list.columnCount(); ++column) {
        bool answered = false;
        const auto connection =
            QObject::connect(&list, &RunList::refreshed, &panel, [&] { answered = true; });
        table->sortByColumn(column, Qt::AscendingOrder);
        until([&] { return answered; });
        QObject::disconnect(connection);
    }
    answer["sort_each_ms"] = msSince(clock) / list.columnCount();
    answer["select_and_sort_events"] = application.take().toJson();
    return answer;
}

/// The whole window on it, as the program opens.
json window(const std::filesystem::path& workspace, int runs, MeasuredApplication& application) {
    Settings settings;
    // No plugins: this program cannot examine them, and desktop_start.py measures the start with them.
    engine::CatalogSettings none = engine::CatalogSettings::standard();
    none.folders.clear();
    engine::PluginCatalog catalog = engine::PluginCatalog::scan(std::move(none));
    QElapsedTimer clock;
    clock.start();
    MainWindow whole({workspace, false, std::move(catalog)}, settings);
    whole.restore();
    whole.show();
    const bool there = until([&] { return whole.bench().list().rowCount() == runs; });
    QCoreApplication::processEvents();
    const double shown_ms = msSince(clock);
    if (!there) return {{"problem", "The runs were never there."}};
    // Those that wait or are interrupted come into the list of jobs.
    until([&] { return !whole.bench().jobs().jobs().empty(); });
    until([&, settled = clock.elapsed() + 3000] { return clock.elapsed() > settled; });
    return {{"shown_ms", shown_ms},
            {"jobs", whole.bench().jobs().jobs().size()},
            {"events", application.take().toJson()}};
}

}  // namespace

int main(int argc, char** argv) {
    if (!qEnvironmentVariableIsSet("QT_QPA_PLATFORM")) qputenv("QT_QPA_PLATFORM", "offscreen");
    MeasuredApplication application(argc, argv);
    application.setApplicationName(QStringLiteral("latent-workbench"));
    QCommandLineParser words;
    words.addHelpOption();
    words.addOption(
        {QStringLiteral("runs"), QStringLiteral("How many"), QStringLiteral("N"), QStringLiteral("10000")});
    words.addOption({QStringLiteral("make"), QStringLiteral("Make a workspace there and leave it"),
                     QStringLiteral("FOLDER")});
    words.process(application);
    const int runs = words.value(QStringLiteral("runs")).toInt();
    QElapsedTimer clock;
    clock.start();
    if (words.isSet(QStringLiteral("make"))) {
        MadeRuns(words.value(QStringLiteral("make")).toStdString()).addMany(runs);
        std::printf("%d runs in %.1f s\n", runs, msSince(clock) / 1000);
        return 0;
    }
    MadeRuns made;
    made.addMany(runs);
    const double making_ms = msSince(clock);
    ThemeManager::instance().install(application);
    json answer{{"runs", runs}, {"making_ms", making_ms}};
    answer["first_time"] = open(made.workspace(), runs, application);  // the index is made
    answer["again"] = open(made.workspace(), runs, application);
    answer["window"] = window(made.workspace(), runs, application);
    std::puts(answer.dump(1).c_str());
    return 0;
}
