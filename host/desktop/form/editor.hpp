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

class QMenu;

namespace latent::desktop {

class ParameterEditor : public QWidget {
    Q_OBJECT
  public:
    ParameterEditor(const engine::ParameterModel& parameter, QWidget* parent)
        : QWidget(parent), m_parameter(parameter) {}
    const engine::ParameterModel& parameter() const { return m_parameter; }

    /// What stands there now.
    virtual engine::Assignment assignment() const = 0;
    /// Shows a canonical value (null: not given) without telling of an edit. What is typed stays where it says the same.
    virtual void show(const nlohmann::json& value) = 0;
    /// Shows what was given as it was typed, right or wrong.
    virtual void showGiven(const engine::Assignment& given) { show(given.value); }
    /// Red border; the sentence stands beside it, and in the editor's own popup.
    virtual void setError(const QString& sentence) = 0;
    /// The widget that takes the keyboard, for the label's buddy.
    virtual QWidget* field() = 0;
    /// Whether what is typed may only be the beginning: "1e", "1,".
    virtual bool isUnfinished() const { return false; }
    /// Whether "?" is a letter here, and no question.
    virtual bool takesLetters() const { return false; }
    /// What else can be done with this value, for the menu of the row.
    virtual void addTo(QMenu&) {}

  Q_SIGNALS:
    void edited();
    /// The hand has gone elsewhere, or pressed Return: what stands there is meant.
    void left();
    /// A command line or a request was put in instead of a value.
    void requestPasted(const QString& text);

  private:
    engine::ParameterModel m_parameter;
};

ParameterEditor* makeEditor(const engine::ParameterModel& parameter, const RunChooser* chooser, bool live,
                            QWidget* parent);

/// Makes the style sheet look at the widget's properties again.
void repolish(QWidget* widget);
/// Shows the style sheet's `wrong` look.
void setWrongLook(QWidget* widget, bool wrong);

}  // namespace latent::desktop
