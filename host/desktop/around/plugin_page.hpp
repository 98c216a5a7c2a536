// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// All about one plugin: state and reason, what it brings, where it lies; with the buttons for what may be done now.
//
// It asks by signals and changes nothing. UI thread only.
//
//     page->showPlugin(row);
//     connect(page, &PluginPage::trustRequested, this, …);

#include <QScrollArea>

#include "desktop/around/plugin_rows.hpp"

class QVBoxLayout;

namespace latent::desktop {

class PluginPage : public QScrollArea {
    Q_OBJECT
  public:
    explicit PluginPage(QWidget* parent = nullptr);
    void showPlugin(const PluginRow& row);
    void showSentence(const QString& sentence);

  Q_SIGNALS:
    void trustRequested();
    void releaseRequested();
    void disableRequested();
    void enableRequested();

  private:
    QVBoxLayout* begin();
    void addActions(QVBoxLayout& column, const PluginRow& row);
};

}  // namespace latent::desktop
