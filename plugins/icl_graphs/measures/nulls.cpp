// SPDX-License-Identifier: Apache-2.0
#include "measures/nulls.hpp"

#include <Eigen/Cholesky>
#include <algorithm>
#include <cmath>
#include <latent/learn/random.hpp>
#include <limits>
#include <tuple>
#include <utility>

#include "graphs/spectrum.hpp"

namespace icl_graphs {
namespace {
constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr double kRidge = 1e-6;  // relative: rows that no token tells apart are split evenly
}  // namespace

Band bandOf(std::vector<double> draws) {
    std::erase_if(draws, [](double d) { return !std::isfinite(d); });
    if (draws.empty()) return {kNan, kNan, kNan};
    std::sort(draws.begin(), draws.end());
    const auto at = [&](double q) { return draws[static_cast<std::size_t>(q * static_cast<double>(draws.size() - 1) + .5)]; };
    double sum = 0;
    for (const double d : draws) sum += d;
    return {sum / static_cast<double>(draws.size()), at(.025), at(.975)};
}

std::pair<int, int> bestComponentsOf(const Eigen::MatrixXd& projection, const Eigen::MatrixXd& plane, int components) {
    std::pair<int, int> best{0, 1};
    double most = -1;
    Eigen::MatrixXd two(projection.rows(), 2);
    for (int i = 0; i < components; ++i)
        for (int j = i + 1; j < components; ++j) {
            two << projection.col(i), projection.col(j);
            const double cosine = subspaceCosines(two, plane)[1];
            if (cosine > most) {
                most = cosine;
                best = {i, j};
            }
        }
    return best;
}

std::pair<int, int> bestComponents(const Eigen::MatrixXd& projection, const Graph& graph, int components) {
    if (graph.nodes < 3) return {0, 1};
    return bestComponentsOf(projection, spectrumOf(graph).vectors.middleCols(1, 2), components);
}

PermutedNull permutedLabels(const Eigen::MatrixXd& x, const Graph& graph, const PermutedOptions& options, std::uint64_t seed) {
    PermutedNull null;
    if (graph.nodes >= 3) {
        // Only the labels move: scores and the Gram matrix of the nodes stay, so a draw costs no pass over the dimensions.
        const Pca pca = pcaOf(x, std::max({options.geometry.components, options.geometry.first + 1, options.geometry.second + 1, 2}));
        const Eigen::MatrixXd c = x.rowwise() - x.colwise().mean(), gram = c * c.transpose(), target = spectrumOf(graph).vectors.middleCols(1, 2);
        Eigen::MatrixXd scores(graph.nodes, pca.projection.cols()), plane(graph.nodes, 2), truth(graph.nodes, 2);
        for (int i = 0; i < graph.nodes; ++i) truth.row(i) << graph.position[static_cast<std::size_t>(i)][0], graph.position[static_cast<std::size_t>(i)][1];
        const double size = gram.trace();
        for (int d = 0; d < options.draws; ++d) {
            latent::learn::RandomStream random(seed, "icl/permuted_labels", static_cast<std::uint64_t>(d));
            const auto order = random.permutation(static_cast<std::uint32_t>(graph.nodes));
            double energy = 0;
            for (const auto& [a, b] : graph.edges) {
                const auto i = order[static_cast<std::size_t>(a)], j = order[static_cast<std::size_t>(b)];
                energy += gram(i, i) + gram(j, j) - 2 * gram(i, j);
            }
            for (int i = 0; i < graph.nodes; ++i) scores.row(i) = pca.projection.row(order[static_cast<std::size_t>(i)]);
            auto [first, second] = std::pair(options.geometry.first, options.geometry.second);
            if (options.chooseComponents) std::tie(first, second) = bestComponentsOf(scores, target, options.geometry.components);
            plane << scores.col(first), scores.col(second);
            null.rayleighDraws.push_back(size > 0 ? energy / size : kNan);
            null.alignmentDraws.push_back(subspaceCosines(plane, target)[1]);
            null.gridR2Draws.push_back(graph.hasCoordinates ? procrustesR2(plane, truth) : kNan);
        }
    }
    null.rayleigh = bandOf(null.rayleighDraws);
    null.alignment = bandOf(null.alignmentDraws);
    null.gridR2 = bandOf(null.gridR2Draws);
    return null;
}

MixingFit fitNeighbourMixing(const Eigen::MatrixXf& states, std::span<const int> nodes, int nodeCount) {
    const Eigen::Index n = nodeCount, dim = states.cols();
    // Normal equations over indicator columns: counts, and sums of states. Nothing of the size tokens × 2n is made.
    Eigen::MatrixXd gram = Eigen::MatrixXd::Zero(2 * n, 2 * n), right = Eigen::MatrixXd::Zero(2 * n, dim), together = Eigen::MatrixXd::Zero(n, n);
    Eigen::VectorXd seen = Eigen::VectorXd::Zero(n);
    double total = 0;
    for (std::size_t t = 1; t < nodes.size(); ++t) {
        const int now = nodes[t], before = nodes[t - 1];
        if (now < 0 || before < 0) continue;
        const Eigen::RowVectorXd x = states.row(static_cast<Eigen::Index>(t)).cast<double>();
        gram(now, now) += 1;
        gram(n + before, n + before) += 1;
        gram(now, n + before) += 1;
        gram(n + before, now) += 1;
        right.row(now) += x;
        right.row(n + before) += x;
        together(now, before) += 1;
        seen(now) += 1;
        total += x.squaredNorm();
    }
    gram.bottomRightCorner(n, n).array() += 1;  // Σ m = 0
    gram.diagonal().array() += kRidge;
    const Eigen::MatrixXd solution = gram.ldlt().solve(right);
    MixingFit fit;
    fit.withoutNeighbours = solution.topRows(n);
    fit.mixingOnly = Eigen::MatrixXd::Zero(n, dim);
    double within = total, residual = total - (solution.array() * right.array()).sum();
    for (Eigen::Index i = 0; i < n; ++i) {
        if (seen(i) < .5) {
            fit.withoutNeighbours.row(i).setConstant(kNan);
            fit.mixingOnly.row(i).setConstant(kNan);
            continue;
        }
        fit.mixingOnly.row(i) = together.row(i) / seen(i) * solution.bottomRows(n);
        within -= right.row(i).squaredNorm() / seen(i);
    }
    fit.explained = within > 0 ? std::clamp(1 - residual / within, 0., 1.) : kNan;
    return fit;
}

}  // namespace icl_graphs
