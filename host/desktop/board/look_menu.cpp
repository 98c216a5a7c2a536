// SPDX-License-Identifier: GPL-3.0-or-later
#include "desktop/board/look_menu.hpp"

#include <QAction>
#include <QActionGroup>
#include <QMenu>
#include <algorithm>

#include "desktop/views/plot/adjusted_figure.hpp"

namespace latent::desktop {
namespace {

using engine::figures::Figure;
using engine::figures::Lines;
using engine::figures::Scale;

/// Weights of the past: about the last 2.5, 10 and 100 values count.
constexpr double kWeights[] = {0.6, 0.9, 0.99};

bool isSmoothedByItsView(const Figure& figure) {
    const auto* lines = std::get_if<Lines>(&figure.body);
    return lines && std::any_of(lines->lines.begin(), lines->lines.end(),
                                [](const auto& line) { return !line.smoothed.empty(); });
}

}  // namespace

LookMenu::LookMenu(QMenu* menu, std::function<FigureCanvas*()> canvas)
    : QObject(menu),
      m_canvas(std::move(canvas)),
      m_smoothing(menu->addMenu(tr("Smoothing"))),
      m_weights(new QActionGroup(this)),
      m_x(menu->addAction(tr("Logarithmic x axis"))),
      m_y(menu->addAction(tr("Logarithmic y axis"))) {
    for (QAction* one : {m_x, m_y}) one->setCheckable(true);
    connect(m_x, &QAction::triggered, this, [this](bool on) { toggleScale(true, on); });
    connect(m_y, &QAction::triggered, this, [this](bool on) { toggleScale(false, on); });
    connect(menu, &QMenu::aboutToShow, this, &LookMenu::refresh);
    refresh();
}

void LookMenu::refresh() {
    FigureCanvas* canvas = m_canvas();
    const FigurePtr figure = canvas ? canvas->figure() : nullptr;
    const bool smooths = figure && canBeSmoothed(*figure);
    m_smoothing->menuAction()->setVisible(smooths);
    m_x->setVisible(figure && canBeLogarithmic(*figure, true));
    m_y->setVisible(figure && canBeLogarithmic(*figure, false));
    if (!figure) return;
    const Adjustment now = adjustmentOf(canvas->viewState());
    m_x->setChecked(now.x.value_or(figure->x.scale) == Scale::Log);
    m_y->setChecked(now.y.value_or(figure->y.scale) == Scale::Log);
    m_smoothing->clear();
    if (!smooths) return;
    const bool byView = isSmoothedByItsView(*figure);
    const auto add = [&](const QString& words, std::optional<double> weight) {
        QAction* action = m_smoothing->addAction(words);
        action->setCheckable(true);
        action->setChecked(now.smoothing == weight);
        m_weights->addAction(action);
        connect(action, &QAction::triggered, this, [this, weight] {
            FigureCanvas* shown = m_canvas();
            if (!shown) return;
            Adjustment adjustment = adjustmentOf(shown->viewState());
            adjustment.smoothing = weight;
            Q_EMIT chosen(readjusted(shown->viewState(), adjustment));
        });
    };
    add(byView ? tr("As the figure says") : tr("None"), std::nullopt);
    if (byView) add(tr("None"), 0.0);
    for (const double weight : kWeights) add(tr("Weight of the past %1").arg(weight), weight);
}

/// Back to what the view says is no choice at all.
void LookMenu::toggleScale(bool alongX, bool logarithmic) {
    FigureCanvas* canvas = m_canvas();
    const FigurePtr figure = canvas ? canvas->figure() : nullptr;
    if (!figure) return;
    Adjustment adjustment = adjustmentOf(canvas->viewState());
    const Scale own = (alongX ? figure->x : figure->y).scale;
    std::optional<Scale>& chosenScale = alongX ? adjustment.x : adjustment.y;
    if (logarithmic == (own == Scale::Log))
        chosenScale.reset();
    else
        chosenScale = logarithmic ? Scale::Log : Scale::Linear;
    Q_EMIT chosen(readjusted(canvas->viewState(), adjustment));
}

}  // namespace latent::desktop
