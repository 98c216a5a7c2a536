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
    /// What the person would lose by not starting again; empty: nothing. ("… takes effect at the next start.")
    QString restartSentence() const;
    /// Libraries whose code this process already runs (panels): disabling those needs a new start.
    void setRunning(const QStringList& plugins);

  public Q_SLOTS:
    void rescan();

  Q_SIGNALS:
    /// Trust, quarantine or disabling of a plugin changed on disk.
    void changed();
    /// The list was filled anew.
    void scanned();

  private:
    struct Parts;
    std::unique_ptr<Parts> m_parts;
};

}  // namespace latent::desktop
