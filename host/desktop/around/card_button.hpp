// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// A button that is a card or a line: icon, title, and a muted detail that wraps. A choice is a card without an icon, for
// dialogs. Enter and the space bar press it.
//
// Painted from the theme, so that it follows it. UI thread only.
//
//     auto* card = new CardButton(CardButton::Look::Card, "play", tr("Take the tour"), tr("…"), page);
//     connect(card, &QAbstractButton::clicked, …);

#include <QAbstractButton>
#include <QCache>
#include <QList>

namespace latent::desktop {

class CardButton : public QAbstractButton {
    Q_OBJECT
  public:
    enum class Look { Primary, Card, Choice, Line };
    CardButton(Look look, const QString& iconName, const QString& title, const QString& detail,
               QWidget* parent);
    /// Of the detail: 1 for paths, which are cut in the middle; more wrap. Default 2 for lines, 3 for cards.
    void setDetailLines(int lines);

    QSize sizeHint() const override;
    bool hasHeightForWidth() const override { return true; }
    int heightForWidth(int width) const override;

  protected:
    void paintEvent(QPaintEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void enterEvent(QEnterEvent* event) override;
    void leaveEvent(QEvent* event) override;

  private:
    const QList<int>& lineStarts(int width) const;
    QStringList lines() const;

    Look m_look;
    QString m_icon, m_detail;
    int m_detailLines;
    static constexpr int kWidthsKept = 16;
    mutable QCache<int, QList<int>> m_starts{kWidthsKept};  ///< of the detail's lines, by the button's width
};

}  // namespace latent::desktop
