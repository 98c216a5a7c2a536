// SPDX-License-Identifier: Apache-2.0
#include "experiments/theory.hpp"

#include <latent/learn/parallel.hpp>
#include <numeric>

#include "experiments/theory_model.hpp"

namespace concept_space {
namespace {

/// Cells that one thread solves at a time: enough for several lane groups, few enough to stay in the second cache level.
constexpr std::size_t kBlock = 32;
/// Cells between two publications: commits of some tens of megabytes.
constexpr std::size_t kPublished = 256;

/// The solutions of consecutive cells, solved block by block on `threads` threads.
std::vector<theory::Trajectories> solveBlocks(const TheoryModel& model,
                                              const std::vector<theory::Cell>& cells, int threads) {
    const std::size_t blocks = (cells.size() + kBlock - 1) / kBlock;
    std::vector<theory::Trajectories> solved(blocks);
    latent::learn::forEachIndex(blocks, threads, [&](std::size_t block) {
        const std::size_t begin = block * kBlock;
        solved[block] = model.solve(std::span(cells).subspan(begin, std::min(kBlock, cells.size() - begin)));
    });
    return solved;
}

void warnOfBreakdown(const theory::Trajectories& t, latent::Job& job, std::size_t first, bool several) {
    for (std::size_t i = 0; i < t.outcomes.size(); ++i) {
        if (!t.outcomes[i].breakdownTime) continue;
        job.log((several ? "Cell " + std::to_string(first + i) + ": the" : std::string("The")) +
                    " state left the range of numbers at t = " +
                    std::to_string(*t.outcomes[i].breakdownTime) + "; frames after it hold NaN.",
                latent::Level::Warning);
    }
}

void sayWhatIsLeftOut(const TheoryModel& model, latent::Job& job) {
    if (!model.wanted.nodeLoss)
        job.log("node_loss is left out: its 2^s losses a frame are published for up to " +
                std::to_string(theory::kMostNodeConcepts) + " concepts, and mu has more entries.");
}

/// Publishes arrays of `t` for all its cells; a single run has no cell axis.
void publish(const theory::Trajectories& t, const std::vector<std::vector<double>>& mu,
             const std::vector<double>& learned, latent::Job& job, bool cellAxis) {
    const auto send = [&](const std::string& name, const double* data, std::vector<std::int64_t> shape) {
        if (cellAxis) shape.insert(shape.begin(), t.cells);
        job.publish(name, latent::ArrayView(data, std::move(shape)));
    };
    std::vector<double> time, speed, learningTime, swingBy, descents;
    for (int cell = 0; cell < t.cells; ++cell) {
        const auto index = static_cast<std::size_t>(cell);
        const CurveSummary summary = summarise(t, cell, mu[index], learned[index]);
        time.insert(time.end(), t.time.begin(), t.time.end());
        speed.insert(speed.end(), summary.speed.begin(), summary.speed.end());
        learningTime.insert(learningTime.end(), summary.learning_time.begin(), summary.learning_time.end());
        swingBy.push_back(summary.swing_by);
        descents.push_back(summary.descents);
    }
    send("time", time.data(), {t.frames});
    for (const TheoryArray& array : theoryArrays(t)) send(array.name, array.data, array.shape);
    send("speed", speed.data(), {t.frames});
    send("learning_time", learningTime.data(), {static_cast<std::int64_t>(mu.front().size())});
    send("swing_by", swingBy.data(), {});
    send("rise", swingBy.data(), {1});
    send("descents", descents.data(), {});
    const auto sendCounted = [&](const char* name, std::int64_t size) {
        std::vector<std::int32_t> places;
        for (int cell = 0; cell < (cellAxis ? t.cells : 1); ++cell)
            for (std::int64_t i = 0; i < size; ++i) places.push_back(static_cast<std::int32_t>(i));
        job.publish(name, latent::ArrayView(places.data(), cellAxis ? std::vector<std::int64_t>{t.cells, size}
                                                                    : std::vector<std::int64_t>{size}));
    };
    for (const char* name : {"row", "col"}) sendCounted(name, t.dim);
    sendCounted("concept", static_cast<std::int64_t>(mu.front().size()));
    if (!t.nodeLoss.empty()) sendCounted("node", std::int64_t{1} << t.concepts);
}

}  // namespace

latent::Schema Theory::parameters() { return theoryParameters(); }

latent::Outputs Theory::outputs(const latent::Parameters& p) {
    requireSolvable(p);  // before there is a run
    return theoryOutputs(p);
}

void Theory::run(const latent::Parameters& p, latent::Job& job) {
    const theory::Cell cell = theoryCell(p);
    const TheoryModel model = TheoryModel::of(p);
    const theory::Trajectories t = model.solve({&cell, 1});
    sayWhatIsLeftOut(model, job);
    warnOfBreakdown(t, job, 0, false);
    publish(t, {cell.data.mu}, {p.number("learned")}, job, false);
    job.progress(1, 1, "solved");
}

std::string Theory::batchKey(const latent::Parameters& p) {
    nlohmann::json key;
    for (const char* name : {"model", "bias", "dim", "t_end", "steps", "frames", "frame_spacing", "method",
                             "tolerance", "exponent", "decomposition"})
        key[name] = p.json().at(name);
    key["concepts"] = p.numbers("mu").size();
    return key.dump();
}

void Theory::runBatch(const std::vector<latent::Parameters>& parameters, latent::Job& job) {
    const TheoryModel model = TheoryModel::of(parameters.front());
    const std::size_t total = parameters.size();
    sayWhatIsLeftOut(model, job);
    const auto resumed = job.resumed();
    for (std::size_t first = resumed ? resumed->values().at("cells").get<std::size_t>() : 0; first < total;
         first += kPublished) {
        const std::size_t count = std::min(kPublished, total - first);
        std::vector<theory::Cell> cells;
        for (std::size_t i = 0; i < count; ++i) cells.push_back(theoryCell(parameters[first + i]));
        std::size_t done = first;
        for (const theory::Trajectories& t : solveBlocks(model, cells, job.threads())) {
            std::vector<std::vector<double>> mu;
            std::vector<double> learned;
            for (int i = 0; i < t.cells; ++i) {
                mu.push_back(cells[done - first + static_cast<std::size_t>(i)].data.mu);
                learned.push_back(parameters[done + static_cast<std::size_t>(i)].number("learned"));
            }
            warnOfBreakdown(t, job, done, true);
            publish(t, mu, learned, job, true);
            done += static_cast<std::size_t>(t.cells);
        }
        job.progress(static_cast<std::int64_t>(done), static_cast<std::int64_t>(total), "cells");
        const bool leave = done < total && job.stopRequested();
        if (leave || (done < total && job.checkpointDue()))
            job.checkpoint(static_cast<std::int64_t>(done), {{{"cells", done}}, {}});
        if (leave) return;
    }
}

}  // namespace concept_space
