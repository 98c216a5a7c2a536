// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// The label of a field: one line that ends in "…" where the column is too narrow; and the dot of a changed field.

#include <QAbstractButton>
#include <QLabel>

namespace latent::desktop {

class FieldLabel final : public QLabel {
    Q_OBJECT
  public:
    FieldLabel(const QString& text, QWidget* parent);
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override { return {24, sizeHint().height()}; }
    bool isCut() const { return wordsWidth() > contentsRect().width(); }

  protected:
    void paintEvent(QPaintEvent* event) override;

  private:
    int wordsWidth() const { return fontMetrics().horizontalAdvance(text()); }
};

/// Takes its room whether it is there or not, so that nothing moves. No stop of Tab: the menu of the field resets as well.
class ChangedMark final : public QAbstractButton {
    Q_OBJECT
  public:
    explicit ChangedMark(QWidget* parent);
    void setOn(bool on);
    bool isOn() const { return m_on; }
    QSize sizeHint() const override { return {14, 26}; }

  protected:
    void paintEvent(QPaintEvent* event) override;

  private:
    bool m_on = false;
};

}  // namespace latent::desktop
