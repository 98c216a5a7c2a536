// SPDX-License-Identifier: Apache-2.0
#include "model/lia/simplex.hpp"

#include <Eigen/Eigenvalues>
#include <Eigen/QR>
#include <algorithm>
#include <cmath>
#include <limits>
#include <stdexcept>

namespace markov_mixtures {
namespace {

constexpr double kNegative = -1e-10;  // rounding of an entry that belongs to the boundary

/// Orthonormal basis [columns, columns − 1] of the directions with Σ = 0 (Helmert's).
Eigen::MatrixXd tangents(int columns) {
    Eigen::MatrixXd basis = Eigen::MatrixXd::Zero(columns, columns - 1);
    for (int c = 1; c < columns; ++c) {
        const double length = std::sqrt(static_cast<double>(c) * (c + 1));
        basis.col(c - 1).head(c).setConstant(1 / length);
        basis(c, c - 1) = -c / length;
    }
    return basis;
}

}  // namespace

SimplexFit::SimplexFit(int columns) : m_columns(columns) {
    if (columns < 1 || columns > 10)
        throw std::invalid_argument("A fit on the simplex takes 1 to 10 columns.");
    const auto n = static_cast<std::size_t>(columns);
    m_gram.assign(n * n, 0.0);
    m_right.assign(n, 0.0);
}

void SimplexFit::add(std::span<const double> columns, double target, double weight) {
    const auto n = static_cast<std::size_t>(m_columns);
    if (columns.size() != n)
        throw std::invalid_argument("An equation of the fit has the wrong number of columns.");
    for (std::size_t i = 0; i < n; ++i) {
        for (std::size_t j = 0; j < n; ++j) m_gram[i * n + j] += weight * columns[i] * columns[j];
        m_right[i] += weight * columns[i] * target;
    }
    m_squares += weight * target * target;
    m_total += weight;
}

void SimplexFit::add(std::span<const double> columns, std::span<const double> targets) {
    if (columns.size() != targets.size() * static_cast<std::size_t>(m_columns))
        throw std::invalid_argument("The fit needs one row of columns for each target.");
    for (std::size_t i = 0; i < targets.size(); ++i)
        add(columns.subspan(i * static_cast<std::size_t>(m_columns), static_cast<std::size_t>(m_columns)),
            targets[i]);
}

double SimplexFit::objective(std::span<const double> w) const {
    const auto n = static_cast<std::size_t>(m_columns);
    double sum = m_squares;
    for (std::size_t i = 0; i < n; ++i) {
        double row = 0;
        for (std::size_t j = 0; j < n; ++j) row += m_gram[i * n + j] * w[j];
        sum += w[i] * (row - 2 * m_right[i]);
    }
    return sum;
}

double SimplexFit::rmseOf(std::span<const double> weights) const {
    return std::sqrt(std::max(0.0, objective(weights)) / m_total);
}

SimplexSolution SimplexFit::solve() const {
    if (!(m_total > 0)) throw std::invalid_argument("The fit has no predictions to fit.");
    const int n = m_columns;
    const Eigen::Map<const Eigen::MatrixXd> gram(m_gram.data(), n,
                                                 n);  // symmetric: the order of storage is one
    const Eigen::Map<const Eigen::VectorXd> right(m_right.data(), n);
    SimplexSolution best;
    double least = std::numeric_limits<double>::infinity();
    for (unsigned support = 1; support < 1U << n; ++support) {
        std::vector<int> member;
        for (int i = 0; i < n; ++i)
            if (support >> i & 1U) member.push_back(i);
        const int size = static_cast<int>(member.size());
        // w = 1/size + B z, so that Σ w = 1 whatever z; the gradient along B vanishes. Least norm of z where it is not unique.
        Eigen::VectorXd w = Eigen::VectorXd::Constant(size, 1.0 / size);
        if (size > 1) {
            Eigen::MatrixXd g(size, size);
            Eigen::VectorXd c(size);
            for (int i = 0; i < size; ++i) {
                c[i] = right[member[static_cast<std::size_t>(i)]];
                for (int j = 0; j < size; ++j)
                    g(i, j) = gram(member[static_cast<std::size_t>(i)], member[static_cast<std::size_t>(j)]);
            }
            const Eigen::MatrixXd basis = tangents(size);
            const Eigen::MatrixXd reduced = basis.transpose() * g * basis;
            w += basis * reduced.completeOrthogonalDecomposition().solve(basis.transpose() * (c - g * w));
        }
        if (w.minCoeff() < kNegative) continue;
        std::vector<double> weights(static_cast<std::size_t>(n), 0.0);
        double sum = 0;
        for (int i = 0; i < size; ++i)
            sum += weights[static_cast<std::size_t>(member[static_cast<std::size_t>(i)])] =
                std::max(w[i], 0.0);
        for (double& x : weights) x /= sum;
        const double value = objective(weights);
        // Strictly better by more than rounding: of equal supports the first, that is the smaller one, stays.
        if (value < least - 1e-13 * m_squares) {
            least = value;
            best.weights = weights;
        }
    }
    best.rmse = std::sqrt(std::max(0.0, least) / m_total);
    best.weakest.assign(static_cast<std::size_t>(n), 0.0);
    if (n > 1) {
        const Eigen::MatrixXd basis = tangents(n);
        const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> eigen(basis.transpose() * gram * basis);
        const double small = std::max(0.0, eigen.eigenvalues()[0]), large = eigen.eigenvalues()[n - 2];
        // Below rounding of the sums the smallest value means nothing.
        best.condition =
            small > 1e-14 * large ? std::sqrt(large / small) : std::numeric_limits<double>::infinity();
        const Eigen::VectorXd weakest = basis * eigen.eigenvectors().col(0);
        best.weakest.assign(weakest.data(), weakest.data() + n);
    }
    return best;
}

}  // namespace markov_mixtures
