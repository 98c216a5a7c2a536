// SPDX-License-Identifier: Apache-2.0
#include "theory/batch.hpp"

#include <algorithm>
#include <cmath>
#include <memory>
#include <new>
#include <stdexcept>

#include "theory/lane_group.hpp"

namespace concept_space::theory {
namespace {

struct KernelChoice {
    LaneKernel single;
    LaneKernel wide;
    LaneEigenvalues smallest;  ///< of the wide one
    int width;
};

KernelChoice kernelsFor(InstructionSet set) {
    switch (set) {
        case InstructionSet::Baseline:
            break;
#ifdef CONCEPT_SPACE_X86_KERNELS
        case InstructionSet::Avx2:
            return {integrateSingleAvx2, integrateAvx2, smallestAvx2, 4};
        case InstructionSet::Avx512:
            return {integrateSingleAvx512, integrateAvx512, smallestAvx512, 8};
#else
        default:
            break;
#endif
    }
    return {integrateSingle, integrateBaseline, smallestBaseline, 2};
}

Stepper stepperOf(Method method) {
    switch (method) {
        case Method::Recursion:
            return Stepper::WeightRecursion;
        case Method::GradientDescent:
            return Stepper::FlowEuler;
        default:
            return Stepper::FlowRk4;
    }
}

// One block of aligned doubles for everything that a group of lanes needs.
class LaneMemory {
  public:
    explicit LaneMemory(std::size_t doubles)
        : m_memory(static_cast<double*>(::operator new(doubles * sizeof(double), kAlignment))),
          m_next(m_memory.get()) {}

    double* take(std::size_t doubles) {
        double* part = m_next;
        m_next += rounded(doubles);
        return part;
    }
    static std::size_t rounded(std::size_t doubles) { return (doubles + 7) / 8 * 8; }

  private:
    static constexpr std::align_val_t kAlignment{64};
    struct Release {
        void operator()(double* memory) const { ::operator delete(memory, kAlignment); }
    };
    std::unique_ptr<double, Release> m_memory;
    double* m_next;
};

Eigen::MatrixXd startOf(const Cell& cell, Stepper stepper) {
    if (stepper != Stepper::WeightRecursion) return cell.initial.factor();
    const Eigen::MatrixXd& w = cell.initial.weights();
    if ((w - w.transpose()).cwiseAbs().maxCoeff() > 1e-12 * w.cwiseAbs().maxCoeff()) {
        throw std::invalid_argument("w0 is not symmetric; the symmetric model needs W0 = U U^T.");
    }
    return 0.5 * (w + w.transpose());
}

}  // namespace

InstructionSet bestInstructionSet() {
#ifdef CONCEPT_SPACE_X86_KERNELS
    if (__builtin_cpu_supports("avx512f")) return InstructionSet::Avx512;
    if (__builtin_cpu_supports("avx2")) return InstructionSet::Avx2;
#endif
    return InstructionSet::Baseline;
}

bool givesEigenvalues(int dim) { return dim >= 2 && dim <= kMostLaneEigenvalues; }

void integrateBatch(std::span<const Cell> cells, const std::vector<Eigen::VectorXd>& moments,
                    const FrameSchedule& schedule, const SymmetricOptions& options, Trajectories& t) {
    const KernelChoice kernels = kernelsFor(options.instructionSet.value_or(bestInstructionSet()));
    const auto d = static_cast<std::size_t>(t.dim);
    const auto frames = static_cast<std::size_t>(t.frames);
    const std::size_t lanes = cells.size() == 1 ? 1 : static_cast<std::size_t>(kernels.width);
    const std::size_t square = d * d * lanes;

    LaneMemory memory(LaneMemory::rounded(d * lanes) + LaneMemory::rounded(square) +
                      LaneMemory::rounded(square * kScratchMatrices) + LaneMemory::rounded(frames * square) +
                      LaneMemory::rounded(lanes) + LaneMemory::rounded(frames * lanes));
    double* moment = memory.take(d * lanes);
    LaneGroup group{.stepper = stepperOf(options.method),
                    .dim = t.dim,
                    .frames = t.frames,
                    .steps = schedule.steps(),
                    .stepSize = schedule.stepSize(),
                    .frameSteps = schedule.frameSteps().data(),
                    .moment = moment,
                    .state = memory.take(square),
                    .scratch = memory.take(square * kScratchMatrices),
                    .weights = memory.take(frames * square),
                    .breakdown = memory.take(lanes)};
    double* smallest =
        t.minEigenvalue.empty() || !givesEigenvalues(t.dim) ? nullptr : memory.take(frames * lanes);

    for (std::size_t begin = 0; begin < cells.size(); begin += lanes) {
        const std::size_t used = std::min(lanes, cells.size() - begin);
        for (std::size_t lane = 0; lane < lanes; ++lane) {
            const std::size_t cell = begin + std::min(lane, used - 1);  // idle lanes repeat the last cell
            const Eigen::MatrixXd start = startOf(cells[cell], group.stepper);
            for (std::size_t i = 0; i < d; ++i) {
                const auto row = static_cast<Eigen::Index>(i);
                moment[i * lanes + lane] = moments[cell][row];
                for (std::size_t j = 0; j < d; ++j) {
                    group.state[(i * d + j) * lanes + lane] = start(row, static_cast<Eigen::Index>(j));
                }
            }
        }
        (lanes == 1 ? kernels.single : kernels.wide)(group);
        if (smallest)
            (lanes == 1 ? smallestSingle : kernels.smallest)(group.weights, t.dim, t.frames, smallest);
        for (std::size_t lane = 0; lane < used; ++lane) {
            double* out = t.weights.data() + (begin + lane) * frames * d * d;
            for (std::size_t entry = 0; entry < frames * d * d; ++entry) {
                out[entry] = group.weights[entry * lanes + lane];
            }
            for (std::size_t frame = 0; smallest && frame < frames; ++frame)
                t.minEigenvalue[(begin + lane) * frames + frame] = smallest[frame * lanes + lane];
            Outcome& outcome = t.outcomes[begin + lane];
            const double lost = group.breakdown[lane];
            const auto& steps = schedule.frameSteps();
            outcome.finiteFrames = static_cast<int>(
                std::lower_bound(steps.begin(), steps.end(), lost,
                                 [](long step, double bound) { return static_cast<double>(step) < bound; }) -
                steps.begin());
            if (std::isfinite(lost)) outcome.breakdownTime = schedule.timeOfStep(static_cast<long>(lost));
        }
    }
}

}  // namespace concept_space::theory
