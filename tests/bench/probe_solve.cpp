// SPDX-License-Identifier: Apache-2.0
// Latency of sim/solve while a slider is dragged. Aim: a median below 50 ms for d <= 16.
//
//     bench_probe_solve build/release/lib/latent/plugins          100 questions, d = 2, 4, 8, 16 in turn
//     bench_probe_solve build/release/lib/latent/plugins 400 16   400 questions, d = 16 only
//
// As many concepts as dimensions, but at most 12: sim/theory publishes 2^s node losses a frame.
#include "probe_bench.hpp"

int main(int argc, char** argv) {
    using namespace latent::bench;
    if (const auto ended = probeChild(argc, argv, "sim/solve")) return *ended;
    if (argc < 2) return std::fprintf(stderr, "usage: bench_probe_solve PLUGINS [REQUESTS [DIM]]\n"), 2;
    std::vector<int> dims{2, 4, 8, 16};
    if (argc > 3) dims = {std::atoi(argv[3])};
    const auto question = [&](int i) {
        const int dim = dims[static_cast<std::size_t>(std::max(i, 0)) % dims.size()];
        std::vector<double> mu;
        for (int p = 0; p < std::min(dim, 12); ++p) mu.push_back(1 + 0.1 * p + 0.001 * i);
        return nlohmann::json{{"dim", dim}, {"mu", mu}};
    };
    return measureProbe({.name = "probe_solve",
                         .probe = "sim/solve",
                         .plugins = argv[1],
                         .requests = argc > 2 ? std::atoi(argv[2]) : 100,
                         .question = question,
                         .about = {{"dims", dims}}});
}
