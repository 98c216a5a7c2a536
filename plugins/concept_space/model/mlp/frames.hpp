// SPDX-License-Identifier: Apache-2.0
#pragma once
// Which steps of a run are looked at closely: sorted step numbers without repeats, always with the first and
// last. Step n means "after n updates". Pure functions.
//
// As many frames as were asked for, or std::invalid_argument with a sentence: more than there are states are
// refused, as the schedule of the theory refuses them.
//
//     auto frames = epochFrames(4720, 118);           // 0, 118, 236, … 4720
//     auto frames = logFrames(4720, 200);             // dense at the start: 0, 1, 2, 3, …

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <vector>

namespace concept_space::mlp {

/// `count` frames, frame i of which lies near step place(i / (count − 1)); each has a step of its own and
/// leaves one for every frame after it.
template <class Place>
std::vector<std::uint64_t> spreadFrames(std::uint64_t total, std::uint64_t count, const Place& place) {
    if (count < 2 || count > total + 1)
        throw std::invalid_argument("frames is " + std::to_string(count) + "; a training of " +
                                    std::to_string(total) + " steps takes from 2 to " +
                                    std::to_string(total + 1) + ".");
    std::vector<std::uint64_t> frames{0};
    const std::uint64_t last = count - 1;
    for (std::uint64_t i = 1; i <= last; ++i) {
        const double share = static_cast<double>(i) / static_cast<double>(last);
        const auto wanted = static_cast<std::uint64_t>(std::llround(place(share)));
        frames.push_back(std::clamp(wanted, frames.back() + 1, total - (last - i)));
    }
    return frames;
}

inline std::vector<std::uint64_t> linearFrames(std::uint64_t total, std::uint64_t count) {
    return spreadFrames(total, count, [&](double share) { return static_cast<double>(total) * share; });
}

/// Evenly spaced in log(1 + step), where steps are many enough for it.
inline std::vector<std::uint64_t> logFrames(std::uint64_t total, std::uint64_t count) {
    return spreadFrames(total, count, [&](double share) {
        return std::expm1(std::log1p(static_cast<double>(total)) * share);
    });
}

/// The start of every epoch and the end.
inline std::vector<std::uint64_t> epochFrames(std::uint64_t total, std::uint64_t stepsPerEpoch) {
    std::vector<std::uint64_t> frames;
    for (std::uint64_t step = 0; step < total; step += stepsPerEpoch) frames.push_back(step);
    frames.push_back(total);
    return frames;
}

}  // namespace concept_space::mlp
