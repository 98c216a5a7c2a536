// SPDX-License-Identifier: Apache-2.0
#pragma once
// The training loop: steps, progress, pause, stop, checkpoint and resume in the one order that loses nothing.
//
// runLoop() restores the checkpoint when the attempt resumes one, calls `step` for each remaining step, saves whenever
// the host asks or the clock says so, and saves again before it leaves early. It runs on the thread of run(); `step`
// may use others. With a `save` that is complete (weights, optimiser, generators) the resumed run is bit-identical to
// an uninterrupted one. No LibTorch here: latent/learn/torch/state.hpp turns tensors into a State.
//
//     latent::learn::Loop loop;
//     loop.steps = 4720;
//     loop.step = [&](int64_t i) { job.metric("train_loss", i, net.step(batch(i))); };
//     loop.save = [&] { return latent::State{{}, {{"weights", net.weights()}}}; };
//     loop.restore = [&](const latent::Resumed& r) { net.load(r.array("weights")); };
//     if (latent::learn::runLoop(job, loop) == latent::learn::Ended::Finished) publishResult();

#include <cstdint>
#include <functional>
#include <latent/latent.hpp>

namespace latent::learn {

struct Loop {
    int64_t steps = 0;
    std::function<void(int64_t step)> step;  ///< does step `step`, 0-based
    std::function<State()> save;             ///< views of memory that stays valid until it is called again
    std::function<void(const Resumed&)> restore;  ///< the inverse of save
    /// Steps between two looks at the clock and the host. A look costs well under a microsecond.
    int64_t stride = 1;
    /// Steps after which a checkpoint is kept for good (log-spaced analyses); empty: none. 1-based count of done steps.
    std::function<bool(int64_t done)> keep;
    std::string unit = "steps";
    /// What progress counts up to, in `unit`, where one step of this loop is several of them; 0: `steps`.
    int64_t units = 0;
};

enum class Ended { Finished, Left };

/// The key under which the loop keeps its own place in the state.
inline constexpr const char* kLoopStep = "loop_step";

inline Ended runLoop(Job& job, const Loop& loop) {
    int64_t done = 0;
    if (const auto resumed = job.resumed()) {
        done = resumed->values().at(kLoopStep).get<int64_t>();
        loop.restore(*resumed);
    }
    const auto checkpoint = [&](Keep keep) {
        State state = loop.save();
        state.values[kLoopStep] = done;
        job.checkpoint(done, state, keep);
    };
    const int64_t units = loop.units > 0 ? loop.units : loop.steps;
    const auto tell = [&] { job.progress(loop.steps > 0 ? done * units / loop.steps : 0, units, loop.unit); };
    tell();
    while (done < loop.steps) {
        loop.step(done);
        ++done;
        if (loop.keep && loop.keep(done)) checkpoint(Keep::Forever);
        if (done % loop.stride != 0 && done != loop.steps) continue;
        tell();
        if (done == loop.steps) break;
        if (job.stopRequested()) {
            checkpoint(Keep::LastTwo);
            return Ended::Left;
        }
        if (job.checkpointDue()) checkpoint(Keep::LastTwo);
    }
    return Ended::Finished;
}

}  // namespace latent::learn
