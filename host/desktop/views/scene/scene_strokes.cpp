// SPDX-License-Identifier: GPL-3.0-or-later
#include "desktop/views/scene/scene_strokes.hpp"

#include <algorithm>
#include <cmath>

#include "desktop/views/plot/polyline_clip.hpp"

namespace latent::desktop {

using engine::figures::Marker;

namespace {

constexpr double kSamePixel = 0.7;
constexpr int kLevels = 16;      ///< of the depth cue
constexpr double kPalest = 0.6;  ///< part of the ground in the colour of what is farthest
constexpr double kLargestArea = 9, kSmallest_px = 2;
constexpr std::size_t kMostPathMarkers = 400, kLongPath = 20'000;
constexpr double kThin = 0.6;  ///< of the width of paths that would cover themselves

QColor mixed(const QColor& a, const QColor& b, double part) {
    const auto mix = [part](int x, int y) { return static_cast<int>(std::lround(x + (y - x) * part)); };
    return QColor(mix(a.red(), b.red()), mix(a.green(), b.green()), mix(a.blue(), b.blue()));
}

class Collector {
  public:
    Collector(const SceneModel& model, const SceneArrangement& arranged, SceneStrokes& made)
        : m_model(model), m_arranged(arranged), m_made(made) {}

    void path(const SceneSeries& series) {
        if (!series.style.hasLine) return;
        m_series = &series;
        m_along = 0;
        m_isOpen = m_hasSkipped = false;
        for (std::size_t i = 0; i < series.points.size(); ++i) {
            const ScenePoint& p = series.points[i];
            if (std::isnan(p.x)) {
                gap();
                continue;
            }
            const Seen seen = m_arranged.eye.see({p.x, p.y, p.z});
            const QPointF at = m_arranged.pixel(seen);
            if (m_isOpen && std::abs(at.x() - m_last.x()) + std::abs(at.y() - m_last.y()) < kSamePixel) {
                m_hasSkipped = true;
                m_skipped = {at, seen, i};
                continue;
            }
            to(at, seen, i);
        }
        gap();
    }

    void dots(const SceneSeries& series) {
        const bool isPath = series.isPath;
        if (isPath && (series.style.marker == Marker::None || series.points.size() > kMostPathMarkers))
            return;
        const double plain = (isPath ? 6.0 : markerSize(series.points.size())) *
                             (m_model.theme.kind == Theme::Kind::Paper ? 0.8 : 1);
        for (std::size_t i = 0; i < series.points.size(); ++i) {
            const ScenePoint& p = series.points[i];
            if (std::isnan(p.x)) continue;
            const Seen seen = m_arranged.eye.see({p.x, p.y, p.z});
            const QPointF at = m_arranged.pixel(seen);
            if (!m_arranged.area.contains(at)) continue;
            double size = plain;
            if (series.size)
                size = series.size[i] > 0
                           ? std::max(kSmallest_px, plain * std::sqrt(kLargestArea * series.size[i]))
                           : 0;
            if (size <= 0) continue;
            const double nearness = m_arranged.nearness(seen);
            const bool isMissing = series.colour && std::isnan(series.colour[i]);
            m_made.dots.push_back({at, nearness, size * (0.75 + 0.5 * nearness),
                                   paled(series, colourOf(series, i), nearness), &series.style, isMissing,
                                   isPath});
        }
    }

  private:
    struct Place {
        QPointF at;
        Seen seen;
        std::size_t index = 0;
    };

    QColor colourOf(const SceneSeries& series, std::size_t i) const {
        return series.colour ? QColor(m_model.map->at(series.colour[i])) : series.style.colour;
    }

    /// Colours that stand for values stay those of the bar; there only the size of dots tells how far they are.
    QColor paled(const SceneSeries& series, const QColor& colour, double nearness) const {
        if (series.colour) return colour;
        const double level = std::round(nearness * (kLevels - 1)) / (kLevels - 1);
        return mixed(colour, m_model.theme.panel, kPalest * (1 - level));
    }

    void to(const QPointF& at, const Seen& seen, std::size_t i) {
        if (m_isOpen) {
            QPointF a = m_last, b = at;
            const double nearness = m_arranged.nearness({0, 0, (seen.near + m_lastNear) / 2});
            if (clipSegment(a, b, m_arranged.area))
                segment(a, b, nearness, paled(*m_series, colourOf(*m_series, i), nearness));
            m_along += std::hypot(at.x() - m_last.x(), at.y() - m_last.y());
        }
        m_isOpen = true;
        m_hasSkipped = false;
        ++m_run;
        m_lastIndex = i;
        m_last = at;
        m_lastNear = seen.near;
    }

    void segment(const QPointF& a, const QPointF& b, double nearness, const QColor& colour) {
        auto& pieces = m_made.pieces;
        const bool goesOn = !pieces.empty() && pieces.back().style == &m_series->style &&
                            pieces.back().colour == colour && pieces.back().line.last() == a;
        if (!goesOn) {
            pieces.push_back({QPolygonF{a}, nearness, colour,
                              m_series->style.width * (m_series->points.size() > kLongPath ? kThin : 1),
                              m_along, &m_series->style});
            ++m_made.vertices;
        }
        pieces.back().line << b;
        ++m_made.vertices;
    }

    /// The end of a part is kept even where it falls on the pixel before it.
    void gap() {
        if (m_hasSkipped) to(m_skipped.at, m_skipped.seen, m_skipped.index);
        // A point between two gaps is a dot.
        if (m_isOpen && m_run == 1 && m_arranged.area.contains(m_last)) {
            const double nearness = m_arranged.nearness({0, 0, m_lastNear});
            segment(m_last, m_last + QPointF(0.01, 0), nearness,
                    paled(*m_series, colourOf(*m_series, m_lastIndex), nearness));
        }
        m_run = 0;
        m_isOpen = false;
    }

    const SceneModel& m_model;
    const SceneArrangement& m_arranged;
    SceneStrokes& m_made;
    const SceneSeries* m_series = nullptr;
    QPointF m_last;
    Place m_skipped;
    double m_lastNear = 0, m_along = 0;
    std::size_t m_run = 0, m_lastIndex = 0;
    bool m_isOpen = false, m_hasSkipped = false;
};

}  // namespace

SceneStrokes strokesOf(const SceneModel& model, const SceneArrangement& arranged,
                       const QSet<QString>& hidden) {
    SceneStrokes made;
    Collector collector(model, arranged, made);
    for (const SceneSeries& series : model.series) {
        if (hidden.contains(series.label)) continue;
        if (series.isPath) collector.path(series);
        collector.dots(series);
    }
    std::stable_sort(made.pieces.begin(), made.pieces.end(),
                     [](const auto& a, const auto& b) { return a.near < b.near; });
    std::stable_sort(made.dots.begin(), made.dots.end(),
                     [](const auto& a, const auto& b) { return a.near < b.near; });
    return made;
}

}  // namespace latent::desktop
