// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Nodes so that distances on the paper follow distances along edges. See graph_layout.hpp. Pure function; any thread.
//
//     const std::vector<QPointF> places = bySprings(Neighbours(graph));

#include "desktop/views/graph/graph_layout.hpp"

namespace latent::desktop {

std::vector<QPointF> bySprings(const Neighbours& neighbours);

}  // namespace latent::desktop
