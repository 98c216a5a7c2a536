// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// The style sheet of the application for one theme, from its tokens alone. For ThemeManager.
//
// Widgets choose a look by a property, not by a colour of their own:
//     button->setProperty("look", "primary");     // primary | flat | link | danger; default: outlined
//     label->setProperty("look", "muted");        // muted | small | heading | title | section | mono | bad | ok | warning
//     frame->setProperty("look", "card");         // card: panel with hairline and radius; bar: flat strip with a line below

#include <QString>

#include "desktop/theme/theme.hpp"

namespace latent::desktop {

QString styleSheet(const Theme& theme);

}  // namespace latent::desktop
