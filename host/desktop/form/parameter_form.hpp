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

namespace latent::desktop {

/// Runs that a run, checkpoint or data set parameter may name: what pickers offer.
struct RunChoice {
    QString path, title, detail;
    std::vector<QString> checkpoints;
};
class RunChooser {
  public:
    virtual ~RunChooser() = default;
    /// Runs of these experiments or data sources (empty: all), newest first.
    virtual std::vector<RunChoice> runs(const std::vector<std::string>& from) const = 0;
};

class ParameterRow;
struct FormState;

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
    /// Edits go here, one command for each burst of typing in one field; null: no undo.
    void setUndoStack(QUndoStack* stack);

    QString experiment() const;
    QString preset() const;
    const engine::Resolution& resolution() const;
    /// What differs from the preset, typed: what a RunOrder wants.
    std::vector<engine::Assignment> assignments() const;
    /// For the clipboard: "latent run sim/theory --preset laptop --set mu=1,2".
    QString commandLine() const;

  public Q_SLOTS:
    void setPreset(const QString& name);
    /// Values of an earlier run (clone): unknown names are reported in the returned sentences and left out.
    QStringList setValues(const nlohmann::json& values);
    /// One parameter, as a gesture binds it.
    void setValue(const QString& name, const nlohmann::json& value);
    void resetAll();
    void focusParameter(const QString& name);

  Q_SIGNALS:
    void valuesChanged();

  private:
    void build();
    void buildPresets(QWidget* page);
    void buildFoot(QWidget* page);
    void take(ParameterRow* row);
    void resetOne(ParameterRow* row);
    void record(const FormState& before, const QString& field);
    void settle(bool rewrite, const ParameterRow* typedIn = nullptr);
    void showRows();
    struct Parts;
    std::unique_ptr<Parts> m_parts;
};

}  // namespace latent::desktop
