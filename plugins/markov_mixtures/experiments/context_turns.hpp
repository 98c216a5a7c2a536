// SPDX-License-Identifier: Apache-2.0
#pragma once
// What more context does to one model: its risk turns round, or another algorithm explains it.
//
// Each is found by a maximum on one half of the evaluation chains and measured on the other, so both come
// apart: where it is, and how large it is there. Sizes in nats; a curve without a turn, or a model that is
// explained by one algorithm throughout, has a size of 0 or less. Pure; any thread. Nothing is returned where
// there are too few lengths or a number is missing.
//
//     const auto turn = largestTurn(run.risk(c, kOod, kEven), 1);                  // a peak
//     if (turn) sizeOf(*turn, run.risk(c, kOod, kOdd), 1);
//     const auto change = largestChange(kindsOverLengths);                        // [m] of TrainedRun::kinds

#include <array>
#include <optional>
#include <span>
#include <vector>

namespace markov_mixtures {

/// A peak (sign 1) or a trough (sign −1) at one length, and the earlier length that leads up to it from
/// farthest off.
struct Turn {
    std::size_t start = 0, place = 0;
    double size = 0;  ///< the smaller of the way from the start and the way to the last length
};
std::optional<Turn> largestTurn(std::span<const double> curve, double sign);
double sizeOf(const Turn& turn, std::span<const double> curve, double sign);

/// At an earlier length one kind of algorithm is nearest to the model, at a later one another kind is.
struct Change {
    std::size_t before = 0, after = 0;  ///< places of the lengths
    std::size_t from = 0, to = 0;       ///< kinds
    double size = 0;                    ///< the smaller of the leads that each has over all others there
};
/// kinds: distances of the model from each kind, one entry a length.
std::optional<Change> largestChange(std::span<const std::array<double, 3>> kinds);
double sizeOf(const Change& change, std::span<const std::array<double, 3>> kinds);

}  // namespace markov_mixtures
