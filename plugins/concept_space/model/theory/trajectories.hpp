// SPDX-License-Identifier: Apache-2.0
#pragma once
// What the solvers give back: the published arrays of one or many cells, ready to be committed as they are.
//
// Every array is row-major with the cell first: `weights` is [cells, n, d, d]; with one cell it is the [n,
// d, d] of a run. A cell that left the range of numbers says so in `outcomes` (when, and how many frames are
// sound): its later frames hold NaN in every array, and a caller must publish the time with them or cut them
// off. Losses are in units of the data squared, weights dimensionless. A plain value, owned by the caller.
//
//     Trajectories t = solveSymmetric(cells, schedule, options);
//     if (t.outcomes[0].breakdownTime) warn(*t.outcomes[0].breakdownTime);
//     std::span<const double> loss = t.ofCell(t.oodLoss, 0);             // [n]

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

namespace concept_space::theory {

/// Which arrays are made besides time, weights, output and the two losses.
struct Wanted {
    bool nodeLoss = true;        ///< 2^s values a frame; needs s <= kMostNodeConcepts
    bool minEigenvalue = true;   ///< symmetric model only
    bool decomposition = false;  ///< growth, suppression, interaction; symmetric model only
};
inline constexpr int kMostNodeConcepts = 12;

/// Why a solution ends before its last frame.
enum class Breakdown {
    LeftRange,    ///< the state left the range of numbers
    OutOfSteps,   ///< the adaptive method took as many steps as it may
    StepTooShort  ///< no step of the adaptive method keeps its tolerance
};

struct Outcome {
    int finiteFrames = 0;                 ///< frames 0 … finiteFrames - 1 are sound
    std::optional<double> breakdownTime;  ///< first time at which the state was found lost, by:
    Breakdown breakdown = Breakdown::LeftRange;
};

struct Trajectories {
    int cells = 0;
    int frames = 0;
    int dim = 0;
    int concepts = 0;
    std::vector<double> time;       ///< [n], the same for every cell
    std::vector<double> weights;    ///< [cells, n, d, d]
    std::vector<double> bias;       ///< [cells, n, d] for the one-layer model with biases, else empty
    std::vector<double> output;     ///< [cells, n, d]: f(xhat)
    std::vector<double> oodLoss;    ///< [cells, n]: 1/2 ||f(xhat) - xhat||^2
    std::vector<double> trainLoss;  ///< [cells, n]: the population loss that is descended (with A^exponent)
    std::vector<double> nodeLoss;  ///< [cells, n, 2^s]: l(v) at sum_p v_p mu_p e_p; bit p of the index is v_p
    std::vector<double> minEigenvalue;  ///< [cells, n]: health, smallest eigenvalue of W
    /// [cells, n, d, d]: V = growth - suppression - interaction
    std::vector<double> growth, suppression, interaction;
    std::vector<Outcome> outcomes;  ///< [cells]

    /// The part of an array above that belongs to one cell.
    std::span<const double> ofCell(const std::vector<double>& array, int cell) const {
        const std::size_t part = array.size() / static_cast<std::size_t>(cells);
        return {array.data() + part * static_cast<std::size_t>(cell), part};
    }
};

}  // namespace concept_space::theory
