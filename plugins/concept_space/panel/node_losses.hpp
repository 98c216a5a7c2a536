// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// The losses of all combinations at all times, as a run publishes them: node_loss [time, node], or with leading dimensions
// (seed, and the parameters of a sweep) of which one index each is chosen.
//
// Immutable once read; shares nothing with the host. What does not fit is a sentence, not an error: a run that has just
// begun has nothing yet.
//
//     const NodeLosses losses = NodeLosses::read(data);
//     if (!losses.problem.empty()) say(losses.problem);
//     std::span<const double> now = losses.frame({seed}, 17);      // one loss for each combination

#include <latent/panel.hpp>
#include <span>
#include <string>
#include <vector>

namespace concept_space {

struct NodeLosses {
    struct Leading {
        std::string dimension, title;
        std::vector<double> coordinate;  ///< one for each index
    };

    static NodeLosses read(const latent::panel::Data& data);

    std::string problem;  ///< why there is nothing to draw; empty when there is
    int concepts = 0;
    std::vector<std::string> names;  ///< of the nodes: "00", "10", …
    std::vector<double> time;        ///< of the frames
    std::string timeTitle, timeUnit;
    std::vector<Leading> leading;
    std::vector<double> values;  ///< row-major: leading…, time, node
    double largest = 0;          ///< over everything that is finite
    double smallestPositive = 0;

    std::size_t frames() const { return time.size(); }
    std::size_t nodes() const { return std::size_t{1} << concepts; }
    /// `chosen`: one index for each leading dimension.
    std::span<const double> frame(const std::vector<std::size_t>& chosen, std::size_t at) const;
};

}  // namespace concept_space
