// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// A label of one line that ends in "…" where there is no room, with the whole text as its tooltip. UI thread only.
//
//     auto* title = new ElidedLabel(this);
//     title->setText(longTitle);

#include <QLabel>

namespace latent::desktop {

class ElidedLabel : public QLabel {
    Q_OBJECT
  public:
    explicit ElidedLabel(QWidget* parent = nullptr);
    /// Hides QLabel's: plain text, and the tooltip follows.
    void setText(const QString& text);
    /// Said when the mouse rests on it, after the text if that is cut.
    void setHelp(const QString& help);
    QSize minimumSizeHint() const override;
    /// Takes room in layouts up to the width of its text.
    QSize sizeHint() const override;

  protected:
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;

  private:
    void updateToolTip();
    QString m_help;
};

}  // namespace latent::desktop
