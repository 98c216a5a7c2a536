// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Figures made by hand, and what a picture of a canvas shows where.
//
//     FigurePtr figure = lineFigure({{0, 1, 2}, {0, 1, 4}});
//     QVERIFY(hasInk(picture, canvas.scene().map().pixel(1, 1), colour));

#include <QImage>
#include <cmath>
#include <memory>
#include <vector>

#include "desktop/views/canvas.hpp"

namespace latent::desktop::test {

using namespace engine::figures;

inline Line line(std::string label, std::vector<double> x, std::vector<double> y) {
    Line made;
    made.look.label = std::move(label);
    made.x = std::move(x);
    made.y = std::move(y);
    return made;
}

inline std::vector<double> ramp(std::size_t size, double from, double to) {
    std::vector<double> values(size);
    for (std::size_t i = 0; i < size; ++i)
        values[i] = from + (to - from) * static_cast<double>(i) / static_cast<double>(size - 1);
    return values;
}

template <class Function>
std::vector<double> over(const std::vector<double>& x, Function function) {
    std::vector<double> values;
    values.reserve(x.size());
    for (const double value : x) values.push_back(function(value));
    return values;
}

inline Figure figureOf(std::string kind) {
    Figure figure;
    figure.kind = std::move(kind);
    figure.name = "figure";
    figure.title = "A figure";
    figure.x.title = "time";
    figure.x.unit = "s";
    figure.y.title = "loss";
    return figure;
}

inline Figure lineFigure(std::vector<Line> lines) {
    Figure figure = figureOf("lines");
    figure.body = Lines{std::move(lines), std::nullopt};
    return figure;
}

inline FigurePtr shared(Figure figure) { return std::make_shared<const Figure>(std::move(figure)); }

inline int distance(QRgb a, QRgb b) {
    return std::abs(qRed(a) - qRed(b)) + std::abs(qGreen(a) - qGreen(b)) + std::abs(qBlue(a) - qBlue(b));
}

/// The dot of a picture at a place in pixels, whatever the scale of the screen.
inline QPoint dotAt(const QImage& picture, const QPointF& at) {
    return (at * picture.devicePixelRatio()).toPoint();
}

/// Whether one of the dots within `reach` pixels of a place is nearly of this colour.
inline bool hasInk(const QImage& picture, const QPointF& at, const QColor& colour, int reach = 1,
                   int tolerance = 40) {
    const int dots = static_cast<int>(std::lround(reach * picture.devicePixelRatio()));
    for (int dy = -dots; dy <= dots; ++dy)
        for (int dx = -dots; dx <= dots; ++dx) {
            const QPoint pixel = dotAt(picture, at) + QPoint(dx, dy);
            if (picture.rect().contains(pixel) && distance(picture.pixel(pixel), colour.rgb()) <= tolerance)
                return true;
        }
    return false;
}

}  // namespace latent::desktop::test
