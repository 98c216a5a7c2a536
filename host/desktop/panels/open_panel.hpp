// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Opens a plugin's own panel: one call for a page of the window.
//
// Comes back at once with a frame that says what is being checked, then holds the plugin's widget, or one sentence in its
// place. The library is admitted on a thread (manifest, owner, mode, trust, a child process that tries it), then loaded into
// this process, once. `source` gives arrays and cursors; the panel goes when it goes. UI thread only.
//
//     PanelFrame* frame = openPanel(offer, m_source, this, m_run);
//     connect(frame, &PanelFrame::logged, log, &LogPanel::add);
//     tabs->addTab(frame, offer.title);

#include "desktop/panels/panel_frame.hpp"
#include "desktop/panels/panel_libraries.hpp"
#include "desktop/panels/panel_offer.hpp"

namespace latent::desktop {

class FigureSource;

/// `run`: the folder of the run that is shown; empty when it is something else.
PanelFrame* openPanel(const PanelOffer& offer, FigureSource& source, QWidget* parent,
                      const std::filesystem::path& run = {});

}  // namespace latent::desktop
