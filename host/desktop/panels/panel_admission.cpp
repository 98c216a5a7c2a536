// SPDX-License-Identifier: GPL-3.0-or-later
#include "desktop/panels/panel_admission.hpp"

#include <QLibraryInfo>
#include <QVersionNumber>

#include "desktop/panels/admission_main.hpp"
#include "engine/files/folders.hpp"
#include "engine/plugins/admission_cache.hpp"
#include "engine/plugins/child_process.hpp"
#include "engine/plugins/lock_file.hpp"
#include "engine/plugins/quarantine.hpp"
#include "engine/plugins/search.hpp"
#include "engine/plugins/trust.hpp"

namespace latent::desktop {
namespace {

using namespace engine;
using Outcome = Admission::Outcome;

std::string whose(const Manifest& manifest) {
    return "The panel library of the plugin \"" + manifest.id + "\"";
}

Status checkTrust(const Manifest& manifest, const std::string& sha256, const PanelSettings& settings) {
    std::vector<std::string> messages;  // the catalog reads the same files and tells of them
    const TrustStore trust(settings.stateFolder, settings.bundled, messages);
    const std::filesystem::path& library = manifest.panelLibrary;
    if (trust.isDisabled(manifest.id))
        return refused(whose(manifest) +
                       " is not loaded, because the plugin is disabled; \"latent plugins enable " +
                       manifest.id + "\" brings it back.");
    if (trust.isOurs(library, sha256)) return ok();
    switch (trust.of(panelTrustId(manifest.id), sha256)) {
        case Trust::Trusted:
            return ok();
        case Trust::Changed:
            return refused(
                whose(manifest) + " at " + library.string() +
                " has changed since you trusted it; if that is right, run \"latent plugins trust " +
                manifest.id + "\".");
        case Trust::Unknown:
            break;
    }
    return refused(whose(manifest) + " at " + library.string() +
                   " is not trusted yet; if you know where it comes from, run \"latent plugins trust " +
                   manifest.id + "\".");
}

/// Tries it in the child, unless that was done before, and remembers what came of it.
Status tryOut(const LibraryFile& file, const Manifest& manifest, const std::string& sha256,
              const PanelSettings& settings) {
    std::vector<std::string> messages;
    Quarantine quarantine(settings.stateFolder, messages);
    if (const auto reason = quarantine.reason(sha256)) return refused(*reason);

    const Manifest part = panelPartOf(manifest);
    const AdmissionCache cache(settings.cacheFolder, {}, settings.admission.qtVersion);
    std::optional<Admission> known = cache.find(part, sha256);
    if (!known) {
        const InterruptHold
            hold;  // outlives the lock file: Ctrl-C here must not look like a death in the plugin
        const Result<LockFile> lock =
            LockFile::hold(settings.stateFolder, {manifest.id, manifest.panelLibrary, sha256});
        known = admit(file, part, sha256, settings.admission);
        cache.keep(part, sha256, *known);
        if (known->outcome == Outcome::Crashed || known->outcome == Outcome::Hung)
            LATENT_CHECK(quarantine.add(sha256, manifest.id, manifest.panelLibrary, known->sentence));
    }
    return known->outcome == Outcome::Accepted ? ok() : Status(refused(known->sentence));
}

}  // namespace

std::uint32_t runningQtVersion() {
    const QVersionNumber version = QLibraryInfo::version();
    return static_cast<std::uint32_t>(version.majorVersion() << 16 | version.minorVersion() << 8 |
                                      version.microVersion());
}

PanelSettings PanelSettings::standard(bool safeMode) {
    PanelSettings settings;
    settings.bundled = bundledPluginFolder(programFile());
    settings.latent = programFile().parent_path() / "latent";
    settings.stateFolder = engine::stateFolder();
    settings.cacheFolder = engine::cacheFolder();
    settings.admission.arguments = {kPanelAdmissionWord};
    settings.admission.qtVersion = runningQtVersion();
    settings.safeMode = safeMode;
    return settings;
}

Result<AdmittedPanel> admitPanel(const PanelOffer& offer, const PanelSettings& settings) {
    LATENT_TRY(Manifest manifest, readManifest(offer.manifest));
    if (settings.safeMode)
        return refused(whose(manifest) +
                       " is not loaded in safe mode; start the program without it to see its panels.");
    LATENT_TRY(LibraryFile file, LibraryFile::open(manifest.panelLibrary));
    LATENT_TRY(const std::string sha256, file.sha256());
    LATENT_CHECK(checkTrust(manifest, sha256, settings));
    LATENT_CHECK(tryOut(file, manifest, sha256, settings));
    return AdmittedPanel{std::move(file), std::move(manifest)};
}

}  // namespace latent::desktop
