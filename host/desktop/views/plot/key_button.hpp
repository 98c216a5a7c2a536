// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// An invisible button over one entry of a plot's key, so that series are toggled by click, by keyboard and by screen readers.
//
// The entry itself is drawn by the plot; this adds focus ring and hover. UI thread; owned by its canvas.
//
//     auto* button = new KeyButton(canvas);
//     button->showEntry(QStringLiteral("two-layer"), area, isVisible);

#include <QAbstractButton>

namespace latent::desktop {

class KeyButton final : public QAbstractButton {
    Q_OBJECT
  public:
    explicit KeyButton(QWidget* parent);
    void showEntry(const QString& label, const QRect& area, bool isShown);
    QString label() const { return m_label; }

  Q_SIGNALS:
    void toggleAsked(const QString& label);
    /// Show this series and no other; again: all.
    void aloneAsked(const QString& label);

  protected:
    void paintEvent(QPaintEvent*) override;
    void enterEvent(QEnterEvent*) override { update(); }
    void leaveEvent(QEvent*) override { update(); }
    void keyPressEvent(QKeyEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;

  private:
    void ask(Qt::KeyboardModifiers modifiers);
    QString m_label;
};

}  // namespace latent::desktop
