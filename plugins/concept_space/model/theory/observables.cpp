// SPDX-License-Identifier: Apache-2.0
#include "theory/observables.hpp"

#include <Eigen/Eigenvalues>
#include <algorithm>
#include <limits>
#include <stdexcept>
#include <string>

#include "theory/symmetric.hpp"

namespace concept_space::theory {
namespace {

using RowMajor = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

std::size_t count(int n) { return static_cast<std::size_t>(n); }

template <int D>
double smallestEigenvalue(const double* w, int d) {
    using Square = Eigen::Matrix<double, D, D>;
    const Square matrix = Eigen::Map<const Square>(w, d, d);  // symmetric, so the storage order is immaterial
    return Eigen::SelfAdjointEigenSolver<Square>(matrix, Eigen::EigenvaluesOnly).eigenvalues()[0];
}

double smallestEigenvalue(const double* w, int d) {
    switch (d) {
        case 2:
            return smallestEigenvalue<2>(w, d);
        case 3:
            return smallestEigenvalue<3>(w, d);
        case 4:
            return smallestEigenvalue<4>(w, d);
        default:
            return smallestEigenvalue<Eigen::Dynamic>(w, d);
    }
}

double dot(const double* x, const double* y, int d) {
    double sum = 0;
    for (int k = 0; k < d; ++k) sum += x[k] * y[k];
    return sum;
}

// Losses of all 2^s compositions, 1/2 ||start + sum of the columns of v||^2. Concept p on top of the concepts u below it adds
// 1/2 |c_p|^2 + c_p . (start + sum over u), and the product over u grows by one number a concept: no residual is formed, and
// both loops run over neighbours. Columns lie contiguous, [s][d]; `added` holds 2^(s-1) values.
void nodeLosses(const double* start, const double* columns, int concepts, int d, std::vector<double>& added,
                double* losses) {
    losses[0] = 0.5 * dot(start, start, d);
    for (int p = 0; p < concepts; ++p) {
        const double* column = columns + count(p) * count(d);
        const std::size_t below = std::size_t{1} << p;
        added[0] = 0.5 * dot(column, column, d) + dot(column, start, d);
        for (int q = 0; q < p; ++q) {
            const double product = dot(column, columns + count(q) * count(d), d);
            const std::size_t known = std::size_t{1} << q;
            for (std::size_t u = 0; u < known; ++u) added[known + u] = added[u] + product;
        }
        // Parts that cancel may leave a little less than nothing.
        for (std::size_t u = 0; u < below; ++u) losses[below + u] = std::max(0.0, losses[u] + added[u]);
    }
}

// 1/2 tr((theta - theta*) M (theta - theta*)^T), theta = [W b]; a diagonal M without biases costs d^2.
double lossOf(const double* w, const double* bias, const Eigen::MatrixXd& moment, int d) {
    if (bias == nullptr) {
        double sum = 0;
        for (int k = 0; k < d; ++k) {
            for (int p = 0; p < d; ++p) {
                const double residual = w[k * d + p] - (k == p ? 1 : 0);
                sum += moment(p, p) * (residual * residual);
            }
        }
        return 0.5 * sum;
    }
    Eigen::MatrixXd deviation(d, d + 1);
    deviation.leftCols(d) = Eigen::Map<const RowMajor>(w, d, d);
    deviation.leftCols(d).diagonal().array() -= 1;
    deviation.col(d) = Eigen::Map<const Eigen::VectorXd>(bias, d);
    return 0.5 * (deviation * moment).cwiseProduct(deviation).sum();
}

void storeForces(Trajectories& t, std::size_t offset, const double* w, const Eigen::VectorXd& a) {
    const int d = t.dim;
    const Forces forces = decompose(Eigen::Map<const RowMajor>(w, d, d), a);
    Eigen::Map<RowMajor>(t.growth.data() + offset, d, d) = forces.growth;
    Eigen::Map<RowMajor>(t.suppression.data() + offset, d, d) = forces.suppression;
    Eigen::Map<RowMajor>(t.interaction.data() + offset, d, d) = forces.interaction;
}

}  // namespace

Trajectories emptyTrajectories(int cells, const ConceptData& data, const FrameSchedule& schedule,
                               const Wanted& wanted, bool symmetric, bool withBias) {
    requireValid(data);
    if (wanted.nodeLoss && data.concepts() > kMostNodeConcepts) {
        throw std::invalid_argument("node_loss holds 2^s values a frame and mu has " +
                                    std::to_string(data.concepts()) + " concepts; ask for it with at most " +
                                    std::to_string(kMostNodeConcepts) + ".");
    }
    Trajectories t;
    t.cells = cells;
    t.frames = schedule.frames();
    t.dim = data.dim;
    t.concepts = data.concepts();
    t.time = schedule.times();
    t.outcomes.resize(count(cells));
    const std::size_t rows = count(cells) * count(t.frames);
    const std::size_t square = count(t.dim) * count(t.dim);
    t.weights.resize(rows * square);
    t.output.resize(rows * count(t.dim));
    t.oodLoss.resize(rows);
    t.trainLoss.resize(rows);
    if (withBias) t.bias.resize(rows * count(t.dim));
    if (wanted.nodeLoss) t.nodeLoss.resize(rows << t.concepts);
    if (symmetric && wanted.minEigenvalue) t.minEigenvalue.resize(rows);
    if (symmetric && wanted.decomposition) {
        for (auto* array : {&t.growth, &t.suppression, &t.interaction}) array->resize(rows * square);
    }
    return t;
}

void observeCell(Trajectories& t, int cell, const ConceptData& data, const Eigen::MatrixXd& moment,
                 bool hasEigenvalues) {
    const int d = t.dim;
    const int s = t.concepts;
    const std::size_t square = count(d) * count(d);
    const std::size_t nodes = t.nodeLoss.empty() ? 0 : std::size_t{1} << s;
    const std::size_t begin = count(cell) * count(t.frames);
    const std::size_t finite = begin + count(t.outcomes[count(cell)].finiteFrames);
    const std::size_t end = begin + count(t.frames);
    const Eigen::VectorXd a = moment.diagonal().head(d);
    std::vector<double> columns(count(s) * count(d));
    std::vector<double> start(count(d));
    std::vector<double> added(nodes > 1 ? nodes / 2 : 1);
    for (std::size_t row = begin; row < finite; ++row) {
        const double* w = t.weights.data() + row * square;
        const double* bias = t.bias.empty() ? nullptr : t.bias.data() + row * count(d);
        double* output = t.output.data() + row * count(d);
        double ood = 0;
        for (int k = 0; k < d; ++k) {
            const double offset = bias == nullptr ? 0 : bias[k];
            double residual = offset;
            for (int p = 0; p < s; ++p) {
                const double part = data.mu[count(p)] * (w[k * d + p] - (k == p ? 1 : 0));
                columns[count(p) * count(d) + count(k)] = part;
                residual += part;
            }
            start[count(k)] = offset;
            output[k] = residual + (k < s ? data.mu[count(k)] : 0);
            ood += residual * residual;
        }
        t.oodLoss[row] = 0.5 * ood;
        t.trainLoss[row] = lossOf(w, bias, moment, d);
        if (nodes > 0) nodeLosses(start.data(), columns.data(), s, d, added, t.nodeLoss.data() + row * nodes);
        if (!t.minEigenvalue.empty() && !hasEigenvalues) t.minEigenvalue[row] = smallestEigenvalue(w, d);
        if (!t.growth.empty()) storeForces(t, row * square, w, a);
    }
    const auto blank = [&](std::vector<double>& array, std::size_t width) {
        if (array.empty()) return;
        std::fill(array.begin() + static_cast<std::ptrdiff_t>(finite * width),
                  array.begin() + static_cast<std::ptrdiff_t>(end * width),
                  std::numeric_limits<double>::quiet_NaN());
    };
    for (auto* array : {&t.weights, &t.growth, &t.suppression, &t.interaction}) blank(*array, square);
    for (auto* array : {&t.output, &t.bias}) blank(*array, count(d));
    for (auto* array : {&t.oodLoss, &t.trainLoss, &t.minEigenvalue}) blank(*array, 1);
    blank(t.nodeLoss, nodes);
}

}  // namespace concept_space::theory
