// SPDX-License-Identifier: GPL-3.0-or-later
#include "desktop/around/shortcuts_dialog.hpp"

#include <QDialogButtonBox>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QKeySequenceEdit>
#include <QLabel>
#include <QLineEdit>
#include <QPainter>
#include <QPushButton>
#include <QStyledItemDelegate>
#include <QTreeWidget>
#include <QVBoxLayout>

#include "desktop/around/actions.hpp"
#include "desktop/around/highlighted_text.hpp"
#include "desktop/theme/icon.hpp"
#include "desktop/theme/theme.hpp"

namespace latent::desktop {
namespace {

constexpr int kIdRole = Qt::UserRole, kKeysRole = Qt::UserRole + 1;

/// Keys as caps at the right end of the line.
class KeysDelegate final : public QStyledItemDelegate {
  public:
    using QStyledItemDelegate::QStyledItemDelegate;
    void paint(QPainter* painter, const QStyleOptionViewItem& option,
               const QModelIndex& index) const override {
        QStyledItemDelegate::paint(painter, option, index);
        drawKeys(*painter, QRectF(option.rect).adjusted(0, 0, -space::inside, 0),
                 index.data(kKeysRole).toString());
    }
    QSize sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const override {
        return {QStyledItemDelegate::sizeHint(option, index).width(),
                std::max(space::target + 2, option.fontMetrics.height() + 2 * space::inside)};
    }
};

}  // namespace

struct ShortcutsDialog::Parts {
    explicit Parts(ActionRegistry& all) : actions(all) {}
    ActionRegistry& actions;
    QLineEdit* search = nullptr;
    QTreeWidget* tree = nullptr;
    QLabel *name = nullptr, *conflict = nullptr;
    QKeySequenceEdit* keys = nullptr;
    QPushButton *take = nullptr, *none = nullptr, *standard = nullptr;
};

ShortcutsDialog::ShortcutsDialog(ActionRegistry& actions, QWidget* parent)
    : QDialog(parent), m_parts(std::make_unique<Parts>(actions)) {
    Parts& p = *m_parts;
    setWindowTitle(tr("Keyboard shortcuts"));
    resize(600, 620);
    p.search = new QLineEdit(this);
    p.search->setPlaceholderText(tr("Find an action or keys"));
    p.search->setAccessibleName(p.search->placeholderText());
    p.search->setClearButtonEnabled(true);
    p.search->addAction(icon(QStringLiteral("search")), QLineEdit::LeadingPosition);
    p.tree = new QTreeWidget(this);
    p.tree->setHeaderHidden(true);
    p.tree->setProperty("look", "framed");
    p.tree->setRootIsDecorated(false);
    p.tree->setIndentation(0);
    p.tree->setItemDelegate(new KeysDelegate(p.tree));
    p.tree->setAccessibleName(tr("Actions and their shortcuts"));

    auto* strip = new QFrame(this);
    strip->setProperty("look", "card");
    p.name = new QLabel(strip);
    p.name->setProperty("look", "heading");
    p.keys = new QKeySequenceEdit(strip);
    p.keys->setAccessibleName(tr("New keys"));
    p.take = new QPushButton(tr("Use these keys"), strip);
    p.none = new QPushButton(tr("No keys"), strip);
    p.standard = new QPushButton(tr("Default"), strip);
    p.conflict = new QLabel(strip);
    p.conflict->setWordWrap(true);
    p.conflict->setProperty("look", "small");
    auto* row = new QHBoxLayout;
    row->setSpacing(space::inside);
    row->addWidget(p.keys, 1);
    for (QPushButton* button : {p.take, p.none, p.standard}) {
        button->setAutoDefault(false);
        row->addWidget(button);
    }
    auto* inside = new QVBoxLayout(strip);
    inside->setContentsMargins(space::between, space::between, space::between, space::between);
    inside->addWidget(p.name);
    inside->addLayout(row);
    inside->addWidget(p.conflict);

    auto* buttons = new QDialogButtonBox(QDialogButtonBox::Close, this);
    auto* reset = buttons->addButton(tr("Reset all"), QDialogButtonBox::ResetRole);
    reset->setAutoDefault(false);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    connect(reset, &QPushButton::clicked, this, [this] { m_parts->actions.resetShortcuts(); });

    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(space::groups, space::groups, space::groups, space::groups);
    column->setSpacing(space::between);
    column->addWidget(p.search);
    column->addWidget(p.tree, 1);
    column->addWidget(strip);
    column->addWidget(buttons);

    connect(p.search, &QLineEdit::textChanged, this, &ShortcutsDialog::filter);
    connect(p.tree, &QTreeWidget::currentItemChanged, this, &ShortcutsDialog::showSelected);
    connect(p.tree, &QTreeWidget::itemActivated, p.keys, qOverload<>(&QWidget::setFocus));
    connect(p.keys, &QKeySequenceEdit::keySequenceChanged, this, &ShortcutsDialog::weigh);
    connect(p.take, &QPushButton::clicked, this, [this] { keep(m_parts->keys->keySequence()); });
    connect(p.none, &QPushButton::clicked, this, [this] { keep({}); });
    connect(p.standard, &QPushButton::clicked, this, [this] {
        for (const ActionRegistry::Entry& entry : m_parts->actions.entries())
            if (entry.id == selected()) return keep(entry.standard);
    });
    connect(&actions, &ActionRegistry::shortcutsChanged, this, &ShortcutsDialog::fill);
    fill();
    p.search->setFocus();
}

ShortcutsDialog::~ShortcutsDialog() = default;

QString ShortcutsDialog::selected() const {
    const QTreeWidgetItem* item = m_parts->tree->currentItem();
    return item ? item->data(0, kIdRole).toString() : QString();
}

void ShortcutsDialog::fill() {
    Parts& p = *m_parts;
    const QString before = selected();
    p.tree->clear();
    QHash<QString, QTreeWidgetItem*> groups;
    for (const ActionRegistry::Entry& entry : p.actions.entries()) {
        if (!entry.action) continue;
        QTreeWidgetItem*& group = groups[entry.group];
        if (!group) {
            group = new QTreeWidgetItem(p.tree, {entry.group.toUpper()});
            group->setFlags(Qt::ItemIsEnabled);
            QFont font = theme().small;
            font.setWeight(QFont::DemiBold);
            group->setFont(0, font);
            group->setForeground(0, theme().muted);
        }
        auto* item = new QTreeWidgetItem(group, {entry.title});
        const QString keys = entry.action->shortcut().toString(QKeySequence::NativeText);
        item->setData(0, kIdRole, entry.id);
        item->setData(0, kKeysRole, keys);
        item->setToolTip(0, entry.detail);
        item->setData(
            0, Qt::AccessibleTextRole,
            keys.isEmpty() ? tr("%1, no keys").arg(entry.title) : tr("%1, %2").arg(entry.title, keys));
        if (entry.id == before) p.tree->setCurrentItem(item);
    }
    p.tree->expandAll();
    filter(p.search->text());
    if (selected().isEmpty() && p.tree->topLevelItemCount() > 0)
        p.tree->setCurrentItem(p.tree->topLevelItem(0)->child(0));
    showSelected();
}

void ShortcutsDialog::filter(const QString& words) {
    for (int g = 0; g < m_parts->tree->topLevelItemCount(); ++g) {
        QTreeWidgetItem* group = m_parts->tree->topLevelItem(g);
        bool any = false;
        for (int i = 0; i < group->childCount(); ++i) {
            QTreeWidgetItem* item = group->child(i);
            const bool fits = (item->text(0) + QLatin1Char('\n') + item->data(0, kKeysRole).toString())
                                  .contains(words.trimmed(), Qt::CaseInsensitive);
            item->setHidden(!fits);
            any = any || fits;
        }
        group->setHidden(!any);
    }
}

void ShortcutsDialog::showSelected() {
    Parts& p = *m_parts;
    const QAction* action = p.actions.action(selected());
    p.name->setText(action ? action->text() : tr("Select an action to change its keys"));
    p.keys->setKeySequence(action ? action->shortcut() : QKeySequence());
    for (QWidget* widget : std::initializer_list<QWidget*>{p.keys, p.none, p.standard})
        widget->setEnabled(action != nullptr);
    weigh();
}

void ShortcutsDialog::weigh() {
    Parts& p = *m_parts;
    const QAction* action = p.actions.action(selected());
    const QKeySequence keys = p.keys->keySequence();
    if (keys.count() > 1) {  // one press is a shortcut here, not a series of them
        p.keys->setKeySequence(QKeySequence(keys[static_cast<uint>(keys.count() - 1)]));
        return;
    }
    const QAction* holder = p.actions.action(p.actions.holderOf(keys, selected()));
    p.take->setEnabled(action && keys != action->shortcut() && !keys.isEmpty());
    p.take->setText(holder ? tr("Take these keys") : tr("Use these keys"));
    p.conflict->setText(holder ? tr("“%1” has these keys now and would lose them.").arg(holder->text())
                               : tr("Press the new keys in the field, then use them."));
}

void ShortcutsDialog::keep(const QKeySequence& keys) {
    const QString id = selected();
    if (const QString holder = m_parts->actions.holderOf(keys, id); !holder.isEmpty())
        m_parts->actions.setShortcut(holder, {});
    m_parts->actions.setShortcut(id, keys);
}

}  // namespace latent::desktop
