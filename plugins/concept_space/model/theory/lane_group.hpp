// SPDX-License-Identifier: Apache-2.0
#pragma once
// What crosses into the integration kernels, which are compiled once for each instruction set.
//
// Plain pointers and numbers only: a file compiled with wider instructions must not instantiate anything
// that the linker could pick for the rest of the program. Arrays are structures of arrays with the cell
// ("lane") innermost: entry (i, j) of lane l lies at [(i * dim + j) * lanes + l]. The caller owns
// everything, aligned to 64 bytes.
//
// Every kernel does the same IEEE operations in the same order for each lane, without fused multiply-add, so
// that a cell's trajectory is the same bits on every instruction set, lane width, and whatever shares its
// group.

namespace concept_space::theory {

enum class Stepper : int {
    FlowRk4,         ///< dU/dt = -BU/2 by the classical Runge–Kutta method of order 4
    FlowEuler,       ///< U + h (-BU/2): gradient descent on U at rate eta = h/2, exactly
    WeightRecursion  ///< W + h V(W): the paper's recursion, which does not keep W semi-definite
};

struct LaneGroup {
    Stepper stepper;
    int dim;
    long from, to;   ///< the stretch: `state` is that of step `from` when it begins, of `to` when it ends
    int firstFrame;  ///< the first frame at `from` or later
    double stepSize;
    const long* frameSteps;  ///< [frames] ascending, first 0, last not before `to`
    const double* moment;    ///< [dim][lanes] diagonal a
    double* state;           ///< in and out: U (flows) or W (recursion), [dim][dim][lanes]
    double* scratch;         ///< [kScratchMatrices][dim][dim][lanes]
    double* weights;  ///< out: W at the frames, [frames][dim][dim][lanes]; garbage from a lane's breakdown on
    double* breakdown;  ///< in and out: [lanes] first step whose state left the range of numbers, or infinity
};

inline constexpr int kScratchMatrices = 8;
/// A state is taken for lost when trace(W) (flows) or ||W|| (recursion) passes this.
inline constexpr double kBreakdownSize = 1e60;

/// A kernel: integrates `laneWidth` cells side by side.
using LaneKernel = void (*)(const LaneGroup&);

/// Smallest eigenvalues of `count` symmetric matrices a lane: w [count][dim][dim][lanes], smallest [count][lanes]. For
/// 2 <= dim <= kMostLaneEigenvalues; a matrix that is no number gives no number.
using LaneEigenvalues = void (*)(const double* w, int dim, long count, double* smallest);
inline constexpr int kMostLaneEigenvalues = 4;

void smallestSingle(const double* w, int dim, long count, double* smallest);
void smallestBaseline(const double* w, int dim, long count, double* smallest);
#ifdef CONCEPT_SPACE_X86_KERNELS
void smallestAvx2(const double* w, int dim, long count, double* smallest);
void smallestAvx512(const double* w, int dim, long count, double* smallest);
#endif

void integrateSingle(const LaneGroup& group);    // 1 lane; vectorised along the columns
void integrateBaseline(const LaneGroup& group);  // 2 lanes, any x86-64 (and other machines)
#ifdef CONCEPT_SPACE_X86_KERNELS
void integrateSingleAvx2(const LaneGroup& group);
void integrateAvx2(const LaneGroup& group);  // 4 lanes
void integrateSingleAvx512(const LaneGroup& group);
void integrateAvx512(const LaneGroup& group);  // 8 lanes
#endif

}  // namespace concept_space::theory
