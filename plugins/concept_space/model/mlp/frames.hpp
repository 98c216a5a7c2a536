// SPDX-License-Identifier: Apache-2.0
#pragma once
// Which steps of a run are looked at closely: sorted step numbers without repeats, always with the first and
// last. Step n means "after n updates". Pure functions.
//
//     auto frames = epochFrames(4720, 118);           // 0, 118, 236, … 4720
//     auto frames = logFrames(4720, 200);             // dense at the start

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <vector>

namespace concept_space::mlp {

inline std::vector<std::uint64_t> linearFrames(std::uint64_t total, std::uint64_t count) {
    std::vector<std::uint64_t> frames;
    const std::uint64_t last = std::max<std::uint64_t>(count, 2) - 1;
    for (std::uint64_t i = 0; i <= last; ++i)
        frames.push_back(static_cast<std::uint64_t>(
            std::llround(static_cast<double>(total) * static_cast<double>(i) / static_cast<double>(last))));
    frames.erase(std::unique(frames.begin(), frames.end()), frames.end());
    return frames;
}

/// Evenly spaced in log(1 + step).
inline std::vector<std::uint64_t> logFrames(std::uint64_t total, std::uint64_t count) {
    std::vector<std::uint64_t> frames;
    const std::uint64_t last = std::max<std::uint64_t>(count, 2) - 1;
    for (std::uint64_t i = 0; i <= last; ++i)
        frames.push_back(static_cast<std::uint64_t>(std::llround(std::expm1(
            std::log1p(static_cast<double>(total)) * static_cast<double>(i) / static_cast<double>(last)))));
    frames.erase(std::unique(frames.begin(), frames.end()), frames.end());
    return frames;
}

/// The start of every epoch and the end.
inline std::vector<std::uint64_t> epochFrames(std::uint64_t total, std::uint64_t stepsPerEpoch) {
    std::vector<std::uint64_t> frames;
    for (std::uint64_t step = 0; step < total; step += stepsPerEpoch) frames.push_back(step);
    frames.push_back(total);
    return frames;
}

}  // namespace concept_space::mlp
