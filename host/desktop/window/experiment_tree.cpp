// SPDX-License-Identifier: GPL-3.0-or-later
#include "desktop/window/experiment_tree.hpp"

#include <QLineEdit>
#include <QTreeWidget>
#include <QVBoxLayout>
#include <map>

#include "desktop/theme/icon.hpp"
#include "desktop/theme/theme.hpp"

namespace latent::desktop {
namespace {

constexpr int kId = Qt::UserRole, kWords = Qt::UserRole + 1;

}  // namespace

ExperimentTree::ExperimentTree(Workbench& bench, QWidget* parent)
    : QWidget(parent), m_bench(bench), m_search(new QLineEdit(this)), m_tree(new QTreeWidget(this)) {
    m_search->setPlaceholderText(tr("Find an experiment"));
    m_search->setClearButtonEnabled(true);
    m_search->addAction(icon(QStringLiteral("search")), QLineEdit::LeadingPosition);
    m_search->setAccessibleName(tr("Find an experiment"));
    setMinimumWidth(232);  // the longest titles are read, whatever the form asks for
    m_tree->setHeaderHidden(true);
    m_tree->setIndentation(16);
    m_tree->setRootIsDecorated(true);
    m_tree->setUniformRowHeights(true);
    m_tree->setTextElideMode(Qt::ElideRight);
    m_tree->setAccessibleName(tr("Experiments by plugin"));
    m_tree->setExpandsOnDoubleClick(false);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(space::inside, 0, space::inside, space::inside);
    column->setSpacing(space::inside);
    column->addWidget(m_search);
    column->addWidget(m_tree, 1);
    connect(m_search, &QLineEdit::textChanged, this, &ExperimentTree::search);
    const auto choose = [this](QTreeWidgetItem* item) {
        const QString id = item->data(0, kId).toString();
        if (!id.isEmpty())
            Q_EMIT chosen(id);
        else if (item->isDisabled())
            Q_EMIT pluginsAsked();
        else
            item->setExpanded(!item->isExpanded());
    };
    connect(m_tree, &QTreeWidget::itemClicked, this, choose);
    connect(m_tree, &QTreeWidget::itemActivated, this, choose);
    connect(&bench, &Workbench::pluginsChanged, this, &ExperimentTree::fill);
    connect(&ThemeManager::instance(), &ThemeManager::changed, this, [this] {
        for (int i = 0; i < m_tree->topLevelItemCount(); ++i)
            if (QTreeWidgetItem* plugin = m_tree->topLevelItem(i);
                plugin->foreground(0).style() != Qt::NoBrush)
                plugin->setForeground(0, theme().muted);
    });
    connect(m_search, &QLineEdit::returnPressed, this, [this] {
        for (QTreeWidgetItemIterator it(m_tree, QTreeWidgetItemIterator::NotHidden); *it; ++it) {
            const QString id = (*it)->data(0, kId).toString();
            if (!id.isEmpty()) return Q_EMIT chosen(id);
        }
    });
    fill();
}

void ExperimentTree::fill() {
    m_tree->clear();
    std::map<std::string, QTreeWidgetItem*> plugins;
    for (const engine::PluginEntry& plugin : m_bench.catalog().plugins()) {
        auto* item = new QTreeWidgetItem(
            m_tree, {QString::fromStdString(plugin.title.empty() ? plugin.id : plugin.title)});
        item->setToolTip(0, QString::fromStdString(plugin.summary));
        if (plugin.state != engine::PluginState::Usable) {
            item->setText(
                0, tr("%1 · %2").arg(
                       item->text(0),
                       QString::fromUtf8(engine::nameOf(plugin.state).data(),
                                         static_cast<qsizetype>(engine::nameOf(plugin.state).size()))));
            item->setIcon(0, icon(QStringLiteral("warning"), Tint::Warning));
            item->setToolTip(0, QString::fromStdString(plugin.sentence));
            item->setForeground(0, theme().muted);
        }
        plugins[plugin.id] = item;
    }
    for (const ExperimentInfo& info : m_bench.experiments()) {
        auto* item = new QTreeWidgetItem(plugins[info.plugin], {QString::fromStdString(info.title)});
        item->setIcon(0,
                      icon(info.kind == "experiment" ? QStringLiteral("experiment") : QStringLiteral("data"),
                           Tint::Quiet));
        item->setData(0, kId, QString::fromStdString(info.id));
        item->setData(0, kWords,
                      QString::fromStdString(info.id + " " + info.title + " " + info.summary).toLower());
        item->setToolTip(0, QString::fromStdString(info.id + ": " + info.summary));
        item->setData(0, Qt::AccessibleDescriptionRole, QString::fromStdString(info.summary));
    }
    m_tree->expandAll();
    search(m_search->text());
}

void ExperimentTree::search(const QString& words) {
    for (int i = 0; i < m_tree->topLevelItemCount(); ++i) {
        QTreeWidgetItem* plugin = m_tree->topLevelItem(i);
        int shown = 0;
        for (int j = 0; j < plugin->childCount(); ++j) {
            bool fits = true;
            for (const QString& word : words.toLower().split(QLatin1Char(' '), Qt::SkipEmptyParts))
                fits &= plugin->child(j)->data(0, kWords).toString().contains(word);
            plugin->child(j)->setHidden(!fits);
            shown += fits;
        }
        plugin->setHidden(!words.isEmpty() && shown == 0);
    }
}

void ExperimentTree::select(const std::string& experiment) {
    for (QTreeWidgetItemIterator it(m_tree); *it; ++it)
        if ((*it)->data(0, kId).toString().toStdString() == experiment) return m_tree->setCurrentItem(*it);
    m_tree->setCurrentItem(nullptr);
}

}  // namespace latent::desktop
