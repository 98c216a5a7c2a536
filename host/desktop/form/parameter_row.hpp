// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// One parameter in the form: mark, label, editor, and below it the sentence when something is wrong, or a hint.
//
// Keys that mean the same on every field are taken here: F1 and ? for help, undo and redo of the whole form. UI thread only.

#include <QWidget>

#include "desktop/form/editor.hpp"

class QGridLayout;
class QLabel;

namespace latent::desktop {

class ChangedMark;
class FieldLabel;

class ParameterRow : public QWidget {
    Q_OBJECT
  public:
    ParameterRow(const engine::ParameterModel& parameter, const RunChooser* chooser, bool live,
                 QWidget* parent);
    ParameterEditor* editor() const { return m_editor; }
    const engine::ParameterModel& parameter() const { return m_editor->parameter(); }
    /// Empty: nothing is wrong.
    void setError(const QString& sentence);
    QString error() const { return m_sentence; }
    /// Which of an exclusive pair counts; gives way to an error.
    void setHint(const QString& words);
    /// Differs from what the preset or the schema gives.
    void setChanged(bool changed, const QString& standard);
    bool isChanged() const { return m_isChanged; }
    void setHelp(const QString& tip);

    int labelWidth() const;
    /// The label above the field, where there is no room beside it.
    void setColumn(int labelWidth, bool stacked);
    FieldLabel* label() const { return m_label; }
    ChangedMark* mark() const { return m_mark; }

  Q_SIGNALS:
    void resetAsked();
    void helpAsked();
    void undoAsked();
    void redoAsked();

  protected:
    void contextMenuEvent(QContextMenuEvent* event) override;
    bool eventFilter(QObject* object, QEvent* event) override;

  private:
    void place();
    void showWords();
    ParameterEditor* m_editor;
    FieldLabel* m_label;
    QLabel *m_error, *m_hint;
    ChangedMark* m_mark;
    QGridLayout* m_grid;
    QString m_sentence;
    bool m_isChanged = false, m_stacked = false;
};

}  // namespace latent::desktop
