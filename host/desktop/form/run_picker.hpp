// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// The runs of the workspace that fit a parameter, below its field, with a line to search in; of checkpoints also which one.
//
// Typing filters, arrow keys choose, Return picks, Escape leaves. Checkpoints are looked up only for the run that is
// chosen. Deletes itself when it is closed. UI thread only.
//
//     auto* picker = new RunPicker(parameter, chooser, field);
//     connect(picker, &RunPicker::picked, this, &TextEditor::setText);
//     picker->openBelow(field);

#include <QFrame>
#include <vector>

#include "desktop/form/parameter_form.hpp"

class QLabel;
class QLineEdit;
class QListWidget;

namespace latent::desktop {

class RunPicker final : public QFrame {
    Q_OBJECT
  public:
    RunPicker(const engine::ParameterModel& parameter, const RunChooser* chooser, QWidget* parent);
    void openBelow(QWidget* field);

  Q_SIGNALS:
    void picked(const QString& name);

  protected:
    bool eventFilter(QObject* object, QEvent* event) override;

  private:
    void filter(const QString& words);
    void showCheckpoints();
    void pick();
    bool wantsCheckpoint() const { return m_parameter.type == engine::ParameterType::Checkpoint; }
    engine::ParameterModel m_parameter;
    const RunChooser* m_chooser;
    std::vector<RunChoice> m_runs;
    QLineEdit* m_search;
    QListWidget *m_list, *m_checkpoints;
    QLabel* m_words;
};

}  // namespace latent::desktop
