// SPDX-License-Identifier: GPL-3.0-or-later
#include "desktop/form/slider_editor.hpp"

#include <QLineEdit>
#include <QSignalBlocker>
#include <QVBoxLayout>
#include <algorithm>
#include <cmath>

#include "desktop/theme/theme.hpp"

namespace latent::desktop {
namespace {

constexpr int kTicks = 1000;
constexpr std::size_t kMostSliders = 6;   ///< longer lists are typed
constexpr double kNarrow = 1000;          ///< a range wider than this many defaults says nothing about where one would look

double largestDefault(const engine::ParameterModel& p) {
    if (p.defaultValue.is_number()) return std::abs(p.defaultValue.get<double>());
    double most = 0;
    if (p.defaultValue.is_array())
        for (const auto& entry : p.defaultValue)
            if (entry.is_number()) most = std::max(most, std::abs(entry.get<double>()));
    return most;
}

}  // namespace

SliderEditor::SliderEditor(const engine::ParameterModel& p, QWidget* parent) : ParameterEditor(p, parent), m_text(new TextEditor(p, this)) {
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(space::tight);
    column->addWidget(m_text);
    setFocusProxy(m_text);
    const double usual = largestDefault(p) > 0 ? largestDefault(p) : 1;
    m_low = p.min.value_or(-4 * usual);
    m_high = p.max.value_or(4 * usual);
    if (m_high > kNarrow * usual || m_high > 1e5) m_high = 4 * usual;
    if (m_low < -kNarrow * usual) m_low = -4 * usual;
    if (p.logarithmic && m_low <= 0) m_low = m_high * 1e-6;
    if (!(m_high > m_low)) m_high = m_low + 1;
    connect(m_text, &ParameterEditor::edited, this, [this] {
        placeSliders();
        Q_EMIT edited();
    });
}

std::vector<double> SliderEditor::values() const {
    std::vector<double> numbers;
    for (const QString& part : qobject_cast<QLineEdit*>(m_text->field())->text().split(QLatin1Char(','))) {
        bool isNumber = false;
        const double value = part.trimmed().toDouble(&isNumber);
        if (!isNumber) return {};
        numbers.push_back(value);
    }
    return numbers;
}

void SliderEditor::show(const nlohmann::json& value) {
    m_text->show(value);
    placeSliders();
}

/// As many sliders as there are numbers.
void SliderEditor::placeSliders() {
    std::vector<double> numbers = values();
    if (numbers.size() > kMostSliders) numbers.clear();
    while (m_sliders.size() > numbers.size()) {
        m_sliders.back()->deleteLater();
        layout()->removeWidget(m_sliders.back());
        m_sliders.pop_back();
    }
    while (m_sliders.size() < numbers.size()) {
        const std::size_t entry = m_sliders.size();
        auto* slider = new QSlider(Qt::Horizontal, this);
        slider->setRange(0, kTicks);
        slider->setPageStep(kTicks / 20);
        slider->setSingleStep(kTicks / 200);
        slider->setAccessibleName(numbers.size() > 1 ? tr("%1, entry %2").arg(QString::fromStdString(parameter().title())).arg(entry + 1) : QString::fromStdString(parameter().title()));
        layout()->addWidget(slider);
        connect(slider, &QSlider::valueChanged, this, [this, entry](int position) { dragged(entry, position); });
        m_sliders.push_back(slider);
    }
    for (std::size_t i = 0; i < m_sliders.size(); ++i) {
        if (m_sliders[i]->isSliderDown()) continue;
        const QSignalBlocker quiet(m_sliders[i]);
        m_sliders[i]->setValue(positionOf(numbers[i]));
    }
}

double SliderEditor::valueAt(int position) const {
    const double part = static_cast<double>(position) / kTicks;
    const double value = parameter().logarithmic ? m_low * std::pow(m_high / m_low, part) : m_low + (m_high - m_low) * part;
    return engine::isWhole(parameter().type) ? std::round(value) : value;
}

int SliderEditor::positionOf(double value) const {
    const double part = parameter().logarithmic ? std::log(std::max(value, m_low) / m_low) / std::log(m_high / m_low) : (value - m_low) / (m_high - m_low);
    return static_cast<int>(std::lround(std::clamp(part, 0.0, 1.0) * kTicks));
}

void SliderEditor::dragged(std::size_t entry, int position) {
    std::vector<double> numbers = values();
    if (entry >= numbers.size()) return;
    numbers[entry] = valueAt(position);
    QStringList words;
    for (const double number : numbers) words << QString::number(number, 'g', 4);
    qobject_cast<QLineEdit*>(m_text->field())->setText(words.join(QStringLiteral(", ")));
    Q_EMIT edited();
}

}  // namespace latent::desktop
