// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// A number as a slider with its value beside it; of a list the line that is typed, and under it a slider and a value for each
// entry: for questions that are answered while one drags.
//
// Where a slider goes is slider_range.hpp's to say; what is typed may lie beyond it, and the slider then goes further. A
// click on the groove moves the handle there; the wheel only with the focus, so that scrolling the form changes nothing.

#include <QSlider>
#include <vector>

#include "desktop/form/slider_range.hpp"
#include "desktop/form/text_editor.hpp"

class QVBoxLayout;

namespace latent::desktop {

class SliderEditor final : public ParameterEditor {
    Q_OBJECT
  public:
    SliderEditor(const engine::ParameterModel& parameter, QWidget* parent);
    engine::Assignment assignment() const override { return m_text->assignment(); }
    void show(const nlohmann::json& value) override;
    void showGiven(const engine::Assignment& given) override;
    void setError(const QString& sentence) override { m_text->setError(sentence); }
    bool isUnfinished() const override { return m_text->isUnfinished(); }
    void addTo(QMenu& menu) override { m_text->addTo(menu); }
    QWidget* field() override { return m_text->field(); }
    /// One for each number that stands there, in order; none where nothing or too much does.
    std::vector<QSlider*> sliders() const;

  private:
    struct Entry {
        QWidget* row;
        QSlider* slider;
        QWidget* number = nullptr;  ///< "1", "2", …; null where the line itself stands beside the slider
        QLineEdit* value = nullptr;
    };
    void place();
    void addEntry(bool alone);
    void put(std::size_t entry, double value);
    std::vector<double> numbers() const;
    TextEditor* m_text;
    QVBoxLayout* m_column;
    std::vector<Entry> m_entries;
    SliderRange m_range;
};

}  // namespace latent::desktop
