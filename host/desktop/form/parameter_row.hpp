// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// One parameter in the form: mark, label, editor, unit, and the sentence when something is wrong.

#include <QWidget>

#include "desktop/form/editor.hpp"

class QLabel;
class QToolButton;

namespace latent::desktop {

class ParameterRow : public QWidget {
    Q_OBJECT
  public:
    ParameterRow(const engine::ParameterModel& parameter, const RunChooser* chooser, bool live, QWidget* parent);
    ParameterEditor* editor() const { return m_editor; }
    /// Empty: nothing is wrong.
    void setError(const QString& sentence);
    QString error() const;
    /// Differs from what the preset or the schema gives.
    void setChanged(bool changed, const QString& standard);
    bool isChanged() const { return m_isChanged; }

  Q_SIGNALS:
    void resetAsked();

  protected:
    void contextMenuEvent(QContextMenuEvent* event) override;

  private:
    ParameterEditor* m_editor;
    QLabel *m_label, *m_error;
    QToolButton* m_mark;
    bool m_isChanged = false;
};

}  // namespace latent::desktop
