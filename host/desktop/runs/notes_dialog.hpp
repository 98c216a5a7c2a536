// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Asks for tags, notes and star of one run; of several, for tags to add and to take away.
//
// It changes nothing itself: change() is applied to what each run holds then. UI thread only.
//
//     auto* dialog = new NotesDialog(runs, this);
//     connect(dialog, &QDialog::accepted, this, [=] { actions->change(folders, dialog->change()); });

#include <QDialog>
#include <functional>
#include <vector>

#include "desktop/runs/run_notes.hpp"
#include "engine/index/run_row.hpp"

class QCheckBox;
class QLineEdit;
class QPlainTextEdit;

namespace latent::desktop {

class NotesDialog : public QDialog {
    Q_OBJECT
  public:
    NotesDialog(const std::vector<engine::IndexedRun>& runs, QWidget* parent);
    std::function<void(RunNotes&)> change() const;

  private:
    bool m_isOne;
    RunNotes m_before;   ///< of the one run, so that only what was edited is written
    QLineEdit *m_tags, *m_remove = nullptr;
    QPlainTextEdit* m_notes = nullptr;
    QCheckBox* m_star = nullptr;
};

}  // namespace latent::desktop
