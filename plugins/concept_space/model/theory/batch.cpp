// SPDX-License-Identifier: Apache-2.0
#include "theory/batch.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
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

class FixedSteps final : public Integrator {
  public:
    FixedSteps(const std::vector<Cell>& cells, const std::vector<Eigen::VectorXd>& moments,
               FrameSchedule schedule, const SymmetricOptions& options, Trajectories& t)
        : m_cells(cells),
          m_moments(moments),
          m_schedule(std::move(schedule)),
          m_result(t),
          m_kernels(kernelsFor(options.instructionSet.value_or(bestInstructionSet()))),
          m_lanes(cells.size() == 1 ? 1 : static_cast<std::size_t>(m_kernels.width)),
          m_square(static_cast<std::size_t>(t.dim) * static_cast<std::size_t>(t.dim)),
          m_memory(doubles(t)) {
        const auto frames = static_cast<std::size_t>(t.frames);
        const std::size_t square = m_square * m_lanes;
        m_moment = m_memory.take(static_cast<std::size_t>(t.dim) * m_lanes);
        m_group = {.stepper = stepperOf(options.method),
                   .dim = t.dim,
                   .from = 0,
                   .to = 0,
                   .firstFrame = 0,
                   .stepSize = m_schedule.stepSize(),
                   .frameSteps = m_schedule.frameSteps().data(),
                   .moment = m_moment,
                   .state = m_memory.take(square),
                   .scratch = m_memory.take(square * kScratchMatrices),
                   .weights = m_memory.take(frames * square),
                   .breakdown = m_memory.take(m_lanes)};
        if (!t.minEigenvalue.empty() && givesEigenvalues(t.dim)) m_smallest = m_memory.take(frames * m_lanes);
        const double products = m_group.stepper == Stepper::FlowRk4 ? 8 : 2;
        m_stretch = static_cast<long>(
            kStretchOperations / (products * static_cast<double>(square * static_cast<std::size_t>(t.dim))));
        m_stretch = std::max(1L, m_stretch);
        load();
    }

    bool done() const override { return m_begin >= m_cells.size(); }
    void advance() override {
        m_group.from = m_step;
        m_group.to = std::min(m_step + m_stretch, m_schedule.steps());
        m_group.firstFrame = static_cast<int>(framesBefore(m_step));
        (m_lanes == 1 ? m_kernels.single : m_kernels.wide)(m_group);
        m_step = m_group.to;
        if (m_step < m_schedule.steps()) return;
        unload();
        m_begin += m_lanes;
        if (!done()) load();
    }
    double fraction() const override {
        if (done()) return 1;
        const double groups = static_cast<double>((m_cells.size() + m_lanes - 1) / m_lanes);
        return (static_cast<double>(m_begin / m_lanes) +
                static_cast<double>(m_step) / static_cast<double>(m_schedule.steps())) /
               groups;
    }

    Halfway save() const override {
        const std::size_t kept = framesBefore(m_step + 1) * m_square;
        return {{static_cast<double>(m_step), m_group.breakdown[0]},
                {m_group.state, m_group.state + m_square},
                {m_group.weights, m_group.weights + kept}};
    }
    void restore(const Halfway& halfway) override {
        const bool fits = m_lanes == 1 && halfway.place.size() == 2 && halfway.place[0] >= 0 &&
                          halfway.place[0] < static_cast<double>(m_schedule.steps()) &&
                          halfway.state.size() == m_square;
        const long step = fits ? static_cast<long>(halfway.place[0]) : 0;
        if (!fits || halfway.weights.size() != framesBefore(step + 1) * m_square)
            throw std::invalid_argument("What was saved is of another integration.");
        m_step = step;
        m_group.breakdown[0] = halfway.place[1];
        std::copy(halfway.state.begin(), halfway.state.end(), m_group.state);
        std::copy(halfway.weights.begin(), halfway.weights.end(), m_group.weights);
    }

