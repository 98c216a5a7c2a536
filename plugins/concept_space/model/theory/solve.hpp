// SPDX-License-Identifier: Apache-2.0
#pragma once
// The solvers of the SIM theory: one cell or many, one layer or the symmetric two-layer model.
//
// The experiment sim/theory, the overlay of sim/train and the probe sim/solve call these on any thread; each
// call runs on its own thread only. A cell's numbers are the same bits whatever it is solved with, so a
// caller splits a sweep into chunks as it likes (for threads, commits, cancellation). Fixed-step methods
// give the same bits on every instruction set too. Refusals are std::invalid_argument with a sentence; a
// state that leaves the range of numbers is a value (Outcome::breakdownTime).
//
//     Cell cell{{.dim = 2, .mu = {1, 2}, .sigma = {.05, .05}, .clusters = 2}, InitialWeights::matrix(w0)};
//     FrameSchedule schedule(20.0, 2000, 200);
//     Trajectories two = solveSymmetric({&cell, 1}, schedule, {.exponent = 2}, {.decomposition = true});
//     Trajectories one = solveOneLayer({&cell, 1}, schedule, {.bias = true});

#include <limits>
#include <optional>
#include <span>

#include "theory/concept_data.hpp"
#include "theory/initial_weights.hpp"
#include "theory/schedule.hpp"
#include "theory/trajectories.hpp"

namespace concept_space::theory {

/// One point of a sweep. Cells solved together share dim and the number of concepts.
struct Cell {
    ConceptData data;
    InitialWeights initial;
};

enum class Method {
    Rk4,        ///< flow dW/dt = V integrated on U, classical Runge–Kutta, fixed step
    Adaptive,   ///< the same flow by Dormand–Prince 5(4)
    Recursion,  ///< the paper's W + eta V(W), eta = step size; loses semi-definiteness: watch minEigenvalue
    GradientDescent  ///< U - eta grad_U L, eta = step size / 2: so its time runs on the clock of dW/dt = V
};

enum class InstructionSet { Baseline, Avx2, Avx512 };
/// The widest set that this processor and this build have; recorded in the provenance.
InstructionSet bestInstructionSet();

struct SymmetricOptions {
    Method method = Method::Rk4;
    int exponent = 1;          ///< 1: theory; 2: A^2 for A, as the paper's figures were made
    double tolerance = 1e-10;  ///< of Method::Adaptive
    /// Of Method::Adaptive, accepted and rejected together, for each cell: for whoever has to answer soon.
    long mostSteps = std::numeric_limits<long>::max();
    std::optional<InstructionSet> instructionSet{};  ///< for tests; the best by default
};
Trajectories solveSymmetric(std::span<const Cell> cells, const FrameSchedule& schedule,
                            const SymmetricOptions& options = {}, const Wanted& wanted = {});

/// Refuses cells that cannot be solved together, or at all.
void requireAlike(std::span<const Cell> cells);

struct OneLayerOptions {
    bool bias = false;      ///< dynamics of (W, b) on the augmented moment, from b = 0; needs exponent 1
    bool discrete = false;  ///< gradient descent at eta = step size, (1 - eta a)^n, in place of exp(-a t)
    int exponent = 1;
};
/// W0 may be any matrix. Times as in dW/dt = -(W - I)A.
Trajectories solveOneLayer(std::span<const Cell> cells, const FrameSchedule& schedule,
                           const OneLayerOptions& options = {}, const Wanted& wanted = {});

}  // namespace concept_space::theory
