// SPDX-License-Identifier: Apache-2.0
#include "measures/gram_geometry.hpp"

#include <Eigen/Eigenvalues>
#include <algorithm>
#include <cmath>

#include "graphs/no_number.hpp"

namespace icl_graphs {
namespace {

/// (1 − 11ᵀ/n) G (1 − 11ᵀ/n)
Eigen::MatrixXd doublyCentred(const Eigen::MatrixXd& gram) {
    const Eigen::VectorXd mean = gram.rowwise().mean();
    return (gram.colwise() - mean).rowwise() - (mean.array() - mean.mean()).matrix().transpose();
}

}  // namespace

Eigen::MatrixXd mixedGram(const SparseRows& weights, const Eigen::MatrixXd& gram) {
    const auto rows = static_cast<Eigen::Index>(weights.size());
    Eigen::MatrixXd left = Eigen::MatrixXd::Zero(gram.rows(), rows), all(rows, rows);
    for (Eigen::Index r = 0; r < rows; ++r)
        for (const auto& [i, w] : weights[static_cast<std::size_t>(r)]) left.col(r) += w * gram.col(i);
    for (Eigen::Index r = 0; r < rows; ++r) {
        Eigen::RowVectorXd row = Eigen::RowVectorXd::Zero(rows);
        for (const auto& [i, w] : weights[static_cast<std::size_t>(r)]) row += w * left.row(i);
        all.row(r) = row;
    }
    return all;
}

Eigen::MatrixXd scoresOfGram(const Eigen::MatrixXd& gram, int components) {
    const Eigen::Index n = gram.rows();
    Eigen::MatrixXd scores = Eigen::MatrixXd::Zero(n, components);
    if (n == 0 || !gram.allFinite()) return scores;
    const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> solver(doublyCentred(gram));
    const double total = solver.eigenvalues().sum();
    for (Eigen::Index k = 0; k < std::min<Eigen::Index>(components, n - 1); ++k) {
        const double value = solver.eigenvalues()(n - 1 - k);
        if (!(value > total * 1e-14)) break;
        scores.col(k) = solver.eigenvectors().col(n - 1 - k) * std::sqrt(value);
    }
    return scores;
}

GramGeometry measureGram(const Eigen::MatrixXd& gram, const Graph& graph, const Eigen::MatrixXd& modes,
                         const GeometryOptions& options) {
    if (graph.nodes < 3 || graph.edges.empty()) return {kNan, kNan, kNan, kNan, kNan};
    double sum = 0;
    for (const auto& [a, b] : graph.edges) sum += gram(a, a) + gram(b, b) - 2 * gram(a, b);
    const double size = gram.trace() - gram.sum() / graph.nodes;
    const Eigen::MatrixXd scores = scoresOfGram(gram, std::max(options.first, options.second) + 1);
    Eigen::MatrixXd plane(graph.nodes, 2);
    plane << scores.col(options.first), scores.col(options.second);
    return {2 * sum, size > 0 ? sum / size : kNan, subspaceCosines(plane, modes)[1],
            graph.hasCoordinates ? procrustesR2(plane, coordinatesOf(graph)) : kNan,
            size > 0 ? scores.col(0).squaredNorm() / size : kNan};
}

}  // namespace icl_graphs
