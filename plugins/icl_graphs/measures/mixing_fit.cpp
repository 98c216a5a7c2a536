// SPDX-License-Identifier: Apache-2.0
#include "measures/mixing_fit.hpp"

#include <Eigen/Eigenvalues>
#include <algorithm>
#include <cmath>
#include <latent/learn/random.hpp>
#include <limits>

#include "graphs/spectrum.hpp"
#include "measures/gram_geometry.hpp"

namespace icl_graphs {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr double kTold =
    1e-7;  // of the largest eigenvalue: rounding lies far below, whatever tokens tell apart far above
constexpr Band kNothing{kNan, kNan, kNan};

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
    Eigen::MatrixXd gram = Eigen::MatrixXd::Zero(2 * n, 2 * n), right(2 * n, dim);
    gram.topLeftCorner(n, n).diagonal() = sums.count;
    gram.bottomRightCorner(n, n).diagonal() = sums.together.colwise().sum();
    gram.topRightCorner(n, n) = sums.together;
    gram.bottomLeftCorner(n, n) = sums.together.transpose();
    right << sums.byNode, sums.byBefore;
    // The smallest of the solutions: directions that no token tells apart are left out. (A small ridge
    // instead would divide by itself the rounding that the two kinds of sums differ by.)
    const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> eigen(gram);
    const double least = kTold * std::max(eigen.eigenvalues()(2 * n - 1), 1.);
    const Eigen::VectorXd inverse =
        (eigen.eigenvalues().array() > least).select(eigen.eigenvalues().array().inverse(), 0.).matrix();
    const Eigen::MatrixXd solution =
        eigen.eigenvectors() * (inverse.asDiagonal() * (eigen.eigenvectors().transpose() * right));
    MixingFit fit{solution.topRows(n), solution.bottomRows(n), Eigen::MatrixXd::Zero(n, n), kNan};
    double within = sums.squares;
    for (Eigen::Index i = 0; i < n; ++i) {
        if (sums.count(i) < .5) {
            fit.own.row(i).setConstant(kNan);
            continue;
        }
        fit.seen.push_back(static_cast<int>(i));
        fit.share.row(i) = sums.together.row(i) / sums.count(i);
        within -= sums.byNode.row(i).squaredNorm() / sums.count(i);
    }
    const double residual = sums.squares - (solution.array() * right.array()).sum();
    if (within > 0) fit.explained = std::clamp(1 - residual / within, 0., 1.);
    return fit;
}

double rayleighOfSeen(const Eigen::MatrixXd& rows, const Graph& graph) {
    std::vector<int> kept;
    for (Eigen::Index i = 0; i < rows.rows(); ++i)
        if (rows.row(i).allFinite()) kept.push_back(static_cast<int>(i));
    if (kept.size() < 3) return kNan;
    return energyOf(rows(kept, Eigen::all), graph.induced(kept)).rayleigh;
}

NullBands mixingNull(const MixingFit& fit, const Graph& graph, const PermutedOptions& options,
                     std::uint64_t seed) {
    std::vector<double> energy, rayleigh, alignment, gridR2;
    const auto seen = static_cast<Eigen::Index>(fit.seen.size()), n = fit.copied.rows();
    if (seen >= 3) {
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
            const GramGeometry g = measureGram(mixedGram(weights, inner), part, modes, options.geometry);
            energy.push_back(g.energy);
            rayleigh.push_back(g.rayleigh);
            alignment.push_back(g.alignment);
            gridR2.push_back(g.gridR2);
        }
    }
    return {bandOf(energy), kNothing, bandOf(rayleigh), bandOf(alignment), bandOf(gridR2)};
}

}  // namespace icl_graphs
