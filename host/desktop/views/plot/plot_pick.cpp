// SPDX-License-Identifier: GPL-3.0-or-later
#include "desktop/views/plot/plot_pick.hpp"

#include <QCoreApplication>
#include <algorithm>
#include <cmath>

#include "desktop/views/plot/number_words.hpp"

namespace latent::desktop {

using namespace engine::figures;

namespace {

constexpr double kReach_px = 28;

QString titled(const std::string& title, const QString& words, const char* otherwise) {
    return QString::fromStdString(title.empty() ? otherwise : title) + QLatin1Char(' ') + words;
}

QString axisWords(const Axis& axis, double value, const char* otherwise) {
    if (value >= 0 && value < static_cast<double>(axis.categories.size()) && value == std::floor(value))
        return titled(axis.title, QString::fromStdString(axis.categories[static_cast<std::size_t>(value)]),
                      otherwise);
    return titled(axis.title, quantityWords(value, axis.unit), otherwise);
}

std::optional<Picked> nearestInPlane(const PlotSeries& series, const PlotMap& map, const QPointF& position) {
    std::optional<Picked> nearest;
    for (std::size_t i = 0; i < series.size; ++i) {
        const QPointF at = map.pixel(series.x[i], series.y[i]);
        const double distance = std::hypot(at.x() - position.x(), at.y() - position.y());
        if (std::isfinite(distance) && (!nearest || distance < nearest->distance_px))
            nearest = Picked{0, i, at, distance};
    }
    return nearest;
}

/// The two neighbours in x tell which point is nearest and how far the line itself is from the mouse.
std::optional<Picked> nearestOnFunction(const PlotSeries& series, const PlotMap& map,
                                        const QPointF& position) {
    const double x = map.x.value(position.x());
    const auto right =
        static_cast<std::size_t>(std::lower_bound(series.x, series.x + series.size, x) - series.x);
    std::optional<Picked> nearest;
    double best = 0;
    for (std::size_t i = right > 0 ? right - 1 : 0; i <= right && i < series.size; ++i) {
        const QPointF at = map.pixel(series.x[i], series.y[i]);
        const double across = std::abs(at.x() - position.x());
        if (!std::isfinite(at.x() + at.y()) || (nearest && across >= best)) continue;
        best = across;
        nearest = Picked{0, i, at, std::abs(at.y() - position.y())};
    }
    if (!nearest || right == 0 || right >= series.size) return nearest;
    const QPointF a = map.pixel(series.x[right - 1], series.y[right - 1]),
                  b = map.pixel(series.x[right], series.y[right]);
    if (std::isfinite(a.y() + b.y()) && b.x() != a.x())
        nearest->distance_px =
            std::abs(a.y() + (b.y() - a.y()) * (position.x() - a.x()) / (b.x() - a.x()) - position.y());
    return nearest;
}

std::optional<Picked> nearestBin(const PlotModel& model, const PlotSeries& series, const PlotMap& map,
                                 const QPointF& position) {
    const std::vector<double>& edges = std::get<Histogram>(model.figure().body).edges;
    const double x = map.x.value(position.x());
    const auto after = std::upper_bound(edges.begin(), edges.end(), x);
    if (after == edges.begin() || after == edges.end()) return std::nullopt;
    const auto bin = static_cast<std::size_t>(after - edges.begin()) - 1;
    if (bin >= series.size) return std::nullopt;
    double top = map.y.pixel(series.y[bin]);
    if (!std::isfinite(top)) top = map.area.bottom();
    return Picked{0, bin, QPointF((map.x.pixel(edges[bin]) + map.x.pixel(edges[bin + 1])) / 2, top),
                  std::abs(top - position.y())};
}

}  // namespace

std::optional<Picked> nearestPoint(const PlotModel& model, const PlotMap& map, const QPointF& position,
                                   const QSet<QString>& hidden) {
    std::optional<Picked> nearest;
    for (std::size_t s = 0; s < model.series().size(); ++s) {
        const PlotSeries& series = model.series()[s];
        if (hidden.contains(series.label) || series.size == 0) continue;
        std::optional<Picked> found;
        if (model.kind() == PlotModel::Kind::Histogram)
            found = nearestBin(model, series, map, position);
        else if (model.kind() == PlotModel::Kind::Lines && series.isFunction)
            found = nearestOnFunction(series, map, position);
        else
            found = nearestInPlane(series, map, position);
        if (!found || (nearest && nearest->distance_px <= found->distance_px)) continue;
        nearest = found;
        nearest->series = static_cast<int>(s);
    }
    const bool needsReach =
        model.kind() == PlotModel::Kind::Points || model.kind() == PlotModel::Kind::Trajectory;
    if (nearest && needsReach && nearest->distance_px > kReach_px) return std::nullopt;
    return nearest;
}

std::optional<qint64> nearestIndex(const PlotSeries& series, const PlotMap& map, const QPointF& position,
                                   bool alongX) {
    std::optional<qint64> best;
    double least = 0;
    for (std::size_t i = 0; i < series.size; ++i) {
        const double dx = map.x.pixel(series.x[i]) - position.x();
        const double distance =
            alongX ? std::abs(dx) : std::hypot(dx, map.y.pixel(series.y[i]) - position.y());
        if (!std::isfinite(distance) || (best && distance >= least)) continue;
        least = distance;
        best = static_cast<qint64>(i);
    }
    return best;
}

QString readoutWords(const PlotModel& model, const Picked& picked) {
    const Figure& figure = model.figure();
    const PlotSeries& series = model.series()[static_cast<std::size_t>(picked.series)];
    const double y = series.y[picked.point];
    const QString comma = QStringLiteral(", ");
    if (const auto* histogram = std::get_if<Histogram>(&figure.body)) {
        const QString from = valueWords(histogram->edges[picked.point]),
                      to = quantityWords(histogram->edges[picked.point + 1], figure.x.unit);
        return titled(figure.x.title, from + QStringLiteral(" to ") + to, "x") + comma + series.name +
               QLatin1Char(' ') + quantityWords(y, figure.y.unit, histogram->density ? 4 : 9);
    }
    const double x = series.x[picked.point];
    if (const auto* lines = std::get_if<Lines>(&figure.body)) {
        const Line& line = lines->lines[series.member];
        QString words = axisWords(figure.x, x, "x") + comma + series.name + QLatin1Char(' ') +
                        quantityWords(y, figure.y.unit);
        if (picked.point < line.smoothed.size())
            words += QStringLiteral(" (") +
                     QCoreApplication::translate("latent::desktop::PlotCanvas", "smoothed %1")
                         .arg(valueWords(line.smoothed[picked.point])) +
                     QLatin1Char(')');
        if (picked.point < line.low.size() && picked.point < line.high.size())
            words += QStringLiteral(" [") + valueWords(line.low[picked.point]) + comma +
                     valueWords(line.high[picked.point]) + QLatin1Char(']');
        return words;
    }
    QString words = axisWords(figure.x, x, "x") + comma + axisWords(figure.y, y, "y");
    if (model.series().size() > 1) words = series.name + QStringLiteral(": ") + words;
    if (const auto* points = std::get_if<Points>(&figure.body)) {
        const Cloud& cloud = points->clouds[series.member];
        if (picked.point < cloud.text.size())
            words = QString::fromStdString(cloud.text[picked.point]) + QStringLiteral(": ") + words;
    }
    if (series.colour && model.colours()) {
        const Colours& colours = *model.colours();
        const double value = series.colour[picked.point];
        const bool isWord = value >= 0 && value < static_cast<double>(colours.categories.size());
        words += comma +
                 titled(colours.title,
                        isWord ? QString::fromStdString(colours.categories[static_cast<std::size_t>(value)])
                               : quantityWords(value, colours.unit),
                        "value");
    }
    return words;
}

nlohmann::json pickResults(const PlotModel& model, const Picked& picked) {
    const Figure& figure = model.figure();
    const PlotSeries& series = model.series()[static_cast<std::size_t>(picked.series)];
    const auto number = [](double value) {
        return std::isfinite(value) ? nlohmann::json(value) : nlohmann::json();
    };
    nlohmann::json results = {{"x", number(series.x[picked.point])}, {"y", number(series.y[picked.point])}};
    if (const auto* histogram = std::get_if<Histogram>(&figure.body)) {
        results["x"] = (histogram->edges[picked.point] + histogram->edges[picked.point + 1]) / 2;
        results["value"] = number(series.y[picked.point]);
        return results;
    }
    if (series.colour) results["value"] = number(series.colour[picked.point]);
    if (const auto* points = std::get_if<Points>(&figure.body)) {
        const Cloud& cloud = points->clouds[series.member];
        // The points are in the order of their flattened dimensions, the last one fastest.
        std::size_t rest = picked.point;
        for (std::size_t d = std::min(cloud.dims.size(), cloud.shape.size()); d-- > 0;) {
            if (cloud.shape[d] == 0) break;
            results["index." + cloud.dims[d]] = rest % cloud.shape[d];
            rest /= cloud.shape[d];
        }
    } else if (const auto* trajectory = std::get_if<Trajectory>(&figure.body)) {
        if (const std::string& dimension = trajectory->paths[series.member].dimension; !dimension.empty())
            results["index." + dimension] = picked.point;
    } else {
        for (const CursorPlace& cursor : figure.cursors)
            if (cursor.alongX) results["index." + cursor.dimension] = picked.point;
    }
    return results;
}

}  // namespace latent::desktop
