// SPDX-License-Identifier: Apache-2.0
// Latency of markov/predict while a slider is dragged. Aim: a median below 50 ms for 2,048 chains of 10 states.
//
//     bench_probe_predict build/release/lib/latent/plugins                 200 questions, 10 states, 2,048 chains
//     bench_probe_predict build/release/lib/latent/plugins 200 2048 64     another number of chains and states
//     bench_probe_predict build/release/lib/latent/plugins 20 2048 10 new  every question with another mixture
#include "probe_bench.hpp"

int main(int argc, char** argv) {
    using namespace latent::bench;
    if (const auto ended = probeChild(argc, argv, "markov/predict")) return *ended;
    if (argc < 2)
        return std::fprintf(stderr,
                            "usage: bench_probe_predict PLUGINS [REQUESTS [CHAINS [STATES [new]]]]\n"),
               2;
    const int requests = argc > 2 ? std::atoi(argv[2]) : 200, chains = argc > 3 ? std::atoi(argv[3]) : 2048,
              states = argc > 4 ? std::atoi(argv[4]) : 10;
    const bool fresh = argc > 5;
    const auto question = [&](int i) {
        return nlohmann::json{{"chains", chains},
                              {"states", states},
                              {"length", 1 + (i + 1) * 37 % 400},
                              {"chain", i / 10 + 1},
                              {"seed", fresh ? i + 1 : 42}};
    };
    return measureProbe({.name = "probe_predict",
                         .probe = "markov/predict",
                         .plugins = argv[1],
                         .requests = requests,
                         .question = question,
                         .about = {{"chains", chains}, {"states", states}, {"new_mixtures", fresh}}});
}
