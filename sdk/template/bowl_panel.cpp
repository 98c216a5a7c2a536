// SPDX-License-Identifier: GPL-3.0-or-later
// A plugin's own panel: the bowl from above, with the descent in it. A trajectory figure draws the path as well; what no
// figure has is the ground under it, so this is a panel. It becomes bowl_panel.so beside bowl.so, and is loaded by the
// desktop only. Delete it, and the last lines of CMakeLists.txt, if your figures say all there is to say.

#include <QMouseEvent>
#include <QPainter>
#include <QWidget>
#include <algorithm>
#include <cmath>
#include <functional>
#include <latent/panel.hpp>
#include <vector>

namespace {

/// Paints. Knows nothing of the workbench, so that it can be tried in a window of its own.
class BowlView final : public QWidget {
  public:
    explicit BowlView(QWidget* parent) : QWidget(parent) {
        setFocusPolicy(Qt::StrongFocus);
        setAccessibleName(QStringLiteral("The bowl from above, with the descent"));
    }
    std::function<void(qint64 step)> onStepWanted;

    void setDescent(std::vector<double> position, std::size_t axes, std::vector<double> curvature) {
        m_path.clear();
        for (std::size_t i = 0; axes >= 2 && i + axes <= position.size(); i += axes)
            m_path.append({position[i], position[i + 1]});
        m_curvature = std::move(curvature);
        update();
    }
    void setStep(std::optional<qint64> step) {  // nothing: at the end
        m_step = step;
        update();
    }
    void setTheme(const latent::panel::Theme& theme) {
        m_theme = theme;
        update();
    }

  protected:
    void paintEvent(QPaintEvent*) override {
        QPainter painter(this);
        painter.setRenderHint(QPainter::Antialiasing);
        painter.fillRect(rect(), m_theme.panel);
        if (m_path.isEmpty() || m_curvature.size() < 2) {
            painter.setPen(m_theme.muted);
            painter.setFont(m_theme.body);
            painter.drawText(rect(), Qt::AlignCenter,
                             QStringLiteral("This run has recorded no positions (record_position)."));
            return;
        }
        drawContours(painter);
        painter.setPen(QPen(m_theme.hatch, 1));
        painter.drawPolyline(placed(m_path.size()));  // what is still to come is faint
        painter.setPen(QPen(m_theme.accent, m_theme.lineWidth, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
        painter.drawPolyline(placed(at() + 1));
        painter.setPen(QPen(m_theme.accent, 2));
        painter.setBrush(m_theme.panel);
        painter.drawEllipse(place(m_path[at()]), 5, 5);
        painter.setPen(m_theme.muted);
        painter.setFont(m_theme.small);
        painter.drawText(rect().adjusted(12, 8, -12, -8), Qt::AlignBottom | Qt::AlignRight,
                         QStringLiteral("loss %1").arg(loss(m_path[at()]), 0, 'g', 3));
    }
    void mousePressEvent(QMouseEvent* event) override { moveTo(event->position()); }
    void mouseMoveEvent(QMouseEvent* event) override { moveTo(event->position()); }
    void keyPressEvent(QKeyEvent* event) override {
        const int way = event->key() == Qt::Key_Right ? 1 : event->key() == Qt::Key_Left ? -1 : 0;
        if (way == 0 || m_path.isEmpty()) return QWidget::keyPressEvent(event);
        onStepWanted(std::clamp<qint64>(at() + way, 0, m_path.size() - 1));
    }

  private:
    qsizetype at() const {
        return std::clamp<qsizetype>(m_step.value_or(m_path.size() - 1), 0, m_path.size() - 1);
    }
    double loss(const QPointF& p) const {
        return 0.5 * (m_curvature[0] * p.x() * p.x() + m_curvature[1] * p.y() * p.y());
    }
    double reach() const {
        double most = 1e-9;
        for (const QPointF& p : m_path) most = std::max({most, std::abs(p.x()), std::abs(p.y())});
        return 1.15 * most;
    }
    /// Both axes have one scale, or the bowl would not be what it is.
    double scale() const { return std::min(width(), height()) / (2 * reach()); }
    QPointF place(const QPointF& p) const {
        return QPointF(width(), height()) / 2 + QPointF(p.x(), -p.y()) * scale();
    }
    QPolygonF placed(qsizetype count) const {
        QPolygonF line;
        for (qsizetype i = 0; i < count; ++i) line.append(place(m_path[i]));
        return line;
    }
    void drawContours(QPainter& painter) const {
        const double highest = loss({reach(), reach()});
        for (int i = 0; i < 8; ++i) {  // each a third of the one around it
            const double level = highest / std::pow(3, i);
            painter.setPen(QPen(m_theme.grid, 1.5));
            painter.setBrush(Qt::NoBrush);
            painter.drawEllipse(place({0, 0}), std::sqrt(2 * level / m_curvature[0]) * scale(),
                                std::sqrt(2 * level / m_curvature[1]) * scale());
        }
    }
    void moveTo(const QPointF& point) {
        qsizetype nearest = 0;
        const auto square = [&](qsizetype i) {
            return QPointF::dotProduct(place(m_path[i]) - point, place(m_path[i]) - point);
        };
        for (qsizetype i = 1; i < m_path.size(); ++i)
            if (square(i) < square(nearest)) nearest = i;
        if (!m_path.isEmpty()) onStepWanted(nearest);
    }

    QPolygonF m_path;
    std::vector<double> m_curvature;
    std::optional<qint64> m_step;
    latent::panel::Theme m_theme;
};

/// Between the workbench and the view.
class BowlPanel final : public latent::panel::Panel {
  public:
    static latent::panel::About about() {
        return {"bowl/from_above", "The bowl from above",
                "The first two coordinates on the ground they descend."};
    }

    QWidget* widget(QWidget* parent) override {
        m_view = new BowlView(parent);
        m_view->onStepWanted = [this](qint64 step) {
            host().setCursor("step", step);
        };  // comes back as cursorChanged
        m_view->setStep(host().cursor("step"));
        return m_view;
    }
    // At most ten times a second while the run grows, and only while the panel is visible.
    void dataChanged(const latent::panel::Data& data) override {
        const latent::panel::ArrayInfo* position = data.find("position");
        const nlohmann::json run = host().run();
        if (!position || !run.is_object()) return m_view->setDescent({}, 0, {});
        m_view->setDescent(data.read("position").toDoubles(),
                           static_cast<std::size_t>(position->extent("axis")),
                           run.at("parameters").at("curvature").get<std::vector<double>>());
    }
    void cursorChanged(const std::string& name, int64_t) override {
        if (name == "step") m_view->setStep(host().cursor("step"));
    }
    void themeChanged(const latent::panel::Theme& theme) override { m_view->setTheme(theme); }

  private:
    BowlView* m_view = nullptr;  // belongs to its parent
};

}  // namespace

LATENT_PANEL(BowlPanel);
