// SPDX-License-Identifier: GPL-3.0-or-later
#include "desktop/around/message_bar.hpp"

#include <QVBoxLayout>
#include <algorithm>

#include "desktop/around/message_line.hpp"
#include "desktop/theme/theme.hpp"

namespace latent::desktop {

struct MessageBar::Parts {
    QVBoxLayout* column = nullptr;
    int infoDuration_ms = 8000;
    std::vector<MessageLine*> lines;  ///< the oldest first
};

MessageBar::MessageBar(QWidget* parent) : QWidget(parent), m_parts(std::make_unique<Parts>()) {
    m_parts->column = new QVBoxLayout(this);
    m_parts->column->setContentsMargins(space::between, space::inside, space::between, 0);
    m_parts->column->setSpacing(space::tight);
    setAccessibleName(tr("Messages"));
    hide();
}

MessageBar::~MessageBar() = default;

void MessageBar::setInfoDuration_ms(int duration_ms) { m_parts->infoDuration_ms = duration_ms; }

QStringList MessageBar::sentences() const {
    QStringList all;
    for (const MessageLine* line : m_parts->lines) all << line->sentence();
    return all;
}

void MessageBar::say(Level level, const QString& sentence, const QString& actionTitle,
                     std::function<void()> action) {
    if (sentence.isEmpty()) return;
    Parts& p = *m_parts;
    for (MessageLine* line : p.lines)
        if (line->level() == level && line->sentence() == sentence) return line->repeat();
    // Information makes room first; an error that nobody has read stays as long as it can.
    while (p.lines.size() >= kMost) {
        auto oldest = std::find_if(p.lines.begin(), p.lines.end(),
                                   [](const MessageLine* line) { return line->level() == Level::Info; });
        remove(oldest == p.lines.end() ? p.lines.front() : *oldest);
    }
    auto* line = new MessageLine(level, sentence, actionTitle, std::move(action),
                                 level == Level::Info ? p.infoDuration_ms : 0, this);
    connect(line, &MessageLine::dismissed, this, [this, line] { remove(line); });
    p.lines.push_back(line);
    p.column->addWidget(line);
    show();
}

void MessageBar::withdraw(const QString& sentence) {
    const auto found = std::find_if(m_parts->lines.begin(), m_parts->lines.end(),
                                    [&](const MessageLine* line) { return line->sentence() == sentence; });
    if (found != m_parts->lines.end()) remove(*found);
}

void MessageBar::remove(MessageLine* line) {
    std::erase(m_parts->lines, line);
    m_parts->column->removeWidget(line);
    line->hide();
    line->deleteLater();  // it may be the sender
    setVisible(!m_parts->lines.empty());
}

void MessageBar::clear() {
    while (!m_parts->lines.empty()) remove(m_parts->lines.front());
}

}  // namespace latent::desktop
