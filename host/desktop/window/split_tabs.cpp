// SPDX-License-Identifier: GPL-3.0-or-later
#include "desktop/window/split_tabs.hpp"

#include <QApplication>
#include <QTabBar>

namespace latent::desktop {

SplitTabs::SplitTabs(QWidget* parent) : QSplitter(Qt::Horizontal, parent), m_active(makePane()) {
    setChildrenCollapsible(false);
    connect(qApp, &QApplication::focusChanged, this, [this](QWidget*, QWidget* now) {
        for (int i = 0; i < count(); ++i) {
            QTabWidget* candidate = pane(i);
            if (candidate == m_active || !now || !candidate->isAncestorOf(now)) continue;
            m_active = candidate;
            Q_EMIT currentChanged(current());
        }
    });
}

QTabWidget* SplitTabs::makePane() {
    auto* made = new QTabWidget(this);
    made->setDocumentMode(true);
    made->setTabsClosable(true);
    made->setMovable(true);
    made->setElideMode(Qt::ElideRight);
    made->setUsesScrollButtons(true);
    made->tabBar()->setProperty("look", "pages");
    made->tabBar()->setExpanding(false);
    made->setAccessibleName(tr("Open pages"));
    connect(made, &QTabWidget::tabCloseRequested, this,
            [this, made](int index) { closePage(made->widget(index)); });
    connect(made, &QTabWidget::currentChanged, this, [this, made] {
        if (made == m_active) Q_EMIT currentChanged(current());
    });
    addWidget(made);
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

void SplitTabs::show(QWidget* page) {
    QTabWidget* found = holder(page);
    if (!found) return;
    const bool otherPane = found != m_active;
    m_active = found;
    const bool otherPage = found->currentWidget() != page;
    found->setCurrentWidget(page);
    if (otherPane && !otherPage) Q_EMIT currentChanged(page);
}

QWidget* SplitTabs::current() const { return m_active->currentWidget(); }

std::vector<QWidget*> SplitTabs::pages() const {
    std::vector<QWidget*> all;
    for (int i = 0; i < count(); ++i)
        for (int j = 0; j < pane(i)->count(); ++j) all.push_back(pane(i)->widget(j));
    return all;
}

void SplitTabs::splitCurrent() {
    QWidget* page = current();
    if (!page || m_active->count() < 2) return;  // a pane of its own would leave an empty one behind
    moveToPane(page, indexOf(m_active) + 1);
}

void SplitTabs::moveToPane(QWidget* page, int index) {
    QTabWidget* from = holder(page);
    if (!from) return;
    while (count() <= index) makePane();
    QTabWidget* to = pane(index);
    if (to == from) return;
    const int at = from->indexOf(page);
    const QIcon icon = from->tabIcon(at);
    const QString title = from->tabText(at);
    from->removeTab(at);
    m_active = to;
    to->setCurrentIndex(to->addTab(page, icon, title));
    page->show();
    dropEmptyPanes();
    QList<int> equal;
    for (int i = 0; i < count(); ++i) equal << 1000;
    setSizes(equal);
    Q_EMIT currentChanged(page);
    Q_EMIT arranged();
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

}  // namespace latent::desktop
