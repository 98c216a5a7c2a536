// SPDX-License-Identifier: Apache-2.0
#pragma once
// The geometry of class means as arrays and figures of a run: the same names whether the states come from a recording, a model that was
// run here, or the oracle. Pure but for publishing.
//
//     const GeometryAxes axes{{grows("layer")}, {{"layer", view::cursor("layer")}}, contexts, nodes, components};
//     declareGeometry(o, axes);  addGeometryFigures(o, axes);
//     publishGeometry(job, axes, {measureLayer(…)});                // one row of the first dimension, the other leading ones inside

#include <latent/latent.hpp>

#include "measures/layer_geometry.hpp"

namespace icl_graphs {

struct GeometryAxes {
    std::vector<latent::Dimension> lead;  ///< the first one grows
    latent::view::Where at;               ///< where figures stand in these
    std::size_t contexts = 1;
    std::int64_t nodes = 1;
    std::int64_t components = 4;
};

void declareGeometry(latent::Outputs& o, const GeometryAxes& axes);
void addGeometryFigures(latent::Outputs& o, const GeometryAxes& axes);
/// `inner`: one for each index of the leading dimensions after the first.
void publishGeometry(latent::Job& job, const GeometryAxes& axes, const std::vector<LayerGeometry>& inner);

/// Parameters window, contexts, first_context, components, component_a, component_b, null_draws.
void addGeometryParameters(latent::Schema& schema, std::int64_t window);
LayerOptions layerOptionsOf(const latent::Parameters& p);

}  // namespace icl_graphs
