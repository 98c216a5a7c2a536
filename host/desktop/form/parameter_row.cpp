// SPDX-License-Identifier: GPL-3.0-or-later
#include "desktop/form/parameter_row.hpp"

#include <QApplication>
#include <QClipboard>
#include <QContextMenuEvent>
#include <QGridLayout>
#include <QKeyEvent>
#include <QLabel>
#include <QLineEdit>
#include <QMenu>
#include <memory>

#include "desktop/form/field_label.hpp"
#include "desktop/theme/icon.hpp"
#include "desktop/theme/theme.hpp"
#include "engine/parameters/command_line.hpp"

namespace latent::desktop {
namespace {

constexpr int kFieldHeight = 28;

bool isUndo(const QKeyEvent* key) { return key->matches(QKeySequence::Undo); }
bool isRedo(const QKeyEvent* key) {
    return key->matches(QKeySequence::Redo) ||
           (key->key() == Qt::Key_Y && key->modifiers() == Qt::ControlModifier) ||
           (key->key() == Qt::Key_Z && key->modifiers() == (Qt::ControlModifier | Qt::ShiftModifier));
}

}  // namespace

ParameterRow::ParameterRow(const engine::ParameterModel& p, const RunChooser* chooser, bool live,
                           QWidget* parent)
    : QWidget(parent),
      m_editor(makeEditor(p, chooser, live, this)),
      m_label(new FieldLabel(QString::fromStdString(p.title()), this)),
      m_error(new QLabel(this)),
      m_hint(new QLabel(this)),
      m_mark(new ChangedMark(this)),
      m_grid(new QGridLayout(this)) {
    setObjectName(QStringLiteral("parameter.") + QString::fromStdString(p.name));
    m_label->setBuddy(m_editor->field());
    m_editor->field()->setAccessibleName(m_label->text());
    m_error->setProperty("look", "bad");
    m_hint->setProperty("look", "small");
    for (QLabel* words : {m_error, m_hint}) {
        words->setWordWrap(true);
        words->setMinimumWidth(1);  // long words do not widen the form
        words->setTextFormat(Qt::PlainText);
        words->hide();
    }
    m_error->setTextInteractionFlags(Qt::TextSelectableByMouse);
    connect(m_mark, &QAbstractButton::clicked, this, &ParameterRow::resetAsked);
    m_grid->setContentsMargins(0, 0, 0, 0);
    m_grid->setHorizontalSpacing(0);
    m_grid->setVerticalSpacing(2);
    m_grid->setColumnStretch(2, 1);
    place();
    QList<QWidget*> watched = m_editor->findChildren<QWidget*>();
    watched << m_editor;
    for (QWidget* one : watched) one->installEventFilter(this);
}

/// Mark, label and editor beside each other, or the label above the editor.
void ParameterRow::place() {
    for (QWidget* one :
         {static_cast<QWidget*>(m_mark), static_cast<QWidget*>(m_label), static_cast<QWidget*>(m_editor),
          static_cast<QWidget*>(m_error), static_cast<QWidget*>(m_hint)})
        m_grid->removeWidget(one);
    m_label->setFixedHeight(m_stacked ? 20 : kFieldHeight);
    m_mark->setFixedHeight(m_label->height());
    m_grid->addWidget(m_mark, 0, 0, Qt::AlignTop);
    const int row = m_stacked ? 1 : 0, column = m_stacked ? 1 : 2, span = m_stacked ? 2 : 1;
    m_grid->addWidget(m_label, 0, 1, 1, span, Qt::AlignTop | Qt::AlignLeft);
    m_grid->addWidget(m_editor, row, column, 1, span);
    m_grid->addWidget(m_error, row + 1, column, 1, span);
    m_grid->addWidget(m_hint, row + 2, column, 1, span);
}

int ParameterRow::labelWidth() const { return m_label->sizeHint().width(); }

void ParameterRow::setColumn(int labelWidth, bool stacked) {
    m_label->setFixedWidth(labelWidth);
    if (stacked == m_stacked) return;
    m_stacked = stacked;
    place();
}

void ParameterRow::setError(const QString& sentence) {
    if (sentence == m_sentence) return;
    m_sentence = sentence;
    m_editor->setError(sentence);
    showWords();
}

void ParameterRow::setHint(const QString& words) {
    m_hint->setText(words);
    showWords();
}

/// The border and the words tell it, not the colour alone; who listens to the field hears it as its description.
void ParameterRow::showWords() {
    m_error->setText(m_sentence);
    m_error->setVisible(!m_sentence.isEmpty());
    m_hint->setVisible(m_sentence.isEmpty() && !m_hint->text().isEmpty());
    const QString help = QString::fromStdString(parameter().help),
                  said = m_sentence.isEmpty() ? m_hint->text() : m_sentence;
    m_editor->field()->setAccessibleDescription(said.isEmpty()   ? help
                                                : help.isEmpty() ? said
                                                                 : said + QLatin1Char(' ') + help);
}

void ParameterRow::setChanged(bool changed, const QString& standard) {
    m_isChanged = changed;
    m_mark->setOn(changed);
    const QString words =
        changed ? tr("Changed. Click to go back to %1.").arg(standard.isEmpty() ? tr("nothing") : standard)
                : QString();
    m_mark->setToolTip(words);
    m_mark->setAccessibleName(changed ? tr("Reset %1").arg(m_label->text()) : QString());
}

void ParameterRow::setHelp(const QString& tip) {
    m_label->setToolTip(tip);
    // Segments have tips of their own.
    if (m_editor->focusProxy()) m_editor->focusProxy()->setToolTip(tip);
}

void ParameterRow::contextMenuEvent(QContextMenuEvent* event) {
    auto* line = qobject_cast<QLineEdit*>(m_editor->field());
    const std::unique_ptr<QMenu> menu(
        line && line->geometry().contains(m_editor->mapFromGlobal(event->globalPos()))
            ? line->createStandardContextMenu()
            : new QMenu(this));
    QAction* first = menu->actions().value(0);
    for (QAction* own : menu->actions())  // the form's undo is the one that counts
        if (own->objectName() == QLatin1String("edit-undo") ||
            own->objectName() == QLatin1String("edit-redo"))
            menu->removeAction(own);
    if (first) menu->addSeparator();
    m_editor->addTo(*menu);
    QAction* reset =
        menu->addAction(icon(QStringLiteral("reset")), tr("Reset"), this, &ParameterRow::resetAsked);
    reset->setEnabled(m_isChanged);
    menu->addAction(icon(QStringLiteral("copy")), tr("Copy as --set"), this, [this] {
        const engine::Assignment given = m_editor->assignment();
        const std::string value = given.value.is_null()     ? std::string()
                                  : given.value.is_string() ? given.value.get<std::string>()
                                                            : given.value.dump();
        QApplication::clipboard()->setText(
            QString::fromStdString("--set " + engine::shellQuoted(given.name + "=" + value)));
    });
    menu->addAction(icon(QStringLiteral("info")), tr("Help\tF1"), this, &ParameterRow::helpAsked);
    menu->exec(event->globalPos());
}

bool ParameterRow::eventFilter(QObject* object, QEvent* event) {
    const bool begins = event->type() == QEvent::ShortcutOverride;
    if (!begins && event->type() != QEvent::KeyPress) return QWidget::eventFilter(object, event);
    auto* key = static_cast<QKeyEvent*>(event);
    const bool asks =
        key->key() == Qt::Key_F1 || (key->key() == Qt::Key_Question && !m_editor->takesLetters());
    if (!asks && !isUndo(key) && !isRedo(key)) return QWidget::eventFilter(object, event);
    // The window's own F1 and Ctrl+Z wait while a field has the focus.
    event->accept();
    if (begins) return true;
    if (asks)
        Q_EMIT helpAsked();
    else if (isUndo(key))
        Q_EMIT undoAsked();
    else
        Q_EMIT redoAsked();
    return true;
}

}  // namespace latent::desktop
