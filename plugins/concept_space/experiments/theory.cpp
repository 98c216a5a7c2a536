// SPDX-License-Identifier: Apache-2.0
#include "experiments/theory.hpp"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <latent/learn/parallel.hpp>
#include <numeric>
#include <optional>

#include "experiments/theory_model.hpp"
#include "model/theory/integration.hpp"

namespace concept_space {
namespace {

/// Cells that one thread solves at a time: enough for several lane groups, few enough to stay in the second cache level.
constexpr std::size_t kBlock = 32;
/// Cells between two publications: commits of some tens of megabytes.
constexpr std::size_t kPublished = 256;

/// Fewer cells between two publications where each takes long, so that a kill loses about a minute, or one group of lanes
/// on each thread where that takes longer.
std::size_t publishedAtOnce(const TheoryModel& model, const theory::Cell& cell, int threads) {
    const double d = cell.data.dim, operations = 8 * d * d * d * static_cast<double>(model.schedule.steps());
    const double minute = 1e11 * threads;
    const std::size_t fewest =
        static_cast<std::size_t>(8 * threads);  // the lanes of one group for each thread
    return std::clamp(static_cast<std::size_t>(std::min(minute / operations, 1e6)),
                      std::min(fewest, kPublished), kPublished);
}

/// The solutions of consecutive cells, solved block by block on all threads; nothing when the job has to leave.
std::optional<std::vector<theory::Trajectories>> solveBlocks(const TheoryModel& model,
                                                             const std::vector<theory::Cell>& cells,
                                                             const latent::Job& job) {
    const auto threads = static_cast<std::size_t>(std::max(1, job.threads()));
    const std::size_t size = std::clamp((cells.size() + threads - 1) / threads, std::size_t{1}, kBlock);
    const std::size_t blocks = (cells.size() + size - 1) / size;
    std::vector<theory::Trajectories> solved(blocks);
    std::atomic<bool> leave{false};
    latent::learn::forEachIndex(blocks, job.threads(), [&](std::size_t block) {
        const std::size_t begin = block * size;
        auto solution =
            model.solveUnless(std::span(cells).subspan(begin, std::min(size, cells.size() - begin)),
                              [&] { return leave.load() || job.stopRequested(); });
        solution ? void(solved[block] = std::move(*solution)) : leave.store(true);
    });
    if (leave) return std::nullopt;
    return solved;
}

latent::State stateOf(const theory::Halfway& halfway) {
    latent::State state;
    state.arrays = {{"place", latent::ArrayView(halfway.place)},
                    {"state", latent::ArrayView(halfway.state)},
                    {"weights", latent::ArrayView(halfway.weights)}};
    return state;
}

theory::Halfway halfwayOf(const latent::Resumed& resumed) {
    return {resumed.array("place").toDoubles(), resumed.array("state").toDoubles(),
            resumed.array("weights").toDoubles()};
}

/// The solution of one cell, in stretches that a pause and a kill fit between; nothing when the job has to leave.
std::optional<theory::Trajectories> solveOne(const TheoryModel& model, const theory::Cell& cell,
                                             latent::Job& job) {
    if (!model.symmetric) return model.solve({&cell, 1});  // a closed form
    theory::Integration flow({&cell, 1}, model.schedule, model.symmetricOptions, model.wanted);
    if (const auto resumed = job.resumed()) flow.restore(halfwayOf(*resumed));
    const std::int64_t steps =
        model.schedule.steps();  // the adaptive method takes its own; their share of the time counts
    while (!flow.done()) {
        flow.advance();
        if (flow.done()) break;
        const auto done =
            static_cast<std::int64_t>(std::llround(flow.fraction() * static_cast<double>(steps)));
        job.progress(done, steps, "steps");
        const bool leave = job.stopRequested();
        if (leave || job.checkpointDue()) job.checkpoint(done, stateOf(flow.save()));
        if (leave) return std::nullopt;
    }
    return std::move(flow).finish();
}

void warnOfBreakdown(const theory::Trajectories& t, latent::Job& job, std::size_t first, bool several) {
    for (std::size_t i = 0; i < t.outcomes.size(); ++i) {
        if (!t.outcomes[i].breakdownTime) continue;
        job.log((several ? "Cell " + std::to_string(first + i) + ": " : std::string()) +
                    breakdownSentence(t.outcomes[i]),
                latent::Level::Warning);
    }
}

void sayWhatIsLeftOut(const latent::Parameters& p, const TheoryModel& model, latent::Job& job) {
    if (model.symmetric && p.flag("bias")) job.log("bias is left out: only the one-layer model has biases.");
    if (!model.symmetric && p.flag("decomposition"))
        job.log("decomposition is left out: only the symmetric model has it.");
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
    sayWhatIsLeftOut(p, model, job);
    const std::optional<theory::Trajectories> t = solveOne(model, cell, job);
    if (!t) return;
    warnOfBreakdown(*t, job, 0, false);
    publish(*t, {cell.data.mu}, {p.number("learned")}, job, false);
    job.progress(model.schedule.steps(), model.schedule.steps(), "steps");
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
    sayWhatIsLeftOut(parameters.front(), model, job);
    const auto keep = [&](std::size_t done) {
        job.checkpoint(static_cast<std::int64_t>(done), {{{"cells", done}}, {}});
    };
    const auto resumed = job.resumed();
    std::size_t first = resumed ? resumed->values().at("cells").get<std::size_t>() : 0;
    const std::size_t atOnce = publishedAtOnce(model, theoryCell(parameters.front()), job.threads());
    while (first < total) {
        const std::size_t count = std::min(atOnce, total - first);
        std::vector<theory::Cell> cells;
        for (std::size_t i = 0; i < count; ++i) cells.push_back(theoryCell(parameters[first + i]));
        const auto solved = solveBlocks(model, cells, job);
        if (!solved) return keep(first);
        std::size_t done = first;
        for (const theory::Trajectories& t : *solved) {
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
        first = done;
        if (first == total) return;
        const bool leave = job.stopRequested();
        if (leave || job.checkpointDue()) keep(first);
        if (leave) return;
    }
}

}  // namespace concept_space
