// SPDX-License-Identifier: GPL-3.0-or-later
#include "desktop/around/manual.hpp"

#include <QApplication>
#include <QClipboard>
#include <QDir>
#include <QFocusEvent>
#include <QHBoxLayout>
#include <QKeyEvent>
#include <QLabel>
#include <QLineEdit>
#include <QScrollBar>
#include <QShortcut>
#include <QSplitter>
#include <QStackedWidget>
#include <QTimer>
#include <QToolButton>
#include <QTreeWidget>
#include <QVBoxLayout>
#include <optional>

#include "desktop/around/manual_browser.hpp"
#include "desktop/around/manual_hits.hpp"
#include "desktop/live/file_thread.hpp"
#include "desktop/theme/icon.hpp"
#include "desktop/theme/theme.hpp"

namespace latent::desktop {
namespace {

constexpr int kPageRole = Qt::UserRole, kAnchorRole = Qt::UserRole + 1, kContentsLevels = 2,
              kSearchPause_ms = 120;
constexpr int kBothFit_px = 560;  ///< the width from which on contents and page stand side by side

}  // namespace

struct ManualPlace {
    QString page, anchor;
    int scroll = 0;
};

namespace {

/// Where a link of a page leads within the manual; nothing when it leads out of it. Pages are written to be read in the
/// source tree too, so a README of a plugin and a page of the manual find each other by their paths there.
std::optional<ManualPlace> placeOf(const QString& page, const QUrl& link) {
    if (!link.scheme().isEmpty() || !link.host().isEmpty()) return std::nullopt;
    if (link.path().isEmpty()) return ManualPlace{page, link.fragment(QUrl::FullyDecoded), 0};
    QString path = link.path(QUrl::FullyDecoded);
    if (!path.endsWith(QLatin1String(".md"))) return std::nullopt;
    path.chop(3);
    static const QString manual = QStringLiteral("resources/manual/"), readme = QStringLiteral("/README"),
                         plugins = QStringLiteral("plugins/");
    if (const qsizetype at = path.indexOf(manual); at >= 0)
        path = path.mid(at + manual.size());
    else if (const qsizetype from = path.indexOf(plugins); from >= 0 && path.endsWith(readme))
        path = path.mid(from).chopped(readme.size());
    else
        path = QDir::cleanPath(QLatin1Char('/') + page.section(QLatin1Char('/'), 0, -2) + QLatin1Char('/') +
                               path)
                   .mid(1);
    return ManualPlace{path, link.fragment(QUrl::FullyDecoded), 0};
}

QToolButton* button(const QString& iconName, const QString& title, QWidget* parent) {
    auto* made = new QToolButton(parent);
    made->setIcon(icon(iconName));
    made->setProperty("look", "flat");
    made->setToolTip(title);
    made->setAccessibleName(title);
    return made;
}

}  // namespace

struct ManualView::Parts {
    ManualPages pages;
    bool isRead = false;
    FileThread files;
    QString folder;
    QLineEdit* search = nullptr;
    QStackedWidget* left = nullptr;
    QTreeWidget* contents = nullptr;
    ManualHits* hits = nullptr;
    QLabel *noHits = nullptr, *title = nullptr, *link = nullptr;
    QFrame *linkLine = nullptr, *side = nullptr;
    ManualBrowser* browser = nullptr;
    QToolButton *back = nullptr, *forward = nullptr, *unfold = nullptr;
    QTimer pause;
    std::vector<ManualPlace> before, after;
    ManualPlace now;
    std::optional<ManualPlace> wanted;  ///< asked for before the pages were read
};

ManualView::ManualView(const QString& folder, QWidget* parent)
    : QWidget(parent), m_parts(std::make_unique<Parts>()) {
    Parts& p = *m_parts;
    p.folder = folder;
    auto* split = new QSplitter(this);
    auto* side = p.side = new QFrame(split);
    side->setProperty("look", "side");
    p.search = new QLineEdit(side);
    p.search->setPlaceholderText(tr("Search the manual"));
    p.search->setAccessibleName(p.search->placeholderText());
    p.search->setClearButtonEnabled(true);
    p.search->addAction(icon(QStringLiteral("search")), QLineEdit::LeadingPosition);
    p.contents = new QTreeWidget;
    p.contents->setHeaderHidden(true);
    p.contents->setAccessibleName(tr("Contents"));
    p.contents->setIndentation(space::groups);
    p.hits = new ManualHits;
    p.noHits = new QLabel;
    p.noHits->setProperty("look", "muted");
    p.noHits->setWordWrap(true);
    p.noHits->setAlignment(Qt::AlignTop);
    p.noHits->setMargin(space::inside);
    p.left = new QStackedWidget(side);
    p.left->addWidget(p.contents);
    p.left->addWidget(p.hits);
    p.left->addWidget(p.noHits);
    auto* sideColumn = new QVBoxLayout(side);
    sideColumn->setContentsMargins(space::between, space::between, space::inside, space::inside);
    sideColumn->setSpacing(space::inside);
    sideColumn->addWidget(p.search);
    sideColumn->addWidget(p.left, 1);

    auto* right = new QFrame(split);
    right->setProperty("look", "side");
    auto* bar = new QFrame(right);
    bar->setProperty("look", "bar");
    p.back = button(QStringLiteral("back"), tr("Back (Alt+Left)"), bar);
    p.forward = button(QStringLiteral("forward"), tr("Forward (Alt+Right)"), bar);
    p.unfold = button(QStringLiteral("manual"), tr("Contents and search"), bar);
    p.unfold->setCheckable(true);
    p.title = new QLabel(bar);
    p.title->setProperty("look", "muted");
    auto* barRow = new QHBoxLayout(bar);
    barRow->setContentsMargins(space::inside, space::tight, space::between, space::tight);
    barRow->setSpacing(space::tight);
    barRow->addWidget(p.unfold);
    barRow->addWidget(p.back);
    barRow->addWidget(p.forward);
    barRow->addSpacing(space::inside);
    barRow->addWidget(p.title, 1);
    p.browser = new ManualBrowser(folder, right);
    p.linkLine = new QFrame(right);
    p.linkLine->setProperty("look", "foot");
    p.link = new QLabel(p.linkLine);
    p.link->setTextFormat(Qt::PlainText);
    p.link->setWordWrap(true);
    p.link->setTextInteractionFlags(Qt::TextSelectableByMouse);
    auto* closeLink = button(QStringLiteral("close"), tr("Close this line"), p.linkLine);
    auto* linkRow = new QHBoxLayout(p.linkLine);
    linkRow->setContentsMargins(space::groups, space::tight, space::inside, space::tight);
    linkRow->addWidget(p.link, 1);
    linkRow->addWidget(closeLink);
    p.linkLine->hide();
    auto* rightColumn = new QVBoxLayout(right);
    rightColumn->setContentsMargins(0, 0, 0, 0);
    rightColumn->setSpacing(0);
    rightColumn->addWidget(bar);
    rightColumn->addWidget(p.browser, 1);
    rightColumn->addWidget(p.linkLine);

    split->addWidget(side);
    split->addWidget(right);
    split->setSizes({260, 800});
    split->setStretchFactor(1, 1);
    split->setChildrenCollapsible(false);
    side->setMinimumWidth(180);
    auto* all = new QHBoxLayout(this);
    all->setContentsMargins(0, 0, 0, 0);
    all->addWidget(split);

    connect(p.unfold, &QToolButton::toggled, this, &ManualView::fold);
    for (const auto signal : {&QTreeWidget::itemClicked, &QTreeWidget::itemActivated})
        connect(p.contents, signal, p.unfold, [unfold = p.unfold] { unfold->setChecked(false); });
    connect(p.hits, &ManualHits::chosen, p.unfold, [unfold = p.unfold] { unfold->setChecked(false); });
    connect(p.back, &QToolButton::clicked, this, &ManualView::back);
    connect(p.forward, &QToolButton::clicked, this, &ManualView::forward);
    connect(closeLink, &QToolButton::clicked, p.linkLine, &QWidget::hide);
    for (const auto& [keys, slot] : {std::pair(QKeySequence(Qt::ALT | Qt::Key_Left), &ManualView::back),
                                     std::pair(QKeySequence(Qt::ALT | Qt::Key_Right), &ManualView::forward)})
        connect(new QShortcut(keys, this, nullptr, nullptr, Qt::WidgetWithChildrenShortcut),
                &QShortcut::activated, this, slot);
    connect(new QShortcut(QKeySequence::Find, this, nullptr, nullptr, Qt::WidgetWithChildrenShortcut),
            &QShortcut::activated, this, &ManualView::focusSearch);
    connect(p.contents, &QTreeWidget::currentItemChanged, this, [this](QTreeWidgetItem* item) {
        if (item) showPage(item->data(0, kPageRole).toString(), item->data(0, kAnchorRole).toString());
    });
    connect(p.hits, &ManualHits::chosen, this, [this](const QString& page, const QString& anchor) {
        showPage(page, anchor);
        m_parts->browser->setHighlighted(m_parts->hits->words(), false);
    });
    connect(p.browser, &QTextBrowser::anchorClicked, this, &ManualView::follow);
    p.pause.setSingleShot(true);
    p.pause.setInterval(kSearchPause_ms);
    connect(p.search, &QLineEdit::textChanged, &p.pause, qOverload<>(&QTimer::start));
    connect(&p.pause, &QTimer::timeout, this, &ManualView::searchNow);
    p.search->installEventFilter(this);

    p.browser->showSentence(tr("Reading the manual …"));
    p.files.run(
        [folder] { return ManualPages::read(folder); },
        [this](ManualPages pages) {
            m_parts->pages = std::move(pages);
            m_parts->isRead = true;
            fillContents();
            const ManualPlace first = m_parts->wanted.value_or(ManualPlace{QStringLiteral("index"), {}, 0});
            m_parts->wanted.reset();
            showPage(first.page, first.anchor);
            if (!m_parts->search->text().isEmpty()) searchNow();
            Q_EMIT ready();
        });
}

ManualView::~ManualView() = default;

const ManualPages& ManualView::pages() const { return m_parts->pages; }
ManualBrowser* ManualView::browser() const { return m_parts->browser; }
QString ManualView::page() const { return m_parts->now.page; }

void ManualView::fillContents() {
    Parts& p = *m_parts;
    const QSignalBlocker quiet(p.contents);
    QTreeWidgetItem* plugins = nullptr;
    for (const ManualPage& page : p.pages.pages()) {
        if (page.isPlugin && !plugins) {
            plugins = new QTreeWidgetItem(p.contents, {tr("Plugins")});
            plugins->setFlags(Qt::ItemIsEnabled);
            plugins->setExpanded(true);
        }
        auto* item = page.isPlugin ? new QTreeWidgetItem(plugins, {page.title})
                                   : new QTreeWidgetItem(p.contents, {page.title});
        item->setData(0, kPageRole, page.id);
        item->setToolTip(0, page.title);
        for (const ManualHeading& heading : page.headings) {
            if (heading.level < 2 || heading.level > kContentsLevels) continue;
            auto* section = new QTreeWidgetItem(item, {heading.title});
            section->setData(0, kPageRole, page.id);
            section->setData(0, kAnchorRole, heading.anchor);
            section->setToolTip(0, heading.title);
        }
    }
}

void ManualView::showPage(const QString& id, const QString& anchor) {
    Parts& p = *m_parts;
    if (!p.isRead) {
        p.wanted = ManualPlace{id, anchor, 0};
        return;
    }
    if (!p.now.page.isEmpty() && (p.now.page != id || p.now.anchor != anchor)) {
        p.now.scroll = p.browser->verticalScrollBar()->value();
        p.before.push_back(p.now);
        p.after.clear();
    }
    go(id, anchor, -1);
}

void ManualView::go(const QString& id, const QString& anchor, int scroll) {
    Parts& p = *m_parts;
    const ManualPage* page = p.pages.find(id);
    if (!page) {
        p.browser->showSentence(p.pages.pages().empty() ? tr("The manual was not found. It should lie in %1; "
                                                             "install the program again to bring it back.")
                                                              .arg(p.folder)
                                                        : tr("The manual has no page “%1”.").arg(id));
    } else if (p.now.page != id || p.browser->document()->isEmpty()) {
        p.browser->showPage(*page);
        p.browser->setHighlighted({}, false);
    }
    p.linkLine->hide();
    p.now = {id, anchor, 0};
    if (scroll >= 0)
        p.browser->verticalScrollBar()->setValue(scroll);
    else if (anchor.isEmpty())
        p.browser->verticalScrollBar()->setValue(0);
    else
        p.browser->scrollToAnchor(anchor);
    if (page && !anchor.isEmpty() &&
        std::none_of(page->headings.begin(), page->headings.end(),
                     [&](const ManualHeading& h) { return h.anchor == anchor; }))
        say(tr("The page has no section “%1”; this is its beginning.").arg(anchor));
    p.title->setText(page ? page->title : QString());
    p.back->setEnabled(!p.before.empty());
    p.forward->setEnabled(!p.after.empty());
    showInContents();
    Q_EMIT titleChanged(p.title->text());
}

void ManualView::showInContents() {
    Parts& p = *m_parts;
    const QSignalBlocker quiet(p.contents);
    for (QTreeWidgetItemIterator it(p.contents); *it; ++it) {
        if ((*it)->data(0, kPageRole).toString() != p.now.page ||
            (*it)->data(0, kAnchorRole).toString() != p.now.anchor)
            continue;
        p.contents->setCurrentItem(*it);
        (*it)->setExpanded(true);
        return;
    }
}

void ManualView::follow(const QUrl& link) {
    Parts& p = *m_parts;
    if (const auto place = placeOf(p.now.page, link); place && p.pages.find(place->page))
        return showPage(place->page, place->anchor);
    const QString words = link.toString();
    QApplication::clipboard()->setText(words);
    say(link.scheme().isEmpty()
            ? tr("%1 is a file of the source code, not a page of the manual. Its path was copied.").arg(words)
            : tr("%1 was copied. The manual opens nothing on the web; paste it into a browser to go there.")
                  .arg(words));
}

void ManualView::say(const QString& sentence) {
    m_parts->link->setText(sentence);
    m_parts->linkLine->show();
}

void ManualView::back() {
    Parts& p = *m_parts;
    if (p.before.empty()) return;
    p.now.scroll = p.browser->verticalScrollBar()->value();
    p.after.push_back(p.now);
    const ManualPlace place = p.before.back();
    p.before.pop_back();
    go(place.page, place.anchor, place.scroll);
}

void ManualView::forward() {
    Parts& p = *m_parts;
    if (p.after.empty()) return;
    p.now.scroll = p.browser->verticalScrollBar()->value();
    p.before.push_back(p.now);
    const ManualPlace place = p.after.back();
    p.after.pop_back();
    go(place.page, place.anchor, place.scroll);
}

void ManualView::focusInEvent(QFocusEvent* event) { m_parts->browser->setFocus(event->reason()); }

/// In a pane that is too narrow for both, contents and search come when they are asked for.
void ManualView::fold() {
    Parts& p = *m_parts;
    const bool isNarrow = width() < kBothFit_px;
    p.unfold->setVisible(isNarrow);
    p.side->setVisible(!isNarrow || p.unfold->isChecked());
}

void ManualView::resizeEvent(QResizeEvent* event) {
    QWidget::resizeEvent(event);
    fold();
}

void ManualView::focusSearch() {
    m_parts->unfold->setChecked(width() < kBothFit_px);
    m_parts->search->setFocus();
    m_parts->search->selectAll();
}

void ManualView::search(const QString& words) {
    m_parts->search->setText(words);
    m_parts->pause.stop();
    searchNow();
}

void ManualView::searchNow() {
    Parts& p = *m_parts;
    if (!p.isRead) return;
    const QStringList words = ManualPages::wordsOf(p.search->text());
    p.hits->setHits(p.pages.search(p.search->text()), words);
    p.noHits->setText(tr("Nothing in the manual has all of: %1. Fewer or shorter words find more.")
                          .arg(words.join(QStringLiteral(", "))));
    p.left->setCurrentWidget(words.isEmpty()          ? static_cast<QWidget*>(p.contents)
                             : p.hits->hits().empty() ? static_cast<QWidget*>(p.noHits)
                                                      : p.hits);
    if (words.isEmpty()) p.browser->setHighlighted({}, false);
}

bool ManualView::eventFilter(QObject* object, QEvent* event) {
    Parts& p = *m_parts;
    if (object != p.search || event->type() != QEvent::KeyPress) return QWidget::eventFilter(object, event);
    const int key = static_cast<QKeyEvent*>(event)->key();
    if (key == Qt::Key_Escape && !p.search->text().isEmpty()) return p.search->clear(), true;
    if (key != Qt::Key_Down && key != Qt::Key_Return && key != Qt::Key_Enter) return false;
    if (p.pause.isActive()) search(p.search->text());
    if (p.hits->count() > 0 && p.left->currentWidget() == p.hits) {
        p.hits->setFocus();
        p.hits->setCurrentRow(0);
    }
    return true;
}

}  // namespace latent::desktop
