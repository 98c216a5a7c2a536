// SPDX-License-Identifier: Apache-2.0
#include "measures/nulls.hpp"

#include <algorithm>
#include <cmath>
#include <latent/learn/random.hpp>
#include <tuple>

#include "graphs/no_number.hpp"
#include "graphs/spectrum.hpp"
#include "measures/gram_geometry.hpp"

namespace icl_graphs {
namespace {

std::pair<int, int> bestOf(const Eigen::MatrixXd& projection, const Eigen::MatrixXd& modes, int components) {
    std::pair<int, int> best{0, 1};
    double most = -1;
    Eigen::MatrixXd two(projection.rows(), 2);
    for (int i = 0; i < components; ++i)
        for (int j = i + 1; j < components; ++j) {
            two << projection.col(i), projection.col(j);
            const double cosine = subspaceCosines(two, modes)[1];
            if (cosine > most) {
                most = cosine;
                best = {i, j};
            }
        }
    return best;
}

/// Σ over edges of the squared distance, of rows in this order.
double edgeSum(const Eigen::MatrixXd& gram, const Graph& graph, const std::vector<std::uint32_t>& order) {
    double sum = 0;
    for (const auto& [a, b] : graph.edges) {
        const auto i = order[static_cast<std::size_t>(a)], j = order[static_cast<std::size_t>(b)];
        sum += gram(i, i) + gram(j, j) - 2 * gram(i, j);
    }
    return sum;
}

}  // namespace

Band bandOf(std::vector<double> draws) {
    std::erase_if(draws, [](double d) { return !std::isfinite(d); });
    if (draws.empty()) return {kNan, kNan, kNan};
    std::sort(draws.begin(), draws.end());
    const auto at = [&](double q) {
        return draws[static_cast<std::size_t>(q * static_cast<double>(draws.size() - 1) + .5)];
    };
    double sum = 0;
    for (const double d : draws) sum += d;
    return {sum / static_cast<double>(draws.size()), at(.025), at(.975)};
}

std::vector<double> bandsOf(const std::vector<std::vector<double>>& draws, std::size_t length) {
    std::vector<double> all;
    for (std::size_t i = 0; i < length; ++i) {
        std::vector<double> values;
        for (const std::vector<double>& draw : draws) values.push_back(draw[i]);
        const Band band = bandOf(std::move(values));
        all.insert(all.end(), {band.mean, band.low, band.high});
    }
    return all;
}

std::pair<int, int> bestComponents(const Eigen::MatrixXd& projection, const Graph& graph, int components) {
    if (graph.nodes < 3) return {0, 1};
    return bestOf(projection, lowestModes(graph), components);
}

PermutedNull permutedLabels(const Eigen::MatrixXd& x, const Graph& graph, const PermutedOptions& options,
                            std::uint64_t seed) {
    PermutedNull null;
    std::vector<double> energy, standardised, rayleigh, gridR2;
    if (graph.nodes >= 3) {
        // Only the labels move: scores and the products of the rows stay, so a draw costs no pass over the dimensions.
        const Pca pca = pcaOf(x, std::max({options.geometry.components, options.geometry.first + 1,
                                           options.geometry.second + 1, 2}));
        const Eigen::MatrixXd c = x.rowwise() - x.colwise().mean(), z = standardisedColumns(x),
                              gram = c * c.transpose(), zGram = z * z.transpose();
        const Eigen::MatrixXd modes = lowestModes(graph), truth = coordinatesOf(graph);
        Eigen::MatrixXd scores(graph.nodes, pca.projection.cols()), plane(graph.nodes, 2);
        const double size = gram.trace();
        for (int d = 0; d < options.draws; ++d) {
            latent::learn::RandomStream random(seed, "icl/permuted_labels", static_cast<std::uint64_t>(d));
            const auto order = random.permutation(static_cast<std::uint32_t>(graph.nodes));
            for (int i = 0; i < graph.nodes; ++i)
                scores.row(i) = pca.projection.row(order[static_cast<std::size_t>(i)]);
            auto [first, second] = std::pair(options.geometry.first, options.geometry.second);
            if (options.chooseComponents)
                std::tie(first, second) = bestOf(scores, modes, options.geometry.components);
            plane << scores.col(first), scores.col(second);
            const double sum = edgeSum(gram, graph, order);
            energy.push_back(2 * sum);
            rayleigh.push_back(size > 0 ? sum / size : kNan);
            standardised.push_back(2 * edgeSum(zGram, graph, order) /
                                   static_cast<double>(std::max<Eigen::Index>(x.cols(), 1)));
            null.alignmentDraws.push_back(subspaceCosines(plane, modes)[1]);
            gridR2.push_back(graph.hasCoordinates ? procrustesR2(plane, truth) : kNan);
        }
    }
    null.bands = {bandOf(energy),   bandOf(standardised),
                  bandOf(rayleigh), bandOf(null.alignmentDraws),
                  bandOf(gridR2),   bandOf({})};
    return null;
}

}  // namespace icl_graphs
