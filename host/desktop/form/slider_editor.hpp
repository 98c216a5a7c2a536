// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// A number, or each of a few, as a line of text with a slider under it: for questions that are answered while one drags.
//
// The slider goes over the schema's range where that is narrow, else over values around the default; what is typed may lie
// beyond it. Logarithmic parameters have logarithmic sliders.

#include <QSlider>
#include <vector>

#include "desktop/form/text_editor.hpp"

namespace latent::desktop {

class SliderEditor final : public ParameterEditor {
    Q_OBJECT
  public:
    SliderEditor(const engine::ParameterModel& parameter, QWidget* parent);
    engine::Assignment assignment() const override { return m_text->assignment(); }
    void show(const nlohmann::json& value) override;
    void setWrong(bool wrong) override { m_text->setWrong(wrong); }
    QWidget* field() override { return m_text->field(); }

  private:
    void placeSliders();
    void dragged(std::size_t entry, int position);
    double valueAt(int position) const;
    int positionOf(double value) const;
    std::vector<double> values() const;
    TextEditor* m_text;
    std::vector<QSlider*> m_sliders;
    double m_low = 0, m_high = 1;
};

}  // namespace latent::desktop
