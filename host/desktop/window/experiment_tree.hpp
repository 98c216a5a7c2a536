// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Experiments and data sources by plugin, with a search field: the left side of the window.
//
// Plugins that cannot be used stand there too, greyed, with their sentence as the tooltip. UI thread only.

#include <QWidget>

#include "desktop/window/workbench.hpp"

class QLineEdit;
class QTreeWidget;

namespace latent::desktop {

class ExperimentTree : public QWidget {
    Q_OBJECT
  public:
    explicit ExperimentTree(Workbench& bench, QWidget* parent = nullptr);
    void select(const std::string& experiment);

  Q_SIGNALS:
    void chosen(const QString& experiment);
    void pluginsAsked();

  private:
    void fill();
    void search(const QString& words);
    Workbench& m_bench;
    QLineEdit* m_search;
    QTreeWidget* m_tree;
};

}  // namespace latent::desktop
