// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Lists and matrices: a line to type in, and a button that opens the cells. What is too long for a line is told by its size
// and edited in the cells alone.

#include <QPointer>

#include "desktop/form/grid_popup.hpp"
#include "desktop/form/text_editor.hpp"

namespace latent::desktop {

class ListEditor final : public NumberEditor {
    Q_OBJECT
  public:
    ListEditor(const engine::ParameterModel& parameter, QWidget* parent);
    engine::Assignment assignment() const override;
    void show(const nlohmann::json& value) override;
    void showGiven(const engine::Assignment& given) override;
    void setError(const QString& sentence) override;
    void setText(const QString& text) override;
    void addTo(QMenu& menu) override;
    bool isUnfinished() const override {
        return m_held.isEmpty() && m_popup.isNull() && NumberEditor::isUnfinished();
    }
    GridPopup* popup() const { return m_popup; }

  public Q_SLOTS:
    void openCells();

  protected:
    bool take(const QMimeData& dropped) override;

  private:
    void hold(const QString& text);
    QString m_held;  ///< the text of what is too long for the line; else empty
    QPointer<GridPopup> m_popup;
};

}  // namespace latent::desktop
