// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// One sentence of the MessageBar. UI thread only.
//
//     auto* line = new MessageLine(Level::Error, sentence, {}, {}, 0, bar);
//     connect(line, &MessageLine::dismissed, bar, [=] { remove(line); });

#include <QFrame>
#include <QTimer>
#include <functional>

#include "desktop/around/message_bar.hpp"

class QLabel;

namespace latent::desktop {

class MessageLine : public QFrame {
    Q_OBJECT
  public:
    /// `duration_ms` 0: stays until dismissed.
    MessageLine(MessageBar::Level level, const QString& sentence, const QString& actionTitle,
                std::function<void()> action, int duration_ms, QWidget* parent);

    MessageBar::Level level() const { return m_level; }
    const QString& sentence() const { return m_sentence; }
    /// It was said again.
    void repeat();

  Q_SIGNALS:
    void dismissed();

  protected:
    void keyPressEvent(QKeyEvent* event) override;

  private:
    void dress();
    MessageBar::Level m_level;
    QString m_sentence;
    QLabel *m_mark, *m_count;
    QTimer m_goes;
    int m_times = 1;
};

}  // namespace latent::desktop
