// SPDX-License-Identifier: GPL-3.0-or-later
#include "desktop/probes/probe_foot.hpp"

#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QStyle>
#include <QVBoxLayout>

#include "desktop/theme/icon.hpp"
#include "desktop/theme/theme.hpp"

namespace latent::desktop {
namespace {

constexpr int kMark = 14;
/// Pixels. For the layout only: where both have no room beside each other they are stacked.
constexpr int kLeastButton = 64;

struct StateMark {
    const char* icon;
    QColor colour;
};
StateMark markOf(ProbeFoot::State state) {
    switch (state) {
        case ProbeFoot::State::Solving:
            return {"clock", theme().muted};
        case ProbeFoot::State::Answered:
            return {"check", theme().ok};
        case ProbeFoot::State::Failed:
            return {"warning", theme().warning};
        case ProbeFoot::State::Ended:
            return {"error", theme().bad};
        case ProbeFoot::State::Idle:
            break;
    }
    return {nullptr, {}};
}

}  // namespace

ProbeFoot::ProbeFoot(QWidget* parent)
    : QWidget(parent),
      m_numbers(new QLabel(this)),
      m_mark(new QLabel(this)),
      m_words(new QLabel(this)),
      m_kept(new QLabel(this)),
      m_restart(new QPushButton(icon(QStringLiteral("reset")), tr("Start again"), this)),
      m_forget(new QPushButton(tr("Forget"), this)),
      m_keep(new QPushButton(tr("Keep as reference"), this)),
      m_use(new QPushButton(tr("Use these values"), this)),
      m_keptRow(new QWidget(this)),
      m_buttons(new QBoxLayout(QBoxLayout::LeftToRight)) {
    m_numbers->setFont(theme().tabular);
    m_numbers->setWordWrap(true);
    m_numbers->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    m_numbers->setFocusPolicy(Qt::NoFocus);
    m_numbers->setAccessibleName(tr("Numbers of the answer"));
    m_numbers->hide();
    m_words->setWordWrap(true);
    m_words->setProperty("look", "small");
    m_words->setFont(theme().tabular);
    m_words->setAccessibleName(tr("State of the answer"));
    m_mark->setFixedSize(kMark, kMark + 2);
    m_mark->hide();
    m_restart->setToolTip(tr("Starts a new probe server and asks again"));
    m_restart->hide();
    m_kept->setProperty("look", "small");
    m_kept->setWordWrap(true);
    m_forget->setProperty("look", "link");
    m_forget->setAccessibleName(tr("Forget the kept answer"));
    m_keep->setToolTip(
        tr("Keeps this answer as a thin grey line under those that follow, so that one sees what changed"));
    m_keep->setEnabled(false);
    m_use->setToolTip(tr("Puts these values into the form of the experiment, ready to be run"));
    m_use->hide();

    auto* state = new QHBoxLayout;
    state->setSpacing(space::inside);
    state->addWidget(m_mark, 0, Qt::AlignTop);
    state->addWidget(m_words, 1);
    state->addWidget(m_restart, 0, Qt::AlignTop);
    auto* kept = new QHBoxLayout(m_keptRow);
    kept->setContentsMargins(0, 0, 0, 0);
    kept->setSpacing(space::inside);
    kept->addWidget(m_kept, 1);
    kept->addWidget(m_forget, 0, Qt::AlignTop);
    m_keptRow->hide();
    m_buttons->setSpacing(space::inside);
    for (QPushButton* button : {m_keep, m_use}) {
        button->setMinimumWidth(kLeastButton);
        m_buttons->addWidget(button, 1);
    }
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(space::groups, space::inside, space::groups, space::between);
    column->setSpacing(space::inside);
    column->addWidget(m_numbers);
    column->addLayout(state);
    column->addWidget(m_keptRow);
    column->addLayout(m_buttons);

    connect(m_restart, &QPushButton::clicked, this, &ProbeFoot::restartAsked);
    connect(m_keep, &QPushButton::clicked, this, &ProbeFoot::keepAsked);
    connect(m_forget, &QPushButton::clicked, this, &ProbeFoot::forgetAsked);
    connect(m_use, &QPushButton::clicked, this, &ProbeFoot::useAsked);
    connect(&ThemeManager::instance(), &ThemeManager::changed, this,
            [this] { say(std::exchange(m_state, State::Idle), words()); });
}

void ProbeFoot::setNumbers(const QString& words) {
    if (m_numbers->text() != words) m_numbers->setText(words);
    m_numbers->setVisible(!words.isEmpty());
}

void ProbeFoot::resizeEvent(QResizeEvent* event) {
    QWidget::resizeEvent(event);
    const int wanted = m_keep->sizeHint().width() + m_use->sizeHint().width() + space::inside;
    const bool fits = width() - 2 * space::groups >= wanted;
    m_buttons->setDirection(fits ? QBoxLayout::LeftToRight : QBoxLayout::TopToBottom);
}

QString ProbeFoot::words() const { return m_words->text(); }

void ProbeFoot::say(State state, const QString& words) {
    if (m_words->text() != words) m_words->setText(words);
    if (state == m_state) return;
    m_state = state;
    const StateMark mark = markOf(state);
    m_mark->setVisible(mark.icon != nullptr);
    if (mark.icon)
        m_mark->setPixmap(iconPixmap(QLatin1String(mark.icon), mark.colour, kMark, devicePixelRatioF()));
    const char* look = state == State::Ended || state == State::Failed ? "bad" : "small";
    m_words->setTextInteractionFlags(state == State::Ended || state == State::Failed
                                         ? Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard
                                         : Qt::NoTextInteraction);
    if (m_words->property("look").toString() != QLatin1String(look)) {
        m_words->setProperty("look", QLatin1String(look));
        m_words->style()->unpolish(m_words);  // makes the style look at the property again
        m_words->style()->polish(m_words);
    }
    m_restart->setVisible(state == State::Ended);
}

void ProbeFoot::offerKeep(bool offered) { m_keep->setVisible(offered); }
void ProbeFoot::setCanKeep(bool can) { m_keep->setEnabled(can); }

void ProbeFoot::setKept(const QString& differences) {
    m_keptRow->setVisible(!differences.isNull());
    const QString words =
        differences.isEmpty() ? tr("Kept: this answer.") : tr("Since kept: %1").arg(differences);
    if (m_kept->text() != words) m_kept->setText(words);
}

void ProbeFoot::offerUse(bool offered, bool valid) {
    m_use->setVisible(offered);
    m_use->setEnabled(valid);
}

}  // namespace latent::desktop
