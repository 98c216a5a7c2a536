// SPDX-License-Identifier: GPL-3.0-or-later
#include "desktop/around/actions.hpp"

#include <QApplication>
#include <QKeyEvent>
#include <QSettings>
#include <QWidget>
#include <algorithm>

#include "desktop/theme/icon.hpp"

namespace latent::desktop {
namespace {

QString keyOf(const QString& id) { return QStringLiteral("shortcuts/") + id; }

/// "Run (F5)", and the sentence below it.
QString tooltipOf(const ActionRegistry::Entry& entry, const QKeySequence& shortcut) {
    QString text = entry.title;
    if (!shortcut.isEmpty()) text += QStringLiteral(" (%1)").arg(shortcut.toString(QKeySequence::NativeText));
    return entry.detail.isEmpty() ? text : text + QLatin1Char('\n') + entry.detail;
}

}  // namespace

ActionRegistry::ActionRegistry(QSettings& store, QWidget* window)
    : QObject(window), m_store(store), m_window(window) {
    qApp->installEventFilter(this);
}

QAction* ActionRegistry::add(const ActionSpec& spec) {
    Q_ASSERT_X(!action(spec.id), "ActionRegistry", qUtf8Printable(spec.id));
    auto* made = new QAction(spec.title, m_window);
    made->setObjectName(spec.id);
    made->setCheckable(spec.checkable);
    if (!spec.icon.isEmpty()) made->setIcon(icon(spec.icon));
    if (!spec.detail.isEmpty()) made->setStatusTip(spec.detail);
    made->setShortcutContext(spec.context ? Qt::WidgetWithChildrenShortcut : Qt::WindowShortcut);
    if (spec.run) connect(made, &QAction::triggered, this, [run = spec.run] { run(); });
    (spec.context ? spec.context : m_window)->addAction(made);
    m_entries.push_back(
        {spec.id, spec.title, spec.group, spec.detail, made, spec.context, spec.shortcut, spec.inPalette});
    const QVariant kept = m_store.value(keyOf(spec.id));
    apply(m_entries.back(), kept.isValid()
                                ? QKeySequence::fromString(kept.toString(), QKeySequence::PortableText)
                                : spec.shortcut);
    return made;
}

void ActionRegistry::allow(const QString& id, bool isPossible, const QString& whyNot) {
    for (Entry& entry : m_entries) {
        if (entry.id != id || !entry.action) continue;
        entry.action->setEnabled(isPossible);
        entry.whyNot = whyNot;
    }
}

bool ActionRegistry::eventFilter(QObject* object, QEvent* event) {
    if (event->type() != QEvent::ShortcutOverride || !object->isWidgetType() ||
        static_cast<QWidget*>(object)->window() != m_window)
        return false;
    const auto* key = static_cast<QKeyEvent*>(event);
    if (!(key->modifiers() & (Qt::ControlModifier | Qt::AltModifier))) return false;
    for (const auto fields : {QKeySequence::Copy, QKeySequence::Cut, QKeySequence::Paste, QKeySequence::Undo,
                              QKeySequence::Redo, QKeySequence::SelectAll})
        if (key->matches(fields)) return false;
    const QKeySequence pressed(key->keyCombination());
    const bool isOurs = std::any_of(m_entries.begin(), m_entries.end(), [&](const Entry& entry) {
        return !entry.context && entry.action && entry.action->isEnabled() &&
               entry.action->shortcut() == pressed;
    });
    if (!isOurs) return false;
    event->ignore();
    return true;
}

QAction* ActionRegistry::action(const QString& id) const {
    const auto found =
        std::find_if(m_entries.begin(), m_entries.end(), [&](const Entry& entry) { return entry.id == id; });
    return found == m_entries.end() ? nullptr : found->action.data();
}

QAction* ActionRegistry::operator[](const QString& id) const {
    QAction* found = action(id);
    Q_ASSERT_X(found, "ActionRegistry", qUtf8Printable(id));
    return found;
}

QString ActionRegistry::holderOf(const QKeySequence& shortcut, const QString& except) const {
    if (shortcut.isEmpty()) return {};
    for (const Entry& entry : m_entries)
        if (entry.id != except && entry.action && entry.action->shortcut() == shortcut) return entry.id;
    return {};
}

void ActionRegistry::apply(Entry& entry, const QKeySequence& shortcut) {
    entry.action->setShortcut(shortcut);
    entry.action->setToolTip(tooltipOf(entry, shortcut));
}

void ActionRegistry::setShortcut(const QString& id, const QKeySequence& shortcut) {
    for (Entry& entry : m_entries) {
        if (entry.id != id || !entry.action) continue;
        if (shortcut == entry.standard)
            m_store.remove(
                keyOf(id));  // so that a default of a later version reaches those who never changed it
        else
            m_store.setValue(keyOf(id), shortcut.toString(QKeySequence::PortableText));
        apply(entry, shortcut);
        Q_EMIT shortcutsChanged();
    }
}

void ActionRegistry::resetShortcuts() {
    for (Entry& entry : m_entries) {
        if (!entry.action) continue;
        m_store.remove(keyOf(entry.id));
        apply(entry, entry.standard);
    }
    Q_EMIT shortcutsChanged();
}

void ActionRegistry::find(const QString&, Reply reply) {
    std::vector<PaletteEntry> all;
    for (const Entry& entry : m_entries) {
        if (!entry.inPalette || !entry.action) continue;
        PaletteEntry one;
        one.id = QStringLiteral("action:") + entry.id;
        one.title = entry.title;
        one.isOff = !entry.action->isEnabled();
        one.detail = !one.isOff               ? entry.detail
                     : entry.whyNot.isEmpty() ? tr("Not possible now.")
                                              : entry.whyNot;
        one.group = entry.group;
        one.shortcut = entry.action->shortcut().toString(QKeySequence::NativeText);
        one.icon = entry.action->icon();
        one.run = [action = entry.action] {
            if (action) action->trigger();
        };
        all.push_back(std::move(one));
    }
    reply(std::move(all));
}

}  // namespace latent::desktop
