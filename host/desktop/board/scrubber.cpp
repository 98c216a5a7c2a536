// SPDX-License-Identifier: GPL-3.0-or-later
#include "desktop/board/scrubber.hpp"

#include <QHBoxLayout>
#include <QLabel>
#include <QSignalBlocker>
#include <QSlider>
#include <QToolButton>
#include <algorithm>

#include "desktop/theme/icon.hpp"

namespace latent::desktop {
namespace {

constexpr int kTick_ms = 33;
constexpr int kCrossing_ms = 8000;

}  // namespace

Scrubber::Scrubber(FigureSource& source, QWidget* parent)
    : QWidget(parent), m_source(source), m_slider(new QSlider(Qt::Horizontal, this)), m_play(new QToolButton(this)), m_words(new QLabel(this)) {
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(space::inside);
    m_play->setIcon(icon(QStringLiteral("play")));
    m_play->setCheckable(true);
    m_play->setProperty("look", "flat");
    m_play->setToolTip(tr("Play (Space)"));
    m_play->setAccessibleName(tr("Play the frames"));
    m_play->setShortcut(QKeySequence());
    m_slider->setAccessibleName(tr("Frame"));
    m_words->setProperty("look", "small");
    m_words->setFont(theme().tabular);
    row->addWidget(m_play);
    row->addWidget(m_slider, 1);
    row->addWidget(m_words);
    m_timer.setInterval(kTick_ms);
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
    m_timer.start();
}

void Scrubber::advance() {
    const int step = std::max(1, static_cast<int>((m_slider->maximum() + 1) * static_cast<qint64>(kTick_ms) / kCrossing_ms));
    m_slider->setValue(std::min(m_slider->value() + step, m_slider->maximum()));
    if (m_slider->value() >= m_slider->maximum()) m_play->setChecked(false);
}

void Scrubber::say() {
    QString words = tr("%1 %2 of %3").arg(QString::fromStdString(m_place.name)).arg(m_place.index + 1).arg(m_place.size);
    if (m_place.coordinate)
        words += QStringLiteral(" · %1 %2%3").arg(QString::fromStdString(m_place.title)).arg(*m_place.coordinate, 0, 'g', 4)
                     .arg(m_place.unit.empty() ? QString() : QStringLiteral(" ") + QString::fromStdString(m_place.unit));
    m_words->setText(words);
    m_slider->setAccessibleDescription(words);
}

}  // namespace latent::desktop
