// SPDX-License-Identifier: Apache-2.0
#pragma once
// From the parameters of sim/theory (and of the probe sim/solve) to cells, schedule and options of the solvers.
//
// Pure; any thread. Impossible combinations throw latent::RunError with a sentence that names the parameter.
//
//     const TheoryModel model = TheoryModel::of(parameters);
//     const theory::Trajectories t = model.solve({&cell, 1});

#include <functional>
#include <latent/latent.hpp>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "model/theory/metrics.hpp"
#include "model/theory/solve.hpp"

namespace concept_space {

/// The schema shared by the experiment and the probe.
latent::Schema theoryParameters();
/// The arrays and figures of one solution.
latent::Outputs theoryOutputs(const latent::Parameters& p);
/// Refuses what the schema cannot see and a solver would: a w0 of the wrong shape or one that the model cannot
/// start from, more frames than states, biases with exponent 2.
void requireSolvable(const latent::Parameters& p);

struct TheoryModel {
    bool symmetric = true;
    theory::FrameSchedule schedule{1.0, 1, 2};
    theory::SymmetricOptions symmetricOptions;
    theory::OneLayerOptions oneLayerOptions;
    theory::Wanted wanted;

    static TheoryModel of(const latent::Parameters& p);
    theory::Trajectories solve(std::span<const theory::Cell> cells) const;
    /// Nothing when `leave`, asked every some ten milliseconds, said so.
    std::optional<theory::Trajectories> solveUnless(std::span<const theory::Cell> cells,
                                                    const std::function<bool()>& leave) const;
};

/// Data and initial weights of one parameter set.
theory::Cell theoryCell(const latent::Parameters& p);
/// The initial weights alone: `w0` as a matrix or as a distribution drawn with `seed`.
theory::InitialWeights initialWeights(const std::string& w0, int dim, std::uint64_t seed);
/// The independent unit that a start belongs to: the source of its numbers (InitialWeights::sourceOf), whatever they
/// are scaled by, or the entries of a matrix, however they are written.
std::string initialisationName(const std::string& w0, int dim, std::uint64_t seed);
/// sigma as standard deviations, from `sigma` or the square root of `variance`; one entry serves all concepts.
std::vector<double> sigmaOf(const latent::Parameters& p, std::size_t concepts);

/// What is read off the curves of one cell, published beside them.
struct CurveSummary {
    std::vector<double> speed;          ///< [n]
    std::vector<double> learning_time;  ///< [s], NaN where never learned
    double swing_by = 0;  ///< and descents: NaN where the solution ends before its last frame
    double descents = 0;
};
CurveSummary summarise(const theory::Trajectories& t, int cell, const std::vector<double>& mu,
                       double learned);

/// Of a solution that broke down: why, when, and what to do.
std::string breakdownSentence(const theory::Outcome& outcome);

/// One array ready to be published: [cells, …] row-major, `shape` without the cell axis.
struct TheoryArray {
    std::string name;
    const double* data;
    std::vector<std::int64_t> shape;
    std::size_t elements() const;  ///< of one cell
};
/// Every array of the solution that has values; borrowed from `t`.
std::vector<TheoryArray> theoryArrays(const theory::Trajectories& t);

}  // namespace concept_space
