// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// After a click on a cell of a map: the way to the figures that show this cell, where they are out of sight.
//
// A button over the lower edge of a board, which leaves when that figure comes into sight. UI thread only.
//
//     auto* offer = new CellOffer(board);
//     connect(card, &FigureCard::cellPicked, offer, [=] { offer->offerFiguresOf(view); });

#include <QPushButton>
#include <QStringList>
#include <nlohmann/json_fwd.hpp>
#include <vector>

namespace latent::desktop {

class FigureBoard;

/// Names of the views that select by both cursors that stand at the sides of a map; none when it has not two.
QStringList figuresOfCell(const nlohmann::json& map, const std::vector<nlohmann::json>& views);

class CellOffer final : public QPushButton {
    Q_OBJECT
  public:
    explicit CellOffer(FigureBoard* board);
    /// Of the figures of the cell that the cursors of this map stand at, the way to the first on the board.
    void offerFiguresOf(const nlohmann::json& map, const std::vector<nlohmann::json>& views);
    void withdraw();
    /// Where it belongs now, or gone when its figure is in sight.
    void place();

  private:
    bool isInSight() const;
    void go();
    FigureBoard* m_board;
    QString m_figure;
};

}  // namespace latent::desktop
