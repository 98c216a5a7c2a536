// SPDX-License-Identifier: Apache-2.0
#include "engine/sweep/ledger.hpp"

#include <algorithm>
#include <map>

namespace latent::engine {
namespace {

constexpr int kHopelessAfter = 8;

}  // namespace

Ledger::Ledger(const std::vector<PlannedCell>& cells)
    : m_cells(cells), m_alike(cells.size()), m_state(cells.size(), State::Waiting), m_links(cells.size()) {
    std::map<std::string, std::uint64_t> first;
    for (std::uint64_t cell = 0; cell < cells.size(); ++cell) {
        m_first.push_back(first.try_emplace(cells[cell].hash, cell).first->second);
        m_alike[m_first.back()].push_back(cell);
    }
}

const std::vector<std::uint64_t>& Ledger::alike(std::uint64_t cell) const { return m_alike[m_first[cell]]; }

std::vector<std::uint64_t> Ledger::open() const {
    std::vector<std::uint64_t> cells;
    for (std::uint64_t cell = 0; cell < m_cells.size(); ++cell)
        if (m_first[cell] == cell && m_state[cell] == State::Waiting) cells.push_back(cell);
    return cells;
}

void Ledger::planOpen() {
    std::map<std::size_t, LedgerJob> jobs;
    for (const std::uint64_t cell : open()) jobs[m_cells[cell].job].cells.push_back(cell);
    for (auto& [number, job] : jobs) {
        begun(job.cells);
        m_jobs.push_back(std::move(job));
    }
}

std::optional<LedgerJob> Ledger::next() {
    if (m_jobs.empty()) return std::nullopt;
    LedgerJob job = std::move(m_jobs.front());
    m_jobs.pop_front();
    return job;
}

void Ledger::again(LedgerJob job) {
    begun(job.cells);
    m_jobs.push_front(std::move(job));
}

void Ledger::begun(const std::vector<std::uint64_t>& cells) {
    for (const std::uint64_t cell : cells) m_state[m_first[cell]] = State::Begun;
}

void Ledger::settle(std::uint64_t cell, State state, const CellLink& link, std::vector<CellLink>& out) {
    for (const std::uint64_t same : alike(cell)) {
        CellLink own = link;
        own.index = same;
        if (own.hash.empty()) own.hash = m_cells[same].hash;  // a recalled one keeps what it was computed as
        m_state[same] = state;
        m_links[same] = own;
        out.push_back(std::move(own));
    }
}

std::vector<CellLink> Ledger::doneAt(std::uint64_t cell, const std::string& run, std::uint64_t cellIndex) {
    std::vector<CellLink> links;
    settle(cell, State::Done, {0, {}, run, cellIndex, "done", {}}, links);
    return links;
}

std::vector<CellLink> Ledger::done(const std::vector<std::uint64_t>& cells, const std::string& run) {
    std::vector<CellLink> links;
    for (std::uint64_t i = 0; i < cells.size(); ++i)
        settle(cells[i], State::Done, {0, {}, run, i, "done", {}}, links);
    m_anySuccess = true;
    return links;
}

std::vector<CellLink> Ledger::failed(const std::vector<std::uint64_t>& cells, const std::string& run,
                                     const std::string& reason) {
    ++m_failures;
    const bool hopeless = !m_anySuccess && m_failures >= kHopelessAfter;
    std::vector<CellLink> links;
    if (cells.size() > 1 && !hopeless) {
        const auto middle = cells.begin() + static_cast<std::ptrdiff_t>((cells.size() + 1) / 2);
        again({{middle, cells.end()}, {}});
        again({{cells.begin(), middle}, {}});
        return links;
    }
    for (std::uint64_t i = 0; i < cells.size(); ++i)
        settle(cells[i], State::Failed, {0, {}, run, i, "failed", reason}, links);
    return links;
}

void Ledger::recall(const CellLink& link) {
    if (link.index >= m_cells.size() || (link.state != "done" && link.state != "failed")) return;
    std::vector<CellLink> ignored;
    settle(link.index, link.state == "done" ? State::Done : State::Failed, link, ignored);
    if (link.state == "done") m_anySuccess = true;
}

std::size_t Ledger::count(State state) const {
    return static_cast<std::size_t>(std::count(m_state.begin(), m_state.end(), state));
}

}  // namespace latent::engine
