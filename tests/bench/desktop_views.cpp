// SPDX-License-Identifier: GPL-3.0-or-later
// How fast plots pan, follow live data and take new figures, off-screen raster at 1000 × 600: one line of JSON.
//
//     QT_QPA_PLATFORM=offscreen bench_desktop_views
//     {"line_1e6_pan_fps":…,"path_1e5_pan_fps":…,"append_hz":…,"append_ms":{"copy":…,"set":…,"draw":…},…}
#include <QApplication>
#include <QImage>
#include <QMouseEvent>
#include <QPainter>
#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <nlohmann/json.hpp>
#include <random>

#include "desktop/views/canvas.hpp"

using namespace latent::desktop;
using namespace latent::engine::figures;

namespace {

using Clock = std::chrono::steady_clock;
double msSince(Clock::time_point start) { return std::chrono::duration<double, std::milli>(Clock::now() - start).count(); }

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
    explicit Stage(const FigurePtr& figure) : m_canvas(makePlotCanvas(*figure, nullptr)), m_screen(1000, 600, QImage::Format_RGB32) {
        m_canvas->resize(1000, 600);
        m_canvas->setFigure(figure);
        m_canvas->show();
        QApplication::processEvents();
        draw();
    }
    void draw() { m_canvas->render(&m_screen); }
    FigureCanvas& canvas() { return *m_canvas; }

    /// Frames in a second while the mouse drags the plot to and fro.
    double pan(int frames) {
        const QPointF start(500, 300);
        send(QEvent::MouseButtonPress, start, Qt::LeftButton);
        std::vector<double> times;
        for (int i = 0; i < frames; ++i) {
            const auto began = Clock::now();
            send(QEvent::MouseMove, start + QPointF(120 * std::sin(i * 0.2), 60 * std::cos(i * 0.17)), Qt::NoButton);
            draw();
            times.push_back(msSince(began));
        }
        send(QEvent::MouseButtonRelease, start, Qt::LeftButton);
        std::nth_element(times.begin(), times.begin() + frames / 2, times.end());
        return 1000 / times[static_cast<std::size_t>(frames / 2)];
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
    double copy = 0, set = 0, draw = 0;
    for (int i = 1; i <= kUpdates; ++i) {
        auto start = Clock::now();
        const FigurePtr next = lineOf(std::vector<double>(all.begin(), all.begin() + static_cast<std::ptrdiff_t>(kThere + kStep * static_cast<std::size_t>(i))));
        copy += msSince(start);
        start = Clock::now();
        stage.canvas().setFigure(next);
        set += msSince(start);
        start = Clock::now();
        stage.draw();
        draw += msSince(start);
    }
    const auto rounded = [](double total) { return std::round(total / kUpdates * 100) / 100; };
    return {{"hz", std::round(1000 * kUpdates / (copy + set + draw))}, {"ms_copy", rounded(copy)}, {"ms_set", rounded(set)}, {"ms_show", rounded(draw)}};
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
    const auto fps = [](const FigurePtr& figure) { return std::round(Stage(figure).pan(kFrames)); };
    const nlohmann::json result = {{"size", "1000x600"},
                                   {"line_1e6_walk_pan_fps", fps(lineOf(walk(1'000'000, 4)))},
                                   {"line_1e6_noise_pan_fps", fps(lineOf(noise))},
                                   {"line_1e6_smooth_pan_fps", fps(lineOf(smooth))},
                                   {"path_1e5_pan_fps", fps(pathOf(100'000, false))},
                                   {"path_1e5_coloured_pan_fps", fps(pathOf(100'000, true))},
                                   {"append_1e5_a_second", append()}};
    std::puts(result.dump().c_str());
    return 0;
}
