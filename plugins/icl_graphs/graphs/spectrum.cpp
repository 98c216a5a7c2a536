// SPDX-License-Identifier: Apache-2.0
#include "graphs/spectrum.hpp"

#include <Eigen/Eigenvalues>

namespace icl_graphs {

Eigen::MatrixXd laplacianOf(const Graph& graph) {
    Eigen::MatrixXd l = Eigen::MatrixXd::Zero(graph.nodes, graph.nodes);
    for (const auto& [a, b] : graph.edges) {
        l(a, a) += 1;
        l(b, b) += 1;
        l(a, b) -= 1;
        l(b, a) -= 1;
    }
    return l;
}

Spectrum spectrumOf(const Graph& graph) {
    const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> solver(laplacianOf(graph));
    return {solver.eigenvalues(), solver.eigenvectors()};
}

RayleighLines rayleighLinesOf(const Graph& graph) {
    if (graph.nodes < 2) return {};
    const Spectrum s = spectrumOf(graph);
    return {s.values(1), s.values.sum() / (graph.nodes - 1), s.values(graph.nodes - 1)};
}

}  // namespace icl_graphs
