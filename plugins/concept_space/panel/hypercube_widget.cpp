// SPDX-License-Identifier: GPL-3.0-or-later
#include "panel/hypercube_widget.hpp"

#include <QComboBox>
#include <QHBoxLayout>
#include <QKeyEvent>
#include <QLabel>
#include <QPainter>
#include <QToolButton>
#include <QVBoxLayout>
#include <algorithm>

#include "panel/lattice_marks.hpp"
#include "panel/lattice_view.hpp"
#include "panel/legend_view.hpp"
#include "panel/timeline_view.hpp"

namespace concept_space {
namespace {

constexpr int kInside = 8, kBetween = 12, kGroups = 16;  // px, on the grid of the window
constexpr int kPlay_ms = 40, kWholeRun_ms = 8000;
constexpr int kLegendInset = 4;
constexpr int kSideWidth = 216;
constexpr int kWideEnough = 600, kHighEnough = 520;  // px: below, the legend makes room for the picture

constexpr int kIcon = 16;

/// A small picture on a grid of 16 × 16, sharp on every screen.
template <class Draw>
QPixmap drawn(double scale, Draw&& draw) {
    QPixmap pixmap(QSize(kIcon, kIcon) * scale);
    pixmap.setDevicePixelRatio(scale);
    pixmap.fill(Qt::transparent);
    QPainter painter(&pixmap);
    painter.setRenderHint(QPainter::Antialiasing);
    draw(painter);
    return pixmap;
}

/// A triangle to play, two bars to pause; drawn here because a panel has no icons of the window.
QIcon playIcon(const QColor& colour, bool pause) {
    return QIcon(drawn(4, [&](QPainter& painter) {
        painter.setPen(QPen(colour, 1.5, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
        painter.setBrush(pause ? QBrush() : QBrush(colour));
        if (!pause)
            return painter.drawPolygon(QPolygonF{QPointF(4.5, 3), QPointF(12.5, 8), QPointF(4.5, 13)});
        painter.drawLine(QPointF(5.5, 3.5), QPointF(5.5, 12.5));
        painter.drawLine(QPointF(10.5, 3.5), QPointF(10.5, 12.5));
    }));
}

QLabel* label(const char* look, QWidget* parent) {
    auto* it = new QLabel(parent);
    it->setProperty("look", look);
    it->setTextInteractionFlags(Qt::TextSelectableByMouse);
    return it;
}

}  // namespace

HypercubeWidget::HypercubeWidget(HypercubeState& state, QWidget* parent) : QWidget(parent), m_state(state) {
    setAccessibleName(tr("Hypercube of combinations"));
    setAutoFillBackground(true);
    setBackgroundRole(QPalette::Base);
    m_picture = new LatticeView(state, this);
    m_timeline = new TimelineView(state, this);
    auto* middle = new QHBoxLayout;
    middle->setSpacing(kGroups);
    middle->addWidget(m_picture, 1);
    middle->addWidget(makeSide());
    auto* all = new QVBoxLayout(this);
    all->setSizeConstraint(QLayout::SetNoConstraint);
    all->setContentsMargins(kGroups, kBetween, kGroups, kBetween);
    all->setSpacing(kInside);
    all->addWidget(makeHeader());
    all->addLayout(middle, 1);
    all->addWidget(makeFoot());
    setFocusProxy(m_picture);

    m_clock.setInterval(kPlay_ms);
    connect(&m_clock, &QTimer::timeout, this, [this] {
        const auto frames = static_cast<int64_t>(m_state.data().frames());
        const int64_t step = std::max<int64_t>(1, frames * kPlay_ms / kWholeRun_ms);
        const auto next = static_cast<int64_t>(m_state.frame()) + step;
        m_state.askFrame(next);
        if (next >= frames - 1) play(false);
    });
    connect(&state, &HypercubeState::dataReset, this, &HypercubeWidget::fillChoosers);
    connect(&state, &HypercubeState::changed, this, &HypercubeWidget::showWords);
    connect(&state, &HypercubeState::themeChanged, this, &HypercubeWidget::showTheme);
    fillChoosers();
    showWords();
}

QWidget* HypercubeWidget::makeHeader() {
    auto* header = new QWidget(this);
    auto* row = new QHBoxLayout(header);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(kInside);
    auto* title = label("heading", header);
    title->setText(tr("Loss of every combination"));
    m_when = label("muted", header);
    m_choosers = new QWidget(header);
    m_chooserRow = new QHBoxLayout(m_choosers);
    m_chooserRow->setContentsMargins(0, 0, 0, 0);
    m_chooserRow->setSpacing(kInside);
    m_logarithmic = new QToolButton(header);
    m_logarithmic->setProperty("look", "flat");
    m_logarithmic->setText(tr("Log scale"));
    m_logarithmic->setCheckable(true);
    m_logarithmic->setChecked(m_state.logarithmic());
    m_logarithmic->setToolTip(tr("Colours and lines on a logarithmic scale of losses"));
    m_logarithmic->setAccessibleName(tr("Logarithmic scale"));
    connect(m_logarithmic, &QToolButton::toggled, &m_state, &HypercubeState::setLogarithmic);
    row->addWidget(title);
    row->addWidget(m_when);
    row->addStretch();
    row->addWidget(m_choosers);
    row->addWidget(m_logarithmic);
    return header;
}

QWidget* HypercubeWidget::makeSide() {
    m_side = new QWidget(this);
    m_side->setFixedWidth(kSideWidth);
    auto* column = new QVBoxLayout(m_side);
    column->setContentsMargins(0, kInside, 0, 0);
    column->setSpacing(kInside);
    column->addWidget(new LegendView(m_state, m_side));
    column->addSpacing(kInside);
    m_aboutTitle = label("heading", m_side);
    m_aboutTitle->setWordWrap(true);
    m_about = label("muted", m_side);
    m_about->setWordWrap(true);
    m_about->setAlignment(Qt::AlignTop | Qt::AlignLeft);
    for (QLabel* words : {m_aboutTitle, m_about}) words->setContentsMargins(kLegendInset, 0, 0, 0);
    column->addWidget(m_aboutTitle);
    column->addWidget(m_about, 1);
    return m_side;
}

QWidget* HypercubeWidget::makeFoot() {
    m_foot = new QWidget(this);
    auto* words = new QHBoxLayout;
    words->setSpacing(kInside);
    m_play = new QToolButton(m_foot);
    m_play->setCheckable(true);
    m_play->setAccessibleName(tr("Play"));
    m_play->setToolTip(tr("Play the run (space)"));
    connect(m_play, &QToolButton::toggled, this, &HypercubeWidget::play);
    m_verdictMark = new QLabel(m_foot);
    m_verdict = label("muted", m_foot);
    words->addWidget(m_play);
    words->addWidget(m_verdictMark);
    words->addWidget(m_verdict, 1);
    auto* column = new QVBoxLayout(m_foot);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(kInside);
    column->addLayout(words);
    column->addWidget(m_timeline);
    return m_foot;
}

void HypercubeWidget::fillChoosers() {
    while (QLayoutItem* item = m_chooserRow->takeAt(0)) {
        delete item->widget();
        delete item;
    }
    for (std::size_t i = 0; i < m_state.data().leading.size(); ++i) {
        const NodeLosses::Leading& leading = m_state.data().leading[i];
        auto* name = label("muted", m_choosers);
        name->setText(QString::fromStdString(leading.title));
        auto* box = new QComboBox(m_choosers);
        for (const double value : leading.coordinate) box->addItem(QString::number(value, 'g', 6));
        box->setCurrentIndex(static_cast<int>(m_state.chosen()[i]));
        box->setAccessibleName(name->text());
        name->setBuddy(box);
        connect(box, &QComboBox::currentIndexChanged, &m_state,
                [this, i](int index) { m_state.choose(i, static_cast<std::size_t>(index)); });
        m_chooserRow->addWidget(name);
        m_chooserRow->addWidget(box);
    }
}

std::pair<QString, QString> HypercubeWidget::verdict() const {
    const long broken = m_state.brokenPairs(), all = m_state.lattice().pairs();
    if (broken == 0)
        return {tr("The order holds"), tr("no combination has a higher loss than one that contains it.")};
    return {broken == 1 ? tr("1 of %1 pairs breaks the order").arg(all)
                        : tr("%1 of %2 pairs break the order").arg(broken).arg(all),
            tr("a combination has a higher loss than one that contains it.")};
}

/// The explanation only where there is room for it; always in the tool tip.
void HypercubeWidget::showVerdict() {
    const auto [words, meaning] = verdict();
    const QString whole = tr("%1: %2").arg(words, meaning);
    const bool fits = m_verdict->fontMetrics().horizontalAdvance(whole) + 96 < width();
    m_verdict->setText(fits ? whole : words + QLatin1Char('.'));
    m_verdict->setToolTip(whole);
    m_verdict->setAccessibleName(whole);
    m_verdictMark->setPixmap(drawn(devicePixelRatioF(), [&](QPainter& painter) {
        const auto draw = m_state.brokenPairs() == 0 ? drawHoldsMark : drawBrokenMark;
        draw(painter, m_state.theme(), QPointF(kIcon / 2.0, kIcon / 2.0));
    }));
}

void HypercubeWidget::showWords() {
    const bool empty = m_state.isEmpty();
    m_side->setVisible(!empty && width() >= kWideEnough && height() >= kHighEnough);
    m_foot->setVisible(!empty);
    m_logarithmic->setVisible(!empty);
    m_when->setVisible(!empty && width() >= kWideEnough);
    if (empty) return;
    m_logarithmic->setChecked(m_state.logarithmic());
    m_when->setText(
        tr("%1 %2 · frame %3 of %4")
            .arg(QString::fromStdString(m_state.data().timeTitle), m_state.timeText(m_state.frame()))
            .arg(m_state.frame() + 1)
            .arg(m_state.data().frames()));
    showVerdict();

    const auto node = m_state.hovered() ? m_state.hovered() : m_state.selected();
    if (!node) {
        m_aboutTitle->clear();
        m_about->setText(
            tr("Point at a combination, or choose one: click, or type the numbers of its concepts."));
        return;
    }
    QStringList words = m_state.readout(*node).split(QStringLiteral(" · "));
    QString title = m_state.nameOf(*node);
    title[0] = title[0].toUpper();
    m_aboutTitle->setText(title);
    words[0] = tr("Loss %1").arg(number(m_state.losses()[*node]));
    for (QString& line : words) line[0] = line[0].toUpper();
    m_about->setText(words.join(QLatin1Char('\n')));
}

void HypercubeWidget::resizeEvent(QResizeEvent* event) {
    QWidget::resizeEvent(event);
    showWords();
}

void HypercubeWidget::showTheme() {
    m_play->setIcon(playIcon(m_state.theme().text, m_clock.isActive()));
    showWords();
}

void HypercubeWidget::play(bool on) {
    on = on && !m_state.isEmpty();
    if (on && m_state.frame() + 1 >= m_state.data().frames()) m_state.askFrame(0);
    on ? m_clock.start() : m_clock.stop();
    m_play->setChecked(on);
    m_play->setIcon(playIcon(m_state.theme().text, on));
    m_play->setAccessibleName(on ? tr("Pause") : tr("Play"));
}

void HypercubeWidget::keyPressEvent(QKeyEvent* event) {
    if (event->key() == Qt::Key_Space) return m_play->toggle();
    QWidget::keyPressEvent(event);
}

}  // namespace concept_space
