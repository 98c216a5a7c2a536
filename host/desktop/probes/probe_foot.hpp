// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// What stands below the sliders of a question: the numbers of the answer, how it stands with it, the answer that is kept to
// compare with, and what can be done with the values.
//
// UI thread only.
//
//     foot->setNumbers(tr("swing-by 0.21 · descents 2"));
//     foot->say(ProbeFoot::State::Solving, tr("Solving…"));

#include <QWidget>

class QHBoxLayout;
class QBoxLayout;
class QLabel;
class QPushButton;

namespace latent::desktop {

class ProbeFoot : public QWidget {
    Q_OBJECT
  public:
    enum class State { Idle, Solving, Answered, Failed, Ended };
    explicit ProbeFoot(QWidget* parent = nullptr);

    void setNumbers(const QString& words);
    /// Ended: the server is gone and can be started again.
    void say(State state, const QString& words);
    State state() const { return m_state; }
    QString words() const;
    /// Whether answers can be kept, and whether there is one.
    void offerKeep(bool offered);
    void setCanKeep(bool can);
    /// Null: none is kept. Empty: it does not differ.
    void setKept(const QString& differences);
    /// Whether somebody wants the values, and whether they are right just now.
    void offerUse(bool offered, bool valid);

  Q_SIGNALS:
    void restartAsked();
    void keepAsked();
    void forgetAsked();
    void useAsked();

  protected:
    void resizeEvent(QResizeEvent* event) override;

  private:
    QLabel *m_numbers, *m_mark, *m_words, *m_kept;
    QPushButton *m_restart, *m_forget, *m_keep, *m_use;
    QWidget* m_keptRow;
    QBoxLayout* m_buttons;
    State m_state = State::Idle;
};

}  // namespace latent::desktop
