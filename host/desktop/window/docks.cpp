// SPDX-License-Identifier: GPL-3.0-or-later
#include "desktop/window/docks.hpp"

#include <QHBoxLayout>
#include <QLabel>
#include <QLayout>
#include <QMainWindow>
#include <QTimer>
#include <QToolButton>

#include "desktop/theme/icon.hpp"
#include "desktop/theme/theme.hpp"

namespace latent::desktop {
namespace {

/// A word in small capitals and a button that hides the dock. Where docks share a place their tabs are the title, and this
/// one takes no room.
class DockTitle final : public QWidget {
  public:
    DockTitle(const QString& title, QDockWidget* dock) : QWidget(dock), m_dock(dock) {
        setProperty("look", "dock");
        auto* row = new QHBoxLayout(this);
        row->setContentsMargins(space::groups, space::inside, space::inside, space::tight);
        auto* words = new QLabel(title.toUpper(), this);
        words->setProperty("look", "section");
        auto* close = new QToolButton(this);
        close->setIcon(icon(QStringLiteral("close")));
        close->setIconSize(QSize(12, 12));
        close->setProperty("look", "flat");
        close->setToolTip(QDockWidget::tr("Hide %1").arg(title));
        close->setAccessibleName(close->toolTip());
        row->addWidget(words, 1);
        row->addWidget(close);
        connect(close, &QToolButton::clicked, dock, &QDockWidget::close);
        // Which docks are tabs of one place is only known when the layout has settled.
        const auto later = [this] { QTimer::singleShot(0, this, &DockTitle::settle); };
        connect(dock, &QDockWidget::visibilityChanged, this, later);
        connect(dock, &QDockWidget::dockLocationChanged, this, later);
        connect(dock, &QDockWidget::topLevelChanged, this, later);
    }

    QSize sizeHint() const override { return m_isTab ? QSize(0, 0) : QWidget::sizeHint(); }
    QSize minimumSizeHint() const override { return m_isTab ? QSize(0, 0) : QWidget::minimumSizeHint(); }

    void settle() {
        const auto* window = qobject_cast<const QMainWindow*>(m_dock->parentWidget());
        bool isTab = false;
        if (window && !m_dock->isFloating())
            for (const QDockWidget* other : window->tabifiedDockWidgets(m_dock)) isTab |= !other->isHidden();
        if (isTab == m_isTab) return;
        m_isTab = isTab;
        for (QWidget* child : findChildren<QWidget*>()) child->setVisible(!isTab);
        updateGeometry();
        m_dock->layout()->invalidate();
        m_dock->layout()->activate();
    }

  private:
    QDockWidget* m_dock;
    bool m_isTab = false;
};

}  // namespace

QDockWidget* makeDock(const char* name, const QString& title, QWidget* content, QWidget* parent) {
    auto* dock = new QDockWidget(title, parent);
    dock->setObjectName(QLatin1String(name));
    content->setAttribute(Qt::WA_StyledBackground);
    dock->setWidget(content);
    dock->setTitleBarWidget(new DockTitle(title, dock));
    return dock;
}

}  // namespace latent::desktop
