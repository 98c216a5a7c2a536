// SPDX-License-Identifier: GPL-3.0-or-later
// Dragging mu of SIM through the panel: answers a second, and how old a value is when its answer stands on the board.
//
//     QT_QPA_PLATFORM=offscreen LATENT_PROGRAM=…/latent LATENT_PLUGIN_PATH=… bench_desktop_probe     # one JSON line a dimension
#include <QSplitter>
#include <QTimer>
#include <algorithm>
#include <cstdio>
#include <map>

#include "desktop/board/figure_board.hpp"
#include "desktop/form/parameter_form.hpp"
#include "desktop/jobs/latent_command.hpp"
#include "desktop/probes/probe_panel.hpp"
#include "desktop/theme/theme.hpp"
#include "event_times.hpp"

using namespace latent;
using namespace latent::desktop;
using Clock = std::chrono::steady_clock;
using nlohmann::json;

namespace {

constexpr int kMove_ms = 8;  ///< a mouse that reports 125 times a second
constexpr int kDrag_s = 5;

double milliseconds(Clock::duration duration) {
    return std::chrono::duration<double, std::milli>(duration).count();
}

bool until(const std::function<bool()>& so) {
    const auto deadline = Clock::now() + std::chrono::seconds(60);
    while (!so() && Clock::now() < deadline)
        QCoreApplication::processEvents(QEventLoop::AllEvents | QEventLoop::WaitForMoreEvents, 20);
    return so();
}

json measure(MeasuredApplication& application, const engine::PluginCatalog& catalog, int dim) {
    QSplitter splitter;
    auto* panel = new ProbePanel(catalog, &splitter);
    panel->setProbes({"sim/solve"});
    auto* board = new FigureBoard(panel->figures(), &splitter);
    board->setCompact(288, 200);
    splitter.resize(1200, 800);
    json values{{"dim", dim}, {"w0", "uniform:0.2"}, {"t_end", 12}, {"steps", 2000}, {"frames", 200}};
    const int concepts = std::min(dim, 4);
    std::vector<double> mu;
    for (int i = 0; i < concepts; ++i) mu.push_back(1 + 0.5 * i);
    values["mu"] = mu;
    panel->setRun({}, values);
    splitter.show();
    if (!until([&] { return panel->answers() > 0; }))
        return {{"dim", dim}, {"problem", panel->words().toStdString()}};
    std::map<double, Clock::time_point> moved;
    std::vector<double> latencies_ms, elapsed_ms;
    QObject::connect(panel, &ProbePanel::answered, &splitter, [&](double elapsed) {
        elapsed_ms.push_back(elapsed);
        const auto at = moved.find(panel->shownParameters().at("mu").at(0).get<double>());
        if (at != moved.end()) latencies_ms.push_back(milliseconds(Clock::now() - at->second));
    });
    QTimer mouse;
    int moves = 0;
    QObject::connect(&mouse, &QTimer::timeout, &splitter, [&] {
        mu[0] = 1 + 0.001 * ++moves;
        moved[mu[0]] = Clock::now();
        panel->form()->setValue(QStringLiteral("mu"), mu);
    });
    application.take();
    const auto begin = Clock::now();
    mouse.start(kMove_ms);
    until([&] { return Clock::now() - begin > std::chrono::seconds(kDrag_s); });
    mouse.stop();
    const double seconds = milliseconds(Clock::now() - begin) / 1000;
    const EventTimes events = application.take();
    const auto median = [](std::vector<double> all) {
        if (all.empty()) return 0.0;
        std::nth_element(all.begin(), all.begin() + static_cast<std::ptrdiff_t>(all.size() / 2), all.end());
        return all[all.size() / 2];
    };
    return {{"dim", dim},
            {"moves", moves},
            {"answers_per_s", static_cast<double>(elapsed_ms.size()) / seconds},
            {"latency_ms_median", median(latencies_ms)},
            {"solve_ms_median", median(elapsed_ms)},
            {"ui_cpu_share", events.sum_ms / 1000 / seconds},
            {"ui_event_max_ms", events.max_ms()},
            {"slowest", events.toJson().at("slowest").size() ? events.toJson().at("slowest").at(0) : json()}};
}

}  // namespace

int main(int argc, char** argv) {
    MeasuredApplication application(argc, argv);
    ThemeManager::instance().install(application);
    LatentCommand::setProgram(qEnvironmentVariable("LATENT_PROGRAM"));
    const engine::PluginCatalog catalog = engine::PluginCatalog::scan(engine::CatalogSettings::standard());
    for (const int dim : {2, 4, 16}) std::printf("%s\n", measure(application, catalog, dim).dump().c_str());
    return 0;
}
