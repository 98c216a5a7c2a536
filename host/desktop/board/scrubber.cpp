// SPDX-License-Identifier: GPL-3.0-or-later
#include "desktop/board/scrubber.hpp"

#include <QHBoxLayout>
#include <QLabel>
#include <QShortcut>
#include <QSignalBlocker>
#include <QSlider>
#include <QToolButton>
#include <algorithm>

#include "desktop/theme/icon.hpp"

namespace latent::desktop {
namespace {

constexpr int kTick_ms = 33, kSlowest_ms = 400;  ///< between two frames
constexpr int kCrossing_ms = 8000;               ///< from the first frame to the last

}  // namespace

Scrubber::Scrubber(FigureSource& source, QWidget* parent)
    : QWidget(parent),
      m_source(source),
      m_slider(new QSlider(Qt::Horizontal, this)),
      m_play(new QToolButton(this)),
      m_words(new QLabel(this)) {
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(space::inside);
    m_play->setIcon(icon(QStringLiteral("play")));
    m_play->setCheckable(true);
    m_play->setProperty("look", "flat");
    m_play->setToolTip(tr("Play"));
    m_play->setAccessibleName(tr("Play the frames"));
    m_slider->setAccessibleName(tr("Frame"));
    m_slider->setMinimumHeight(20);  // the handle and its frame
    m_words->setProperty("look", "small");
    m_words->setFont(theme().tabular);
    row->addWidget(m_play);
    row->addWidget(m_slider, 1);
    row->addWidget(m_words);
    auto* playKey = new QShortcut(QKeySequence(Qt::Key_Space), this);
    playKey->setContext(Qt::WidgetWithChildrenShortcut);
    connect(playKey, &QShortcut::activated, m_play, &QToolButton::toggle);
    connect(m_play, &QToolButton::toggled, this, &Scrubber::play);
    connect(&m_timer, &QTimer::timeout, this, &Scrubber::advance);
    connect(m_slider, &QSlider::valueChanged, this, [this](int index) {
        m_place.index = index;
        m_source.setCursor(QString::fromStdString(m_place.name), index);
        say();
    });
    connect(&m_source, &FigureSource::cursorChanged, this, [this](const QString& name, qint64 index) {
        if (name.toStdString() != m_place.name || index == m_place.index) return;
        m_place.index = index;
        const QSignalBlocker quiet(m_slider);
        m_slider->setValue(static_cast<int>(index));
        say();
    });
}

void Scrubber::setPlace(const engine::figures::CursorPlace& place) {
    m_place = place;
    const QSignalBlocker quiet(m_slider);
    m_slider->setRange(0, static_cast<int>(std::max<std::int64_t>(0, place.size - 1)));
    m_slider->setPageStep(static_cast<int>(std::max<std::int64_t>(1, place.size / 20)));
    m_slider->setValue(static_cast<int>(place.index));
    setEnabled(place.size > 1);
    say();
}

void Scrubber::play(bool on) {
    m_play->setIcon(icon(on ? QStringLiteral("pause") : QStringLiteral("play")));
    m_play->setToolTip(on ? tr("Hold") : tr("Play"));
    if (!on) return m_timer.stop();
    if (m_slider->value() >= m_slider->maximum()) m_slider->setValue(0);
    m_timer.start(std::clamp(kCrossing_ms / std::max(1, m_slider->maximum()), kTick_ms,
                             kSlowest_ms));  // few frames are held longer
}

void Scrubber::advance() {
    const int step = std::max(
        1, static_cast<int>((m_slider->maximum() + 1) * static_cast<qint64>(kTick_ms) / kCrossing_ms));
    m_slider->setValue(std::min(m_slider->value() + step, m_slider->maximum()));
    if (m_slider->value() >= m_slider->maximum()) m_play->setChecked(false);
}

/// In full where half of the width is enough for it, else the value alone; a tool tip says the rest.
void Scrubber::say() {
    const QString name = QString::fromStdString(m_place.name).replace(QLatin1Char('_'), QLatin1Char(' ')),
                  title = QString::fromStdString(m_place.title);
    const QString place = tr("%1 of %2").arg(m_place.index + 1).arg(m_place.size);
    QStringList forms{name + QLatin1Char(' ') + place, place};
    if (m_place.coordinate) {
        const QString number =
            QString::number(*m_place.coordinate, 'g', 4) +
            (m_place.unit.empty() ? QString() : QLatin1Char(' ') + QString::fromStdString(m_place.unit));
        const QString value = title + QLatin1Char(' ') + number;
        forms = {title == name ? value + QStringLiteral(" · ") + place
                               : forms.first() + QStringLiteral(" · ") + value,
                 value, number};
    }
    const QFontMetrics metrics(m_words->font());
    const auto fits = std::find_if(forms.cbegin(), forms.cend(), [&](const QString& form) {
        return metrics.horizontalAdvance(form) <= width() / 2;
    });
    const auto form = fits == forms.cend() ? forms.cend() - 1 : fits;
    if (const auto which = form - forms.cbegin(); which != m_form) {
        m_form = which;
        m_widest = 0;
    }
    m_words->setText(*form);
    m_words->setToolTip(forms.first());
    m_slider->setAccessibleDescription(forms.first());
    // The slider keeps its length while numbers grow and shrink.
    m_widest = std::max(m_widest, metrics.horizontalAdvance(*form) + 2);
    m_words->setMinimumWidth(m_widest);
}

void Scrubber::resizeEvent(QResizeEvent* event) {
    QWidget::resizeEvent(event);
    m_widest = 0;
    say();
}

}  // namespace latent::desktop
