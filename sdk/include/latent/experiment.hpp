// SPDX-License-Identifier: Apache-2.0
#pragma once
// What a plugin contributes: an Experiment, a Probe, a DataSource. Authors derive from one of these, add the static
// functions about(), parameters() and (experiments) claims(), and name the class in LATENT_PLUGIN.
//
// The host makes one object per run or probe, calls it on the worker's main thread, and it is destroyed after. Members
// may throw; the sentence reaches the user. What is pure virtual has to be written (outputs, and run, answer or preview);
// the rest has defaults.
//
//     struct Walk final : latent::Experiment {
//         static latent::About about() { return {"demo/walk", "Random walk", "How far a walk gets."}; }
//         static latent::Schema parameters() { return latent::Schema{}.add(latent::integer("steps", 1000).range(1, 1e6)); }
//         latent::Outputs outputs(const latent::Parameters& p) override;
//         void run(const latent::Parameters& p, latent::Job& job) override;
//     };
//     LATENT_PLUGIN(Walk);

#include <string>
#include <vector>

#include "latent/claim.hpp"
#include "latent/job.hpp"
#include "latent/outputs.hpp"
#include "latent/parameters.hpp"
#include "latent/reply.hpp"
#include "latent/run_set.hpp"
#include "latent/schema.hpp"

namespace latent {

/// Identity of a contribution: a stable id like "sim/theory", a title, and one line of what it gives.
struct About {
    std::string id;
    std::string title;
    std::string summary;
};

/// Trains, fits or analyses: makes a run.
class Experiment {
  public:
    virtual ~Experiment() = default;
    /// The arrays that run() will publish for these parameters, and the figures over them. Cheap: forms call it.
    virtual Outputs outputs(const Parameters& parameters) = 0;
    virtual void run(const Parameters& parameters, Job& job) = 0;

    /// Sweeps run cells of one key together in runBatch(); an empty key: each cell is its own run.
    virtual std::string batchKey(const Parameters&) { return {}; }
    /// Every published array then has a leading axis `cell` of cells.size().
    virtual void runBatch(const std::vector<Parameters>&, Job&) {
        throw UsageError("This experiment gives a batch key but has no runBatch().");
    }

    /// What the experiment's papers say, declared before anything is measured (hidden by a static of your own).
    static std::vector<Claim> claims() { return {}; }
    /// The numbers behind the claims, one per independent unit; the host judges.
    virtual void measure(const RunSet&, Evidence&) {}
};

/// An interactive question, answered while a person drags a slider: aim at 50 ms, send partial answers if longer.
class Probe {
  public:
    virtual ~Probe() = default;
    /// `run` is null when the probe needs none (static bool needsRun() says which); valid as long as the probe.
    virtual void open(const Run* run) { (void)run; }
    virtual Outputs outputs(const Parameters& parameters) = 0;
    virtual void answer(const Parameters& parameters, Reply& reply) = 0;
    static bool needsRun() { return true; }
};

/// Makes or loads a data set, and shows a small part of it quickly.
class DataSource {
  public:
    virtual ~DataSource() = default;
    virtual Outputs outputs(const Parameters& parameters) = 0;
    virtual void preview(const Parameters& parameters, Reply& reply) = 0;
    /// The whole data set, published as the arrays of a run that `dataset` parameters then name.
    virtual void run(const Parameters& parameters, Job& job) = 0;
};

}  // namespace latent
