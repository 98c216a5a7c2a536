// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// The Python script of a figure as it stands in the window: zoom, hidden series, smoothing, scales and the
// direction it is looked at from. UI thread.
//
//     writeNew("losses.py", scriptText(view, cursors, {{"", runPath}}, figure, canvas->viewState()));

#include <QVariantMap>
#include <string>
#include <utility>
#include <vector>

#include "desktop/views/canvas.hpp"
#include "engine/figures/resolve.hpp"

namespace latent::desktop {

/// `runs`: name and path; one has no use for its name, several are drawn over each other.
std::string scriptText(nlohmann::json view, const engine::figures::Cursors& cursors,
                       const std::vector<std::pair<std::string, std::string>>& runs, const FigurePtr& figure,
                       const QVariantMap& viewState);

}  // namespace latent::desktop
