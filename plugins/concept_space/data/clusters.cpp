// SPDX-License-Identifier: Apache-2.0
#include "clusters.hpp"

#include <Eigen/QR>
#include <algorithm>
#include <cmath>
#include <latent/learn/random.hpp>
#include <stdexcept>
#include <string>

namespace concept_space {

namespace {

using latent::learn::RandomStream;
using RowMatrix = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

/// Whether the informative coordinates lie within min(mu)/2 of x̂.
bool nearTestPoint(const ClusterSpec& spec, std::span<const double> low) {
    double squared = 0;
    for (std::size_t p = 0; p < low.size(); ++p) squared += (low[p] - spec.mu[p]) * (low[p] - spec.mu[p]);
    const double radius = *std::min_element(spec.mu.begin(), spec.mu.end()) / 2;
    return squared < radius * radius;
}

}  // namespace

void requireValid(const ClusterSpec& spec) {
    const auto bad = [](double v) { return !std::isfinite(v) || v < 0; };
    if (spec.mu.empty() || spec.mu.size() > 20 || spec.variance.size() != spec.mu.size())
        throw std::invalid_argument("mu and variance must have the same length, from 1 to 20 concepts.");
    if (spec.dim < spec.concepts())
        throw std::invalid_argument("mu has " + std::to_string(spec.mu.size()) + " entries and dim is " +
                                    std::to_string(spec.dim) +
                                    "; each concept needs a dimension of its own.");
    if (spec.samplesPerCluster < 1) throw std::invalid_argument("samples_per_cluster must be at least 1.");
    if (std::any_of(spec.mu.begin(), spec.mu.end(), bad) ||
        std::any_of(spec.variance.begin(), spec.variance.end(), bad) || bad(spec.noise))
        throw std::invalid_argument("mu, variance and noise must be finite and not negative.");
    // The mean of a lone concept's cluster is x̂ itself, and near it every sample would be drawn again for
    // ever; with two concepts or more each cluster's mean is at least min(mu) away.
    if (spec.truncate && spec.concepts() < 2)
        throw std::invalid_argument(
            "truncation leaves out samples near the unseen combination, and mu has one entry: a single "
            "concept "
            "has no unseen combination. Give mu two entries or more, or switch truncation off.");
}

std::vector<double> makeRotation(int dim, std::uint64_t seed) {
    RandomStream random(seed, "sim/data/rotation");
    RowMatrix normal(dim, dim);
    random.fillNormal<double>({normal.data(), static_cast<std::size_t>(normal.size())});
    const Eigen::HouseholderQR<RowMatrix> qr(normal);
    RowMatrix q = qr.householderQ();
    // Signs that make the triangular factor's diagonal positive: then Q is uniform (Haar) over the orthogonal
    // group.
    for (int p = 0; p < dim; ++p)
        if (qr.matrixQR()(p, p) < 0) q.col(p) *= -1.0;
    return {q.data(), q.data() + q.size()};
}

ClusterData makeClusters(const ClusterSpec& spec) {
    requireValid(spec);
    const std::size_t s = spec.mu.size();
    const std::size_t dim = static_cast<std::size_t>(spec.dim);
    const std::size_t perCluster = static_cast<std::size_t>(spec.samplesPerCluster);
    const std::size_t count = perCluster * static_cast<std::size_t>(spec.clusters());
    if (count > UINT32_MAX)
        throw std::invalid_argument("There are too many samples; lower samples_per_cluster.");

    ClusterData data;
    data.dim = spec.dim;
    data.x.resize(count * dim);
    data.cluster.resize(count);
    if (spec.rotate) {
        data.rotation = makeRotation(spec.dim, spec.seed);
    } else {
        data.rotation.assign(dim * dim, 0.0);
        for (std::size_t p = 0; p < dim; ++p) data.rotation[p * dim + p] = 1.0;
    }

    const std::vector<std::uint32_t> place =
        RandomStream(spec.seed, "sim/data/shuffle").permutation(static_cast<std::uint32_t>(count));
    const std::size_t used = spec.noise > 0 ? dim : s;  // coordinates that are not zero
    std::vector<double> low(used);
    std::vector<double> high(dim);
    for (std::size_t c = 0; c < static_cast<std::size_t>(spec.clusters()); ++c) {
        RandomStream informative(spec.seed, "sim/data/sample", c);
        RandomStream other(spec.seed, "sim/data/noise", c);
        for (std::size_t i = 0; i < perCluster; ++i) {
            do {
                for (std::size_t p = 0; p < s; ++p)
                    low[p] = (p == c ? spec.mu[p] : 0.0) + std::sqrt(spec.variance[p]) * informative.normal();
            } while (spec.truncate && nearTestPoint(spec, {low.data(), s}));
            for (std::size_t p = s; p < used; ++p) low[p] = spec.noise * other.normal();
            std::fill(high.begin(), high.end(), 0.0);
            for (std::size_t p = 0; p < used; ++p)
                for (std::size_t k = 0; k < dim; ++k) high[k] += low[p] * data.rotation[p * dim + k];
            const std::size_t row = place[c * perCluster + i];
            data.cluster[row] = static_cast<std::uint8_t>(c);
            std::transform(high.begin(), high.end(), data.x.begin() + static_cast<std::ptrdiff_t>(row * dim),
                           [](double v) { return static_cast<float>(v); });
        }
    }
    return data;
}

std::vector<float> nodePoints(const ClusterSpec& spec, std::span<const double> rotation) {
    requireValid(spec);
    const std::size_t s = spec.mu.size();
    const std::size_t dim = static_cast<std::size_t>(spec.dim);
    std::vector<float> nodes;
    nodes.reserve((std::size_t{1} << s) * dim);
    for (std::size_t v = 0; v < std::size_t{1} << s; ++v)
        for (std::size_t k = 0; k < dim; ++k) {
            double sum = 0;
            for (std::size_t p = 0; p < s; ++p)
                if (v >> p & 1U) sum += spec.mu[p] * rotation[p * dim + k];
            nodes.push_back(static_cast<float>(sum));
        }
    return nodes;
}

std::vector<double> secondMoments(const ClusterSpec& spec) {
    std::vector<double> a;
    for (std::size_t p = 0; p < spec.mu.size(); ++p)
        a.push_back(spec.mu[p] * spec.mu[p] / spec.clusters() + spec.variance[p]);
    return a;
}

std::vector<double> firstMoments(const ClusterSpec& spec) {
    std::vector<double> m;
    for (const double mu : spec.mu) m.push_back(mu / spec.clusters());
    return m;
}

}  // namespace concept_space
