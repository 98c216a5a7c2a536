// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// The panel libraries of this process: admitted on a thread, loaded once on the UI thread, never unloaded.
//
// Also the record of whose code runs: the window writes it down before a library is loaded and for as long as a panel of it
// is open, so that after a crash the next start can name the plugin. UI thread only.
//
//     PanelLibraries::instance().setCulpritRecorder([&](const QStringList& plugins) { sentinel.write(plugins); });
//     PanelLibraries::instance().setSettings(PanelSettings::standard(safeMode));
//     PanelLibraries::instance().load(offer, this, [this](Result<LoadedPlugin*> library) { … });

#include <QObject>
#include <QPointer>
#include <QStringList>
#include <functional>
#include <map>
#include <memory>
#include <vector>

#include "desktop/panels/panel_admission.hpp"
#include "desktop/panels/panel_offer.hpp"
#include "engine/plugins/loaded_plugin.hpp"

namespace latent::desktop {

class PanelLibraries;

/// Held while code of a plugin may run in this process.
class PanelCode {
  public:
    explicit PanelCode(const QString& plugin);
    ~PanelCode();
    PanelCode(const PanelCode&) = delete;
    PanelCode& operator=(const PanelCode&) = delete;

  private:
    QString m_plugin;
};

class PanelLibraries : public QObject {
    Q_OBJECT
  public:
    using Ready = std::function<void(engine::Result<engine::LoadedPlugin*>)>;
    using CulpritRecorder = std::function<void(const QStringList& plugins)>;
    static PanelLibraries& instance();

    void setSettings(PanelSettings settings) { m_settings = std::move(settings); }
    const PanelSettings& settings() const { return m_settings; }
    /// Called on the UI thread with the ids of all plugins whose code may run from now on, the newest last; empty: none.
    /// It has to be on disk when the call returns.
    void setCulpritRecorder(CulpritRecorder recorder) { m_recorder = std::move(recorder); }

    /// Plugins whose libraries are in this process, until it ends.
    QStringList loaded() const;
    /// `ready` is called later on the UI thread, or never when `owner` is gone by then.
    void load(const PanelOffer& offer, QObject* owner, Ready ready);

  private:
    friend class PanelCode;
    PanelLibraries();
    void finish(const std::filesystem::path& manifest, engine::Result<AdmittedPanel> admitted);
    engine::Result<engine::LoadedPlugin*> loadHere(AdmittedPanel admitted);
    void record();

    struct Waiting {
        QPointer<QObject> owner;
        Ready ready;
    };
    PanelSettings m_settings;
    CulpritRecorder m_recorder;
    QStringList m_running;
    std::map<std::filesystem::path, std::unique_ptr<engine::LoadedPlugin>> m_loaded;  ///< by manifest
    std::map<std::filesystem::path, std::vector<Waiting>> m_waiting;
};

}  // namespace latent::desktop
