// SPDX-License-Identifier: Apache-2.0
// A plugin for the tests of the supervisor: what goes wrong with it goes wrong behind its results.
#include <chrono>
#include <cstdlib>
#include <latent/latent.hpp>
#include <thread>

namespace {

using namespace latent;

struct Late : Experiment {
    static About about() { return {"endings/late", "Ends badly", "A row, and then what `then` says."}; }
    static Schema parameters() {
        return Schema{}
            .add(choice("then", {"nothing", "crash", "hang", "wait"}, "nothing")
                     .help("Crash or hang while it is taken down; or wait for a stop before it ends."))
            .add(seed("seed", 0));
    }
    Outputs outputs(const Parameters&) override {
        Outputs o;
        o.array("row", F64, {fixed("n", 3)});
        return o;
    }
    void run(const Parameters& p, Job& job) override {
        m_then = p.choice("then");
        while (m_then == "wait" && !job.stopRequested())
            std::this_thread::sleep_for(std::chrono::milliseconds(5));
        const double row[] = {1, 2, 3};
        job.publish("row", ArrayView(row, {3}));
    }
    ~Late() override {
        if (m_then == "crash") std::abort();
        if (m_then == "hang") std::this_thread::sleep_for(std::chrono::minutes(5));
    }

  private:
    std::string m_then;
};

}  // namespace

LATENT_PLUGIN(Late);
