// SPDX-License-Identifier: Apache-2.0
#include "experiments/phases.hpp"

#include <atomic>
#include <latent/learn/parallel.hpp>

#include "experiments/phase_column.hpp"
#include "experiments/phases_plan.hpp"

namespace markov_mixtures {
namespace {

/// One model in training, and what it is compared with. Not copied: the reference looks at the bank.
struct Cell {
    TrainPlan plan;
    AlgorithmBank bank;
    MixtureTraining training;
    std::optional<Reference> reference;

    /// What attention is looked at on, as in markov/train: the beginning of the first new chain's sequence.
    std::span<const Token> example() const {
        return reference->set(kOod).replicates.front().contexts.sequence(0).first(
            static_cast<std::size_t>(plan.attentionLength));
    }

    explicit Cell(const latent::Parameters& p)
        : plan(TrainPlan::of(p)),
          bank(std::make_shared<const Mixture>(mixtureOf(p)), bankOptionsOf(p)),
          training(bank.mixture(), plan.training, 1) {}
};

std::string prefixOf(std::size_t n) { return "model_" + std::to_string(n); }

void publishFrame(latent::Job& job, const std::vector<std::unique_ptr<Cell>>& cells,
                  const std::vector<std::int64_t>& diversity) {
    const TrainPlan& plan = cells.front()->plan;
    const std::vector<int>& lengths = plan.evaluation.contextLength;
    job.publish("chains", diversity);
    job.publish("context_length", std::vector<std::int32_t>(lengths.begin(), lengths.end()));
    std::vector<std::int32_t> scored;
    for (const std::size_t m : proximityPlaces(lengths)) scored.push_back(lengths[m]);
    job.publish("score_length", scored);
    job.publish("algorithm", counted(kFour.size()));
    job.publish("layer", counted(static_cast<std::size_t>(plan.training.shape.layers)));
    job.publish("head", counted(static_cast<std::size_t>(plan.training.shape.heads)));
    for (const char* name : {"query", "key"})
        job.publish(name, counted(static_cast<std::size_t>(plan.attentionLength)));
    std::vector<double> thresholds;
    for (std::size_t t = 0; t < kThresholds; ++t) thresholds.push_back(threshold(t));
    job.publish("threshold", thresholds);
    const std::vector<std::int64_t> shape{static_cast<std::int64_t>(cells.size()), 4,
                                          static_cast<std::int64_t>(lengths.size())};
    for (const auto& [set, word] : {std::pair{kId, "id"}, {kOod, "ood"}}) {
        std::vector<double> matrix, position;
        for (const auto& cell : cells) {
            const ReferenceSet& of = cell->reference->set(set);
            matrix.insert(matrix.end(), of.klMatrix.begin(), of.klMatrix.end());
            position.insert(position.end(), of.klPosition.begin(), of.klPosition.end());
        }
        job.publish(std::string("algorithm_kl_matrix_") + word, {matrix, shape});
        job.publish(std::string("algorithm_kl_position_") + word, {position, shape});
    }
}

}  // namespace

latent::Schema Phases::parameters() { return phasesParameters(); }
latent::Outputs Phases::outputs(const latent::Parameters& p) { return phasesOutputs(p); }

void Phases::run(const latent::Parameters& p, latent::Job& job) {
    const std::vector<std::int64_t> diversity = diversityOf(p);
    std::vector<std::unique_ptr<Cell>> cells;
    for (const std::int64_t chains : diversity) cells.push_back(std::make_unique<Cell>(cellOf(p, chains)));
    const std::vector<std::int64_t>& checkpoints = cells.front()->plan.checkpoints;
    const auto& shape = cells.front()->plan.training.shape;
    PhaseColumn column(cells.size(), cells.front()->plan.evaluation.contextLength,
                       {static_cast<std::size_t>(shape.layers), static_cast<std::size_t>(shape.heads),
                        static_cast<std::size_t>(cells.front()->plan.attentionLength)});
    std::size_t columns = 0;  // that are full and published
    if (const auto resumed = job.resumed()) {
        requireSameChains(cellOf(p, diversity.back()), cells.back()->bank.mixture(), *resumed);
        for (std::size_t n = 0; n < cells.size(); ++n)
            cells[n]->training.trainer().restore(*resumed, prefixOf(n));
        columns = resumed->values().at("columns").get<std::size_t>();
        column.restore(*resumed);
    }
    const auto checkpoint = [&] {
        latent::State state;
        std::int64_t done = 0;
        for (std::size_t n = 0; n < cells.size(); ++n) {
            state.add(cells[n]->training.trainer().save(prefixOf(n)));
            done += cells[n]->training.stepsDone();
        }
        state.values["columns"] = columns;
        keepChains(cellOf(p, diversity.back()), cells.back()->bank.mixture(), state);
        column.save(state);
        job.checkpoint(done, state);
    };

    const std::int64_t total = checkpoints.back() * static_cast<std::int64_t>(cells.size());
    std::atomic<std::int64_t> steps{0};
    for (const auto& cell : cells) steps += cell->training.stepsDone();
    job.progress(steps, total, "steps of all models");
    const Effort alone{1, [&] { return !job.stopRequested(); }};
    latent::learn::forEachIndex(cells.size(), job.threads(), [&](std::size_t n) {
        cells[n]->reference =
            Reference::make(cells[n]->bank, cells[n]->plan.evaluation, cells[n]->plan.reference, alone);
    });
    for (const auto& cell : cells)
        if (!cell->reference) return checkpoint();
    publishFrame(job, cells, diversity);

    while (columns < checkpoints.size()) {
        const std::int64_t until = checkpoints[columns];
        std::atomic<bool> left{false};
        latent::learn::forEachIndex(cells.size(), job.threads(), [&](std::size_t n) {
            Cell& cell = *cells[n];
            if (column.has(n)) return;
            while (cell.training.stepsDone() < until && !left) {
                const double loss = cell.training.step();
                job.metric("train_loss_" + std::to_string(diversity[n]), cell.training.stepsDone(), loss);
                job.progress(++steps, total, "steps of all models");
                if (job.stopRequested()) left = true;
            }
            if (left) return;
            const auto& model = cell.training.predictor();
            if (const std::optional<Snapshot> snapshot = explain(model, *cell.reference, alone))
                column.set(n, *snapshot, model.attention(cell.example(), 1));
            else
                left = true;
        });
        if (left) return checkpoint();
        column.publish(job, until);
        column.clear();
        ++columns;
        if (columns < checkpoints.size() && job.checkpointDue()) checkpoint();
    }
}

}  // namespace markov_mixtures
