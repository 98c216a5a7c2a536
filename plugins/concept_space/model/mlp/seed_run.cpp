// SPDX-License-Identifier: Apache-2.0
#include "seed_run.hpp"

#include <algorithm>
#include <stdexcept>
#include <string>
#include <utility>

namespace concept_space::mlp {

namespace {

std::span<const float> lastRow(const std::vector<float>& rows, int length) {
    if (rows.size() < static_cast<std::size_t>(length))
        throw std::invalid_argument("A run needs at least one node of " + std::to_string(length) +
                                    " coordinates.");
    return std::span<const float>(rows).last(static_cast<std::size_t>(length));
}

}  // namespace

SeedRun::SeedRun(Trainer trainer, RecordPlan plan)
    : m_trainer(std::move(trainer)),
      m_plan(std::move(plan)),
      m_nodes(m_trainer.network().spec(), m_plan.nodes, m_trainer.kernels()),
      m_ood(m_trainer.network().spec(), lastRow(m_plan.nodes, m_trainer.network().spec().dim),
            m_trainer.kernels()) {
    const std::size_t dim = static_cast<std::size_t>(m_trainer.network().spec().dim);
    if (m_plan.coordinates < 1 || m_plan.basis.size() != static_cast<std::size_t>(m_plan.coordinates) * dim)
        throw std::invalid_argument("The basis must have one row of " + std::to_string(dim) +
                                    " numbers for each reported coordinate.");
    if (!std::is_sorted(m_plan.frames.begin(), m_plan.frames.end()))
        throw std::invalid_argument("The recorded steps must be in ascending order.");
}

bool SeedRun::advanceTo(std::uint64_t step, const std::atomic<bool>* stop) {
    if (m_trainer.stepsDone() < step) reserve(step - m_trainer.stepsDone());
    while (m_trainer.stepsDone() < step) {
        if (stop && stop->load(std::memory_order_relaxed)) return false;
        if (m_trainer.stepsDone() == 0) observe();  // with the first update, so that a stop never repeats it
        m_records.trainLoss.push_back(static_cast<float>(m_trainer.step()));
        observe();
    }
    return true;
}

/// Room for what the coming steps record, so that the loop does not allocate between frames.
void SeedRun::reserve(std::uint64_t steps) {
    m_records.trainLoss.reserve(m_records.trainLoss.size() + steps);
    if (m_plan.oodEvery == 0) return;
    const std::size_t losses = m_records.oodLoss.size() + steps / m_plan.oodEvery + 2;
    m_records.oodStep.reserve(losses);
    m_records.oodLoss.reserve(losses);
}

void SeedRun::observe() {
    const std::uint64_t now = m_trainer.stepsDone();
    if (m_plan.oodEvery > 0 && now % m_plan.oodEvery == 0) {
        m_ood.evaluate(m_trainer.network());
        m_records.oodStep.push_back(now);
        m_records.oodLoss.push_back(m_ood.loss(0));
    }
    if (m_nextFrame < m_plan.frames.size() && m_plan.frames[m_nextFrame] == now) {
        observeFrame();
        ++m_nextFrame;
    }
}

void SeedRun::observeFrame() {
    const Network& network = m_trainer.network();
    const std::size_t dim = static_cast<std::size_t>(network.spec().dim);
    const std::size_t rows = static_cast<std::size_t>(m_plan.coordinates);
    m_records.frame.push_back(m_trainer.stepsDone());
    m_nodes.evaluate(network);
    for (int v = 0; v < m_nodes.count(); ++v)
        m_records.nodeLoss.push_back(static_cast<float>(m_nodes.loss(v)));

    std::vector<float> y(dim);
    m_nodes.output(m_nodes.count() - 1, y);
    const double* basis = m_plan.basis.data();
    for (std::size_t p = 0; p < rows; ++p) {
        double sum = 0;
        for (std::size_t k = 0; k < dim; ++k) sum += basis[p * dim + k] * static_cast<double>(y[k]);
        m_records.output.push_back(static_cast<float>(sum));
    }
    if (!m_plan.matrix) return;
    const std::vector<double> columns =
        network.derivatives(lastRow(m_plan.nodes, network.spec().dim), m_plan.basis);
    for (std::size_t p = 0; p < rows; ++p)
        for (std::size_t q = 0; q < rows; ++q) {
            double sum = 0;
            for (std::size_t k = 0; k < dim; ++k) sum += basis[p * dim + k] * columns[k * rows + q];
            m_records.matrix.push_back(static_cast<float>(sum));
        }
}

void SeedRun::restore(const TrainerState& state) {
    m_trainer.restore(state);
    m_records = {};
    m_records.firstStep = state.step;
    // A state after at least one update has been observed already; state 0 is observed when the run starts.
    const auto first = m_plan.frames.begin();
    const auto next = state.step == 0 ? first : std::upper_bound(first, m_plan.frames.end(), state.step);
    m_nextFrame = static_cast<std::size_t>(next - first);
}

Records SeedRun::take() {
    Records taken = std::exchange(m_records, {});
    m_records.firstStep = m_trainer.stepsDone();
    return taken;
}

}  // namespace concept_space::mlp
