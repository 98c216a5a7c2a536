// SPDX-License-Identifier: Apache-2.0
#include "theory/concept_data.hpp"

#include <cmath>
#include <stdexcept>
#include <string>

namespace concept_space::theory {

void requireValid(const ConceptData& data) {
    const auto refuse = [](const std::string& sentence) { throw std::invalid_argument(sentence); };
    if (data.dim < 1 || data.dim > 1024) {
        refuse("dim is " + std::to_string(data.dim) + "; it must lie between 1 and 1024.");
    }
    if (data.mu.empty() || data.concepts() > data.dim) {
        refuse("mu has " + std::to_string(data.mu.size()) +
               " entries; it needs at least one and at most dim = " + std::to_string(data.dim) + ".");
    }
    if (data.sigma.size() < data.mu.size() || data.sigma.size() > static_cast<std::size_t>(data.dim)) {
        refuse("sigma has " + std::to_string(data.sigma.size()) + " entries; it needs one for each of the " +
               std::to_string(data.mu.size()) +
               " entries of mu, and at most dim = " + std::to_string(data.dim) + ".");
    }
    if (data.clusters < data.concepts()) {
        refuse("clusters is " + std::to_string(data.clusters) + "; each of the " +
               std::to_string(data.mu.size()) +
               " concepts has its own cluster, so it must be at least that.");
    }
    for (const double value : data.mu) {
        if (!(std::abs(value) <= 1e6))
            refuse("mu holds a value that is not a number or exceeds 1e6 in size.");
    }
    for (const double value : data.sigma) {
        if (!(value >= 0 && value <= 1e6)) refuse("sigma holds a value outside 0 to 1e6.");
    }
}

Eigen::VectorXd secondMoment(const ConceptData& data, int exponent) {
    requireValid(data);
    if (exponent != 1 && exponent != 2) {
        throw std::invalid_argument("exponent is " + std::to_string(exponent) +
                                    "; it must be 1 (theory) or 2 (figure replication).");
    }
    Eigen::VectorXd a = Eigen::VectorXd::Zero(data.dim);
    for (std::size_t p = 0; p < data.mu.size(); ++p) {
        a[static_cast<Eigen::Index>(p)] = data.mu[p] * data.mu[p] / data.clusters;
    }
    for (std::size_t p = 0; p < data.sigma.size(); ++p) {
        a[static_cast<Eigen::Index>(p)] += data.sigma[p] * data.sigma[p];
    }
    return exponent == 1 ? a : Eigen::VectorXd(a.cwiseAbs2());
}

Eigen::VectorXd meanInput(const ConceptData& data) { return oodPoint(data) / data.clusters; }

Eigen::MatrixXd augmentedMoment(const ConceptData& data) {
    const Eigen::Index d = data.dim;
    Eigen::MatrixXd moment = Eigen::MatrixXd::Zero(d + 1, d + 1);
    moment.diagonal().head(d) = secondMoment(data);
    moment.col(d).head(d) = meanInput(data);
    moment.row(d).head(d) = meanInput(data).transpose();
    moment(d, d) = 1;
    return moment;
}

Eigen::VectorXd oodPoint(const ConceptData& data) {
    requireValid(data);
    Eigen::VectorXd point = Eigen::VectorXd::Zero(data.dim);
    for (std::size_t p = 0; p < data.mu.size(); ++p) point[static_cast<Eigen::Index>(p)] = data.mu[p];
    return point;
}

}  // namespace concept_space::theory
