// SPDX-License-Identifier: GPL-3.0-or-later
#include "desktop/runs/filter_edit.hpp"

#include <QAbstractItemView>
#include <QAction>
#include <QCompleter>
#include <QFrame>
#include <QGridLayout>
#include <QKeyEvent>
#include <QLabel>
#include <QStringListModel>
#include <QStyle>

#include "desktop/runs/filter_words.hpp"
#include "desktop/theme/icon.hpp"
#include "desktop/theme/theme.hpp"

namespace latent::desktop {
namespace {

constexpr int kPause_ms = 120;

struct Example {
    const char* words;
    const char* meaning;
};
constexpr Example kExamples[] = {
    {"swing", QT_TRANSLATE_NOOP("FilterHelp", "in the name, experiment, preset, tags or notes")},
    {"mu>1  model=symmetric", QT_TRANSLATE_NOOP("FilterHelp", "parameters; of a list any entry counts")},
    {"loss@<0.1", QT_TRANSLATE_NOOP("FilterHelp", "the last value of a metric")},
    {"state=done",
     QT_TRANSLATE_NOOP("FilterHelp", "also running, queued, paused, interrupted, failed, stopped")},
    {"tag:paper  star=yes", QT_TRANSLATE_NOOP("FilterHelp", "what you have marked")},
    {"created>2026-11-01", QT_TRANSLATE_NOOP("FilterHelp", "also ended; UTC")},
    {"sweep:phase", QT_TRANSLATE_NOOP("FilterHelp", "the cells of a sweep")},
    {"notes~lower  \"two words\"", QT_TRANSLATE_NOOP("FilterHelp", "~ contains; quotes keep blanks")},
    {"-state=failed", QT_TRANSLATE_NOOP("FilterHelp", "not; all words must hold")},
};

}  // namespace

FilterEdit::FilterEdit(QWidget* parent)
    : QLineEdit(parent), m_fits(new QStringListModel(this)), m_completer(new QCompleter(m_fits, this)) {
    setPlaceholderText(tr("Filter: mu>1 state=done"));
    setAccessibleName(tr("Filter of the runs"));
    setClearButtonEnabled(true);
    // Icons within the field are no buttons of their own: without this they are framed and sit too low.
    setStyleSheet(QStringLiteral(
        "QLineEdit > QToolButton { border: none; padding: 0; min-height: 0; background: transparent; }"));
    addAction(icon(QStringLiteral("search")), QLineEdit::LeadingPosition);
    QAction* help = addAction(icon(QStringLiteral("info")), QLineEdit::TrailingPosition);
    help->setText(tr("What can be asked"));
    help->setToolTip(tr("What can be asked (F1)"));
    connect(help, &QAction::triggered, this, &FilterEdit::showHelp);
    m_completer->setCompletionMode(QCompleter::UnfilteredPopupCompletion);
    m_completer->setWidget(this);
    m_completer->setMaxVisibleItems(12);
    connect(m_completer, qOverload<const QString&>(&QCompleter::activated), this, &FilterEdit::insert);
    m_pause.setSingleShot(true);
    m_pause.setInterval(kPause_ms);
    connect(&m_pause, &QTimer::timeout, this, [this] { Q_EMIT filterChanged(text()); });
    connect(this, &QLineEdit::textChanged, &m_pause, qOverload<>(&QTimer::start));
    connect(this, &QLineEdit::textEdited, this, &FilterEdit::complete);
}

void FilterEdit::setNames(const QStringList& names, const QStringList& tags) {
    m_names = names;
    m_tags = tags;
}

void FilterEdit::setWrong(bool wrong) {
    if (property("wrong").toBool() == wrong) return;
    setProperty("wrong", wrong);
    style()->unpolish(this);
    style()->polish(this);
}

void FilterEdit::complete() {
    const QStringList fits = filterCompletions(wordAt(text(), cursorPosition()).text, m_names, m_tags);
    m_fits->setStringList(fits);
    if (fits.isEmpty()) return m_completer->popup()->hide();
    m_completer->complete();
}

void FilterEdit::insert(const QString& completion) {
    const FilterWord word = wordAt(text(), cursorPosition());
    const bool isOpen = completion.endsWith(QLatin1Char('=')) || completion.endsWith(QLatin1Char(':')) ||
                        completion.endsWith(QLatin1Char('>')) || completion.endsWith(QLatin1Char('~'));
    QString filter = text();
    filter.replace(word.from, word.to - word.from, completion);
    setText(filter);
    setCursorPosition(word.from + static_cast<int>(completion.size()));
    if (isOpen) complete();
}

/// F1 explains the filter while one is in it; elsewhere it opens the manual.
bool FilterEdit::event(QEvent* event) {
    if (event->type() == QEvent::ShortcutOverride && static_cast<QKeyEvent*>(event)->key() == Qt::Key_F1) {
        event->accept();
        return true;
    }
    return QLineEdit::event(event);
}

void FilterEdit::keyPressEvent(QKeyEvent* event) {
    if (m_completer->popup()->isVisible()) {
        // The popup takes Up, Down and Return itself when something is chosen; Escape closes it and nothing else.
        if (event->key() == Qt::Key_Escape) return m_completer->popup()->hide();
        if (event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter) m_completer->popup()->hide();
    }
    if (event->key() == Qt::Key_F1) return showHelp();
    if (event->key() == Qt::Key_Escape && !text().isEmpty()) return clear();
    if (event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter || event->key() == Qt::Key_Down) {
        if (m_pause.isActive()) {
            m_pause.stop();
            Q_EMIT filterChanged(text());
        }
        Q_EMIT left();
        return;
    }
    QLineEdit::keyPressEvent(event);
}

void FilterEdit::showHelp() {
    auto* popup = new QFrame(this, Qt::Popup);
    popup->setAttribute(Qt::WA_DeleteOnClose);
    popup->setProperty("look", "card");
    popup->setAccessibleName(tr("What can be asked"));
    auto* grid = new QGridLayout(popup);
    grid->setContentsMargins(space::groups, space::between, space::groups, space::between);
    grid->setHorizontalSpacing(space::groups);
    grid->setVerticalSpacing(space::tight + 2);
    auto* head = new QLabel(tr("What can be asked"), popup);
    head->setProperty("look", "heading");
    grid->addWidget(head, 0, 0, 1, 2);
    int row = 1;
    for (const Example& example : kExamples) {
        auto* words = new QLabel(QLatin1String(example.words), popup);
        words->setTextInteractionFlags(Qt::TextSelectableByMouse);
        auto* meaning = new QLabel(QCoreApplication::translate("FilterHelp", example.meaning), popup);
        meaning->setProperty("look", "muted");
        grid->addWidget(words, row, 0);
        grid->addWidget(meaning, row++, 1);
    }
    popup->adjustSize();
    popup->move(mapToGlobal(QPoint(0, height() + space::tight)));
    popup->show();
}

}  // namespace latent::desktop
