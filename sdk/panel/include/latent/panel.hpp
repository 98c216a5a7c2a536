// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Everything that a panel library needs: one include. See <latent/panel/panel.hpp> for where to begin, and
// bowl_panel.cpp of the template for a whole panel. All of it is for the window's thread.
//
//     #include <latent/panel.hpp>

#include "latent/panel/number.hpp"
#include "latent/panel/panel.hpp"
#include "latent/panel/plugin.hpp"
