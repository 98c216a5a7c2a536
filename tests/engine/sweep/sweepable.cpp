// SPDX-License-Identifier: Apache-2.0
// A plugin for the tests of sweeps: y = x * time + seed, alone or many cells at once; chosen cells crash. Alone it adds
// the number in a file and the x of another run, where they are named.
#include <chrono>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <latent/latent.hpp>
#include <thread>

namespace {

using namespace latent;

constexpr std::int64_t kTimes = 6;

struct Alone : Experiment {
    static About about() { return {"sweepable/alone", "One cell a run", "A line, or a crash."}; }
    static Schema parameters() {
        return Schema{}
            .add(number("x", 1.0).range(-100, 100).unit("m").help("Slope."))
            .add(choice("kind", {"plain", "negative"}, "plain").help("Sign."))
            .add(number("crash_at", 1000.0).help("The x that crashes, unless there is a file `repair`."))
            .add(text("repair", "").help("While this file is missing, crash_at crashes."))
            .add(integer("length", kTimes).range(1, 100).help("How many times."))
            .add(integer("sleep_ms", 0).range(0, 60000).help("Before each time."))
            .add(path("file").optional().help("A number to add."))
            .add(runInput("base").optional().help("A run whose x is added."))
            .add(seed("seed", 0))
            .preset("smoke", {});
    }
    Outputs outputs(const Parameters& p) override {
        Outputs o;
        o.array("time", F64, {fixed("time", p.integer("length"))}).units("s");
        o.array("y", F64, {fixed("time", p.integer("length"))}).units("m");
        o.array("count", I32, {}).label("whole number");
        o.figure(view::lines("curve").x("time").series(view::series("y")).referenceY(p.number("x"), "slope"));
        return o;
    }
    static std::vector<double> values(const Parameters& p) {
        if (p.number("x") == p.number("crash_at") &&
            !(p.text("repair") != "" && std::filesystem::exists(p.text("repair"))))
            std::raise(SIGSEGV);
        std::vector<double> y;
        for (std::int64_t t = 0; t < p.integer("length"); ++t)
            y.push_back((p.choice("kind") == "negative" ? -1 : 1) * p.number("x") * static_cast<double>(t) +
                        static_cast<double>(p.integer("seed")));
        return y;
    }
    void run(const Parameters& p, Job& job) override {
        std::int64_t t = 0;
        if (const auto resumed = job.resumed()) t = resumed->values().at("t").get<std::int64_t>();
        for (; t < p.integer("length"); ++t) {
            if (p.integer("sleep_ms") > 0)
                std::this_thread::sleep_for(std::chrono::milliseconds(p.integer("sleep_ms")));
            job.progress(t + 1, p.integer("length"));
            if (job.stopRequested()) {
                State kept;
                kept.values = {{"t", t}};
                job.checkpoint(t, kept);
                return;
            }
        }
        std::vector<double> time;
        for (std::int64_t i = 0; i < p.integer("length"); ++i) time.push_back(static_cast<double>(i));
        std::vector<double> y = values(p);
        double more = 0;
        if (p.has("file")) std::ifstream(p.path("file")) >> more;
        if (p.has("base")) more += job.inputRun("base").parameters().number("x");
        for (double& one : y) one += more;
        const std::int32_t count = static_cast<std::int32_t>(p.integer("seed")) * 10;
        job.publish("time", ArrayView(time));
        job.publish("y", ArrayView(y));
        job.publish("count", ArrayView(&count, {}));
    }
};

struct Together : Alone {
    static About about() { return {"sweepable/together", "Many cells a run", "The same, batched."}; }
    std::string batchKey(const Parameters& p) override { return p.choice("kind"); }
    void runBatch(const std::vector<Parameters>& cells, Job& job) override {
        for (const Parameters& p : cells) {
            const std::vector<double> y = values(p);
            std::vector<double> time;
            for (std::size_t i = 0; i < y.size(); ++i) time.push_back(static_cast<double>(i));
            const std::int32_t count = static_cast<std::int32_t>(p.integer("seed")) * 10;
            job.publish("time", ArrayView(time.data(), {1, static_cast<std::int64_t>(time.size())}));
            job.publish("y", ArrayView(y.data(), {1, static_cast<std::int64_t>(y.size())}));
            job.publish("count", ArrayView(&count, {1}));
        }
    }
};

}  // namespace

LATENT_PLUGIN(Alone, Together);
