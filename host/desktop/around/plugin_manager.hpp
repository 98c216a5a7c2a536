// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Every plugin that was found: its state by word, icon and colour, the sentence why it cannot be used, what it brings, where
// it lies and its SHA-256; and what may be done: trust, release from quarantine, disable, enable.
//
// Scanning and changes happen on a thread; a plugin that hangs delays the list, never the window. What was trusted is the
// hash that the person saw: a file that changes between the question and the answer is not trusted. UI thread only.
//
//     PluginManager manager(bench.catalogSettings(), window);
//     connect(&manager, &PluginManager::changed, &bench, &Workbench::rescan);
//     manager.exec();

#include <QDialog>
#include <functional>
#include <memory>

#include "engine/plugins/catalog.hpp"

namespace latent::desktop {

class PluginManager : public QDialog {
    Q_OBJECT
  public:
    explicit PluginManager(engine::CatalogSettings settings, QWidget* parent = nullptr);
    ~PluginManager() override;

    void select(const QString& plugin);
    bool isBusy() const;
    /// Plugins whose panel code this process has loaded: what happens to those is whole only after a new start.
    void setLoadedPanels(const QStringList& plugins);
    /// Which change waits for the next start, in a sentence; empty: none.
    QString restartSentence() const;

  public Q_SLOTS:
    void rescan();

  Q_SIGNALS:
    /// Trust, quarantine or disabling of a plugin changed on disk.
    void changed();
    /// The list was filled anew.
    void scanned();

  private:
    void showRow(int row);
    void change(const QString& doing, std::function<engine::Status()> work);
    void setBusy(const QString& doing);
    struct Parts;
    std::unique_ptr<Parts> m_parts;
};

}  // namespace latent::desktop
