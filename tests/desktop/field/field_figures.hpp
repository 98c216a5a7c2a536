// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Figures of fields made by hand, and a canvas that is shown and handled as a user would.
//
//     Shown<GridCanvas> shown(gridFigure(5, 4, 4));
//     shown.click(shown.canvas->layout().rectOf({2, 1, 1}).center());
//     QCOMPARE(shown.gestures.back().second["index.time"], 2);

#include <QImage>
#include <QMouseEvent>
#include <QTest>
#include <QWheelEvent>
#include <cmath>
#include <limits>
#include <memory>
#include <vector>

#include "desktop/views/canvas.hpp"
#include "desktop/views/export.hpp"

namespace latent::desktop::test {

using namespace engine::figures;

inline constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

inline FigurePtr shared(Figure figure) { return std::make_shared<const Figure>(std::move(figure)); }

inline Figure figureOf(std::string kind, std::string title) {
    Figure figure;
    figure.kind = std::move(kind);
    figure.name = "figure";
    figure.title = std::move(title);
    return figure;
}

inline Gesture gestureOf(Gesture::Kind kind) {
    Gesture gesture;
    gesture.kind = kind;
    gesture.probe = "probe";
    return gesture;
}

inline int distance(QRgb a, QRgb b) {
    return std::abs(qRed(a) - qRed(b)) + std::abs(qGreen(a) - qGreen(b)) + std::abs(qBlue(a) - qBlue(b));
}

/// Whether one of the pixels within `reach` of a place is nearly of this colour.
inline bool hasInk(const QImage& picture, const QPointF& at, const QColor& colour, int reach = 1,
                   int tolerance = 40) {
    for (int dy = -reach; dy <= reach; ++dy)
        for (int dx = -reach; dx <= reach; ++dx) {
            const QPoint pixel = at.toPoint() + QPoint(dx, dy);
            if (picture.rect().contains(pixel) && distance(picture.pixel(pixel), colour.rgb()) <= tolerance)
                return true;
        }
    return false;
}

/// Pixels that are not the ground.
inline int inkIn(const QImage& picture, const QColor& ground) {
    int ink = 0;
    for (int y = 0; y < picture.height(); ++y)
        for (int x = 0; x < picture.width(); ++x)
            ink += distance(picture.pixel(x, y), ground.rgb()) > 40 ? 1 : 0;
    return ink;
}

/// A shown canvas with a figure.
template <class Canvas>
struct Shown {
    explicit Shown(Figure made, QSize size = {600, 400}) {
        const FigurePtr figure = shared(std::move(made));
        canvas.reset(qobject_cast<Canvas*>(makeCanvas(*figure)));
        if (!canvas) qFatal("The factory made another canvas.");
        // On the ground that cards have.
        QPalette ground = canvas->palette();
        ground.setColor(QPalette::Window, theme().panel);
        canvas->setPalette(ground);
        canvas->resize(size);
        canvas->setFigure(figure);
        canvas->show();
        (void)QTest::qWaitForWindowExposed(canvas.get());
        QObject::connect(
            canvas.get(), &FigureCanvas::gestured, canvas.get(),
            [this](int index, const nlohmann::json& results) { gestures.emplace_back(index, results); });
        QObject::connect(canvas.get(), &FigureCanvas::readout, canvas.get(),
                         [this](const QString& text) { words = text; });
        QObject::connect(canvas.get(), &FigureCanvas::cursorMoved, canvas.get(),
                         [this](const QString& name, qint64 index) { cursors.emplace_back(name, index); });
        QObject::connect(canvas.get(), &FigureCanvas::viewEdited, canvas.get(), [this] { ++edits; });
    }
    QImage picture() { return canvas->grab().toImage().convertToFormat(QImage::Format_RGB32); }
    void move(const QPointF& to, Qt::MouseButtons buttons = {}, Qt::KeyboardModifiers modifiers = {}) {
        QMouseEvent event(QEvent::MouseMove, to, canvas->mapToGlobal(to), Qt::NoButton, buttons, modifiers);
        QCoreApplication::sendEvent(canvas.get(), &event);
    }
    void button(QEvent::Type type, const QPointF& at, Qt::MouseButton which,
                Qt::KeyboardModifiers modifiers = {}) {
        const Qt::MouseButtons held =
            type == QEvent::MouseButtonRelease ? Qt::MouseButtons() : Qt::MouseButtons(which);
        QMouseEvent event(type, at, canvas->mapToGlobal(at), which, held, modifiers);
        QCoreApplication::sendEvent(canvas.get(), &event);
    }
    void click(const QPointF& at) {
        button(QEvent::MouseButtonPress, at, Qt::LeftButton);
        button(QEvent::MouseButtonRelease, at, Qt::LeftButton);
    }
    void drag(const std::vector<QPointF>& way, Qt::MouseButton which = Qt::LeftButton,
              Qt::KeyboardModifiers modifiers = {}) {
        button(QEvent::MouseButtonPress, way.front(), which, modifiers);
        for (const QPointF& at : way) move(at, which, modifiers);
        button(QEvent::MouseButtonRelease, way.back(), which, modifiers);
    }
    void wheel(const QPointF& at, int steps) {
        QWheelEvent event(at, canvas->mapToGlobal(at), {}, QPoint(0, 120 * steps), Qt::NoButton,
                          Qt::NoModifier, Qt::NoScrollPhase, false);
        QCoreApplication::sendEvent(canvas.get(), &event);
    }
    void key(int key, Qt::KeyboardModifiers modifiers = {}) {
        QTest::keyClick(canvas.get(), static_cast<Qt::Key>(key), modifiers);
    }

