// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Equal cells in as many columns as fit, each row as high as its highest cell wants; a cell may span the whole width.

#include <QLatin1String>
#include <QLayout>
#include <QList>

namespace latent::desktop {

/// A value of the property "span" of a widget, see FlowLayout::addItem().
inline constexpr QLatin1String kWhereRowBegins("where a row begins");

class FlowLayout : public QLayout {
    Q_OBJECT
  public:
    explicit FlowLayout(QWidget* parent, int leastWidth, int cellHeight);
    ~FlowLayout() override;
    /// Least width of a column, height of a cell.
    void setCell(int leastWidth, int height);
    /// A widget with the property "span" set to true gets a row of its own and its own height; set to kWhereRowBegins, only
    /// where it leaves no hole in the row before.
    void addItem(QLayoutItem* item) override;
    void insertWidget(int index, QWidget* widget) {
        addWidget(widget);
        m_items.move(m_items.size() - 1, index);
    }
    int count() const override { return static_cast<int>(m_items.size()); }
    QLayoutItem* itemAt(int index) const override;
    QLayoutItem* takeAt(int index) override;
    void setGeometry(const QRect& rect) override;
    QSize sizeHint() const override { return minimumSize(); }
    QSize minimumSize() const override;
    bool hasHeightForWidth() const override { return true; }
    int heightForWidth(int width) const override { return arrange(QRect(0, 0, width, 0), false); }

  private:
    int arrange(const QRect& rect, bool apply) const;
    QList<QLayoutItem*> m_items;
    int m_leastWidth, m_cellHeight;
};

}  // namespace latent::desktop
