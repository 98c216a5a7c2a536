// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Names of files and of runs: typed, dropped, browsed for, or picked from the runs of the workspace.
//
// A file or folder may be dropped on either. A run is named by its folder, a checkpoint as FOLDER@000200. UI thread only.

#include "desktop/form/text_editor.hpp"

namespace latent::desktop {

class RunPicker;

class PathEditor : public TextEditor {
    Q_OBJECT
  public:
    PathEditor(const engine::ParameterModel& parameter, QWidget* parent);
    void addTo(QMenu& menu) override;
    void show(const nlohmann::json& value) override;
    void setText(const QString& text) override;

  protected:
    struct Button {
        const char* icon;
        QString words;
    };
    PathEditor(const engine::ParameterModel& parameter, const Button& button, QWidget* parent);
    virtual void browse();
    bool take(const QMimeData& dropped) override;

  private:
    void tell();
    Button m_button;
};

class RunEditor final : public PathEditor {
    Q_OBJECT
  public:
    RunEditor(const engine::ParameterModel& parameter, const RunChooser* chooser, QWidget* parent);

  protected:
    void browse() override;

  private:
    const RunChooser* m_chooser;
};

}  // namespace latent::desktop