    std::vector<std::pair<int, nlohmann::json>> gestures;
    std::vector<std::pair<QString, qint64>> cursors;
    QString words;
    int edits = 0;
    std::unique_ptr<Canvas> canvas;  ///< last, so that what it says while it goes is still heard
};

/// Tiles whose entry on the diagonal grows with the tile.
inline Figure gridFigure(std::size_t tiles, std::size_t rows, std::size_t columns) {
    Figure figure = figureOf("image_grid", "Weight matrix, entry by entry");
    ImageGrid grid;
    grid.rows = rows;
    grid.columns = columns;
    grid.tileDimension = "time";
    grid.downDimension = "output";
    grid.acrossDimension = "input";
    for (std::size_t t = 0; t < tiles; ++t) {
        Tile tile;
        tile.label = "t = " + std::to_string(t) + ".5";
        for (std::size_t r = 0; r < rows; ++r)
            for (std::size_t c = 0; c < columns; ++c)
                tile.z.push_back(r == c ? std::min(1.0, static_cast<double>(t) / static_cast<double>(r + 1))
                                        : 0.02 * static_cast<double>((r * 7 + c * 3 + t) % 9));
        grid.tiles.push_back(std::move(tile));
    }
    grid.colours.title = "weight";
    grid.colours.dataLow = 0;
    grid.colours.dataHigh = 1;
    figure.body = std::move(grid);
    return figure;
}

/// A ring with chords.
inline Figure graphFigure(std::size_t nodes, const std::string& layout, bool directed = false) {
    Figure figure = figureOf("graph", "Graph behind the context");
    Graph graph;
    graph.nodes = nodes;
    graph.dimension = "state";
    graph.layout = layout;
    graph.directed = directed;
    for (std::size_t i = 0; i < nodes; ++i) {
        graph.edges.push_back({i, (i + 1) % nodes, 1});
        if (i % 3 == 0) graph.edges.push_back({i, (i * 7 + 3) % nodes, 0.3});
        graph.text.push_back(std::to_string(i));
    }
    graph.weighted = true;
    figure.body = std::move(graph);
    return figure;
}

/// Curves around the two wings of the Lorenz system, one path for each start.
inline Figure lorenzFigure(std::size_t points, std::size_t paths = 1) {
    Figure figure = figureOf("trajectory", "Strange attractor");
    figure.x.title = "x", figure.y.title = "y", figure.z.title = "convection", figure.z.unit = "K";
    Trajectory trajectory;
    for (std::size_t p = 0; p < paths; ++p) {
        Path path;
        path.look.label = "start " + std::to_string(p + 1);
        path.dimension = "step";
        double x = 1 + 4 * static_cast<double>(p), y = 1, z = 20;
        for (std::size_t i = 0; i < points; ++i) {
            const double dt = 0.005, dx = 10 * (y - x), dy = x * (28 - z) - y, dz = x * y - 8.0 / 3 * z;
            x += dt * dx, y += dt * dy, z += dt * dz;
            path.x.push_back(x);
            path.y.push_back(y);
            path.z.push_back(z);
        }
        trajectory.paths.push_back(std::move(path));
    }
    figure.body = std::move(trajectory);
    return figure;
}

/// A lattice of points, coloured by their height.
inline Figure latticeFigure(std::size_t side) {
    Figure figure = figureOf("points", "Hidden states");
    figure.x.title = "first component", figure.y.title = "second component",
    figure.z.title = "third component";
    Cloud cloud;
    cloud.look.label = "states";
    cloud.look.marker = Marker::Circle;
    cloud.dims = {"row", "column"};
    cloud.shape = {side, side};
    const double n = static_cast<double>(side - 1);
    for (std::size_t r = 0; r < side; ++r)
        for (std::size_t c = 0; c < side; ++c) {
            const double x = 2 * static_cast<double>(c) / n - 1, y = 2 * static_cast<double>(r) / n - 1;
            cloud.x.push_back(x);
            cloud.y.push_back(y);
            cloud.z.push_back(x * x - y * y);
            cloud.colour.push_back(cloud.z.back());
        }
    Colours colours;
    colours.dataLow = -1, colours.dataHigh = 1, colours.title = "height", colours.unit = "mm";
    figure.body = Points{{cloud}, colours};
    return figure;
}

}  // namespace latent::desktop::test
