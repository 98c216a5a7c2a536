// SPDX-License-Identifier: GPL-3.0-or-later
#include "desktop/window/page_drag.hpp"

#include <QCoreApplication>
#include <QMimeData>
#include <QMouseEvent>

namespace latent::desktop {
namespace {

constexpr int kPulledOut_px = 28;  ///< beyond the bar; less is a tab that is moved with an unsteady hand
const QString kFormat = QStringLiteral("application/x-latent-page");

QByteArray nameOf(const QWidget* page) {
    return QByteArray::number(QCoreApplication::applicationPid()) + ' ' +
           QByteArray::number(reinterpret_cast<quintptr>(page));
}

}  // namespace

void PageBar::mousePressEvent(QMouseEvent* event) {
    m_isHeld = event->button() == Qt::LeftButton && tabAt(event->position().toPoint()) >= 0;
    QTabBar::mousePressEvent(event);
}

void PageBar::mouseMoveEvent(QMouseEvent* event) {
    const QPoint at = event->position().toPoint();
    if (!m_isHeld || rect().adjusted(0, -kPulledOut_px, 0, kPulledOut_px).contains(at))
        return QTabBar::mouseMoveEvent(event);
    m_isHeld = false;
    // The bar lets go first: its own move of the tab ends here.
    QMouseEvent letGo(QEvent::MouseButtonRelease, event->position(), event->globalPosition(), Qt::LeftButton,
                      Qt::NoButton, event->modifiers());
    QTabBar::mouseReleaseEvent(&letGo);
    if (currentIndex() >= 0) Q_EMIT pulledOut(currentIndex());
}

void PageBar::mouseReleaseEvent(QMouseEvent* event) {
    m_isHeld = false;
    QTabBar::mouseReleaseEvent(event);
}

PageTabs::PageTabs(QWidget* parent) : QTabWidget(parent) {
    auto* bar = new PageBar(this);
    setTabBar(bar);
    connect(bar, &PageBar::pulledOut, this, [this](int index) { Q_EMIT pulledOut(widget(index)); });
    connect(bar, &QTabBar::tabMoved, this, &PageTabs::reordered);
}

std::unique_ptr<QMimeData> dragOf(const QWidget* page) {
    auto data = std::make_unique<QMimeData>();
    data->setData(kFormat, nameOf(page));
    return data;
}

QWidget* draggedPage(const QMimeData* data, const std::vector<QWidget*>& pages) {
    if (!data || !data->hasFormat(kFormat)) return nullptr;
    const QByteArray name = data->data(kFormat);
    for (QWidget* page : pages)
        if (nameOf(page) == name) return page;
    return nullptr;
}

}  // namespace latent::desktop
