// SPDX-License-Identifier: Apache-2.0
#include "experiments/expected_path.hpp"

#include <algorithm>

#include "model/theory/solve.hpp"

namespace concept_space {
namespace {

constexpr double kDiagonal = .02, kMinor = .018;
constexpr double kTimes = 12;       // of 1/a of the weakest signal: enough for all to be learned
constexpr long kSteps = 1'000'000;  // of the grid of times; the integrator chooses its own

}  // namespace

std::vector<double> expectedPath(const std::vector<double>& separations, const std::vector<double>& spreads) {
    const int d = static_cast<int>(separations.size());
    const theory::ConceptData data{.dim = d, .mu = separations, .sigma = spreads, .clusters = d + 1};
    const double weakest = theory::secondMoment(data).minCoeff();
    Eigen::MatrixXd w0 = Eigen::MatrixXd::Constant(d, d, kMinor);
    w0.diagonal().setConstant(kDiagonal);
    const theory::Cell cell{data, theory::InitialWeights::matrix(w0)};
    const theory::FrameSchedule schedule(kTimes / weakest, kSteps, kPathFrames, theory::Spacing::Logarithmic);
    const theory::Trajectories t =
        theory::solveSymmetric({&cell, 1}, schedule, {.method = theory::Method::Adaptive, .tolerance = 1e-8},
                               {.nodeLoss = false, .minEigenvalue = false});
    std::vector<double> path = t.output;
    for (std::size_t i = 0; i < path.size(); ++i) path[i] /= separations[i % separations.size()];
    return path;
}

std::vector<double> laidFrom(std::span<const double> path, std::span<const double> start) {
    std::vector<double> placed(path.begin(), path.end());
    for (std::size_t i = 0; i < placed.size(); ++i) {
        const double first = start[i % start.size()];
        placed[i] = first + (1 - first) * placed[i];
    }
    return placed;
}

}  // namespace concept_space
