// SPDX-License-Identifier: Apache-2.0
#pragma once
// The Laplacian L = D − A of a graph and its spectrum. Pure; any thread.
//
//     const Spectrum s = spectrumOf(makeGrid(4, 4));
//     s.values(1);                          // 0.5858 = λ₂, twice on a square grid
//     lowestModes(makeGrid(4, 4));         // z⁽²⁾, z⁽³⁾ [16, 2]: a subspace, because single vectors mean nothing where values agree

#include <Eigen/Core>

#include "graphs/graph.hpp"

namespace icl_graphs {

Eigen::MatrixXd laplacianOf(const Graph& graph);  ///< [nodes, nodes]

struct Spectrum {
    Eigen::VectorXd values;   ///< ascending; values(0) is 0
    Eigen::MatrixXd vectors;  ///< orthonormal columns in the order of the values
};
Spectrum spectrumOf(const Graph& graph);
Eigen::VectorXd eigenvaluesOf(const Graph& graph);  ///< without vectors: an eighth of the time

/// What two components of a map are compared with: eigenvectors 2 and 3, and those after them whose value is that of the third,
/// because which of these a solver calls the third is arbitrary (a square torus has four alike) [nodes, 2 or more]. At least three nodes.
Eigen::MatrixXd lowestModes(const Graph& graph);

/// What a mean Rayleigh quotient tr(XᵀLX)/‖X‖² of centred X can be.
struct RayleighLines {
    double minimal = 0;    ///< λ₂ (0 when the graph is not connected)
    double isotropic = 0;  ///< tr(L)/(n−1): expected for Gaussian X
    double maximal = 0;    ///< λₙ
};
RayleighLines rayleighLinesOf(const Graph& graph);
RayleighLines rayleighLinesOf(const Eigen::VectorXd& values);  ///< of the spectrum

}  // namespace icl_graphs
