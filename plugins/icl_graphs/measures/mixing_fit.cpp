// SPDX-License-Identifier: Apache-2.0
#include "measures/mixing_fit.hpp"

#include <Eigen/Eigenvalues>
#include <algorithm>
#include <cmath>
#include <latent/learn/random.hpp>

#include "graphs/no_number.hpp"
#include "graphs/spectrum.hpp"
#include "measures/gram_geometry.hpp"

namespace icl_graphs {
namespace {

constexpr double kTold =
    1e-7;  // of the largest eigenvalue: rounding lies far below, whatever tokens tell apart far above
constexpr double kStandsOut = .1;    // of the fitted variance: less than that beside the noise is nothing
constexpr double kDirection = 1e-6;  // of C·Cᵀ: squares of singular values; rounding lies far below

/// I − UUᵀ, U an orthonormal basis of the columns' span.
Eigen::MatrixXd outside(const Eigen::MatrixXd& columns) {
    Eigen::MatrixXd projection = Eigen::MatrixXd::Identity(columns.rows(), columns.rows());
    if (columns.cols() == 0) return projection;
    const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> eigen(columns * columns.transpose());
    for (Eigen::Index i = 0; i < columns.rows(); ++i)
        if (eigen.eigenvalues()(i) > kDirection)
            projection -= eigen.eigenvectors().col(i) * eigen.eigenvectors().col(i).transpose();
    return projection;
}

double rootOf(double variance) { return std::sqrt(std::max(variance, 0.)); }

}  // namespace

void MixingSums::add(int node, int before, std::span<const float> state) {
    if (node < 0 || before < 0) return;
    const auto x = Eigen::Map<const Eigen::RowVectorXf>(state.data(), byNode.cols()).cast<double>();
    count(node) += 1;
    byNode.row(node) += x;
    squares += x.squaredNorm();
    together(node, before) += 1;
    byBefore.row(before) += x;
}

MixingFit fitMixing(const MixingSums& sums) {
    const Eigen::Index n = sums.count.size(), dim = sums.byNode.cols();
    MixingFit fit{Eigen::MatrixXd::Constant(n, dim, kNan), Eigen::MatrixXd::Zero(n, dim),
                  Eigen::MatrixXd::Zero(n, n), kNan};
    if (n > kMostMixingNodes) return fit;
    Eigen::MatrixXd gram = Eigen::MatrixXd::Zero(2 * n, 2 * n), right(2 * n, dim);
    gram.topLeftCorner(n, n).diagonal() = sums.count;
    gram.bottomRightCorner(n, n).diagonal() = sums.together.colwise().sum();
    gram.topRightCorner(n, n) = sums.together;
    gram.bottomLeftCorner(n, n) = sums.together.transpose();
    right << sums.byNode, sums.byBefore;
    // The smallest of the solutions: directions that no token tells apart are left out. (A small ridge instead would divide by itself the rounding
    // that the two kinds of sums differ by.)
    const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> eigen(gram);
    const double least = kTold * std::max(eigen.eigenvalues()(2 * n - 1), 1.);
    const Eigen::Index untold = (eigen.eigenvalues().array() <= least).count();
    const Eigen::VectorXd inverse =
        (eigen.eigenvalues().array() > least).select(eigen.eigenvalues().array().inverse(), 0.).matrix();
    const Eigen::MatrixXd solution =
        eigen.eigenvectors() * (inverse.asDiagonal() * (eigen.eigenvectors().transpose() * right));
    fit.copied = solution.bottomRows(n);
    double within = sums.squares, spread = 0;  // spread: of the word before, given the word
    for (Eigen::Index i = 0; i < n; ++i) {
        if (sums.count(i) < .5) continue;
        fit.seen.push_back(static_cast<int>(i));
        fit.own.row(i) = solution.row(i);
        fit.share.row(i) = sums.together.row(i) / sums.count(i);
        within -= sums.byNode.row(i).squaredNorm() / sums.count(i);
        spread += sums.count(i) * (1 - fit.share.row(i).squaredNorm());
    }
    if (fit.seen.empty()) return fit;
    const double tokens = sums.count.sum(), seen = static_cast<double>(fit.seen.size()),
                 left = tokens - static_cast<double>(2 * n - untold),
                 residual = std::max(sums.squares - (solution.array() * right.array()).sum(), 0.);
    if (within > 0 && left >= 1) fit.explained = 1 - residual / left / (within / (tokens - seen));
    const Eigen::MatrixXd rows = eigen.eigenvectors()(fit.seen, Eigen::all);
    fit.error = rows * inverse.asDiagonal() * rows.transpose();
    fit.told = outside(rows.leftCols(untold));
    const double noise = left >= 1 ? residual / left : kNan;
    const Eigen::MatrixXd own = fit.told * fit.own(fit.seen, Eigen::all);
    fit.sizes = {
        rootOf((own.squaredNorm() - noise * (fit.told * fit.error).trace()) / std::max(fit.told.trace(), 1.)),
        rootOf(spread > 0 ? fit.explained * within / (tokens - seen) * tokens / spread : 0),
        std::sqrt(noise)};
    return fit;
}

double rayleighBeyond(const MixingFit& fit, const Graph& graph) {
    // Where each word always follows the same other one, nothing of the own parts is told.
    if (fit.seen.size() < 3 || !std::isfinite(fit.sizes.noise) || fit.told.trace() < .5) return kNan;
    const Eigen::MatrixXd laplacian = laplacianOf(graph.induced(fit.seen)),
                          own = fit.told * fit.own(fit.seen, Eigen::all),
                          error = fit.told * fit.error * fit.told;
    const double noise = fit.sizes.noise * fit.sizes.noise, size = own.squaredNorm(),
                 variance = size - noise * error.trace(),
                 energy =
                     (own.array() * (laplacian * own).array()).sum() - noise * (laplacian * error).trace(),
                 isotropic = (laplacian * fit.told).trace() / fit.told.trace();
    return variance > kStandsOut * size && isotropic > 0 ? energy / variance / isotropic : kNan;
}

NullBands mixingNull(const MixingFit& fit, const Graph& graph, const PermutedOptions& options,
                     std::uint64_t seed) {
    std::vector<double> energy, standardised, rayleigh, alignment, gridR2, explained;
    const auto seen = static_cast<Eigen::Index>(fit.seen.size()), n = fit.copied.rows();
    if (seen >= 3 && options.draws > 0) {
        const Graph part = graph.induced(fit.seen);
        const Eigen::MatrixXd modes = lowestModes(part);
        Eigen::MatrixXd parts(seen + n, fit.copied.cols());
        parts << fit.own(fit.seen, Eigen::all), fit.copied;
        const Eigen::MatrixXd inner = parts * parts.transpose();
        for (int d = 0; d < options.draws; ++d) {
            latent::learn::RandomStream random(seed, "icl/mixing_null", static_cast<std::uint64_t>(d));
            const auto order = random.permutation(static_cast<std::uint32_t>(seen));
            std::vector<Eigen::Index> word(
                static_cast<std::size_t>(n));  // on each node; those that were not seen stay
            for (Eigen::Index j = 0; j < n; ++j) word[static_cast<std::size_t>(j)] = j;
            for (std::size_t r = 0; r < order.size(); ++r)
                word[static_cast<std::size_t>(fit.seen[r])] = fit.seen[order[r]];
            SparseRows weights(static_cast<std::size_t>(seen));
            for (std::size_t r = 0; r < weights.size(); ++r) {
                weights[r].emplace_back(order[r], 1);
                for (Eigen::Index j = 0; j < n; ++j)
                    if (const double share = fit.share(fit.seen[r], j); share > 0)
                        weights[r].emplace_back(seen + word[static_cast<std::size_t>(j)], share);
            }
            // The standardised energy is no function of inner products: these maps are made.
            Eigen::MatrixXd map = Eigen::MatrixXd::Zero(seen, parts.cols());
            for (std::size_t r = 0; r < weights.size(); ++r)
                for (const auto& [i, w] : weights[r])
                    map.row(static_cast<Eigen::Index>(r)) += w * parts.row(i);
            standardised.push_back(standardisedEnergy(map, part));
            const GramGeometry g = measureGram(mixedGram(weights, inner), part, modes, options.geometry);
            energy.push_back(g.energy);
            rayleigh.push_back(g.rayleigh);
            alignment.push_back(g.alignment);
            gridR2.push_back(g.gridR2);
            explained.push_back(g.explained);
        }
    }
    return {bandOf(energy),    bandOf(standardised), bandOf(rayleigh),
            bandOf(alignment), bandOf(gridR2),       bandOf(explained)};
}

}  // namespace icl_graphs
