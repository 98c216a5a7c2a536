// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Editors without text: choices, as segments or as a list, and flags.

#include "desktop/form/editor.hpp"

class QCheckBox;
class QComboBox;

namespace latent::desktop {

class SegmentBar;

class ComboEditor final : public ParameterEditor {
    Q_OBJECT
  public:
    ComboEditor(const engine::ParameterModel& parameter, QWidget* parent);
    engine::Assignment assignment() const override;
    void show(const nlohmann::json& value) override;
    void setError(const QString& sentence) override;
    QWidget* field() override;

  private:
    QComboBox* m_box;
};

class SegmentEditor final : public ParameterEditor {
    Q_OBJECT
  public:
    SegmentEditor(const engine::ParameterModel& parameter, QWidget* parent);
    engine::Assignment assignment() const override;
    void show(const nlohmann::json& value) override;
    void setError(const QString& sentence) override;
    QWidget* field() override;
    /// Few and short enough.
    static bool fits(const engine::ParameterModel& parameter);

  private:
    SegmentBar* m_bar;
};

class FlagEditor final : public ParameterEditor {
    Q_OBJECT
  public:
    FlagEditor(const engine::ParameterModel& parameter, QWidget* parent);
    engine::Assignment assignment() const override;
    void show(const nlohmann::json& value) override;
    void setError(const QString& sentence) override;
    QWidget* field() override;

  private:
    QCheckBox* m_box;
};

}  // namespace latent::desktop
