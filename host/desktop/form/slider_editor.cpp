// SPDX-License-Identifier: GPL-3.0-or-later
#include "desktop/form/slider_editor.hpp"

#include <QHBoxLayout>
#include <QLabel>
#include <QMouseEvent>
#include <QSignalBlocker>
#include <QStyle>
#include <QVBoxLayout>
#include <algorithm>

#include "desktop/form/grid_popup.hpp"  // a list editor holds one
#include "desktop/form/list_editor.hpp"
#include "desktop/form/number_text.hpp"
#include "desktop/theme/theme.hpp"

namespace latent::desktop {
namespace {

constexpr std::size_t kMostSliders = 8;  ///< longer lists are typed
constexpr int kValueWidth = 76;

class CalmSlider final : public QSlider {
  public:
    explicit CalmSlider(QWidget* parent) : QSlider(Qt::Horizontal, parent) {
        setFocusPolicy(Qt::StrongFocus);
        setFixedHeight(space::target);
        setMinimumWidth(56);
    }

  protected:
    void wheelEvent(QWheelEvent* event) override {
        hasFocus() ? QSlider::wheelEvent(event) : event->ignore();
    }
    /// The handle goes where the mouse is, and is held there.
    void mousePressEvent(QMouseEvent* event) override {
        if (event->button() == Qt::LeftButton) {
            constexpr int handle = 14;
            const int span = std::max(1, width() - handle);
            const int at = QStyle::sliderValueFromPosition(
                minimum(), maximum(), static_cast<int>(event->position().x()) - handle / 2, span);
            // On the handle itself nothing jumps.
            const int shown =
                QStyle::sliderPositionFromValue(minimum(), maximum(), sliderPosition(), span) + handle / 2;
            if (std::abs(event->position().x() - shown) > handle / 2.0) setValue(at);
        }
        QSlider::mousePressEvent(event);
    }
};

}  // namespace

SliderEditor::SliderEditor(const engine::ParameterModel& p, QWidget* parent)
    : ParameterEditor(p, parent),
      m_text(engine::isList(p.type) ? new ListEditor(p, this) : new NumberEditor(p, this)),
      m_column(new QVBoxLayout(this)) {
    m_column->setContentsMargins(0, 0, 0, 0);
    m_column->setSpacing(space::tight);
    if (engine::isList(p.type)) {
        m_column->addWidget(m_text);
    } else {
        m_text->setFixedWidth(kValueWidth + (p.unit.empty() || p.unit == "1" ? 0 : 28));
        addEntry(true);
    }
    setFocusProxy(m_text);
    m_range = sliderRange(p, {});
    connect(m_text, &ParameterEditor::edited, this, [this] {
        place();
        Q_EMIT edited();
    });
    connect(m_text, &ParameterEditor::left, this, &ParameterEditor::left);
    connect(m_text, &ParameterEditor::requestPasted, this, &ParameterEditor::requestPasted);
}

std::vector<QSlider*> SliderEditor::sliders() const {
    std::vector<QSlider*> all;
    for (const Entry& entry : m_entries) all.push_back(entry.slider);
    return all;
}

/// Empty where something is no number.
std::vector<double> SliderEditor::numbers() const {
    std::vector<double> all;
    for (const QString& part : qobject_cast<QLineEdit*>(m_text->field())->text().split(QLatin1Char(','))) {
        bool isNumber = false;
        const double value = part.trimmed().toDouble(&isNumber);
        if (!isNumber) return {};
        all.push_back(value);
    }
    return all;
}

void SliderEditor::show(const nlohmann::json& value) {
    m_text->show(value);
    place();
}

void SliderEditor::showGiven(const engine::Assignment& given) {
    m_text->showGiven(given);
    place();
}

void SliderEditor::addEntry(bool alone) {
    const std::size_t entry = m_entries.size();
    auto* row = new QWidget(this);
    auto* line = new QHBoxLayout(row);
    line->setContentsMargins(0, 0, 0, 0);
    line->setSpacing(space::inside);
    auto* slider = new CalmSlider(row);
    const QString title = QString::fromStdString(parameter().title());
    slider->setAccessibleName(alone ? tr("Slider of %1").arg(title)
                                    : tr("Slider of %1, entry %2").arg(title).arg(entry + 1));
    QLineEdit* value = nullptr;
    QLabel* number = nullptr;
    if (!alone) {
        number = new QLabel(QString::number(entry + 1), row);
        number->setProperty("look", "small");
        number->setFixedWidth(10);
        line->addWidget(number);
    }
    line->addWidget(slider, 1);
    if (alone) {
        line->addWidget(m_text);
    } else {
        value = new QLineEdit(row);
        value->setFixedWidth(kValueWidth);
        value->setFont(theme().tabular);
        value->setAccessibleName(tr("%1, entry %2").arg(title).arg(entry + 1));
        line->addWidget(value);
        connect(value, &QLineEdit::textEdited, this, [this, entry](const QString& text) {
            bool isNumber = false;
            const double typed = text.toDouble(&isNumber);
            if (isNumber) put(entry, typed);
        });
        connect(value, &QLineEdit::editingFinished, this, [this] { place(); });
    }
    m_column->addWidget(row);
    connect(slider, &QSlider::valueChanged, this,
            [this, entry](int tick) { put(entry, m_range.valueAt(tick)); });
    m_entries.push_back({row, slider, number, value});
}

/// As many sliders as there are numbers, each where its number is.
void SliderEditor::place() {
    std::vector<double> all = numbers();
    if (engine::isList(parameter().type)) {
        if (all.size() > kMostSliders) all.clear();
        while (m_entries.size() > all.size()) {
            m_entries.back().row->hide();
            m_entries.back().row->deleteLater();
            m_entries.pop_back();
        }
        while (m_entries.size() < all.size()) addEntry(false);
    }
    const bool held = std::any_of(m_entries.begin(), m_entries.end(),
                                  [](const Entry& entry) { return entry.slider->isSliderDown(); });
    // The ground does not move under a hand.
    if (!held) m_range = sliderRange(parameter(), all);
    for (std::size_t i = 0; i < m_entries.size(); ++i) {
        QSlider* slider = m_entries[i].slider;
        const QSignalBlocker quiet(slider);
        if (slider->maximum() != m_range.ticks) {
            slider->setRange(0, m_range.ticks);
            slider->setPageStep(std::max(1, m_range.ticks / 20));
        }
        if (i < all.size() && !slider->isSliderDown()) slider->setValue(m_range.tickOf(all[i]));
        if (i >= all.size() && !slider->isSliderDown()) slider->setValue(0);
        // Of a list with one entry the line says it already.
        if (m_entries[i].value)
            m_entries[i].number->setVisible(all.size() > 1), m_entries[i].value->setVisible(all.size() > 1);
        if (QLineEdit* value = m_entries[i].value;
            value && i < all.size() && !(value->hasFocus() && value->isModified()))
            value->setText(shortNumber(parameter(), all[i]));
    }
}

void SliderEditor::put(std::size_t entry, double value) {
    std::vector<double> all = numbers();
    if (!engine::isList(parameter().type)) all.resize(1);
    if (entry >= all.size()) return;
    all[entry] = value;
    QStringList words;
    for (const double number : all) words << shortNumber(parameter(), number);
    m_text->setText(words.join(QStringLiteral(", ")));
    place();
    Q_EMIT edited();
}

}  // namespace latent::desktop
