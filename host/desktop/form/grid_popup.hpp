// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// The cells of a list or matrix below its field: type, paste from a spreadsheet or JSON, add and remove rows and columns.
//
// Every change is in the field at once, checked by the engine there; Escape puts back what stood there before. Deletes
// itself when it is closed. UI thread only.
//
//     auto* popup = new GridPopup(parameter, text, field);
//     connect(popup, &GridPopup::changed, this, &TextEditor::setText);
//     popup->openBelow(field);

#include <QFrame>

#include "desktop/form/grid_model.hpp"

class QLabel;
class QTableView;
class QToolButton;

namespace latent::desktop {

class GridPopup final : public QFrame {
    Q_OBJECT
  public:
    GridPopup(const engine::ParameterModel& parameter, const QString& text, QWidget* parent);
    void openBelow(QWidget* field);
    void setError(const QString& sentence);
    GridModel* model() const { return m_model; }
    QTableView* table() const { return m_table; }

  public Q_SLOTS:
    void paste();
    void copy();

  Q_SIGNALS:
    void changed(const QString& text);

  protected:
    bool eventFilter(QObject* object, QEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;

  private:
    QWidget* makeTools();
    QToolButton* tool(const char* iconName, const QString& words, void (GridPopup::*then)());
    void addRow();
    void removeRow();
    void addColumn();
    void removeColumn();
    void showSize();
    engine::ParameterModel m_parameter;
    QString m_before;
    GridModel* m_model;
    QTableView* m_table;
    QLabel *m_size, *m_error, *m_takes;
};

}  // namespace latent::desktop
