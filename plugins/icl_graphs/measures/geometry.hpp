// SPDX-License-Identifier: Apache-2.0
#pragma once
// What the class means look like beside the graph: principal components, Dirichlet energy, Rayleigh quotient, alignment with the
// Laplacian eigenvectors, Procrustes R² (arXiv 2501.00070, equation 3 and section 5).
//
// X is [nodes, dim], one row for each node of `graph`; where nodes were not seen, give the rows that there are and graph.induced(seen).
// Everything is centred where it says so. Pure; any thread. At least three nodes, else everything is NaN.
//
//     const Geometry g = geometryOf(means.of, grid.induced(means.seen), {.components = 4});
//     g.rayleigh;  g.alignment;  g.gridR2;  g.projection.col(0);

#include <Eigen/Core>
#include <array>

#include "graphs/graph.hpp"

namespace icl_graphs {

struct Energy {
    double raw = 0;      ///< Σ over ordered pairs A_ij ‖x_i − x_j‖² = 2 tr(XᵀLX), equation 3
    double perEdge = 0;  ///< mean ‖x_i − x_j‖² over edges
    double standardised =
        0;  ///< equation 3 after z-scoring each dimension over nodes, divided by dim; 2·n·Rayleigh for equal variances
    double rayleigh = 0;  ///< tr(XcᵀLXc)/‖Xc‖²: scale-free; isotropic X has tr(L)/(n−1)
};
Energy energyOf(const Eigen::MatrixXd& x, const Graph& graph);
/// Energy::standardised alone.
double standardisedEnergy(const Eigen::MatrixXd& x, const Graph& graph);
/// Each column centred and of variance 1 over the rows; a constant one is zero.
Eigen::MatrixXd standardisedColumns(const Eigen::MatrixXd& x);

/// tr(L)/(n−1): the mean Rayleigh quotient of rows that have nothing to do with the graph. Where nodes were not seen it
/// is that of the graph of the others, which is another one (on grids and rings a smaller one): quotients are compared
/// over their own. NaN below two nodes.
double isotropicRayleigh(const Graph& graph);

/// Principal components of the centred rows.
struct Pca {
    Eigen::MatrixXd projection;  ///< scores [nodes, components]
    Eigen::MatrixXd
        directions;  ///< unit rows [components, dim]; the entry largest in size is positive, so that signs are stable
    Eigen::VectorXd explained;  ///< share of the variance [components]
    Eigen::RowVectorXd mean;    ///< [dim]
};
/// At most min(nodes − 1, dim) components exist; further ones are zero.
Pca pcaOf(const Eigen::MatrixXd& x, int components);

/// Cosines of the principal angles between the span of two columns of scores and that of two or more others (both centred), larger first.
/// NaN where the two columns span no plane: a component that does not exist, two that are the same.
std::array<double, 2> subspaceCosines(const Eigen::MatrixXd& a, const Eigen::MatrixXd& b);
/// 1 − the Procrustes disparity after centring: (Σσ)²/(‖A‖²‖B‖²), free of turn, mirror, scale and shift.
double procrustesR2(const Eigen::MatrixXd& a, const Eigen::MatrixXd& b);

/// True coordinates of the nodes [nodes, 2].
Eigen::MatrixXd coordinatesOf(const Graph& graph);

struct GeometryOptions {
    int components = 4;
    int first = 0, second = 1;  ///< the components that are compared with the graph, 0-based
};

struct Geometry {
    Energy energy;
    double rayleighPlane = 0;           ///< of the two compared components alone
    std::array<double, 2> alignment{};  ///< with lowestModes(graph)
    double gridR2 = 0;                  ///< NaN where the graph has no coordinates
    Pca pca;
};
Geometry geometryOf(const Eigen::MatrixXd& x, const Graph& graph, const GeometryOptions& options = {});

}  // namespace icl_graphs
