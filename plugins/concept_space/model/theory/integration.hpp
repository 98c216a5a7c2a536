// SPDX-License-Identifier: Apache-2.0
#pragma once
// The symmetric model's integration in stretches of some ten milliseconds, for whoever shows progress, pauses, or leaves.
//
// What it gives is the same bits however it is cut, saved and restored. One thread at a time; `cells` and their moments are
// copied. solveSymmetric is this, without a pause.
//
//     Integration flow({&cell, 1}, schedule, {.method = Method::Rk4});
//     if (saved) flow.restore(*saved);
//     while (!flow.done()) {
//         flow.advance();
//         if (leave) return keep(flow.save());
//     }
//     Trajectories t = std::move(flow).finish();

#include <memory>
#include <span>
#include <vector>

#include "theory/solve.hpp"

namespace concept_space::theory {

/// Where the integration of one cell stands.
struct Halfway {
    std::vector<double>
        place;  ///< fixed steps: step, breakdown; adaptive: time, step size, accepted, rejected
    std::vector<double> state;    ///< [d, d]: U, of the recursion W
    std::vector<double> weights;  ///< [frames so far, d, d]
};

/// One way to integrate; fills `weights` and `outcomes` of the trajectories that it was made for.
class Integrator {
  public:
    virtual ~Integrator() = default;
    virtual bool done() const = 0;
    virtual void advance() = 0;
    /// 0 … 1
    virtual double fraction() const = 0;
    virtual Halfway save() const = 0;
    virtual void restore(const Halfway& halfway) = 0;
};

/// Multiply-adds of one stretch: some ten milliseconds on one core.
inline constexpr double kStretchOperations = 1e8;

class Integration {
  public:
    /// Refusals as of solveSymmetric.
    Integration(std::span<const Cell> cells, const FrameSchedule& schedule,
                const SymmetricOptions& options = {}, const Wanted& wanted = {});
    Integration(const Integration&) = delete;
    Integration& operator=(const Integration&) = delete;
    bool done() const { return m_integrator->done(); }
    void advance() { m_integrator->advance(); }
    double fraction() const { return m_integrator->fraction(); }
    /// Of one cell alone, once advanced. std::invalid_argument for what was saved of another size.
    Halfway save() const { return m_integrator->save(); }
    void restore(const Halfway& halfway) { m_integrator->restore(halfway); }
    /// When done: everything that is read off the weights, too.
    Trajectories finish() &&;

  private:
    std::vector<Cell> m_cells;
    std::vector<Eigen::VectorXd> m_moments;
    bool m_eigenvaluesGiven;
    std::unique_ptr<Trajectories> m_result;  ///< stays where it is: the integrator writes into it
    std::unique_ptr<Integrator> m_integrator;
};

}  // namespace concept_space::theory
