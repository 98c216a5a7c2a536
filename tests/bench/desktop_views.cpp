// SPDX-License-Identifier: GPL-3.0-or-later
// How fast plots pan, follow live data and take new figures, off-screen raster at 1000 × 600: one line of JSON. Frames are
// told by the clock and, since neighbours slow the clock only, in processor time of the thread.
//
//     QT_QPA_PLATFORM=offscreen bench_desktop_views [PART OF A NAME]
//     {"line_1e6_walk_pan":{"cpu_ms":…,"fps":…},…,"append_1e5_a_second":{"cpu_ms":{"copy":…,"set":…,"show":…},"hz":…},"size":"1000x600"}
#include <QApplication>
#include <QImage>
#include <QMouseEvent>
#include <QPainter>
#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <ctime>
#include <functional>
#include <nlohmann/json.hpp>
#include <random>
#include <string>

#include "desktop/views/canvas.hpp"

using namespace latent::desktop;
using namespace latent::engine::figures;

namespace {

using Clock = std::chrono::steady_clock;
double msSince(Clock::time_point start) {
    return std::chrono::duration<double, std::milli>(Clock::now() - start).count();
}

double cpuMs() {
    timespec now{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) * 1e3 + static_cast<double>(now.tv_nsec) * 1e-6;
}

double median(std::vector<double> values) {
    const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
    std::nth_element(values.begin(), middle, values.end());
    return *middle;
}

double rounded(double value) { return std::round(value * 100) / 100; }

std::vector<double> walk(std::size_t size, unsigned seed) {
    std::mt19937 random(seed);
    std::normal_distribution<double> normal;
    std::vector<double> values(size);
    double sum = 0;
    for (double& value : values) value = sum += normal(random);
    return values;
}

std::vector<double> counted(std::size_t size) {
    std::vector<double> values(size);
    for (std::size_t i = 0; i < size; ++i) values[i] = static_cast<double>(i);
    return values;
}

FigurePtr figureOf(const char* kind, decltype(Figure::body) body) {
    auto figure = std::make_shared<Figure>();
    figure->kind = figure->name = kind;
    figure->x.title = "time";
    figure->y.title = "value";
    figure->body = std::move(body);
    return figure;
}

FigurePtr lineOf(std::vector<double> y) {
    Line line;
    line.look.label = "value";
    line.x = counted(y.size());
    line.y = std::move(y);
    return figureOf("lines", Lines{{std::move(line)}, std::nullopt});
}

FigurePtr pathOf(std::size_t size, bool coloured) {
    Path path;
    path.look.label = "path";
    path.x = walk(size, 1);
    path.y = walk(size, 2);
    Trajectory trajectory;
    if (coloured) {
        path.colour = counted(size);
        trajectory.colours = Colours{.dataLow = 0, .dataHigh = static_cast<double>(size), .title = "step"};
    }
    trajectory.paths.push_back(std::move(path));
    return figureOf("trajectory", std::move(trajectory));
}

class Stage {
  public:
    explicit Stage(const FigurePtr& figure)
        : m_canvas(makePlotCanvas(*figure, nullptr)), m_screen(1000, 600, QImage::Format_RGB32) {
        m_canvas->resize(1000, 600);
        m_canvas->setFigure(figure);
        m_canvas->show();
        QApplication::processEvents();
        draw();
    }
    void draw() { m_canvas->render(&m_screen); }
    FigureCanvas& canvas() { return *m_canvas; }

    /// Frames while the mouse drags the plot to and fro.
    nlohmann::json pan(int frames) {
        const QPointF start(500, 300);
        send(QEvent::MouseButtonPress, start, Qt::LeftButton);
        std::vector<double> times, work;
        for (int i = 0; i < frames; ++i) {
            const auto began = Clock::now();
            const double cpu = cpuMs();
            send(QEvent::MouseMove, start + QPointF(120 * std::sin(i * 0.2), 60 * std::cos(i * 0.17)),
                 Qt::NoButton);
            draw();
            times.push_back(msSince(began));
            work.push_back(cpuMs() - cpu);
        }
        send(QEvent::MouseButtonRelease, start, Qt::LeftButton);
        return {{"fps", std::round(1000 / median(times))}, {"cpu_ms", rounded(median(work))}};
    }

  private:
    void send(QEvent::Type type, const QPointF& at, Qt::MouseButton button) {
        QMouseEvent event(type, at, at, button, Qt::LeftButton, Qt::NoModifier);
        QApplication::sendEvent(m_canvas.get(), &event);
    }
    std::unique_ptr<FigureCanvas> m_canvas;
    QImage m_screen;
};

/// 10⁵ points a second in steps of 1/20 s onto 10⁶ that are there: how often a second that could be done.
nlohmann::json append() {
    constexpr std::size_t kThere = 1'000'000, kStep = 5000;
    constexpr int kUpdates = 40;
    const std::vector<double> all = walk(kThere + kStep * kUpdates, 3);
    Stage stage(lineOf(std::vector<double>(all.begin(), all.begin() + kThere)));
    std::vector<double> copy, set, show, whole;
    for (int i = 1; i <= kUpdates; ++i) {
        const auto began = Clock::now();
        const double start = cpuMs();
        FigurePtr next = lineOf(std::vector<double>(
            all.begin(),
            all.begin() + static_cast<std::ptrdiff_t>(kThere + kStep * static_cast<std::size_t>(i))));
        const double copied = cpuMs();
        stage.canvas().setFigure(std::move(next));
        const double taken = cpuMs();
        stage.draw();
        const double drawn = cpuMs();
        copy.push_back(copied - start);
        set.push_back(taken - copied);
        show.push_back(drawn - taken);
        whole.push_back(msSince(began));
    }
    return {
        {"hz", std::round(1000 / median(whole))},
        {"cpu_ms",
         {{"copy", rounded(median(copy))}, {"set", rounded(median(set))}, {"show", rounded(median(show))}}}};
}

}  // namespace

int main(int argc, char** argv) {
    if (!qEnvironmentVariableIsSet("QT_QPA_PLATFORM")) qputenv("QT_QPA_PLATFORM", "offscreen");
    QApplication application(argc, argv);
    constexpr int kFrames = 60;
    std::mt19937 random(5);
    std::normal_distribution<double> normal;
    std::vector<double> noise(1'000'000), smooth(noise.size());
    for (std::size_t i = 0; i < noise.size(); ++i) {
        smooth[i] = std::sin(static_cast<double>(i) * 2e-5);
        noise[i] = smooth[i] + 0.3 * normal(random);
    }
    const std::string wanted = argc > 1 ? argv[1] : "";
    nlohmann::json result = {{"size", "1000x600"}};
    const auto measure = [&](const std::string& name, const std::function<FigurePtr()>& figure) {
        if (name.find(wanted) != std::string::npos) result[name] = Stage(figure()).pan(kFrames);
    };
    measure("line_1e6_walk_pan", [] { return lineOf(walk(1'000'000, 4)); });
    measure("line_1e6_noise_pan", [&] { return lineOf(noise); });
    measure("line_1e6_smooth_pan", [&] { return lineOf(smooth); });
    measure("path_1e5_pan", [] { return pathOf(100'000, false); });
    measure("path_1e5_coloured_pan", [] { return pathOf(100'000, true); });
    if (std::string("append_1e5_a_second").find(wanted) != std::string::npos)
        result["append_1e5_a_second"] = append();
    std::puts(result.dump().c_str());
    return 0;
}
