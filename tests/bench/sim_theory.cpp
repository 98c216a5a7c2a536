// SPDX-License-Identifier: Apache-2.0
// Speed of the SIM theory: microseconds per cell of a batched sweep, as one JSON line.
//
//     bench_sim_theory                              1000 cells, d = 4, 2000 RK4 steps, 200 frames
//     bench_sim_theory --set baseline --no-health   another instruction set; no smallest eigenvalue
//     bench_sim_theory --cells 1 --dim 16           one cell, as the probe sim/solve asks for
//
// Every array of sim/theory is made except the decomposition. A checksum lets the numbers be compared with
// the peer's.
#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <string_view>
#include <vector>

#include "theory/solve.hpp"

using namespace concept_space::theory;

namespace {

// The same cells as in the peer: no random numbers, so that both make the same start.
std::vector<Cell> cellsOf(int count, int dim) {
    std::vector<Cell> cells;
    for (int c = 0; c < count; ++c) {
        ConceptData data{.dim = dim, .mu = {}, .sigma = {}, .clusters = dim};
        Eigen::MatrixXd u(dim, dim);
        for (int i = 0; i < dim; ++i) {
            data.mu.push_back(1 + .25 * i + 1e-3 * c);
            data.sigma.push_back(.05);
            for (int j = 0; j < dim; ++j) u(i, j) = .1 * (1 + std::sin(1.0 + i * dim + j + c));
        }
        cells.push_back({data, InitialWeights::fromFactor(u)});
    }
    return cells;
}

double cpuSeconds() {
    timespec t{};
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return static_cast<double>(t.tv_sec) + 1e-9 * static_cast<double>(t.tv_nsec);
}

}  // namespace

int main(int argc, char** argv) {
    int count = 1000, dim = 4, frames = 200, repeats = 1;
    long steps = 2000;
    SymmetricOptions options;
    Wanted wanted;
    for (int i = 1; i < argc; ++i) {
        const std::string_view name = argv[i];
        const char* value = i + 1 < argc ? argv[i + 1] : "";
        if (name == "--cells") count = std::atoi(value);
        if (name == "--dim") dim = std::atoi(value);
        if (name == "--steps") steps = std::atol(value);
        if (name == "--frames") frames = std::atoi(value);
        if (name == "--repeats") repeats = std::atoi(value);
        if (name == "--no-health") wanted.minEigenvalue = false;
        if (name == "--adaptive") options.method = Method::Adaptive;
        if (name == "--set" && std::string_view(value) == "baseline")
            options.instructionSet = InstructionSet::Baseline;
    }
    wanted.nodeLoss = dim <= kMostNodeConcepts;
    const std::vector<Cell> cells = cellsOf(count, dim);
    const FrameSchedule schedule(20.0, steps, frames);
    std::vector<double> wall;
    double checksum = 0;
    const double cpuBefore = cpuSeconds();
    for (int r = 0; r < repeats; ++r) {
        const auto before = std::chrono::steady_clock::now();
        const Trajectories t = solveSymmetric(cells, schedule, options, wanted);
        wall.push_back(std::chrono::duration<double>(std::chrono::steady_clock::now() - before).count());
        checksum =
            t.ofCell(t.oodLoss, 0).back() + t.ofCell(t.trainLoss, 0)[static_cast<std::size_t>(frames / 2)];
    }
    std::sort(wall.begin(), wall.end());
    const double perCell = 1e6 / count;
    std::printf(
        "{\"bench\":\"sim_theory\",\"engine\":\"latent\",\"cells\":%d,\"dim\":%d,\"us_per_cell\":%.2f,"
        "\"cpu_us_per_cell\":%.2f,\"checksum\":%.15g}\n",
        count, dim, perCell * wall[wall.size() / 2], perCell * (cpuSeconds() - cpuBefore) / repeats,
        checksum);
    return 0;
}
