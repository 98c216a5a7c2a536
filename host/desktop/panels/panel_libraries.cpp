// SPDX-License-Identifier: GPL-3.0-or-later
#include "desktop/panels/panel_libraries.hpp"

#include <QCoreApplication>
#include <QThreadPool>

namespace latent::desktop {

using engine::Result;

PanelCode::PanelCode(const QString& plugin) : m_plugin(plugin) {
    PanelLibraries& all = PanelLibraries::instance();
    all.m_running.append(plugin);
    all.record();
}

PanelCode::~PanelCode() {
    PanelLibraries& all = PanelLibraries::instance();
    all.m_running.removeAt(all.m_running.lastIndexOf(m_plugin));
    all.record();
}

PanelLibraries::PanelLibraries() : m_settings(PanelSettings::standard()) {}

PanelLibraries& PanelLibraries::instance() {
    static auto* const all = new PanelLibraries;  // libraries stay until the process ends
    return *all;
}

void PanelLibraries::record() {
    if (!m_recorder) return;
    QStringList plugins = m_running;
    plugins.removeDuplicates();
    m_recorder(plugins);
}

QStringList PanelLibraries::loaded() const {
    QStringList plugins;
    for (const auto& [manifest, library] : m_loaded)
        if (library) plugins << QString::fromStdString(manifest.stem().string());
    return plugins;
}

void PanelLibraries::load(const PanelOffer& offer, QObject* owner, Ready ready) {
    std::vector<Waiting>& waiting = m_waiting[offer.manifest];
    waiting.push_back({owner, std::move(ready)});
    if (waiting.size() > 1) return;  // it is being looked at
    QThreadPool::globalInstance()->start([this, offer, settings = m_settings] {
        // A value that only moves, for a functor that Qt may copy.
        auto admitted = std::make_shared<Result<AdmittedPanel>>(admitPanel(offer, settings));
        QMetaObject::invokeMethod(
            this, [this, admitted, manifest = offer.manifest] { finish(manifest, std::move(*admitted)); },
            Qt::QueuedConnection);
    });
}

void PanelLibraries::finish(const std::filesystem::path& manifest, Result<AdmittedPanel> admitted) {
    const std::vector<Waiting> waiting = std::exchange(m_waiting[manifest], {});
    m_waiting.erase(manifest);
    Result<engine::LoadedPlugin*> library = admitted ? loadHere(*std::move(admitted)) : admitted.error();
    for (const Waiting& one : waiting)
        if (one.owner) one.ready(library);
}

Result<engine::LoadedPlugin*> PanelLibraries::loadHere(AdmittedPanel admitted) {
    const engine::Manifest& manifest = admitted.manifest;
    std::unique_ptr<engine::LoadedPlugin>& loaded = m_loaded[manifest.file];
    // A newer build of it would need a new process: two versions of one QObject class cannot live side by side.
    if (loaded) return loaded.get();
    const PanelCode code(QString::fromStdString(manifest.id));
    LATENT_TRY(
        engine::LoadingLibrary library,
        engine::LoadingLibrary::load(
            std::move(admitted.file),
            {manifest.id, manifest.version, {}, manifest.panelLibrary, m_settings.admission.qtVersion}));
    LATENT_TRY(engine::LoadedPlugin plugin, library.create());
    loaded = std::make_unique<engine::LoadedPlugin>(std::move(plugin));
    return loaded.get();
}

}  // namespace latent::desktop
