// SPDX-License-Identifier: GPL-3.0-or-later
#include "desktop/board/cell_offer.hpp"

#include <QScrollBar>
#include <QTimer>
#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>
#include <string>

#include "desktop/board/figure_board.hpp"
#include "desktop/theme/icon.hpp"
#include "desktop/theme/theme.hpp"

namespace latent::desktop {
namespace {

using nlohmann::json;

constexpr int kAbove_px = 40;  ///< of the figure's group, whose heading is seen too

/// Cursors that arrays of a view are selected by.
void collectSelecting(const json& value, std::set<std::string>& names) {
    if (value.is_array())
        for (const json& one : value) collectSelecting(one, names);
    if (!value.is_object()) return;
    for (const auto& [key, inside] : value.items()) {
        if (key != "select" || !inside.is_object()) {
            collectSelecting(inside, names);
            continue;
        }
        for (const auto& [dimension, selector] : inside.items())
            if (selector.is_object() && selector.contains("cursor") && selector["cursor"].is_string())
                names.insert(selector["cursor"].get<std::string>());
    }
}

/// The cursor at one side of a map; empty: none stands there.
std::string cursorAt(const json& map, const char* side) {
    const auto dimension = map.find(side), cursors = map.find("cursors");
    if (dimension == map.end() || cursors == map.end() || !cursors->is_array()) return {};
    for (const json& cursor : *cursors)
        if (cursor.is_object() && cursor.value("dimension", json()) == *dimension)
            return cursor.value("name", "");
    return {};
}

}  // namespace

QStringList figuresOfCell(const json& map, const std::vector<json>& views) {
    QStringList names;
    if (!map.is_object()) return names;
    const std::string across = cursorAt(map, "across"), down = cursorAt(map, "down");
    if (across.empty() || down.empty()) return names;
    for (const json& view : views) {
        std::set<std::string> selecting;
        collectSelecting(view, selecting);
        if (selecting.count(across) && selecting.count(down))
            names << QString::fromStdString(view.value("name", ""));
    }
    return names;
}

CellOffer::CellOffer(FigureBoard* board) : QPushButton(board), m_board(board) {
    setIcon(desktop::icon(QStringLiteral("chevron-down")));
    setFocusPolicy(Qt::TabFocus);  // the map keeps the arrow keys
    hide();
    connect(this, &QPushButton::clicked, this, &CellOffer::go);
    connect(board->verticalScrollBar(), &QScrollBar::valueChanged, this, &CellOffer::place);
}

void CellOffer::offerFiguresOf(const json& map, const std::vector<json>& views) {
    withdraw();
    const QStringList figures = figuresOfCell(map, views), order = m_board->shown();
    const auto first =
        std::find_if(order.begin(), order.end(), [&](const QString& one) { return figures.contains(one); });
    if (first == order.end()) return;
    m_figure = *first;
    place();
}

void CellOffer::withdraw() {
    m_figure.clear();
    hide();
}

void CellOffer::place() {
    const FigureCard* card = m_board->card(m_figure);
    if (!card || isInSight()) return withdraw();
    setText(tr("Show “%1”").arg(card->title()));
    adjustSize();
    const QRect room = m_board->viewport()->geometry();
    move(room.center().x() - width() / 2, room.bottom() - height() - space::between);
    show();
    raise();
}

/// The half of it at least.
bool CellOffer::isInSight() const {
    const FigureCard* card = m_board->card(m_figure);
    if (!card->isVisible()) return false;
    const QRect where(card->mapTo(m_board->viewport(), QPoint(0, 0)), card->size());
    return where.intersected(m_board->viewport()->rect()).height() >= card->height() / 2;
}

void CellOffer::go() {
    const QString figure = m_figure;
    if (!m_board->maximised().isEmpty()) m_board->maximise({});
    QTimer::singleShot(0, this, [this, figure] {  // once the cards stand where they will
        if (const FigureCard* card = m_board->card(figure))
            m_board->verticalScrollBar()->setValue(card->y() - kAbove_px);
        withdraw();
    });
}

}  // namespace latent::desktop
