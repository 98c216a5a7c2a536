// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// One job in the jobs panel: state, title, bar, words, and buttons for what its state allows.
//
// In one line where there is room, in two where there is not. It knows no queue: what is asked comes out as a signal. With
// the keyboard: Tab to the line, Enter opens the run, Tab goes on to the buttons. UI thread only.
//
//     auto* row = new JobRow(this);
//     row->show(job, 2);
//     connect(row, &JobRow::asked, this, [&](JobRow::Action action) { … });

#include <QFrame>
#include <map>

#include "desktop/jobs/job_queue.hpp"

class QGridLayout;
class QHBoxLayout;
class QLabel;
class QProgressBar;
class QToolButton;

namespace latent::desktop {

class ElidedLabel;

class JobRow : public QFrame {
    Q_OBJECT
  public:
    enum class Action { Open, Pause, Checkpoint, Stop, Resume, Withdraw, Folder, Forget };
    explicit JobRow(QWidget* parent = nullptr);

    /// `place` in the line of waiting jobs, 1 for the next; 0: it does not wait.
    void show(const Job& job, int place);
    void setSelected(bool selected);
    const Job& job() const { return m_job; }

  Q_SIGNALS:
    void asked(latent::desktop::JobRow::Action action);
    void pressed();

  protected:
    void resizeEvent(QResizeEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseDoubleClickEvent(QMouseEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void focusInEvent(QFocusEvent* event) override;
    void paintEvent(QPaintEvent* event) override;
    void contextMenuEvent(QContextMenuEvent* event) override;

  private:
    QToolButton* addButton(Action action, const char* icon, const QString& word, const QString& help);
    bool allows(Action action) const;
    void arrange();
    int widestActions() const;
    Job m_job;
    int m_place = 0;
    QString m_shown;  ///< state as its icon and word were last made
    bool m_isSelected = false, m_isWide = true, m_isRoomy = true;
    QGridLayout* m_grid;
    QWidget* m_actions;  ///< as wide as the widest set of buttons, so that lines are aligned
    QLabel* m_icon;
    ElidedLabel *m_title, *m_words;
    QLabel* m_state;
    QProgressBar* m_bar;
    std::map<Action, QToolButton*> m_buttons;
};

}  // namespace latent::desktop
