// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Whether a panel library may be loaded, by the same steps and the same code as compute libraries.
//
// Manifest → owner, mode, ELF → trust of the SHA-256 → quarantine → cache, or a child process that loads it, has it describe
// itself, and makes and draws each widget off-screen. A crash or a hang quarantines that hash. The open file that was
// checked is the one that is loaded. admitPanel() blocks for up to two timeouts: any thread but the UI thread.
//
//     Result<AdmittedPanel> panel = admitPanel(offer, PanelSettings::standard());
//     if (!panel) say(panel.error().message);

#include <cstdint>
#include <filesystem>

#include "desktop/panels/panel_offer.hpp"
#include "engine/plugins/admission.hpp"
#include "engine/plugins/library_file.hpp"
#include "engine/plugins/manifest.hpp"
#include "engine/result.hpp"

namespace latent::desktop {

struct PanelSettings {
    std::filesystem::path bundled, stateFolder, cacheFolder;
    std::filesystem::path latent;  ///< the program that answers probes
    engine::AdmissionSettings
        admission;          ///< `program` runs panelAdmissionMain() when started with its `arguments`
    bool safeMode = false;  ///< no panel at all

    /// The folders of this user; this program, started with --admit-panel, tries the libraries.
    static PanelSettings standard(bool safeMode = false);
};

struct AdmittedPanel {
    engine::LibraryFile file;
    engine::Manifest manifest;
};

engine::Result<AdmittedPanel> admitPanel(const PanelOffer& offer, const PanelSettings& settings);

/// The Qt that this process runs with, as in a descriptor: 0x060402 for 6.4.2.
std::uint32_t runningQtVersion();

}  // namespace latent::desktop
