// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// A figure to be saved, as it stands in the window.

#include <QVariantMap>
#include <functional>
#include <string>

#include "desktop/views/canvas.hpp"

namespace latent::desktop {

struct ExportItem {
    FigurePtr figure;
    QVariantMap viewState;
    std::function<std::string()> script = {};  ///< Python that draws it anew; null: no run is behind it
};

}  // namespace latent::desktop
