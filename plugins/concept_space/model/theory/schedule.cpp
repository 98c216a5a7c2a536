// SPDX-License-Identifier: Apache-2.0
#include "theory/schedule.hpp"

#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <string>

namespace concept_space::theory {

FrameSchedule::FrameSchedule(double tEnd, long steps, int frames, Spacing spacing)
    : m_tEnd(tEnd), m_steps(steps) {
    if (!(tEnd > 0) || !std::isfinite(tEnd)) {
        throw std::invalid_argument("t_end must be a positive, finite number.");
    }
    if (steps < 1 || steps > 100'000'000) {
        throw std::invalid_argument("steps is " + std::to_string(steps) +
                                    "; it must lie between 1 and 100000000.");
    }
    if (frames < 2 || frames > steps + 1) {
        throw std::invalid_argument("frames is " + std::to_string(frames) +
                                    "; it must lie between 2 and steps + 1 = " + std::to_string(steps + 1) +
                                    ".");
    }
    m_frameSteps.resize(static_cast<std::size_t>(frames));
    const double last = frames - 1;
    long previous = 0;
    for (int i = 1; i < frames; ++i) {
        const double share = spacing == Spacing::Linear ? static_cast<double>(steps) * (i / last)
                             : last > 1 ? std::pow(static_cast<double>(steps), (i - 1) / (last - 1))
                                        : static_cast<double>(steps);
        // Each frame has its own step and leaves one for every frame after it.
        previous = std::clamp(std::lround(share), previous + 1, steps - (frames - 1 - i));
        m_frameSteps[static_cast<std::size_t>(i)] = previous;
    }
    m_frameSteps.back() = steps;
}

std::vector<double> FrameSchedule::times() const {
    std::vector<double> result(m_frameSteps.size());
    std::transform(m_frameSteps.begin(), m_frameSteps.end(), result.begin(),
                   [this](long step) { return timeOfStep(step); });
    return result;
}

}  // namespace concept_space::theory
