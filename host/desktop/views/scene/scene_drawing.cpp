// SPDX-License-Identifier: GPL-3.0-or-later
#include "desktop/views/scene/scene_drawing.hpp"

#include <QCoreApplication>
#include <QFontMetricsF>
#include <QPaintEngine>
#include <QPainter>
#include <QPainterPath>
#include <cmath>

#include "desktop/views/plot/colour_bar.hpp"
#include "desktop/views/plot/markers.hpp"
#include "desktop/views/plot/stroke_image.hpp"
#include "desktop/views/scene/scene_box.hpp"
#include "desktop/views/scene/scene_strokes.hpp"

namespace latent::desktop {

using namespace engine::figures;

namespace {

constexpr std::size_t kManyVertices = 4000, kManyDots = 2000, kMostVectors = 20'000;
constexpr double kFaded = 0.4;

/// With a context that lupdate knows.
class SceneDrawingWords {
    Q_DECLARE_TR_FUNCTIONS(latent::desktop::SceneCanvas)
};

bool isRaster(const QPainter& painter) {
    return painter.paintEngine() && (painter.paintEngine()->type() == QPaintEngine::Raster);
}

/// Dashes of a piece, cut by hand where an image takes plain segments only.
void strokeInto(StrokeImage& image, const SceneStrokes::Piece& piece) {
    const QVector<qreal>& dashes = piece.style->dashes;
    double period = 0;
    for (const double dash : dashes) period += dash * piece.width;
    double along = piece.along;
    for (qsizetype i = 1; i < piece.line.size(); ++i) {
        const QPointF a = piece.line[i - 1], b = piece.line[i];
        const double length = std::hypot(b.x() - a.x(), b.y() - a.y());
        if (period <= 0 || length <= 0) {
            image.segment(a, b, piece.width, piece.colour.rgb());
            continue;
        }
        for (double done = 0; done < length;) {
            double in = std::fmod(along + done, period);
            qsizetype part = 0;
            while (part + 1 < dashes.size() && in >= dashes[part] * piece.width)
                in -= dashes[part++] * piece.width;
            const double step = std::min(length - done, std::max(1e-3, dashes[part] * piece.width - in));
            if (part % 2 == 0)
                image.segment(a + (b - a) * (done / length), a + (b - a) * ((done + step) / length),
                              piece.width, piece.colour.rgb());
            done += step;
        }
        along += length;
    }
}

void drawPiece(QPainter& painter, const SceneStrokes::Piece& piece) {
    QPen pen(piece.colour, piece.width, Qt::SolidLine,
             piece.style->dashes.isEmpty() ? Qt::RoundCap : Qt::FlatCap, Qt::RoundJoin);
    if (!piece.style->dashes.isEmpty()) {
        pen.setDashPattern(piece.style->dashes);
        pen.setDashOffset(piece.along / piece.width);
    }
    painter.setPen(pen);
    painter.setBrush(Qt::NoBrush);
    painter.drawPolyline(piece.line);
}

void drawDot(QPainter& painter, const SceneStrokes::Dot& dot, const Theme& theme, bool outlined) {
    if (dot.isMissing)
        return drawMarker(painter, dot.style->marker, dot.at, dot.size_px,
                          {.fill = theme.hatch, .outline = theme.panel, .outlineWidth = 1.2, .hollow = true});
    drawMarker(painter, dot.style->marker, dot.at, dot.size_px,
               {.fill = dot.colour, .outline = outlined ? theme.panel : QColor(), .outlineWidth = 0.8});
}

void drawStrokes(QPainter& painter, const SceneModel& model, const SceneArrangement& arranged,
                 const SceneStrokes& strokes) {
    const bool raster = isRaster(painter);
    const bool asImage = raster ? strokes.vertices > kManyVertices || strokes.dots.size() > kManyDots
                                : strokes.vertices + strokes.dots.size() > kMostVectors;
    auto dot = strokes.dots.begin();
    if (asImage) {
        const double scale = painter.deviceTransform().m11();
        StrokeImage image(arranged.area.adjusted(-8, -8, 8, 8), raster ? scale : std::clamp(scale, 4.0, 8.0));
        for (const SceneStrokes::Piece& piece : strokes.pieces) {
            for (; dot != strokes.dots.end() && dot->near < piece.near; ++dot)
                image.segment(dot->at, dot->at, dot->size_px, dot->colour.rgb());
            strokeInto(image, piece);
        }
        for (; dot != strokes.dots.end(); ++dot)
            image.segment(dot->at, dot->at, dot->size_px, dot->colour.rgb());
        image.drawTo(painter, 1);
        return;
    }
    for (const SceneStrokes::Piece& piece : strokes.pieces) {
        for (; dot != strokes.dots.end() && dot->near < piece.near; ++dot)
            drawDot(painter, *dot, model.theme, true);
        drawPiece(painter, piece);
    }
    for (; dot != strokes.dots.end(); ++dot) drawDot(painter, *dot, model.theme, true);
}

void drawKey(QPainter& painter, const SceneModel& model, const SceneArrangement& arranged,
             const QSet<QString>& hidden) {
    const Theme& theme = model.theme;
    const QFontMetricsF metrics(theme.small);
    painter.setFont(theme.small);
    for (const SceneKeyEntry& entry : arranged.key) {
        const SceneSeries& series = model.series[entry.series];
        const bool isHidden = hidden.contains(series.label);
        const double y = entry.area.center().y(), left = entry.area.left();
        painter.setOpacity(isHidden ? kFaded : 1);
        if (series.style.hasLine) {
            painter.setPen(series.style.pen());
            painter.drawLine(QPointF(left + 1, y), QPointF(left + kSwatch_px - 1, y));
        }
        if (series.style.marker != Marker::None)
            drawMarker(painter, series.style.marker, QPointF(left + kSwatch_px / 2, y),
                       series.style.hasLine ? 6.5 : 8,
                       {.fill = series.colour ? theme.muted : series.style.colour, .outline = {}});
        painter.setPen(theme.text);
        painter.drawText(
            QPointF(left + kSwatch_px + kSwatchGap_px, y + (metrics.ascent() - metrics.descent()) / 2),
            entry.words);
        // A line through the name, so that hidden is not told by paleness alone.
        if (isHidden)
            painter.drawLine(QPointF(left + kSwatch_px + kSwatchGap_px, std::round(y) + 0.5),
                             QPointF(entry.area.right(), std::round(y) + 0.5));
    }
    painter.setOpacity(1);
    if (arranged.keyLeftOut == 0 || arranged.key.empty()) return;
    const QRectF last = arranged.key.back().area;
    painter.setPen(theme.muted);
    painter.drawText(
        QPointF(last.right() + 8, last.center().y() + (metrics.ascent() - metrics.descent()) / 2),
        SceneDrawingWords::tr("+%1 more").arg(arranged.keyLeftOut));
}

void drawMarks(QPainter& painter, const SceneModel& model, const SceneArrangement& arranged,
               const std::vector<SceneMark>& marks) {
    const Theme& theme = model.theme;
    const QFontMetricsF metrics(theme.small);
    for (const SceneMark& mark : marks) {
        const QPointF at = pixelOf(model, arranged, mark.series, mark.point);
        if (!arranged.area.contains(at)) continue;
        const QColor own = model.series[mark.series].style.colour;
        if (mark.cursor.isEmpty())
            drawMarker(painter, mark.marker, at, 9,
                       {.fill = own, .outline = theme.panel, .outlineWidth = 2, .hollow = true});
        else
            drawMarker(painter, mark.marker, at, 10,
                       {.fill = theme.accent, .outline = theme.panel, .outlineWidth = 2});
        if (mark.words.isEmpty()) continue;
        const double width = metrics.horizontalAdvance(mark.words),
                     x = at.x() + 8 + width > arranged.area.right() ? at.x() - 8 - width : at.x() + 8;
        const QPointF baseline(x, at.y() - 6);
        // A rim of the ground, so that words stay readable over paths.
        QPainterPath letters;
        letters.addText(baseline, theme.small, mark.words);
        painter.setBrush(Qt::NoBrush);
        painter.setPen(QPen(theme.panel, 3, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
        painter.drawPath(letters);
        painter.setFont(theme.small);
        painter.setPen(theme.text);
        painter.drawText(baseline, mark.words);
    }
}

void drawFoot(QPainter& painter, const SceneModel& model, const SceneArrangement& arranged) {
    QStringList words;
    if (model.missing > 0)
        words << SceneDrawingWords::tr("Points that hold no number: %L1.").arg(model.missing);
    if (model.leftOut > 0)
        words << SceneDrawingWords::tr("Points outside of the axes: %L1.").arg(model.leftOut);
    if (words.isEmpty()) return;
    const QFontMetricsF metrics(model.theme.small);
    painter.setFont(model.theme.small);
    painter.setPen(model.theme.muted);
    painter.drawText(
        QPointF(arranged.area.left() + 4, arranged.area.bottom() + 2 + metrics.ascent()),
        metrics.elidedText(words.join(QLatin1Char(' ')), Qt::ElideRight, arranged.area.width() - 8));
}

}  // namespace

QPointF pixelOf(const SceneModel& model, const SceneArrangement& arranged, std::size_t series,
                std::size_t point) {
    const ScenePoint& p = model.series[series].points[point];
    return arranged.pixel(Vector{p.x, p.y, p.z});
}

std::vector<SceneMark> marksOf(const SceneModel& model, const QSet<QString>& hidden,
                               const std::optional<std::pair<QString, qint64>>& moved) {
    std::vector<SceneMark> marks;
    const auto* trajectory = std::get_if<Trajectory>(&model.figure->body);
    if (!trajectory) return marks;
    for (std::size_t s = 0; s < model.series.size(); ++s) {
        const SceneSeries& series = model.series[s];
        if (series.points.empty() || hidden.contains(series.label)) continue;
        const Path& path = trajectory->paths[series.member];
        const auto put = [&](const QString& cursor, qint64 at, Marker marker, const std::string& label) {
            const qint64 own = moved && moved->first == cursor ? moved->second : at;
            marks.push_back({cursor, s,
                             static_cast<std::size_t>(
                                 std::clamp<qint64>(own, 0, static_cast<qint64>(series.points.size()) - 1)),
                             QString::fromStdString(label), marker});
        };
        for (const PathMark& mark : path.marks)
            put(QString::fromStdString(mark.cursor), mark.at, mark.marker, mark.label);
        for (const CursorPlace& cursor : model.figure->cursors) {
            const bool isMarked =
                std::any_of(path.marks.begin(), path.marks.end(),
                            [&](const PathMark& mark) { return mark.cursor == cursor.name; });
            if (!isMarked && cursor.dimension == path.dimension)
                put(QString::fromStdString(cursor.name), cursor.index, Marker::Circle, {});
        }
    }
    return marks;
}

void drawScene(QPainter& painter, const SceneModel& model, const SceneArrangement& arranged,
               const QSet<QString>& hidden, const std::vector<SceneMark>& marks) {
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    drawBox(painter, model, arranged);
    drawStrokes(painter, model, arranged, strokesOf(model, arranged, hidden));
    drawMarks(painter, model, arranged, marks);
    drawKey(painter, model, arranged, hidden);
    if (!arranged.bar.isEmpty())
        ColourBar(*model.colours(), *model.map, model.theme).draw(painter, arranged.bar);
    drawFoot(painter, model, arranged);
    painter.restore();
}

}  // namespace latent::desktop
