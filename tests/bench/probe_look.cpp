// SPDX-License-Identifier: Apache-2.0
// Latency of icl/look while its sliders are dragged over a run: every question another layer and context, or other components alone. Aim: below 50 ms.
//
//     tests/bench/make_recording.py r.safetensors;  latent run icl/analysis --set recording=r.safetensors --out RUN
//     bench_probe_look build/release/lib/latent/plugins RUN                33 layers of 5,000 tokens, 200 questions
//     bench_probe_look build/release/lib/latent/plugins RUN 200 33 5000 still        layer and context stay
#include "probe_bench.hpp"

int main(int argc, char** argv) {
    using namespace latent::bench;
    if (const auto ended = probeChild(argc, argv, "icl/look")) return *ended;
    if (argc < 3)
        return std::fprintf(stderr,
                            "usage: bench_probe_look PLUGINS RUN [REQUESTS [LAYERS [TOKENS [still]]]]\n"),
               2;
    const int requests = argc > 3 ? std::atoi(argv[3]) : 200, layers = argc > 4 ? std::atoi(argv[4]) : 33,
              tokens = argc > 5 ? std::atoi(argv[5]) : 5000;
    const bool still = argc > 6;
    const auto question = [&](int i) {
        const int at = i + 1;
        return nlohmann::json{{"layer", still ? layers / 2 : at * 7 % layers},
                              {"context", still ? tokens : tokens / 5 + at * 37 % (tokens * 4 / 5)},
                              {"component_x", 1 + at % 3},
                              {"component_y", 4 + at % 2},
                              {"word", at % 16}};
    };
    return measureProbe({.name = "probe_look",
                         .probe = "icl/look",
                         .plugins = argv[1],
                         .requests = requests,
                         .question = question,
                         .about = {{"layers", layers}, {"tokens", tokens}, {"still", still}},
                         .run = argv[2]});
}
