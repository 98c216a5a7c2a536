// SPDX-License-Identifier: Apache-2.0
#include "theory/solve.hpp"

#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <string>

#include "theory/integration.hpp"
#include "theory/observables.hpp"
#include "theory/relaxation.hpp"

namespace concept_space::theory {
namespace {

using RowMajor = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

}  // namespace

void requireAlike(std::span<const Cell> cells) {
    if (cells.empty()) throw std::invalid_argument("There is no cell to solve.");
    const ConceptData& first = cells.front().data;
    for (std::size_t i = 0; i < cells.size(); ++i) {
        requireValid(cells[i].data);
        if (cells[i].data.dim != first.dim || cells[i].data.concepts() != first.concepts()) {
            throw std::invalid_argument(
                "Cell " + std::to_string(i) +
                " differs from the first in dim or in the number of concepts; cells solved "
                "together share both.");
        }
        if (cells[i].initial.dim() != cells[i].data.dim) {
            throw std::invalid_argument("w0 is " + std::to_string(cells[i].initial.dim()) + " by " +
                                        std::to_string(cells[i].initial.dim()) + " and dim is " +
                                        std::to_string(cells[i].data.dim) + "; they must agree.");
        }
    }
}

Trajectories solveSymmetric(std::span<const Cell> cells, const FrameSchedule& schedule,
                            const SymmetricOptions& options, const Wanted& wanted) {
    Integration flow(cells, schedule, options, wanted);
    while (!flow.done()) flow.advance();
    return std::move(flow).finish();
}

Trajectories solveOneLayer(std::span<const Cell> cells, const FrameSchedule& schedule,
                           const OneLayerOptions& options, const Wanted& wanted) {
    requireAlike(cells);
    if (options.bias && options.exponent != 1) {
        throw std::invalid_argument(
            "exponent 2 replicates figures that have no biases; use exponent 1 with biases.");
    }
    Trajectories t = emptyTrajectories(static_cast<int>(cells.size()), cells.front().data, schedule, wanted,
                                       false, options.bias);
    const Eigen::Index d = t.dim;
    for (std::size_t i = 0; i < cells.size(); ++i) {
        const Eigen::MatrixXd& w0 = cells[i].initial.weights();
        const Relaxation layer = options.bias ? oneLayerWithBias(cells[i].data, w0, Eigen::VectorXd::Zero(d))
                                              : oneLayer(cells[i].data, w0, options.exponent);
        Outcome& outcome = t.outcomes[i];
        for (int frame = 0; frame < t.frames; ++frame) {
            const Eigen::MatrixXd theta = options.discrete
                                              ? layer.afterSteps(schedule.stepSize(), schedule.step(frame))
                                              : layer.at(schedule.time(frame));
            if (!(theta.squaredNorm() < 1e120)) {  // a step size beyond 2 / max a
                outcome.breakdownTime = schedule.time(frame);
                break;
            }
            const auto row = static_cast<Eigen::Index>(i) * t.frames + frame;
            Eigen::Map<RowMajor>(t.weights.data() + row * d * d, d, d) = theta.leftCols(d);
            if (options.bias) Eigen::Map<Eigen::VectorXd>(t.bias.data() + row * d, d) = theta.col(d);
            outcome.finiteFrames = frame + 1;
        }
        observeCell(t, static_cast<int>(i), cells[i].data,
                    options.bias
                        ? augmentedMoment(cells[i].data)
                        : Eigen::MatrixXd(secondMoment(cells[i].data, options.exponent).asDiagonal()));
    }
    return t;
}

}  // namespace concept_space::theory
