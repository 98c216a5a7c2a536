// SPDX-License-Identifier: GPL-3.0-or-later
#include "desktop/jobs/job_row.hpp"

#include <QContextMenuEvent>
#include <QGridLayout>
#include <QKeyEvent>
#include <QMenu>
#include <QPainter>
#include <QProgressBar>
#include <QToolButton>

#include "desktop/jobs/job_progress.hpp"
#include "desktop/live/run_words.hpp"
#include "desktop/theme/elided_label.hpp"
#include "desktop/theme/icon.hpp"
#include "desktop/theme/theme.hpp"

namespace latent::desktop {
namespace {

constexpr int kWide = 860;    ///< below: two lines
constexpr int kRoomy = 1080;  ///< below: buttons without words
constexpr int kTitleWidth = 220;
constexpr int kIcon = 16;

/// While the worker has not answered: it comes to it between two steps.
QString askedWords(engine::ControlAction action) {
    switch (action) {
        case engine::ControlAction::Pause:
            return JobRow::tr("pausing …");
        case engine::ControlAction::Stop:
            return JobRow::tr("stopping …");
        case engine::ControlAction::Checkpoint:
            return JobRow::tr("writing a checkpoint …");
    }
    return {};
}

}  // namespace

JobRow::JobRow(QWidget* parent)
    : QFrame(parent),
      m_grid(new QGridLayout(this)),
      m_actions(new QWidget(this)),
      m_icon(new QLabel(this)),
      m_title(new ElidedLabel(this)),
      m_words(new ElidedLabel(this)),
      m_state(new QLabel(this)),
      m_bar(new QProgressBar(this)) {
    setFocusPolicy(Qt::StrongFocus);
    m_words->setProperty("look", "muted");
    m_bar->setTextVisible(false);
    m_bar->setRange(0, 1000);
    m_bar->setMinimumWidth(80);
    m_bar->setFocusPolicy(Qt::NoFocus);
    m_icon->setFixedSize(kIcon, kIcon);
    auto* actions = new QHBoxLayout(m_actions);
    actions->setSpacing(0);
    actions->setContentsMargins(0, 0, 0, 0);
    actions->addStretch();
    m_words->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Fixed);
    m_bar->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Fixed);
    m_state->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Fixed);
    addButton(Action::Resume, "resume", tr("Resume"), tr("Go on from the last checkpoint"));
    addButton(Action::Pause, "pause", tr("Pause"), tr("Checkpoint and leave; it can go on later"));
    addButton(Action::Checkpoint, "checkpoint", tr("Checkpoint"), tr("Write a checkpoint now"));
    addButton(Action::Stop, "stop", tr("Stop"), tr("End it where it is and keep what it has"));
    addButton(Action::Withdraw, "trash", tr("Withdraw"),
              tr("Take it out of the line; its folder goes to the trash"));
    addButton(Action::Open, "chevron-right", tr("Open"), tr("Show its figures"));
    addButton(Action::Folder, "folder", tr("Folder"), tr("Show its folder in the file manager"));
    addButton(Action::Forget, "close", tr("Remove"), tr("Take it out of this list; the run stays"));
    m_grid->setHorizontalSpacing(space::between);
    m_grid->setVerticalSpacing(0);
    m_grid->setContentsMargins(space::between, space::tight, space::inside, space::tight);
    arrange();
}

QToolButton* JobRow::addButton(Action action, const char* iconName, const QString& word,
                               const QString& help) {
    auto* button = new QToolButton(m_actions);
    button->setProperty("look", "flat");
    button->setIcon(icon(QLatin1String(iconName)));
    button->setText(word);
    button->setToolTip(help);
    button->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    button->setFocusPolicy(Qt::TabFocus);
    connect(button, &QToolButton::clicked, this, [this, action] { Q_EMIT asked(action); });
    m_actions->layout()->addWidget(button);
    m_buttons[action] = button;
    return button;
}

bool JobRow::allows(Action action) const {
    const std::string& state = m_job.state;
    const bool runs = state == "running" || state == "elsewhere";
    switch (action) {
        case Action::Pause:
        case Action::Checkpoint:
        case Action::Stop:
            return runs;
        case Action::Resume:
            return m_job.resumable;
        case Action::Withdraw:
            return state == "queued" && !m_job.run.empty() && m_place > 0;
        case Action::Open:
        case Action::Folder:
            return !m_job.run.empty();
        case Action::Forget:
            return !runs && state != "queued" && state != "preparing";
    }
    return false;
}

