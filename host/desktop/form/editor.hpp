// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// The editor of one parameter: what a person types or chooses, as an assignment for the engine's resolve().
//
// makeEditor() gives the right one for the type. Editors know no rules: text goes to the engine as it stands and comes back
// with a sentence when it is wrong. UI thread only.
//
//     ParameterEditor* editor = makeEditor(parameter, chooser, live, row);
//     editor->show(values.at(parameter.name));
//     connect(editor, &ParameterEditor::edited, form, &ParameterForm::changed);

#include <QWidget>
#include <nlohmann/json.hpp>

#include "desktop/form/parameter_form.hpp"

namespace latent::desktop {

class ParameterEditor : public QWidget {
    Q_OBJECT
  public:
    ParameterEditor(const engine::ParameterModel& parameter, QWidget* parent) : QWidget(parent), m_parameter(parameter) {}
    const engine::ParameterModel& parameter() const { return m_parameter; }

    /// What stands there now.
    virtual engine::Assignment assignment() const = 0;
    /// Shows a canonical value (null: not given) without telling of an edit.
    virtual void show(const nlohmann::json& value) = 0;
    /// Red border; the words stand beside it.
    virtual void setWrong(bool wrong) = 0;
    /// The widget that takes the keyboard, for the label's buddy.
    virtual QWidget* field() = 0;

  Q_SIGNALS:
    void edited();

  private:
    engine::ParameterModel m_parameter;
};

ParameterEditor* makeEditor(const engine::ParameterModel& parameter, const RunChooser* chooser, bool live, QWidget* parent);

/// Shows the style sheet's `wrong` look.
void setWrongLook(QWidget* widget, bool wrong);

}  // namespace latent::desktop