  private:
    std::size_t doubles(const Trajectories& t) const {
        const auto frames = static_cast<std::size_t>(t.frames);
        const std::size_t square = m_square * m_lanes;
        return LaneMemory::rounded(static_cast<std::size_t>(t.dim) * m_lanes) + LaneMemory::rounded(square) +
               LaneMemory::rounded(square * kScratchMatrices) + LaneMemory::rounded(frames * square) +
               LaneMemory::rounded(m_lanes) + LaneMemory::rounded(frames * m_lanes);
    }
    std::size_t framesBefore(long step) const {
        const auto& steps = m_schedule.frameSteps();
        return static_cast<std::size_t>(std::lower_bound(steps.begin(), steps.end(), step) - steps.begin());
    }

    /// The next cells into the lanes.
    void load() {
        m_step = 0;
        const auto d = static_cast<std::size_t>(m_result.dim);
        for (std::size_t lane = 0; lane < m_lanes; ++lane) {
            const std::size_t cell =
                std::min(m_begin + lane, m_cells.size() - 1);  // idle lanes repeat the last
            const Eigen::MatrixXd start = startOf(m_cells[cell], m_group.stepper);
            m_group.breakdown[lane] = std::numeric_limits<double>::infinity();
            for (std::size_t i = 0; i < d; ++i) {
                const auto row = static_cast<Eigen::Index>(i);
                m_moment[i * m_lanes + lane] = m_moments[cell][row];
                for (std::size_t j = 0; j < d; ++j)
                    m_group.state[(i * d + j) * m_lanes + lane] = start(row, static_cast<Eigen::Index>(j));
            }
        }
    }

    /// What the lanes hold into the trajectories.
    void unload() {
        const auto frames = static_cast<std::size_t>(m_result.frames);
        const std::size_t part = frames * m_square;
        if (m_smallest)
            (m_lanes == 1 ? smallestSingle : m_kernels.smallest)(m_group.weights, m_result.dim,
                                                                 m_result.frames, m_smallest);
        for (std::size_t lane = 0; lane < std::min(m_lanes, m_cells.size() - m_begin); ++lane) {
            double* out = m_result.weights.data() + (m_begin + lane) * part;
            for (std::size_t entry = 0; entry < part; ++entry)
                out[entry] = m_group.weights[entry * m_lanes + lane];
            for (std::size_t frame = 0; m_smallest && frame < frames; ++frame)
                m_result.minEigenvalue[(m_begin + lane) * frames + frame] =
                    m_smallest[frame * m_lanes + lane];
            Outcome& outcome = m_result.outcomes[m_begin + lane];
            const double lost = m_group.breakdown[lane];
            const auto& steps = m_schedule.frameSteps();
            outcome.finiteFrames = static_cast<int>(
                std::lower_bound(steps.begin(), steps.end(), lost,
                                 [](long step, double bound) { return static_cast<double>(step) < bound; }) -
                steps.begin());
            if (std::isfinite(lost)) outcome.breakdownTime = m_schedule.timeOfStep(static_cast<long>(lost));
        }
    }

    const std::vector<Cell>& m_cells;
    const std::vector<Eigen::VectorXd>& m_moments;
    const FrameSchedule m_schedule;
    Trajectories& m_result;
    const KernelChoice m_kernels;
    const std::size_t m_lanes, m_square;
    LaneMemory m_memory;
    LaneGroup m_group{};
    double* m_moment = nullptr;
    double* m_smallest = nullptr;
    long m_stretch = 1, m_step = 0;
    std::size_t m_begin = 0;
};

}  // namespace

InstructionSet bestInstructionSet() {
#ifdef CONCEPT_SPACE_X86_KERNELS
    if (__builtin_cpu_supports("avx512f")) return InstructionSet::Avx512;
    if (__builtin_cpu_supports("avx2")) return InstructionSet::Avx2;
#endif
    return InstructionSet::Baseline;
}

bool givesEigenvalues(int dim) { return dim >= 2 && dim <= kMostLaneEigenvalues; }

std::unique_ptr<Integrator> fixedSteps(const std::vector<Cell>& cells,
                                       const std::vector<Eigen::VectorXd>& moments,
                                       const FrameSchedule& schedule, const SymmetricOptions& options,
                                       Trajectories& trajectories) {
    return std::make_unique<FixedSteps>(cells, moments, schedule, options, trajectories);
}

}  // namespace concept_space::theory
