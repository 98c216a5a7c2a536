// SPDX-License-Identifier: GPL-3.0-or-later
#include "desktop/board/figure_header.hpp"

#include <QAction>
#include <QApplication>
#include <QButtonGroup>
#include <QEvent>
#include <QHBoxLayout>
#include <QLabel>
#include <QMenu>
#include <QToolButton>
#include <utility>

#include "desktop/live/run_words.hpp"
#include "desktop/theme/elided_label.hpp"
#include "desktop/theme/icon.hpp"
#include "desktop/theme/theme.hpp"

namespace latent::desktop {
namespace {

/// What tells tools with the same icon apart: the first letter of the first word in which their labels
/// differ ("Paint shadow", "Paint lit pixels": S, L). Empty where the icon is the only one of its kind.
QString letterOf(int tool, const QStringList& icons, const QStringList& labels) {
    const QStringList own = labels[tool].split(QLatin1Char(' '), Qt::SkipEmptyParts);
    for (qsizetype other = 0; other < icons.size(); ++other) {
        if (other == tool || icons[other] != icons[tool]) continue;
        const QStringList words = labels[other].split(QLatin1Char(' '), Qt::SkipEmptyParts);
        for (qsizetype w = 0; w < own.size(); ++w)
            if (own[w] != words.value(w)) return own[w].left(1).toUpper();
    }
    return {};
}

}  // namespace

FigureHeader::FigureHeader(QWidget* parent)
    : QWidget(parent),
      m_title(new ElidedLabel(this)),
      m_age(new QLabel(this)),
      m_gestures(new QWidget(this)),
      m_menu(new QMenu(this)) {
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(2);
    m_title->setProperty("look", "heading");
    m_title->setMinimumWidth(40);
    m_title->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
    m_age->setProperty("look", "small");
    m_age->setFont(theme().tabular);
    m_gestures->setVisible(false);
    row->addWidget(m_title, 1);
    row->addWidget(m_age);
    row->addSpacing(space::tight);
    m_tools = new QWidget(this);
    auto* tools = new QHBoxLayout(m_tools);
    tools->setContentsMargins(0, 0, 0, 0);
    tools->setSpacing(2);
    row->addWidget(m_tools);
    tools->addWidget(m_gestures);
    const auto add = [&](const char* iconName, const QString& words, auto signal) {
        QToolButton* made = button(QLatin1String(iconName), words);
        tools->addWidget(made);
        connect(made, &QToolButton::clicked, this, signal);
        m_seldom << made;
        return made;
    };
    add("home", tr("Show all data"), &FigureHeader::homeAsked);
    add("numbers", tr("Show the numbers"), &FigureHeader::numbersAsked);
    add("export", tr("Export this figure"), &FigureHeader::exportAsked);
    m_maximise = button(QStringLiteral("maximise"), tr("Fill the page"));
    m_maximise->setCheckable(true);
    tools->addWidget(m_maximise);
    connect(m_maximise, &QToolButton::clicked, this, &FigureHeader::maximiseAsked);
    QToolButton* more = button(QStringLiteral("more"), tr("More"));
    more->setPopupMode(QToolButton::InstantPopup);
    more->setMenu(m_menu);
    row->addWidget(more);
    m_tools->hide();
    if (parent) parent->installEventFilter(this);
    connect(m_menu, &QMenu::aboutToHide, this, &FigureHeader::showTools, Qt::QueuedConnection);
    connect(qApp, &QApplication::focusChanged, this, &FigureHeader::showTools);
}

bool FigureHeader::eventFilter(QObject* object, QEvent* event) {
    if (event->type() == QEvent::Enter || event->type() == QEvent::Leave) showTools();
    return QWidget::eventFilter(object, event);
}

/// The tools stand where the title does, so they come only while the mouse or the keyboard is in the figure.
void FigureHeader::showTools() {
    const QWidget* card = parentWidget();
    const QWidget* focus = QApplication::focusWidget();
    const bool isWanted =
        card && (card->underMouse() || (focus && card->isAncestorOf(focus)) || m_menu->isVisible());
    m_tools->setVisible(isWanted);
}

QToolButton* FigureHeader::button(const QString& iconName, const QString& words) {
    auto* made = new QToolButton(this);
    made->setIcon(icon(iconName));
    made->setToolTip(words);
    made->setAccessibleName(words);
    made->setProperty("look", "flat");
    return made;
}

void FigureHeader::setTitle(const QString& title, const QString& more) {
    m_title->setText(title);
    m_title->setHelp(more);
}

void FigureHeader::setCompact() {
    QAction* before = m_menu->actions().value(0);
    for (QToolButton* one : std::exchange(m_seldom, {})) {
        auto* action = new QAction(one->icon(), one->toolTip(), m_menu);
        connect(action, &QAction::triggered, one, &QToolButton::click);
        m_menu->insertAction(before, action);
        one->hide();
    }
}

void FigureHeader::setAge(double age_s) {
    m_age->setVisible(age_s >= 0);
    if (age_s >= 0) m_age->setText(tr("%1 ago").arg(roughDurationWords(age_s)));
}

void FigureHeader::setMaximised(bool maximised) {
    m_maximise->setChecked(maximised);
    m_maximise->setIcon(icon(maximised ? QStringLiteral("restore") : QStringLiteral("maximise")));
    m_maximise->setToolTip(maximised ? tr("Back to the board (Esc)") : tr("Fill the page"));
}

void FigureHeader::setGestures(const QStringList& icons, const QStringList& labels) {
    delete m_gestures->layout();
    qDeleteAll(m_gestures->findChildren<QWidget*>(QString(), Qt::FindDirectChildrenOnly));
    m_gestures->setVisible(!icons.isEmpty());
    if (icons.isEmpty()) return;
    auto* row = new QHBoxLayout(m_gestures);
    row->setContentsMargins(0, 0, space::tight, 0);
    row->setSpacing(2);
    auto* group = new QButtonGroup(m_gestures);
    for (int i = -1; i < icons.size(); ++i) {
        QToolButton* made =
            button(i < 0 ? QStringLiteral("zoom") : icons[i], i < 0 ? tr("Zoom and pan") : labels[i]);
        if (const QString letter = i < 0 ? QString() : letterOf(i, icons, labels); !letter.isEmpty()) {
            made->setText(letter);
            made->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
        }
        made->setCheckable(true);
        made->setChecked(i < 0);
        group->addButton(made);
        row->addWidget(made);
        connect(made, &QToolButton::clicked, this, [this, i] { Q_EMIT gestureChosen(i); });
    }
}

}  // namespace latent::desktop
