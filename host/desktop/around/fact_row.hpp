// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// A name and a long value in typewriter letters (a path, a hash) that wraps anywhere and has a copy button.
//
//     layout->addWidget(new FactRow(tr("SHA-256"), hash, this));

#include <QWidget>

namespace latent::desktop {

class FactRow : public QWidget {
    Q_OBJECT
  public:
    FactRow(const QString& name, const QString& value, QWidget* parent);
};

}  // namespace latent::desktop
