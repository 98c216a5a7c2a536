// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Looks at the plugins before there is a window. What was seen before is known and takes milliseconds; a new library is loaded
// once by a child, which may take seconds: then a small card says what is going on.
//
//     MainWindow window({workspace, safeMode, scanPluginsAtStart(safeMode)}, settings);
//
// UI thread, with an application; events run on meanwhile.

#include "engine/plugins/catalog.hpp"

namespace latent::desktop {

engine::PluginCatalog scanPluginsAtStart(bool safeMode);

}  // namespace latent::desktop
