// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Editors that are a line of text: numbers, lists, matrices, texts, paths, seeds, runs; with a button where one helps.
//
// Up and Down step a number by the schema's step, or by a digit of its second place; logarithmic ones by factors.

#include <QLineEdit>

#include "desktop/form/editor.hpp"

class QHBoxLayout;

namespace latent::desktop {

class TextEditor : public ParameterEditor {
    Q_OBJECT
  public:
    TextEditor(const engine::ParameterModel& parameter, QWidget* parent);
    engine::Assignment assignment() const override;
    void show(const nlohmann::json& value) override;
    void setWrong(bool wrong) override;
    QWidget* field() override { return m_line; }

  protected:
    bool eventFilter(QObject* object, QEvent* event) override;
    QLineEdit* line() const { return m_line; }
    QHBoxLayout* row() const { return m_row; }

  private:
    void step(int by);
    QLineEdit* m_line;
    QHBoxLayout* m_row;
};

/// With a button that draws another seed.
class SeedEditor final : public TextEditor {
  public:
    SeedEditor(const engine::ParameterModel& parameter, QWidget* parent);
};

/// With a button that browses; of runs and checkpoints with a list of what there is.
class PathEditor final : public TextEditor {
  public:
    PathEditor(const engine::ParameterModel& parameter, const RunChooser* chooser, QWidget* parent);

  private:
    void browse();
    void offerRuns(QWidget* below);
    const RunChooser* m_chooser;
};

}  // namespace latent::desktop
