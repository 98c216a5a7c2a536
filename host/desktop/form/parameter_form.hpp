// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// A form that a schema makes: the right editor for each type, errors beside the field as one types, presets, groups.
//
// All validation is the engine's (resolve()); the form shows its sentences and never has rules of its own. Values are
// JSON, as everywhere. With `live` set, editors of numbers get sliders and valuesChanged comes while they are dragged:
// the probe panel. UI thread only.
//
//     auto* form = new ParameterForm(this);
//     form->setSchema(schema, "sim/theory");                // a SchemaModel
//     form->setPreset("laptop");
//     connect(form, &ParameterForm::valuesChanged, run, [&] { run->setEnabled(form->resolution().valid()); });
//     order.assignments = form->assignments(); order.preset = form->preset();

#include <QScrollArea>
#include <QString>
#include <memory>
#include <nlohmann/json.hpp>
#include <vector>

#include "engine/parameters/resolve.hpp"
#include "engine/parameters/schema_model.hpp"

class QUndoStack;
class QVBoxLayout;

namespace latent::desktop {

/// A run that a run, checkpoint or data set parameter may name: what pickers offer.
struct RunChoice {
    QString path, title, detail;
};
class RunChooser {
  public:
    virtual ~RunChooser() = default;
    /// Those that fit the parameter (its type, and the experiments it takes them from), newest first.
    virtual std::vector<RunChoice> runs(const engine::ParameterModel& parameter) const = 0;
    /// Names of the checkpoints of a run, as "000200".
    virtual std::vector<QString> checkpoints(const QString& path) const = 0;
};

class ParameterRow;
struct FormState;
struct PastedRequest;

class ParameterForm : public QScrollArea {
    Q_OBJECT
  public:
    explicit ParameterForm(QWidget* parent = nullptr);
    ~ParameterForm() override;

    void setSchema(const engine::SchemaModel& schema, const QString& experiment);
    /// Must outlive the form; null: paths are typed.
    void setRunChooser(const RunChooser* chooser);
    /// Sliders for numbers that have a range or a default, and changes while they are dragged.
    void setLive(bool live);
    /// Edits go here, one command for each burst of typing in one field; null: to a stack of the form's own.
    void setUndoStack(QUndoStack* stack);
    QUndoStack* undoStack() const;
    /// What else the command line says, as {"--threads", "2"}.
    void setMoreArguments(std::vector<std::string> arguments);

    QString experiment() const;
    QString preset() const;
    const engine::Resolution& resolution() const;
    /// What differs from the preset, typed: what a RunOrder wants.
    std::vector<engine::Assignment> assignments() const;
    /// For the clipboard: "latent run sim/theory --preset laptop --set mu=1,2". Empty while a field is wrong.
    QString commandLine() const;
    /// Preset and what was typed, for sessions.
    FormState state() const;
    void restore(const FormState& state);
    ParameterRow* row(const QString& name) const;

  public Q_SLOTS:
    void setPreset(const QString& name);
    /// Values of an earlier run (clone): unknown names are reported in the returned sentences and left out.
    QStringList setValues(const nlohmann::json& values);
    /// A command line or request of this experiment, as one edit; sentences about what did not fit.
    QStringList take(const PastedRequest& request);
    /// One parameter, as a gesture binds it.
    void setValue(const QString& name, const nlohmann::json& value);
    void resetAll();
    void copyCommandLine();
    /// Reads the clipboard; pasted or message tell what came of it.
    void paste();
    void focusParameter(const QString& name);
    /// Where Run is held up.
    void focusFirstError();

  Q_SIGNALS:
    void valuesChanged();
    /// A request was pasted that may be about another experiment: whoever owns the form calls take() on the right one.
    void requestPasted(const PastedRequest& request);
    void message(const QString& sentence);

  protected:
    void resizeEvent(QResizeEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;

  private:
    void build();
    void buildPresets(QWidget* page);
    void buildRows(QWidget* page);
    void buildFoot(QWidget* page);
    void addRow(const engine::ParameterModel& parameter, QWidget* page);
    void placeColumns();
    void edited(ParameterRow* row);
    void resetOne(ParameterRow* row);
    void choosePreset(const QString& name);
    void pasteText(const QString& text);
    void showHelp(ParameterRow* row);
    void record(const FormState& before, const QString& words, const std::string& field);
    void settle(bool rewrite, ParameterRow* typedIn = nullptr);
    enum class Hand { Types, Rests, Left };
    void showErrors(Hand hand);
    void showRows();
    void showFoot();
    struct Parts;
    std::unique_ptr<Parts> m_parts;
};

}  // namespace latent::desktop
