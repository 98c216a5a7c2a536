// SPDX-License-Identifier: GPL-3.0-or-later
#include "desktop/around/plugin_manager.hpp"

#include <QDialogButtonBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QListWidget>
#include <QProgressBar>
#include <QPushButton>
#include <QSplitter>
#include <QVBoxLayout>

#include "desktop/around/message_bar.hpp"
#include "desktop/around/plugin_look.hpp"
#include "desktop/around/plugin_page.hpp"
#include "desktop/around/plugin_rows.hpp"
#include "desktop/around/trust_dialog.hpp"
#include "desktop/live/file_thread.hpp"
#include "desktop/theme/theme.hpp"

namespace latent::desktop {

struct PluginManager::Parts {
    engine::CatalogSettings settings;
    std::vector<PluginRow> rows;
    QListWidget* list = nullptr;
    PluginPage* page = nullptr;
    MessageBar* messages = nullptr;
    QLabel *doing = nullptr, *restart = nullptr;
    QProgressBar* bar = nullptr;
    QPushButton* again = nullptr;
    QString wanted;  ///< to be selected when the list is there
    QStringList loaded, waiting;
    bool busy = false;
    FileThread files;  ///< last, so that it is done before the rest goes
};

PluginManager::PluginManager(engine::CatalogSettings settings, QWidget* parent)
    : QDialog(parent), m_parts(std::make_unique<Parts>()) {
    Parts& p = *m_parts;
    p.settings = std::move(settings);
    setWindowTitle(tr("Plugins"));
    resize(880, 600);
    p.messages = new MessageBar(this);
    auto* split = new QSplitter(this);
    p.list = new QListWidget(split);
    p.list->setItemDelegate(new PluginDelegate(p.rows, p.list));
    p.list->setAccessibleName(tr("Plugins that were found"));
    p.list->setMouseTracking(true);
    p.list->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    p.list->setProperty("look", "inset");
    p.page = new PluginPage(split);
    split->setSizes({260, 620});
    split->setStretchFactor(1, 1);
    split->setChildrenCollapsible(false);

    auto* foot = new QFrame(this);
    foot->setProperty("look", "foot");
    p.doing = new QLabel(foot);
    p.doing->setProperty("look", "muted");
    p.bar = new QProgressBar(foot);
    p.bar->setRange(0, 0);
    p.bar->setTextVisible(false);
    p.bar->setFixedWidth(120);
    p.bar->setAccessibleName(tr("Working"));
    p.restart = new QLabel(foot);
    p.restart->setProperty("look", "warning");
    p.restart->setWordWrap(true);
    p.again = new QPushButton(tr("Look again"), foot);
    p.again->setToolTip(tr("Looks for new and changed plugins"));
    auto* close = new QPushButton(tr("Close"), foot);
    for (QPushButton* button : {p.again, close}) button->setAutoDefault(false);
    auto* line = new QHBoxLayout(foot);
    line->setContentsMargins(space::groups, space::inside, space::groups, space::inside);
    line->setSpacing(space::inside);
    line->addWidget(p.bar);
    line->addWidget(p.doing);
    line->addWidget(p.restart, 1);
    line->addWidget(p.again);
    line->addWidget(close);

    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addWidget(p.messages);
    column->addWidget(split, 1);
    column->addWidget(foot);

    connect(p.list, &QListWidget::currentRowChanged, this, &PluginManager::showRow);
    connect(p.again, &QPushButton::clicked, this, &PluginManager::rescan);
    connect(close, &QPushButton::clicked, this, &QDialog::reject);
    connect(p.page, &PluginPage::trustRequested, this, [this] {
        const PluginRow row = m_parts->rows[static_cast<std::size_t>(m_parts->list->currentRow())];
        auto* question = new TrustDialog(row, this);
        connect(question, &QDialog::accepted, this, [this, row] {
            change(tr("Trying “%1” …").arg(titleOf(row)),
                   [row, settings = m_parts->settings] { return trustExactly(row, settings); });
        });
        question->open();
    });
    const auto offer = [this](auto signal, auto work, const QString& doing, bool waits) {
        connect(m_parts->page, signal, this, [this, work, doing, waits] {
            const PluginRow row = m_parts->rows[static_cast<std::size_t>(m_parts->list->currentRow())];
            const QString id = QString::fromStdString(row.entry.id);
            m_parts->waiting.removeAll(id);
            if (waits && m_parts->loaded.contains(id))
                m_parts->waiting << id;  // its code stays in this process
            change(doing.arg(titleOf(row)),
                   [row, work, settings = m_parts->settings] { return work(row, settings); });
        });
    };
    offer(&PluginPage::releaseRequested, &releasePlugin, tr("Trying “%1” …"), false);
    offer(
        &PluginPage::disableRequested,
        [](const PluginRow& row, const engine::CatalogSettings& s) {
            return setPluginDisabled(row, true, s);
        },
        tr("Disabling “%1” …"), true);
    offer(
        &PluginPage::enableRequested,
        [](const PluginRow& row, const engine::CatalogSettings& s) {
            return setPluginDisabled(row, false, s);
        },
        tr("Trying “%1” …"), false);
    connect(&ThemeManager::instance(), &ThemeManager::changed, this,
            [this] { showRow(m_parts->list->currentRow()); });
    rescan();
}

PluginManager::~PluginManager() = default;

bool PluginManager::isBusy() const { return m_parts->busy; }
void PluginManager::setLoadedPanels(const QStringList& plugins) { m_parts->loaded = plugins; }

QString PluginManager::restartSentence() const {
    if (m_parts->waiting.isEmpty()) return {};
    return tr("The code of %1 is loaded in this window and stays until you start the program again.")
        .arg(m_parts->waiting.join(QStringLiteral(", ")));
}

void PluginManager::select(const QString& plugin) {
    m_parts->wanted = plugin;
    for (std::size_t i = 0; i < m_parts->rows.size(); ++i)
        if (QString::fromStdString(m_parts->rows[i].entry.id) == plugin)
            m_parts->list->setCurrentRow(static_cast<int>(i));
}

void PluginManager::setBusy(const QString& doing) {
    Parts& p = *m_parts;
    p.busy = !doing.isEmpty();
    p.doing->setText(doing);
    p.bar->setVisible(p.busy);
    p.again->setEnabled(!p.busy);
    p.page->setEnabled(!p.busy);
    p.restart->setText(restartSentence());
    p.restart->setVisible(!p.busy);
    p.doing->setVisible(p.busy);
}

void PluginManager::rescan() {
    Parts& p = *m_parts;
    if (p.rows.empty()) p.page->showSentence(tr("Looking at the plugins …"));
    setBusy(tr("Looking at the plugins …"));
    p.files.run([settings = p.settings] { return scanPlugins(settings); },
                [this](PluginScan scan) {
                    Parts& now = *m_parts;
                    if (now.wanted.isEmpty() && now.list->currentRow() >= 0)
                        now.wanted = QString::fromStdString(
                            now.rows[static_cast<std::size_t>(now.list->currentRow())].entry.id);
                    {
                        const QSignalBlocker quiet(now.list);
                        now.list->clear();
                        now.rows = std::move(scan.rows);
                        for (const PluginRow& row : now.rows) {
                            auto* item = new QListWidgetItem(now.list);
                            item->setData(Qt::AccessibleTextRole,
                                          titleOf(row) + QStringLiteral(", ") + lookOf(row).word);
                            item->setToolTip(QString::fromStdString(row.entry.sentence));
                        }
                    }
                    for (const std::string& message : scan.messages)
                        now.messages->say(MessageBar::Level::Warning, QString::fromStdString(message));
                    setBusy({});
                    const QString wanted = std::exchange(now.wanted, QString());
                    select(wanted);
                    now.wanted.clear();
                    if (now.list->currentRow() < 0 && !now.rows.empty()) now.list->setCurrentRow(0);
                    showRow(now.list->currentRow());
                    Q_EMIT scanned();
                });
}

void PluginManager::change(const QString& doing, std::function<engine::Status()> work) {
    setBusy(doing);
    m_parts->files.run(std::move(work), [this](engine::Status done) {
        if (!done)
            m_parts->messages->say(MessageBar::Level::Error, QString::fromStdString(done.error().message));
        rescan();
        Q_EMIT changed();
    });
}

void PluginManager::showRow(int row) {
    Parts& p = *m_parts;
    if (row >= 0 && row < static_cast<int>(p.rows.size()))
        p.page->showPlugin(p.rows[static_cast<std::size_t>(row)]);
    else if (!p.busy)
        p.page->showSentence(tr("There are no plugins. Those of yours belong into\n%1")
                                 .arg(QString::fromStdString(
                                     p.settings.folders.empty() ? "" : p.settings.folders.front().string())));
}

}  // namespace latent::desktop
