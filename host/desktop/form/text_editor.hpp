// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Editors that are a line of text: texts, numbers, seeds. Lists and matrices, and paths and runs, build on it elsewhere.

#include "desktop/form/editor.hpp"
#include "desktop/form/field_line.hpp"

namespace latent::desktop {

class TextEditor : public ParameterEditor {
    Q_OBJECT
  public:
    TextEditor(const engine::ParameterModel& parameter, QWidget* parent);
    engine::Assignment assignment() const override;
    void show(const nlohmann::json& value) override;
    void showGiven(const engine::Assignment& given) override;
    void setError(const QString& sentence) override;
    QWidget* field() override { return m_line; }
    bool isUnfinished() const override;
    bool takesLetters() const override { return !engine::isNumeric(parameter().type); }
    /// As a person would have typed it.
    virtual void setText(const QString& text);

  protected:
    FieldLine* line() const { return m_line; }
    /// How a value is written here.
    virtual QString textOf(const nlohmann::json& value) const;
    /// What is pasted or dropped, but no request; true: it was taken.
    virtual bool take(const QMimeData&) { return false; }

  private:
    FieldLine* m_line;
};

/// With steps, and the unit in the field.
class NumberEditor : public TextEditor {
    Q_OBJECT
  public:
    NumberEditor(const engine::ParameterModel& parameter, QWidget* parent);

  private:
    void step(int by, bool large);
};

/// With a button that draws another seed.
class SeedEditor final : public NumberEditor {
    Q_OBJECT
  public:
    SeedEditor(const engine::ParameterModel& parameter, QWidget* parent);

  private:
    void draw();
};

}  // namespace latent::desktop