void JobRow::show(const Job& job, int place) {
    m_job = job;
    m_place = place;
    const StateLook look = lookOfState(job.state);
    const bool runs = job.state == "running" || job.state == "elsewhere";
    const QString title = QString::fromStdString(job.title);
    m_title->setText(title);
    if (const QString shown = look.word + look.colour.name() + QString::number(devicePixelRatioF());
        shown != m_shown) {  // ten times a second nothing of it changes
        m_shown = shown;
        m_icon->setPixmap(iconPixmap(look.icon, look.colour, kIcon, devicePixelRatioF()));
        m_icon->setToolTip(look.word);
        m_state->setText(look.word);
        m_state->setStyleSheet(QStringLiteral("color: %1").arg(look.colour.name()));
    }
    m_bar->setVisible(runs);
    m_bar->setValue(static_cast<int>(1000 * job.fraction));
    m_state->setVisible(!runs);
    QString words = progressWords(job);
    if (runs && job.asked) words = askedWords(job.askedFor) + QStringLiteral(" · ") + words;
    if (job.state == "queued" && words.isEmpty())
        words = place > 0 ? tr("number %1 in line, waits for cores").arg(place) : tr("starting");
    m_words->setText(words);
    for (const auto& [action, button] : m_buttons) {
        button->setVisible(allows(action));
        const bool answers =
            action == Action::Pause || action == Action::Checkpoint || action == Action::Stop;
        button->setEnabled(!answers || !job.asked);
        if (const QString name = tr("%1 %2").arg(button->text(), title); button->accessibleName() != name)
            button->setAccessibleName(name);
    }
    if (const QString name = title + QStringLiteral(", ") + look.word; accessibleName() != name)
        setAccessibleName(name);
    setAccessibleDescription(words);
}

void JobRow::setSelected(bool selected) {
    if (m_isSelected == selected) return;
    m_isSelected = selected;
    update();
}

void JobRow::resizeEvent(QResizeEvent* event) {
    QFrame::resizeEvent(event);
    const bool isWide = width() >= kWide, isRoomy = width() >= kRoomy;
    if (isWide == m_isWide && isRoomy == m_isRoomy) return;
    m_isWide = isWide;
    m_isRoomy = isRoomy;
    arrange();
}

/// A running job has most of them: what it may be asked, and its folder.
int JobRow::widestActions() const {
    int width = 0;
    for (const Action action :
         {Action::Pause, Action::Checkpoint, Action::Stop, Action::Open, Action::Folder})
        width += m_buttons.at(action)->sizeHint().width();
    return width;
}

void JobRow::arrange() {
    while (QLayoutItem* item = m_grid->takeAt(0)) delete item;
    for (const auto& [action, button] : m_buttons)
        button->setToolButtonStyle(m_isRoomy ? Qt::ToolButtonTextBesideIcon : Qt::ToolButtonIconOnly);
    for (int column = 0; column < 5; ++column) {
        m_grid->setColumnStretch(column, 0);
        m_grid->setColumnMinimumWidth(column, 0);
    }
    m_actions->setMinimumWidth(m_isWide ? widestActions() : 0);
    m_actions->setMinimumHeight(space::target + 2);
    m_grid->addWidget(m_icon, 0, 0, Qt::AlignVCenter);
    m_title->setMaximumWidth(m_isWide ? kTitleWidth : QWIDGETSIZE_MAX);
    m_title->setMinimumWidth(m_isWide ? kTitleWidth : 0);
    const auto both = [&](int row, int column) {  // a job shows one or the other
        m_grid->addWidget(m_bar, row, column, Qt::AlignVCenter);
        m_grid->addWidget(m_state, row, column, Qt::AlignVCenter);
    };
    m_grid->addWidget(m_title, 0, 1);
    if (m_isWide) {
        both(0, 2);
        m_grid->addWidget(m_words, 0, 3);
        m_grid->addWidget(m_actions, 0, 4);
        m_grid->setColumnStretch(2, 3);
        m_grid->setColumnStretch(3, 5);
    } else {
        m_grid->addWidget(m_actions, 0, 2, 1, 2);
        auto* below = new QHBoxLayout;
        below->setSpacing(space::between);
        below->addWidget(m_bar, 2);
        below->addWidget(m_state, 1);
        below->addWidget(m_words, 3);
        m_grid->addLayout(below, 1, 1, 1, 3);
        m_grid->setColumnStretch(1, 1);
    }
    updateGeometry();
}

void JobRow::mousePressEvent(QMouseEvent*) { Q_EMIT pressed(); }
void JobRow::mouseDoubleClickEvent(QMouseEvent*) {
    if (!m_job.run.empty()) Q_EMIT asked(Action::Open);
}

void JobRow::focusInEvent(QFocusEvent* event) {
    QFrame::focusInEvent(event);
    Q_EMIT pressed();
    update();
}

void JobRow::keyPressEvent(QKeyEvent* event) {
    const bool isOpen = event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter;
    if (isOpen && !m_job.run.empty())
        Q_EMIT asked(Action::Open);
    else if (event->key() == Qt::Key_Down)
        focusNextChild();
    else if (event->key() == Qt::Key_Up)
        focusPreviousChild();
    else
        QFrame::keyPressEvent(event);
}

void JobRow::contextMenuEvent(QContextMenuEvent* event) {
    Q_EMIT pressed();
    QMenu menu(this);
    for (const auto& [action, button] : m_buttons) {
        if (!allows(action)) continue;
        QAction* entry =
            menu.addAction(button->icon(), button->text(), this, [this, it = action] { Q_EMIT asked(it); });
        entry->setEnabled(button->isEnabled());
    }
    menu.exec(event->globalPos());
}

void JobRow::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const QRectF area = QRectF(rect()).adjusted(space::tight + 0.5, 0.5, -space::tight - 0.5, -0.5);
    if (m_isSelected || hasFocus()) {
        painter.setPen(hasFocus() ? QPen(theme().accent, 1) : QPen(Qt::NoPen));
        painter.setBrush(m_isSelected ? theme().selection : QColor(Qt::transparent));
        painter.drawRoundedRect(area, space::radius, space::radius);
    }
}

}  // namespace latent::desktop
