// SPDX-License-Identifier: Apache-2.0
#pragma once
// The geometry of class means as arrays and figures of a run: the same names whether the states come from a recording, a model that was
// run here, or the oracle. Pure but for publishing.
//
//     const GeometryAxes axes{{grows("layer")}, {{"layer", view::cursor("layer")}}, contexts, nodes, components};
//     declareGeometry(o, axes);  addGeometryFigures(o, axes);
//     publishGeometry(job, axes, {measureLayer(…)}, {control});      // one row of the first dimension, the other leading ones inside

#include <algorithm>
#include <latent/latent.hpp>

#include "measures/layer_geometry.hpp"

namespace icl_graphs {

struct GeometryAxes {
    std::vector<latent::Dimension> lead;  ///< the first one grows
    latent::view::Where at;               ///< where figures stand in these
    std::size_t contexts = 1;
    std::int64_t nodes = 1;
    std::int64_t components = 4;
    std::string shuffled = "tokens in random order";  ///< what the control is called
    bool looks = false;                               ///< whether icl/look can be asked about the words
    bool twoGraphs = false;                           ///< whether a second graph takes turns with the first
};

/// What the three numbers of a null are, array `band` over a dimension of this name.
void declareBand(latent::Outputs& o);
void declareGeometry(latent::Outputs& o, const GeometryAxes& axes);
void addGeometryFigures(latent::Outputs& o, const GeometryAxes& axes);
/// Maps over layer × context, where `layer` is among the leading dimensions: measured, and the end of the null's band that a map has to pass.
void addGeometryMaps(latent::Outputs& o, const GeometryAxes& axes);
/// `inner`: one for each index of the leading dimensions after the first; `shuffled`: the same of the control, as many;
/// `second`: of the same class means on the second graph, where there are two.
void publishGeometry(latent::Job& job, const GeometryAxes& axes, const std::vector<LayerGeometry>& inner,
                     const std::vector<LayerGeometry>& shuffled,
                     const std::vector<LayerGeometry>& second = {});

/// Which of so many layers claims are judged on and probes begin with: two thirds up, the residual stream after 21 of 32
/// blocks. It is set beforehand, not chosen by what it shows.
inline std::size_t judgedOf(std::size_t layers) {
    return layers < 2 ? 0 : std::max<std::size_t>(1, (layers - 1) * 2 / 3);
}

/// Parameters window, contexts, first_context, components, component_a, component_b, null_draws.
void addGeometryParameters(latent::Schema& schema, std::int64_t window);
/// nodes, dim: of the class means, whose components number at most the smaller of nodes − 1 and dim. As many as there can
/// be are kept; asking to compare others is refused.
LayerOptions layerOptionsOf(const latent::Parameters& p, int nodes, int dim);

}  // namespace icl_graphs
