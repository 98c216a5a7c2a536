// SPDX-License-Identifier: GPL-3.0-or-later
#include "desktop/window/docks.hpp"

#include <QHBoxLayout>
#include <QLabel>
#include <QToolButton>

#include "desktop/theme/icon.hpp"
#include "desktop/theme/theme.hpp"

namespace latent::desktop {

QDockWidget* makeDock(const char* name, const QString& title, QWidget* content, QWidget* parent) {
    auto* dock = new QDockWidget(title, parent);
    dock->setObjectName(QLatin1String(name));
    dock->setWidget(content);
    auto* bar = new QWidget(dock);
    bar->setProperty("look", "dock");
    auto* row = new QHBoxLayout(bar);
    row->setContentsMargins(space::groups, space::inside, space::inside, space::tight);
    auto* words = new QLabel(title.toUpper(), bar);
    words->setProperty("look", "section");
    auto* close = new QToolButton(bar);
    close->setIcon(icon(QStringLiteral("close")));
    close->setIconSize(QSize(12, 12));
    close->setProperty("look", "flat");
    close->setToolTip(QDockWidget::tr("Hide %1").arg(title));
    close->setAccessibleName(close->toolTip());
    QObject::connect(close, &QToolButton::clicked, dock, &QDockWidget::close);
    row->addWidget(words, 1);
    row->addWidget(close);
    dock->setTitleBarWidget(bar);
    return dock;
}

}  // namespace latent::desktop
