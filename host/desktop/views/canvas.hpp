// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// A widget that draws one resolved figure, and the same drawing on paper.
//
// makeCanvas() gives the right one for the figure's kind. A canvas keeps zoom and rotation when the next figure of the same
// name comes in (live rows, another cursor), and draws on its own theme, which is the window's or paper's. It never blocks:
// figures are resolved elsewhere. All gestures come out as signals; probes are not its business. UI thread only.
//
//     FigureCanvas* canvas = makeCanvas(*figure, card);
//     canvas->setFigure(figure);
//     connect(canvas, &FigureCanvas::cursorMoved, source, &FigureSource::setCursor);
//     canvas->paint(painter, QRectF(0, 0, 85, 60) * dotsPerMm, Theme::of(Theme::Kind::Paper));

#include <QVariantMap>
#include <QWidget>
#include <memory>
#include <nlohmann/json.hpp>

#include "desktop/theme/theme.hpp"
#include "engine/figures/figure.hpp"

class QPainter;

namespace latent::desktop {

using FigurePtr = std::shared_ptr<const engine::figures::Figure>;

class FigureCanvas : public QWidget {
    Q_OBJECT
  public:
    explicit FigureCanvas(QWidget* parent = nullptr) : QWidget(parent) {}

    /// Of the same kind as the first one; null shows nothing.
    virtual void setFigure(FigurePtr figure) = 0;
    virtual FigurePtr figure() const = 0;
    /// Draws the figure as it stands (zoom, rotation, hidden series) into `area` of any painter. One unit of `area` is a
    /// device-independent pixel of 1/96 inch: scale the painter for other resolutions. Vector painters get vectors, with
    /// series decimated to what the area resolves and rasters as images.
    virtual void paint(QPainter& painter, const QRectF& area, const Theme& theme) = 0;

    /// Whether this canvas can make a gesture of that kind: only those are offered.
    virtual bool makes(engine::figures::Gesture::Kind kind) const {
        Q_UNUSED(kind);
        return false;
    }
    /// Zoom, rotation, hidden series, smoothing and scales, as plain values for sessions and undo.
    virtual QVariantMap viewState() const { return {}; }
    virtual void setViewState(const QVariantMap&) {}

  public Q_SLOTS:
    /// Back to all data.
    virtual void home() {}
    /// Which gesture of the figure the mouse makes (index into Figure::gestures); -1: zoom and pan.
    virtual void setActiveGesture(int index) { Q_UNUSED(index); }
    /// What was painted for a question is gone.
    virtual void forgetPainted() {}

  Q_SIGNALS:
    /// Words under the mouse ("time 3.2, OOD loss 0.31"), empty when it left.
    void readout(const QString& text);
    /// The user moved a shared cursor of this figure.
    void cursorMoved(const QString& name, qint64 index);
    /// A gesture was made: index into Figure::gestures, and its results by name (numbers, matrices) as the view vocabulary
    /// has them: {"x":…,"y":…,"index.time":…}, {"low":…,"high":…}, {"x_low":…}, {"polygon":[[…]],"indices":[…]}, {"mask":[[…]]},
    /// {"from":…,"to":…,"edges":[[…]]}.
    void gestured(int index, const nlohmann::json& results);
    /// Zoom, rotation or hidden series were changed by hand.
    void viewEdited();

  protected:
    /// On a page that scrolls the wheel is the page's: a figure that comes under the mouse is not zoomed. With Ctrl it zooms.
    bool event(QEvent* event) override;
};

/// A canvas for figures of this kind; Text and Table give canvases too.
FigureCanvas* makeCanvas(const engine::figures::Figure& figure, QWidget* parent = nullptr);

/// Plot canvases (lines, points, trajectory in 2-D, histogram); made in views/plot.
FigureCanvas* makePlotCanvas(const engine::figures::Figure& figure, QWidget* parent);
/// Rasters, image grids, graphs, tables, texts, clouds and paths in 3-D; made in views/field.
FigureCanvas* makeFieldCanvas(const engine::figures::Figure& figure, QWidget* parent);

}  // namespace latent::desktop
