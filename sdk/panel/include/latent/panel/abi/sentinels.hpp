// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Layout sentinels of the panel tier, as <latent/abi/sentinels.hpp> for the rest: compiled into the desktop, every panel
// library and the ABI probe. The order of virtual functions is the business of the abidiff gate over tests/abi.
//
//     #include "latent/panel/abi/sentinels.hpp"   // nothing to call

#include "latent/abi/sentinels.hpp"
#include "latent/panel/abi/panel.hpp"

namespace latent::abi {

static_assert(sizeof(PanelAnswerCode) == 4);
static_assert(kPartialAnswer == 0 && kWholeAnswer == 1 && kFailedAnswer == -1);
static_assert(sizeof(IPanelAnswer1) == 8 && sizeof(IPanelHost1) == 8 && sizeof(IPanel1) == 8);
static_assert(sizeof(QWidget*) == 8);

}  // namespace latent::abi
