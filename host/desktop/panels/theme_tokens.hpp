// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// A Theme as the JSON that <latent/panel/theme.hpp> of the SDK reads. Keys are only ever added: panels of earlier builds read
// the same text. UI thread (fonts).
//
//     send(json, themeTokens(theme()).dump());

#include <nlohmann/json_fwd.hpp>

#include "desktop/theme/theme.hpp"

namespace latent::desktop {

nlohmann::json themeTokens(const Theme& theme);

}  // namespace latent::desktop
