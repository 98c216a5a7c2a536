// SPDX-License-Identifier: Apache-2.0
#include "graphs/spectrum.hpp"

#include <Eigen/Eigenvalues>

namespace icl_graphs {
namespace {
constexpr double kAlike =
    1e-9;  // of the largest that an eigenvalue can be: rounding is a thousand times less
}

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

Eigen::VectorXd eigenvaluesOf(const Graph& graph) {
    return Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd>(laplacianOf(graph), Eigen::EigenvaluesOnly)
        .eigenvalues();
}

Eigen::MatrixXd lowestModes(const Graph& graph) {
    // The constant is lifted above all others, so that what is left is orthogonal to it also where the graph falls into parts.
    const Eigen::Index n = graph.nodes;
    const Eigen::MatrixXd l = laplacianOf(graph);
    const double above =
        2 * l.diagonal().maxCoeff() + 1;  // no eigenvalue is larger than twice the largest degree
    const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> solver(
        l + Eigen::MatrixXd::Constant(n, n, above / static_cast<double>(n)));
    Eigen::Index count = 2;
    while (count + 1 < n && solver.eigenvalues()(count) - solver.eigenvalues()(1) < kAlike * above) ++count;
    return solver.eigenvectors().leftCols(count);
}

RayleighLines rayleighLinesOf(const Graph& graph) { return rayleighLinesOf(eigenvaluesOf(graph)); }

RayleighLines rayleighLinesOf(const Eigen::VectorXd& values) {
    const Eigen::Index n = values.size();
    if (n < 2) return {};
    return {values(1), values.sum() / static_cast<double>(n - 1), values(n - 1)};
}

}  // namespace icl_graphs
