// SPDX-License-Identifier: Apache-2.0
// The plugin: one experiment and one probe around descent.hpp. Everything that the workbench shows of them (the form,
// the command line, live curves, figures, the report) comes from what is declared here.

#include <cmath>
#include <latent/latent.hpp>
#include <latent/learn/loop.hpp>
#include <numeric>
#include <string>
#include <vector>

#include "descent.hpp"

namespace {

using latent::view::lines;
using latent::view::series;
using latent::view::trajectory;

/// bowl/descent: runs the descent and records where it is.
struct DescentExperiment final : latent::Experiment {
    static latent::About about() {
        return {"bowl/descent", "Noisy descent in a bowl",
                "Gradient descent with noise on a quadratic loss, against its closed form."};
    }

    // Read once, when the plugin is admitted. Each parameter becomes a field of the form, a `--set name=value` of the
    // command line, and a row of the manual; values outside the ranges never reach run().
    static latent::Schema parameters() {
        using namespace latent;
        return Schema{}
            .group("Landscape")
            .add(numbers("curvature", {1, 0.1})
                     .above(0)
                     .atMost(100)
                     .length(2, 8)
                     .help("Second derivative of the loss along each axis."))
            .add(number("noise", 0.5)
                     .range(0, 100)
                     .help("Standard deviation of the noise on each component of the gradient."))
            .group("Descent")
            .add(number("learning_rate", 0.1)
                     .above(0)
                     .atMost(2)
                     .logarithmic()
                     .help("Must be below 2 / curvature, or the descent diverges."))
            .add(integer("steps", 200'000).range(100, 100'000'000).logarithmic())
            .add(choice("start", {{"corner", "In a corner"}, {"bottom", "At the bottom"}}, "corner"))
            .add(number("distance", 10)
                     .above(0)
                     .atMost(1000)
                     .visibleWhen("start", "corner")
                     .help("Where each coordinate starts."))
            .add(latent::seed("seed").help(
                "Runs that differ in nothing else are the repetitions that claims need."))
            .group("Recording")
            .add(integer("record_every", 50).range(1, 1'000'000).unit("steps"))
            .add(flag("record_position", true).help("Off, only the loss is recorded."))
            .preset("smoke", {{"steps", 2000}, {"record_every", 10}}, "Under a second, to see that it works.")
            .preset("laptop", {}, "Long enough for the claim.");
    }

    // What a run will hold, for these parameters: called before run(), so it has to be cheap. `step` is the dimension
    // that grows; the array of the same name is its coordinate.
    latent::Outputs outputs(const latent::Parameters& p) override {
        using namespace latent;
        Outputs o;
        o.array("step", I64, {grows("step")}).units("1").label("step");
        o.array("loss", F64, {grows("step")}).units("1").label("loss");
        o.array("plateau", F64, {fixed("prediction", 1)})
            .units("1")
            .label("closed form of the loss in the long run");
        o.metric("loss").label("loss");
        o.figure(lines("loss")
                     .title("Loss")
                     .caption("The descent ends on the plateau that the noise allows.")
                     .x("step")
                     .y({.scale = view::Log})
                     .series(series("loss").label("run"))
                     .referenceY({"plateau", {{"prediction", 0}}}, "closed form")
                     .cursor("step", "step"));
        if (p.flag("record_position")) {
            o.array("position", F64, {grows("step"), fixed("axis", p.numbers("curvature").size())})
                .units("1")
                .label("position");
            o.figure(trajectory("path")
                         .title("Path")
                         .caption("The first two coordinates; the steep one settles first.")
                         .series(view::xy({"position", {{"axis", 0}}}, {"position", {{"axis", 1}}})
                                     .colourByDimension("step")
                                     .markAt(view::cursor("step")))
                         .cursor("step", "step", true));
        }
        return o;
    }

    // The work. runLoop() reports progress, pauses, stops, checkpoints and resumes; what it needs to know is how to do
    // one step, and what to save and restore. Rows that were published after the last checkpoint are taken back by a
    // resume, so the recording below never has to think of it.
    void run(const latent::Parameters& p, latent::Job& job) override {
        bowl::Descent descent(settingsOf(p));
        if (!bowl::converges(descent.settings()))
            throw latent::RunError(
                "The descent diverges: learning_rate must be below 2 / curvature for every axis.");
        const int64_t every = p.integer("record_every");
        const bool withPosition = p.flag("record_position");
        job.publish("plateau", std::vector<double>{bowl::plateau(descent.settings())});

        latent::learn::Loop loop;
        loop.steps = p.integer("steps");
        loop.stride = 256;
        loop.step = [&](int64_t step) {
            if (step % every == 0) record(job, step, descent, withPosition);
            descent.advance(step);
        };
        loop.save = [&] { return latent::State{{}, {{"position", descent.position()}}}; };
        loop.restore = [&](const latent::Resumed& saved) {
            descent.moveTo(saved.array("position").toDoubles());
        };
        latent::learn::runLoop(job, loop);
    }

    // What is claimed, before anything is measured: about which number, repeated over what, on which side of which
    // value. The host judges; a plugin never gives a verdict.
    static std::vector<latent::Claim> claims() {
        using namespace latent;
        return {Claim("plateau",
                      "Descent with noise settles at the loss that the stationary AR(1) variance predicts.")
                    .source("J. D. Hamilton, Time Series Analysis, 1994", "section 3.4")
                    .estimand("mean loss over the second half of the run, divided by the closed form")
                    .unit("1")
                    .each(Replication::Seed)
                    .by(Interval::Mean)
                    .equals(1, 0.05)
                    .control(
                        Control("descent", "The start lies above the plateau, so there was a descent to see.")
                            .by(Interval::Mean)
                            .greaterThan(1))};
    }

    // The numbers for it: one for each run, because a seed is what is independent. Steps of one run are not.
    void measure(const latent::RunSet& runs, latent::Evidence& out) override {
        std::vector<double> settled, start;
        std::vector<std::string> seeds;
        for (const latent::Run& run : runs) {
            const double expected = bowl::plateau(settingsOf(run.parameters()));
            if (expected <= 0 || !run.has("loss")) continue;
            const std::vector<double> loss = run.read("loss").toDoubles();
            if (loss.size() < 2) continue;
            const auto half = loss.begin() + static_cast<std::ptrdiff_t>(loss.size() / 2);
            settled.push_back(std::accumulate(half, loss.end(), 0.0) /
                              static_cast<double>(loss.end() - half) / expected);
            start.push_back(loss.front() / expected);
            seeds.push_back("seed " + std::to_string(run.parameters().seed("seed")));
        }
        if (settled.empty()) {
            out.notMeasured("plateau", "No run has both noise and a recorded loss, so there is no plateau.");
            return;
        }
        out.claim("plateau").values(settled).units(seeds).control("descent").values(start).units(seeds);
    }

  private:
    static bowl::Settings settingsOf(const latent::Parameters& p) {
        return {p.numbers("curvature"), p.number("noise"), p.number("learning_rate"),
                p.choice("start") == "corner" ? p.number("distance") : 0.0, p.seed("seed")};
    }

    static void record(latent::Job& job, int64_t step, const bowl::Descent& descent, bool withPosition) {
        const double loss = descent.loss();
        job.metric("loss", step, loss);                      // the live curve
        job.publish("step", latent::ArrayView(&step, {1}));  // one more row of each growing array
        job.publish("loss", latent::ArrayView(&loss, {1}));
        const auto axes = static_cast<int64_t>(descent.position().size());
        if (withPosition) job.publish("position", latent::ArrayView(descent.position(), {1, axes}));
    }
};

/// bowl/what_if: where would the loss go from the end of a run, without noise and with another learning rate? It is
/// kept warm while a person drags a slider, so open() reads and answer() only computes.
struct WhatIf final : latent::Probe {
    static latent::About about() {
        return {"bowl/what_if", "Another learning rate from here",
                "The loss from the end of a run, without noise."};
    }
    static latent::Schema parameters() {
        return latent::Schema{}
            .add(latent::number("learning_rate", 0.1).above(0).atMost(2).logarithmic())
            .add(latent::integer("steps", 200).range(2, 10'000));
    }

    void open(const latent::Run* run) override {
        if (!run->has("position"))
            throw latent::RunError("This run has no positions: start it with record_position on.");
        m_curvature = run->parameters().numbers("curvature");
        const std::vector<double> all = run->read("position").toDoubles();
        if (all.size() < m_curvature.size())
            throw latent::RunError("This run has not recorded a position yet.");
        m_position.assign(all.end() - static_cast<std::ptrdiff_t>(m_curvature.size()), all.end());
    }

    latent::Outputs outputs(const latent::Parameters& p) override {
        latent::Outputs o;
        o.array("ahead", latent::I64, {latent::fixed("ahead", p.integer("steps"))})
            .units("1")
            .label("steps from here");
        o.array("loss", latent::F64, {latent::fixed("ahead", p.integer("steps"))}).units("1").label("loss");
        o.figure(lines("loss")
                     .title("Loss from here")
                     .x("ahead")
                     .y({.scale = latent::view::Log})
                     .series(series("loss")));
        return o;
    }

    void answer(const latent::Parameters& p, latent::Reply& reply) override {
        const auto steps = static_cast<std::size_t>(p.integer("steps"));
        std::vector<int64_t> ahead(steps);
        std::iota(ahead.begin(), ahead.end(), int64_t{0});
        std::vector<double> loss(steps);
        std::vector<double> position = m_position;
        for (std::size_t i = 0; i < steps; ++i) {
            loss[i] = bowl::lossAt(m_curvature, position);
            for (std::size_t axis = 0; axis < position.size(); ++axis)
                position[axis] *= 1 - p.number("learning_rate") * m_curvature[axis];
        }
        reply.array("ahead", ahead);
        reply.array("loss", loss);
        reply.values({{"final_loss", loss.back()}});
    }

  private:
    std::vector<double> m_curvature, m_position;
};

}  // namespace

LATENT_PLUGIN(DescentExperiment, WhatIf);
