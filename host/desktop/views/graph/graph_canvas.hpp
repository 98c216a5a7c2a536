// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// The canvas of graphs.
//
// The mouse over a node shows its neighbours and fades the rest. Wheel zooms at the mouse, dragging the ground pans (in three
// dimensions it turns; Shift or the middle button pan), dragging a node moves it, a double click shows all; once all is
// shown, home puts moved nodes back. Keys: arrows walk from node to node, with Shift they pan (or turn), with Ctrl they
// move the node; + and − zoom, Home shows all, Space and Return pick, comma and full stop step the first cursor, Escape
// gives up a lasso; a lasso by keyboard takes the node and its neighbours. With the gesture "connect" a click on a node and
// one on another, a drag between them, or Space on each makes their edge come or go. UI thread; large layouts are made on a
// pool thread.
//
//     FigureCanvas* canvas = makeFieldCanvas(*figure, card);
//     canvas->setFigure(figure);

#include <QPixmap>

#include "desktop/views/field/field_canvas.hpp"
#include "desktop/views/graph/edge_edit.hpp"
#include "desktop/views/graph/graph_arrangement.hpp"

namespace latent::desktop {

class GraphCanvas final : public FieldCanvas {
    Q_OBJECT
  public:
    using FieldCanvas::FieldCanvas;
    void paint(QPainter& painter, const QRectF& area, const Theme& theme) override;
    bool makes(engine::figures::Gesture::Kind kind) const override {
        using Kind = engine::figures::Gesture::Kind;
        return kind == Kind::Pick || kind == Kind::Lasso || kind == Kind::Connect;
    }
    QVariantMap viewState() const override;
    void setViewState(const QVariantMap& state) override;
    void home() override;
    void setActiveGesture(int index) override;
    void forgetPainted() override;
    /// What was connected last is asked of whoever fills this canvas: until answered() it stands, whatever figures come, as
    /// they may answer older questions or be parts. Where nobody says so, EdgeEdits::settle() decides.
    void awaitAnswer();
    /// The whole answer to the newest question came: from now on figures count, with or without what was connected.
    void answered();
    /// As it is in the window now; where tests click.
    const GraphArrangement& arrangement();
    bool isReady() const { return m_content != nullptr; }
    std::optional<std::size_t> pointed() const { return m_node; }
    /// The node that the next one is to be connected with.
    std::optional<std::size_t> connectedFrom() const { return m_end; }

  protected:
    void figureChanged(bool isAnother) override;
    QString sentence() const override;
    bool isBusy() const override { return m_drag != Drag::None || m_end; }
    void paintWindow(QPainter& painter) override;
    void resizeEvent(QResizeEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    void mouseDoubleClickEvent(QMouseEvent* event) override;
    void wheelEvent(QWheelEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void leaveEvent(QEvent* event) override;

  private:
    enum class Drag { None, Pan, Turn, Node, Lasso, Click, Connect };

    void adopt(GraphContentPtr content);
    void setView(GraphView view);
    void redraw();
    void zoomAt(const QPointF& position, double factor);
    void panBy(const QPointF& pixels);
    void moveNode(std::size_t node, const QPointF& pixel);
    void pointAt(std::optional<std::size_t> node, std::optional<std::size_t> edge = {});
    void walk(double across, double down);
    void arrow(QKeyEvent* event, double across, double down);
    void pick();
    void finishLasso();
    bool isConnecting() const;
    void connectAt(std::size_t node);
    void toggleEdge(std::size_t from, std::size_t to);
    void startAt(std::optional<std::size_t> node);
    void draw(const FigurePtr& figure);
    void giveUpEdits();
    void stepCursor(int step);

    GraphContentPtr m_content;
    std::uint64_t m_wish = 0;
    GraphView m_view, m_viewAtPress;
    std::optional<GraphArrangement> m_arranged;  ///< none: to be made
    QPixmap m_base;                              ///< all but what the pointer adds; null: to be drawn
    Drag m_drag = Drag::None;
    QPointF m_pressed;
    bool m_hasMoved = false, m_byKeyboard = false;
    std::optional<std::size_t> m_node, m_edge;
    EdgeEdits m_edits;
    FigurePtr m_given;                      ///< the figure that m_edits have seen
    std::optional<FigurePtr> m_shownAtAsk;  ///< while the answer to what m_edits hold is under way
    std::optional<std::size_t> m_end;       ///< one end of the edge that is being made
    std::size_t m_pressedNode = 0;          ///< while Drag::Node or Drag::Connect
    std::optional<QPointF> m_pointer;       ///< of the mouse, while it is over the canvas
    QPolygonF m_lasso;
    std::optional<std::pair<QString, qint64>> m_moved;  ///< a cursor ahead of the figure
};

}  // namespace latent::desktop
