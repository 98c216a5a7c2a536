// SPDX-License-Identifier: GPL-3.0-or-later
#include "desktop/around/message_line.hpp"

#include <QApplication>
#include <QClipboard>
#include <QHBoxLayout>
#include <QKeyEvent>
#include <QLabel>
#include <QPushButton>
#include <QToolButton>

#include "desktop/theme/icon.hpp"
#include "desktop/theme/theme.hpp"

namespace latent::desktop {
namespace {

using Level = MessageBar::Level;

QString wordOf(Level level) {
    switch (level) {
        case Level::Info:
            return MessageLine::tr("Information");
        case Level::Warning:
            return MessageLine::tr("Warning");
        case Level::Error:
            return MessageLine::tr("Error");
    }
    return {};
}

QToolButton* lineButton(const QString& iconName, const QString& title, QWidget* parent) {
    auto* made = new QToolButton(parent);
    made->setIcon(icon(iconName));
    made->setToolTip(title);
    made->setAccessibleName(title);
    made->setProperty("look", "flat");
    return made;
}

}  // namespace

MessageLine::MessageLine(Level level, const QString& sentence, const QString& actionTitle,
                         std::function<void()> action, int duration_ms, QWidget* parent)
    : QFrame(parent),
      m_level(level),
      m_sentence(sentence),
      m_mark(new QLabel(this)),
      m_count(new QLabel(this)) {
    setProperty("look", "message");
    setProperty("level", level == Level::Error ? "bad" : level == Level::Warning ? "warning" : "info");
    setAccessibleName(wordOf(level) + QStringLiteral(": ") + sentence);
    auto* words = new QLabel(sentence, this);
    words->setTextFormat(Qt::PlainText);  // sentences may hold text of others
    words->setWordWrap(true);
    words->setTextInteractionFlags(Qt::TextSelectableByMouse);
    m_count->setProperty("look", "small");
    m_count->hide();

    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(space::between, space::tight, space::tight, space::tight);
    row->setSpacing(space::inside);
    row->addWidget(m_mark, 0, Qt::AlignTop);
    m_mark->setContentsMargins(0, space::tight + 2, 0, 0);
    words->setMinimumHeight(space::target);
    row->addWidget(words, 1);
    row->addWidget(m_count);
    if (!actionTitle.isEmpty()) {
        auto* act = new QPushButton(actionTitle, this);
        act->setProperty("look", "link");
        connect(act, &QPushButton::clicked, this, [this, action = std::move(action)] {
            if (action) action();
            Q_EMIT dismissed();
        });
        row->addWidget(act, 0, Qt::AlignTop);
    }
    auto* copy = lineButton(QStringLiteral("copy"), tr("Copy this message"), this);
    connect(copy, &QToolButton::clicked, this, [this] { QApplication::clipboard()->setText(m_sentence); });
    auto* close = lineButton(QStringLiteral("close"), tr("Dismiss this message"), this);
    connect(close, &QToolButton::clicked, this, &MessageLine::dismissed);
    row->addWidget(copy, 0, Qt::AlignTop);
    row->addWidget(close, 0, Qt::AlignTop);

    dress();
    connect(&ThemeManager::instance(), &ThemeManager::changed, this, &MessageLine::dress);
    if (duration_ms > 0) {
        m_goes.setInterval(duration_ms);
        connect(&m_goes, &QTimer::timeout, this, [this] {
            // Somebody is reading it, or about to press one of its buttons.
            if (!underMouse() && !isAncestorOf(QApplication::focusWidget())) Q_EMIT dismissed();
        });
        m_goes.start();
    }
}

void MessageLine::repeat() {
    m_count->setText(tr("%1 times").arg(++m_times));
    m_count->show();
    if (m_goes.isActive()) m_goes.start();
}

void MessageLine::keyPressEvent(QKeyEvent* event) {
    if (event->key() == Qt::Key_Escape) return Q_EMIT dismissed();
    QFrame::keyPressEvent(event);
}

void MessageLine::dress() {
    const Theme& t = desktop::theme();
    const auto [name, colour] = m_level == Level::Error     ? std::pair("error", t.bad)
                                : m_level == Level::Warning ? std::pair("warning", t.warning)
                                                            : std::pair("info", t.accent);
    m_mark->setPixmap(iconPixmap(QLatin1String(name), colour, 16, devicePixelRatioF()));
    m_mark->setToolTip(wordOf(m_level));
}

}  // namespace latent::desktop
