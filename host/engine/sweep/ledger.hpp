// SPDX-License-Identifier: Apache-2.0
#pragma once
// The book of a sweep that is being computed: which cells are done, which wait, which run computes which.
//
// It knows nothing of processes or files; the executor tells it what happened. Identical cells share one entry. A batch
// that failed is split in halves until the cell that does it is alone, so that it does not take the others with it;
// when eight jobs have failed and nothing has ever succeeded, what is left of a failed batch is given up with it. One
// thread.
//
//     Ledger ledger(cells);
//     for (auto job = ledger.next(); job; job = ledger.next()) run(*job);
//     ledger.done(job.cells, "run-name");   ledger.failed(job.cells, "run-name", "It crashed.");

#include <deque>
#include <optional>
#include <string>
#include <vector>

#include "engine/jobs/cell_links.hpp"
#include "engine/sweep/plan.hpp"

namespace latent::engine {

/// Cells (indices in the design, one of each group of identical ones) that one run computes.
struct LedgerJob {
    std::vector<std::uint64_t> cells;
    std::string run;  ///< a run that exists and is to be gone on with; empty: make one
};

class Ledger {
  public:
    explicit Ledger(const std::vector<PlannedCell>& cells);

    /// All cells that are identical to this one, itself among them.
    const std::vector<std::uint64_t>& alike(std::uint64_t cell) const;
    /// One of each group, with its hash.
    std::vector<std::uint64_t> open() const;

    /// Puts what waits into jobs, as planned; cells that are `taken` (begun elsewhere) stay out.
    void planOpen();
    std::optional<LedgerJob> next();
    /// Gives a job back to the front or takes one that an earlier executor began.
    void again(LedgerJob job);

    /// Each returns the links to record, one a cell of the design.
    std::vector<CellLink> done(const std::vector<std::uint64_t>& cells, const std::string& run);
    std::vector<CellLink> doneAt(std::uint64_t cell, const std::string& run, std::uint64_t cellIndex);
    /// Empty when the cells were put into new, smaller jobs.
    std::vector<CellLink> failed(const std::vector<std::uint64_t>& cells, const std::string& run,
                                 const std::string& reason);
    /// Takes over what an earlier executor recorded.
    void recall(const CellLink& link);
    /// Cells that a run works on; they are in no job until it has ended.
    void begun(const std::vector<std::uint64_t>& cells);

    std::size_t total() const { return m_state.size(); }
    std::size_t doneCells() const { return count(State::Done); }
    std::size_t failedCells() const { return count(State::Failed); }
    std::size_t waitingJobs() const { return m_jobs.size(); }
    bool isOpen(std::uint64_t cell) const {
        return m_state[cell] == State::Waiting || m_state[cell] == State::Begun;
    }
    const std::vector<std::optional<CellLink>>& links() const { return m_links; }

  private:
    enum class State { Waiting, Begun, Done, Failed };
    std::size_t count(State state) const;
    void settle(std::uint64_t cell, State state, const CellLink& link, std::vector<CellLink>& out);

    const std::vector<PlannedCell>& m_cells;
    std::vector<std::uint64_t> m_first;               ///< of each cell: the first identical one
    std::vector<std::vector<std::uint64_t>> m_alike;  ///< by first
    std::vector<State> m_state;
    std::vector<std::optional<CellLink>> m_links;
    std::deque<LedgerJob> m_jobs;
    int m_failures = 0;
    bool m_anySuccess = false;
};

}  // namespace latent::engine
