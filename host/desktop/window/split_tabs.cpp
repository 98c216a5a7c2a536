// SPDX-License-Identifier: GPL-3.0-or-later
#include "desktop/window/split_tabs.hpp"

#include <QApplication>
#include <QDrag>
#include <QDragEnterEvent>
#include <QMimeData>
#include <QPointer>
#include <QRubberBand>
#include <QTabBar>
#include <QTimer>
#include <algorithm>

#include "desktop/window/page_drag.hpp"

namespace latent::desktop {
namespace {

constexpr double kEdge = 0.25;  ///< of a pane's width: a page that is dropped there gets a pane of its own

}  // namespace

SplitTabs::SplitTabs(QWidget* parent) : QSplitter(Qt::Horizontal, parent), m_active(makePane()) {
    setChildrenCollapsible(false);
    setAcceptDrops(true);
    connect(qApp, &QApplication::focusChanged, this, [this](QWidget*, QWidget* now) { activate(now); });
    qApp->installEventFilter(this);
}

/// The pane that a widget is in becomes the active one.
void SplitTabs::activate(QWidget* inside) {
    for (int i = 0; i < count(); ++i) {
        QTabWidget* candidate = pane(i);
        if (candidate == m_active || !inside || !candidate->isAncestorOf(inside)) continue;
        m_active = candidate;
        Q_EMIT currentChanged(current());
        return;
    }
}

/// Tabs and figures take no focus when they are clicked. Once the click is over: another active page may move what is
/// under the mouse.
bool SplitTabs::eventFilter(QObject* object, QEvent* event) {
    if (event->type() == QEvent::MouseButtonRelease && count() > 1 && object->isWidgetType()) {
        auto* widget = static_cast<QWidget*>(object);
        if (isAncestorOf(widget))
            QTimer::singleShot(0, this, [this, clicked = QPointer<QWidget>(widget)] { activate(clicked); });
    }
    return QSplitter::eventFilter(object, event);
}

PageTabs* SplitTabs::makePane(int index) {
    auto* made = new PageTabs(this);
    made->setDocumentMode(true);
    made->setTabsClosable(true);
    made->setMovable(true);
    made->setElideMode(Qt::ElideRight);
    made->setUsesScrollButtons(true);
    made->tabBar()->setProperty("look", "pages");
    made->tabBar()->setExpanding(false);
    made->setAccessibleName(tr("Open pages"));
    connect(made, &QTabWidget::tabCloseRequested, this,
            [this, made](int at) { closePage(made->widget(at)); });
    connect(made, &QTabWidget::currentChanged, this, [this, made] {
        if (made == m_active && !m_isArranging) Q_EMIT currentChanged(current());
    });
    connect(made, &PageTabs::reordered, this, [this] {
        if (!m_isArranging) Q_EMIT arranged();
    });
    connect(made, &PageTabs::pulledOut, this, &SplitTabs::drag);
    insertWidget(index < 0 ? count() : index, made);
    return made;
}

QTabWidget* SplitTabs::pane(int index) const { return qobject_cast<QTabWidget*>(widget(index)); }

QTabWidget* SplitTabs::holder(QWidget* page) const {
    for (int i = 0; i < count(); ++i)
        if (pane(i)->indexOf(page) >= 0) return pane(i);
    return nullptr;
}

int SplitTabs::paneOf(QWidget* page) const {
    QTabWidget* found = holder(page);
    return found ? indexOf(found) : -1;
}

void SplitTabs::addPage(QWidget* page, const QIcon& icon, const QString& title) {
    const int index = m_active->addTab(page, icon, title);
    m_active->setTabToolTip(index, title);
    m_active->setCurrentIndex(index);
    Q_EMIT arranged();
}

void SplitTabs::setTitle(QWidget* page, const QString& title) {
    if (QTabWidget* found = holder(page)) {
        found->setTabText(found->indexOf(page), title);
        found->setTabToolTip(found->indexOf(page), title);
    }
}

QString SplitTabs::titleOf(QWidget* page) const {
    const QTabWidget* found = holder(page);
    return found ? found->tabText(found->indexOf(page)) : QString();
}

void SplitTabs::show(QWidget* page) {
    QTabWidget* found = holder(page);
    if (!found) return;
    const bool otherPane = found != m_active;
    m_active = found;
    const bool otherPage = found->currentWidget() != page;
    found->setCurrentWidget(page);
    if (otherPane && !otherPage) Q_EMIT currentChanged(page);
}

void SplitTabs::bringToFront(QWidget* page) {
    if (QTabWidget* found = holder(page)) found->setCurrentWidget(page);
}

bool SplitTabs::isInFront(QWidget* page) const {
    const QTabWidget* found = holder(page);
    return found && found->currentWidget() == page;
}

QWidget* SplitTabs::current() const { return m_active->currentWidget(); }

std::vector<QWidget*> SplitTabs::pages() const {
    std::vector<QWidget*> all;
    for (const QList<QWidget*>& one : arrangement()) all.insert(all.end(), one.begin(), one.end());
    return all;
}

SplitTabs::Arrangement SplitTabs::arrangement() const {
    Arrangement all;
    for (int i = 0; i < count(); ++i) {
        QList<QWidget*> pages;
        for (int j = 0; j < pane(i)->count(); ++j) pages << pane(i)->widget(j);
        all << pages;
    }
    return all;
}

void SplitTabs::setArrangement(const Arrangement& wanted) {
    QWidget* front = current();
    const auto panes = count();
    m_isArranging = true;
    int index = 0;
    for (const QList<QWidget*>& pages : wanted) {
        int at = 0;
        for (QWidget* page : pages) {
            if (!holder(page)) continue;
            while (count() <= index) makePane();
            put(page, pane(index), at++);
        }
        if (at > 0) ++index;  // a pane whose pages are gone is none any more
    }
    dropEmptyPanes();
    m_isArranging = false;
    if (QTabWidget* found = holder(front)) {
        m_active = found;
        found->setCurrentWidget(front);
    }
    if (count() != panes) shareWidth();
    Q_EMIT currentChanged(current());
    Q_EMIT arranged();
}

/// Takes the tab along as it is; nothing where it is there already.
void SplitTabs::put(QWidget* page, QTabWidget* to, int at) {
    QTabWidget* from = holder(page);
    const int was = from->indexOf(page);
    if (from == to && was == at) return;
    if (from == to) return to->tabBar()->moveTab(was, at);
    const QIcon icon = from->tabIcon(was);
    const QString title = from->tabText(was), help = from->tabToolTip(was);
    from->removeTab(was);
    to->setTabToolTip(to->insertTab(at, page, icon, title), help);
}

bool SplitTabs::canMove(int step) const {
    if (!current()) return false;
    const int to = indexOf(m_active) + step;
    // A pane of its own would leave an empty one behind.
    return (to >= 0 && to < count()) || (to == count() && m_active->count() > 1);
}

void SplitTabs::moveCurrent(int step) {
    if (canMove(step)) moveToPane(current(), indexOf(m_active) + step);
}

void SplitTabs::moveToPane(QWidget* page, int index, int at) {
    QTabWidget* from = holder(page);
    if (!from) return;
    const auto panes = count();
    while (count() <= index) makePane();
    QTabWidget* to = pane(index);
    if (to == from && (at < 0 || at == from->indexOf(page))) return dropEmptyPanes();
    put(page, to, to == from ? std::min(at, to->count() - 1) : at);
    m_active = to;
    to->setCurrentWidget(page);
    page->show();
    dropEmptyPanes();
    if (count() != panes) shareWidth();
    Q_EMIT currentChanged(page);
    Q_EMIT arranged();
}

void SplitTabs::shareWidth() {
    QList<int> equal;
    for (int i = 0; i < count(); ++i) equal << 1000;
    setSizes(equal);
}

void SplitTabs::closeCurrent() {
    if (QWidget* page = current()) closePage(page);
}

void SplitTabs::closePage(QWidget* page) {
    QTabWidget* found = holder(page);
    if (!found) return;
    Q_EMIT aboutToClose(page);
    found->removeTab(found->indexOf(page));
    page->deleteLater();
    dropEmptyPanes();
    Q_EMIT currentChanged(current());
    Q_EMIT arranged();
}

void SplitTabs::unsplit() {
    while (count() > 1 && pane(1)->count() > 0) moveToPane(pane(1)->widget(0), 0);
    dropEmptyPanes();
}

void SplitTabs::nextPage(int step) {
    const int pages = m_active->count();
    if (pages > 0) m_active->setCurrentIndex((m_active->currentIndex() + step + pages) % pages);
}

void SplitTabs::dropEmptyPanes() {
    for (int i = count() - 1; i >= 0 && count() > 1; --i) {
        QTabWidget* candidate = pane(i);
        if (candidate->count() > 0) continue;
        if (candidate == m_active) m_active = pane(i > 0 ? i - 1 : 1);
        candidate->setParent(nullptr);
        candidate->deleteLater();
    }
}

void SplitTabs::drag(QWidget* page) {
    auto* dragged = new QDrag(this);  // Qt deletes it when the drag has ended
    dragged->setMimeData(dragOf(page).release());
    if (const QTabWidget* from = holder(page))
        dragged->setPixmap(from->tabIcon(from->indexOf(page)).pixmap(24));
    dragged->exec(Qt::MoveAction);
    if (m_mark) m_mark->hide();
}

SplitTabs::Landing SplitTabs::landingOf(QWidget* page, const QPoint& where) const {
    Landing landing;
    while (landing.pane + 1 < count() && where.x() > widget(landing.pane)->geometry().right()) ++landing.pane;
    const QTabWidget* there = pane(landing.pane);
    landing.area = there->geometry();
    const QPoint inBar = there->tabBar()->mapFrom(this, where);
    if (there->tabBar()->rect().contains(inBar)) {
        landing.at = there->tabBar()->tabAt(inBar);
        landing.area = QRect(there->tabBar()->mapTo(this, QPoint(0, 0)), there->tabBar()->size());
        return landing;
    }
    const int edge = static_cast<int>(kEdge * there->width());
    const int left = where.x() - landing.area.left(), right = landing.area.right() - where.x();
    const bool wouldEmpty = there->count() == 1 && there->widget(0) == page;
    if (wouldEmpty || (left >= edge && right >= edge)) return landing;
    landing.isNew = true;
    if (right < edge) ++landing.pane;
    const int half = landing.area.width() / 2;
    right < edge ? landing.area.setLeft(landing.area.right() - half) : landing.area.setWidth(half);
    return landing;
}

void SplitTabs::dragEnterEvent(QDragEnterEvent* event) {
    if (draggedPage(event->mimeData(), pages())) event->acceptProposedAction();
}

void SplitTabs::dragMoveEvent(QDragMoveEvent* event) {
    QWidget* page = draggedPage(event->mimeData(), pages());
    if (!page) return;
    event->acceptProposedAction();
    if (!parentWidget()) return;  // a child of the splitter would be taken for one more pane
    if (!m_mark) m_mark = new QRubberBand(QRubberBand::Rectangle, parentWidget());
    const QRect area = landingOf(page, event->position().toPoint()).area;
    m_mark->setGeometry(QRect(mapTo(m_mark->parentWidget(), area.topLeft()), area.size()));
    m_mark->show();
    m_mark->raise();
}

void SplitTabs::dragLeaveEvent(QDragLeaveEvent*) {
    if (m_mark) m_mark->hide();
}

void SplitTabs::dropEvent(QDropEvent* event) {
    if (m_mark) m_mark->hide();
    QWidget* page = draggedPage(event->mimeData(), pages());
    if (!page) return;
    const Landing landing = landingOf(page, event->position().toPoint());
    if (landing.isNew) makePane(landing.pane);
    const auto panes = count();
    moveToPane(page, landing.pane, landing.at);
    if (landing.isNew || count() != panes) shareWidth();
    event->acceptProposedAction();
}

}  // namespace latent::desktop
