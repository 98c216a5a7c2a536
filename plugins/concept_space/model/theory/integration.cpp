// SPDX-License-Identifier: Apache-2.0
#include "theory/integration.hpp"

#include "theory/adaptive.hpp"
#include "theory/batch.hpp"
#include "theory/observables.hpp"

namespace concept_space::theory {
namespace {

/// Cells one after the other, each by steps of its own length.
class AdaptiveCells final : public Integrator {
  public:
    AdaptiveCells(const std::vector<Cell>& cells, const std::vector<Eigen::VectorXd>& moments,
                  const SymmetricOptions& options, Trajectories& t)
        : m_cells(cells),
          m_moments(moments),
          m_options{.tolerance = options.tolerance, .mostSteps = options.mostSteps},
          m_result(t) {
        begin();
    }
    bool done() const override { return m_cell == m_cells.size(); }
    void advance() override {
        m_flow->advance();
        if (!m_flow->done()) return;
        const AdaptiveResult& result = m_flow->result();
        m_result.outcomes[m_cell] = {result.finiteFrames, result.breakdownTime, result.breakdown};
        ++m_cell;
        begin();
    }
    double fraction() const override {
        const double within = done() ? 0 : m_flow->time() / m_result.time.back();
        return (static_cast<double>(m_cell) + within) / static_cast<double>(m_cells.size());
    }
    Halfway save() const override { return m_flow->save(); }
    void restore(const Halfway& halfway) override { m_flow->restore(halfway); }

  private:
    void begin() {
        if (done()) return;
        const std::size_t part = m_result.weights.size() / m_cells.size();
        m_flow = std::make_unique<AdaptiveIntegration>(m_cells[m_cell].initial.factor(), m_moments[m_cell],
                                                       m_result.time, m_options,
                                                       m_result.weights.data() + m_cell * part);
    }
    const std::vector<Cell>& m_cells;
    const std::vector<Eigen::VectorXd>& m_moments;
    AdaptiveFlow m_options;
    Trajectories& m_result;
    std::size_t m_cell = 0;
    std::unique_ptr<AdaptiveIntegration> m_flow;
};

}  // namespace

Integration::Integration(std::span<const Cell> cells, const FrameSchedule& schedule,
                         const SymmetricOptions& options, const Wanted& wanted)
    : m_cells(cells.begin(), cells.end()),
      m_eigenvaluesGiven(false),
      m_result(std::make_unique<Trajectories>()) {
    requireAlike(cells);
    *m_result =
        emptyTrajectories(static_cast<int>(cells.size()), cells.front().data, schedule, wanted, true, false);
    m_moments.reserve(cells.size());
    for (const Cell& cell : cells) m_moments.push_back(secondMoment(cell.data, options.exponent));
    if (options.method == Method::Adaptive) {
        m_integrator = std::make_unique<AdaptiveCells>(m_cells, m_moments, options, *m_result);
    } else {
        m_eigenvaluesGiven = givesEigenvalues(m_result->dim);
        m_integrator = fixedSteps(m_cells, m_moments, schedule, options, *m_result);
    }
}

Trajectories Integration::finish() && {
    for (std::size_t i = 0; i < m_cells.size(); ++i)
        observeCell(*m_result, static_cast<int>(i), m_cells[i].data, m_moments[i].asDiagonal(),
                    m_eigenvaluesGiven);
    return std::move(*m_result);
}

}  // namespace concept_space::theory
