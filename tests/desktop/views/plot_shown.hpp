// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// A plot canvas on the screen, with a hand on its mouse; and the figures that the tests of plots draw.
//
//     Shown shown(twoLines());
//     shown.wheel(shown.at(5, 0.5), 3);
//     QVERIFY(shown.x().high < 10);

#include <QSignalSpy>
#include <QTest>
#include <QWheelEvent>
#include <limits>

#include "desktop/views/plot/plot_canvas.hpp"
#include "plot_figures.hpp"

namespace latent::desktop::test {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

/// A shown canvas of 600 × 400 with a figure.
struct Shown {
    explicit Shown(Figure made) {
        canvas.resize(600, 400);
        canvas.setFigure(shared(std::move(made)));
        canvas.show();
        isExposed = QTest::qWaitForWindowExposed(&canvas);
    }
    QPointF at(double x, double y) const { return canvas.scene().map().pixel(x, y); }
    QImage picture() { return canvas.grab().toImage(); }
    QColor colour(std::size_t series) const { return canvas.scene().model().series()[series].style.colour; }
    Span x() const {
        return span(canvas.scene().map().x, canvas.scene().map().area.left(),
                    canvas.scene().map().area.right());
    }
    Span y() const {
        return span(canvas.scene().map().y, canvas.scene().map().area.bottom(),
                    canvas.scene().map().area.top());
    }
    void drag(const QPointF& from, const QPointF& to, Qt::MouseButton button = Qt::LeftButton,
              Qt::KeyboardModifiers modifiers = {}) {
        QTest::mousePress(&canvas, button, modifiers, from.toPoint());
        move((from + to) / 2, button, modifiers);
        move(to, button, modifiers);
        QTest::mouseRelease(&canvas, button, modifiers, to.toPoint());
    }
    void move(const QPointF& to, Qt::MouseButtons buttons = {}, Qt::KeyboardModifiers modifiers = {}) {
        QMouseEvent event(QEvent::MouseMove, to, canvas.mapToGlobal(to), Qt::NoButton, buttons, modifiers);
        QCoreApplication::sendEvent(&canvas, &event);
    }
    void wheel(const QPointF& position, int steps, Qt::KeyboardModifiers modifiers = {}) {
        QWheelEvent event(position, canvas.mapToGlobal(position), {}, QPoint(0, 120 * steps), Qt::NoButton,
                          modifiers, Qt::NoScrollPhase, false);
        QCoreApplication::sendEvent(&canvas, &event);
    }
    KeyButton* keyButton(const QString& label) {
        for (KeyButton* button : canvas.findChildren<KeyButton*>())
            if (button->label() == label) return button;
        return nullptr;
    }
    PlotCanvas canvas;
    bool isExposed = false;

  private:
    static Span span(const AxisMap& map, double from, double to) { return {map.value(from), map.value(to)}; }
};

inline Figure twoLines() {
    const std::vector<double> x = ramp(201, 0, 10);
    return lineFigure({line("two-layer", x, over(x, [](double t) { return std::exp(-t); })),
                       line("one-layer", x, over(x, [](double t) { return 1 - std::exp(-t); }))});
}

inline Figure cloudFigure() {
    Figure figure = figureOf("points");
    Cloud cloud;
    cloud.look.label = "states";
    cloud.look.marker = Marker::Circle;
    for (int i = 0; i < 12; ++i) {
        cloud.x.push_back(i % 4);
        cloud.y.push_back(i / 4);
        cloud.colour.push_back(i);
    }
    cloud.dims = {"row", "column"};
    cloud.shape = {3, 4};
    Colours colours;
    colours.dataLow = 0;
    colours.dataHigh = 11;
    colours.title = "order";
    figure.body = Points{{cloud}, colours};
    return figure;
}

inline Figure pathFigure() {
    Figure figure = figureOf("trajectory");
    const std::vector<double> angle = ramp(181, 0, M_PI);
    Path path;
    path.look.label = "output";
    path.x = over(angle, [](double a) { return -std::cos(a); });
    path.y = over(angle, [](double a) { return std::sin(a); });
    path.dimension = "step";
    path.marks = {{90, "", Marker::Circle, "frame"}};
    figure.cursors = {{"frame", "step", 90, 181}};
    figure.body = Trajectory{{path}, std::nullopt};
    return figure;
}

inline Gesture gesture(Gesture::Kind kind, bool alongY = false) {
    Gesture made;
    made.kind = kind;
    made.probe = "sim/solve";
    made.alongY = alongY;
    return made;
}

}  // namespace latent::desktop::test
