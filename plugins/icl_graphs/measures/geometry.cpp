// SPDX-License-Identifier: Apache-2.0
#include "measures/geometry.hpp"

#include <Eigen/Eigenvalues>
#include <Eigen/QR>
#include <Eigen/SVD>
#include <algorithm>
#include <cmath>
#include <limits>

#include "graphs/no_number.hpp"
#include "graphs/spectrum.hpp"

namespace icl_graphs {
namespace {

constexpr int kFewestNodes = 3;

Eigen::MatrixXd centred(const Eigen::MatrixXd& x) { return x.rowwise() - x.colwise().mean(); }

/// Sum over edges of the squared distance of the rows.
double edgeSum(const Eigen::MatrixXd& x, const Graph& graph) {
    double sum = 0;
    for (const auto& [a, b] : graph.edges) sum += (x.row(a) - x.row(b)).squaredNorm();
    return sum;
}

/// An orthonormal basis of the columns' span; no columns where they are not independent.
Eigen::MatrixXd orthonormal(const Eigen::MatrixXd& columns) {
    Eigen::ColPivHouseholderQR<Eigen::MatrixXd> qr(columns.rows(), columns.cols());
    qr.setThreshold(1e-9);
    qr.compute(columns);
    if (!columns.allFinite() || qr.rank() < columns.cols()) return {columns.rows(), 0};
    return qr.householderQ() * Eigen::MatrixXd::Identity(columns.rows(), columns.cols());
}

}  // namespace

Eigen::MatrixXd standardisedColumns(const Eigen::MatrixXd& x) {
    Eigen::MatrixXd z = centred(x);
    for (Eigen::Index d = 0; d < z.cols(); ++d) {
        const double deviation = std::sqrt(z.col(d).squaredNorm() / static_cast<double>(z.rows()));
        if (deviation > 0)
            z.col(d) /= deviation;
        else
            z.col(d).setZero();
    }
    return z;
}

double isotropicRayleigh(const Graph& graph) {
    return graph.nodes < 2 ? kNan : 2 * static_cast<double>(graph.edges.size()) / (graph.nodes - 1);
}

Energy energyOf(const Eigen::MatrixXd& x, const Graph& graph) {
    if (graph.nodes < 2 || graph.edges.empty()) return {kNan, kNan, kNan, kNan};
    const double sum = edgeSum(x, graph);
    const Eigen::MatrixXd c = centred(x);
    const double size = c.squaredNorm();
    Energy energy{2 * sum, sum / static_cast<double>(graph.edges.size()), kNan, size > 0 ? sum / size : kNan};
    energy.standardised = standardisedEnergy(x, graph);
    return energy;
}

double standardisedEnergy(const Eigen::MatrixXd& x, const Graph& graph) {
    if (graph.nodes < 2 || graph.edges.empty()) return kNan;
    return 2 * edgeSum(standardisedColumns(x), graph) /
           static_cast<double>(std::max<Eigen::Index>(x.cols(), 1));
}

Pca pcaOf(const Eigen::MatrixXd& x, int components) {
    Pca pca;
    const Eigen::Index n = x.rows(), k = components;
    pca.projection = Eigen::MatrixXd::Zero(n, k);
    pca.directions = Eigen::MatrixXd::Zero(k, x.cols());
    pca.explained = Eigen::VectorXd::Zero(k);
    if (n == 0) return pca;
    pca.mean = x.colwise().mean();
    const Eigen::MatrixXd c = x.rowwise() - pca.mean;
    // There are far fewer nodes than dimensions, so the Gram matrix of the nodes is the small one.
    const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> solver(c * c.transpose());
    const double total = std::max(solver.eigenvalues().sum(), std::numeric_limits<double>::min());
    for (Eigen::Index i = 0; i < std::min(k, std::min(n - 1, x.cols())); ++i) {
        const double value = solver.eigenvalues()(n - 1 - i);
        if (value <= total * 1e-14) break;
        Eigen::RowVectorXd direction =
            solver.eigenvectors().col(n - 1 - i).transpose() * c / std::sqrt(value);
        Eigen::Index largest = 0;
        direction.cwiseAbs().maxCoeff(&largest);
        if (direction(largest) < 0) direction = -direction;
        pca.directions.row(i) = direction;
        pca.projection.col(i) = c * direction.transpose();
        pca.explained(i) = value / total;
    }
    return pca;
}

std::array<double, 2> subspaceCosines(const Eigen::MatrixXd& a, const Eigen::MatrixXd& b) {
    if (a.rows() < kFewestNodes || a.cols() != 2 || b.cols() < 2) return {kNan, kNan};
    const Eigen::MatrixXd u = orthonormal(centred(a)), v = orthonormal(centred(b));
    if (u.cols() == 0 || v.cols() == 0) return {kNan, kNan};
    const Eigen::JacobiSVD<Eigen::MatrixXd> svd(u.transpose() * v);
    return {std::min(svd.singularValues()(0), 1.), std::min(svd.singularValues()(1), 1.)};
}

double procrustesR2(const Eigen::MatrixXd& a, const Eigen::MatrixXd& b) {
    if (a.rows() < kFewestNodes) return kNan;
    const Eigen::MatrixXd ca = centred(a), cb = centred(b);
    const double size = ca.squaredNorm() * cb.squaredNorm();
    if (!(size > 0)) return kNan;
    const Eigen::JacobiSVD<Eigen::MatrixXd> svd(ca.transpose() * cb);
    const double sum = svd.singularValues().sum();
    return sum * sum / size;
}

Eigen::MatrixXd coordinatesOf(const Graph& graph) {
    Eigen::MatrixXd truth(graph.nodes, 2);
    for (int i = 0; i < graph.nodes; ++i)
        truth.row(i) << graph.position[static_cast<std::size_t>(i)][0],
            graph.position[static_cast<std::size_t>(i)][1];
    return truth;
}

Geometry geometryOf(const Eigen::MatrixXd& x, const Graph& graph, const GeometryOptions& options) {
    Geometry g;
    g.pca = pcaOf(x, std::max({options.components, options.first + 1, options.second + 1}));
    g.rayleighPlane = g.gridR2 = kNan;
    g.alignment = {kNan, kNan};
    g.energy = energyOf(x, graph);
    if (graph.nodes < kFewestNodes) return g;
    Eigen::MatrixXd plane(graph.nodes, 2);
    plane << g.pca.projection.col(options.first), g.pca.projection.col(options.second);
    g.rayleighPlane = energyOf(plane, graph).rayleigh;
    g.alignment = subspaceCosines(plane, lowestModes(graph));
    if (graph.hasCoordinates) g.gridR2 = procrustesR2(plane, coordinatesOf(graph));
    return g;
}

}  // namespace icl_graphs
