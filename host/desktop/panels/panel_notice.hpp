// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// What stands where a panel will be or would have been: one calm sentence, and a button that copies it.
//
//     notice->say(PanelNotice::Kind::Waiting, tr("Checking the panel “%1” …").arg(title));

#include <QWidget>

class QLabel;
class QPushButton;

namespace latent::desktop {

class PanelNotice : public QWidget {
    Q_OBJECT
  public:
    enum class Kind { Waiting, Refused };
    explicit PanelNotice(QWidget* parent = nullptr);
    void say(Kind kind, const QString& heading, const QString& sentence);

  private:
    void draw();
    Kind m_kind = Kind::Waiting;
    QLabel *m_icon, *m_heading, *m_sentence;
    QPushButton* m_copy;
};

}  // namespace latent::desktop
