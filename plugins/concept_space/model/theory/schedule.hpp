// SPDX-License-Identifier: Apache-2.0
#pragma once
// When a trajectory is looked at: a fixed grid of integration steps and the steps whose states are kept as
// frames.
//
// Every model and method uses the same grid (time of step n = n t_end / steps), so that curves of two models
// can be compared frame by frame; the closed forms and the adaptive integrator take only the times from it.
// The first frame is the initial state and the last is t_end. Time is dimensionless (the clock of dW/dt = V,
// or of dW/dt = -(W-I)A). A plain value; any thread.
//
//     FrameSchedule schedule(20.0, 2000, 200, Spacing::Logarithmic);
//     schedule.frames();     // 200
//     schedule.step(1);      // 1: the first frame after the initial state, on logarithmic spacing
//     schedule.time(199);    // 20.0

#include <vector>

namespace concept_space::theory {

enum class Spacing { Linear, Logarithmic };

class FrameSchedule {
  public:
    /// steps 1 … 1e8, frames 2 … steps + 1, tEnd > 0 and finite; otherwise std::invalid_argument with a
    /// sentence. Frames fall on the nearest step; on logarithmic spacing the early ones take consecutive
    /// steps.
    FrameSchedule(double tEnd, long steps, int frames, Spacing spacing = Spacing::Linear);

    double tEnd() const { return m_tEnd; }
    long steps() const { return m_steps; }
    double stepSize() const { return m_tEnd / static_cast<double>(m_steps); }
    int frames() const { return static_cast<int>(m_frameSteps.size()); }
    long step(int frame) const { return m_frameSteps[static_cast<std::size_t>(frame)]; }
    double time(int frame) const { return timeOfStep(step(frame)); }
    double timeOfStep(long step) const {
        return m_tEnd * (static_cast<double>(step) / static_cast<double>(m_steps));
    }
    const std::vector<long>& frameSteps() const { return m_frameSteps; }
    std::vector<double> times() const;

  private:
    double m_tEnd;
    long m_steps;
    std::vector<long> m_frameSteps;
};

}  // namespace concept_space::theory
