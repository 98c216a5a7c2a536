// SPDX-License-Identifier: Apache-2.0
// Speed of the transformer's training step (forward, backward, clip, AdamW): wall and process CPU milliseconds, one JSON line each.
//
//     bench_transformer_step                                      every preset on 1 and 2 threads, then 16 cells on 1 and 2 threads
//     bench_transformer_step --preset laptop --threads 2          one of them
//     bench_transformer_step --preset laptop --threads 2 --cells 16      many models at once, one thread each
//     bench_transformer_step --instructions portable              another kernel variant
//
// Presets: laptop (k = 3, length 48, width 32, 1 head, batch 64), medium (10, 128, 64, 4, 64), paper (10, 512, 64, 4, 128); all have
// two layers and rotary positions. A step is one update of one model, so with cells ms_per_step = wall / (cells · steps). Data are made
// before the clock starts.
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <latent/learn/parallel.hpp>
#include <latent/learn/random.hpp>
#include <latent/learn/transformer/trainer.hpp>
#include <string>
#include <string_view>

using namespace latent::learn;
using namespace latent::learn::transformer;

namespace {

struct Preset {
    const char* name;
    Shape shape;
    int batch;
    int steps;
};

const Preset kPresets[] = {{"laptop", {.vocabulary = 3, .context = 48, .width = 32, .heads = 1}, 64, 200},
                           {"medium", {.vocabulary = 10, .context = 128, .width = 64, .heads = 4}, 64, 30},
                           {"paper", {.vocabulary = 10, .context = 512, .width = 64, .heads = 4}, 128, 3}};

double cpuSeconds() {
    timespec t{};
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return static_cast<double>(t.tv_sec) + 1e-9 * static_cast<double>(t.tv_nsec);
}

double wallSeconds() {
    return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

std::vector<std::int32_t> randomTokens(const Preset& preset) {
    std::vector<std::int32_t> tokens(static_cast<std::size_t>(preset.batch) *
                                     static_cast<std::size_t>(preset.shape.context + 1));
    RandomStream stream(1, "bench/tokens");
    for (auto& token : tokens)
        token = static_cast<std::int32_t>(stream.below(static_cast<std::uint64_t>(preset.shape.vocabulary)));
    return tokens;
}

/// Milliseconds of wall time per step.
double measure(const Preset& preset, int threads, int cells, int steps, Instructions instructions) {
    const auto tokens = randomTokens(preset);
    std::vector<Trainer> trainers;
    for (int i = 0; i < cells; ++i)
        trainers.emplace_back(initialise(preset.shape, static_cast<std::uint64_t>(i)), AdamW{},
                              cells > 1 ? 1 : threads, instructions);
    double loss = 0;
    const auto advance = [&](int n) {
        forEachIndex(trainers.size(), cells > 1 ? threads : 1, [&](std::size_t i) {
            for (int s = 0; s < n; ++s) {
                const double l = trainers[i].step(tokens, preset.batch);
                if (i == 0) loss = l;
            }
        });
    };
    advance(std::min(5, steps));
    const double wall = wallSeconds(), cpu = cpuSeconds();
    advance(steps);
    const double all = static_cast<double>(steps) * cells, ms = 1e3 * (wallSeconds() - wall) / all;
    std::printf(
        "{\"bench\":\"transformer_step\",\"engine\":\"latent\",\"preset\":\"%s\",\"kernels\":\"%s\","
        "\"threads\":%d,\"cells\":%d,\"ms_per_step\":%.4f,"
        "\"cpu_ms_per_step\":%.4f,\"loss\":%.6g}\n",
        preset.name, nameOf(instructions), threads, cells, ms, 1e3 * (cpuSeconds() - cpu) / all, loss);
    std::fflush(stdout);
    return ms;
}

Instructions chosen(const std::string_view name) {
    for (const Instructions set : {Instructions::Portable, Instructions::Avx2, Instructions::Avx512})
        if (name == nameOf(set)) return set;
    return bestInstructions();
}

}  // namespace

int main(int argc, char** argv) {
    std::string_view wanted = "all";
    int threads = 0, cells = 1, steps = 0;
    Instructions instructions = bestInstructions();
    for (int i = 1; i + 1 < argc; i += 2) {
        const std::string_view name = argv[i];
        if (name == "--preset") wanted = argv[i + 1];
        if (name == "--threads") threads = std::atoi(argv[i + 1]);
        if (name == "--cells") cells = std::atoi(argv[i + 1]);
        if (name == "--steps") steps = std::atoi(argv[i + 1]);
        if (name == "--instructions") instructions = chosen(argv[i + 1]);
    }
    if (!hasInstructions(instructions)) {
        std::fprintf(stderr, "This processor does not have the instructions '%s'.\n", nameOf(instructions));
        return 2;
    }
    for (const Preset& preset : kPresets)
        for (const int n : {1, 2})
            if ((wanted == "all" || wanted == preset.name) &&
                (threads == 0 || threads == n || (n == 1 && threads > 2)))
                measure(preset, threads > 2 ? threads : n, cells, steps > 0 ? steps : preset.steps,
                        instructions);
    if (wanted == "all") {
        const double one = measure(kPresets[0], 1, 16, 25, instructions),
                     two = measure(kPresets[0], 2, 16, 25, instructions);
        std::printf("{\"bench\":\"transformer_sweep\",\"cells\":16,\"two_threads_over_one\":%.3f}\n",
                    one / two);
    }
    return 0;
}
