// SPDX-License-Identifier: Apache-2.0
// Speed of the U-Net: milliseconds of wall and process CPU time of a training step (forward, backward, clip, AdamW) and of one sampling step
// (forward), as one JSON line each.
//
//     bench_unet_step --preset laptop --threads 2              batch 64
//     bench_unet_step --preset vector --threads 2 --cells 16   many models at once, one thread each; training alone
//     bench_unet_step --preset vector --batch 1024             what a batched product of sixteen models could cost at best
//     bench_unet_step --instructions avx2                      another kernel variant
//
// Presets: laptop (16×16, widths 16, 32, one block a level), paper (32×32, widths 64, 128, 256, two blocks a level, attention in the middle), vector
// (two coordinates, width 32, one block). A step is one update of one model, so with cells train_ms_per_step = wall / (cells · steps). The batch is
// made before the clock starts.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <latent/learn/parallel.hpp>
#include <latent/learn/random.hpp>
#include <latent/learn/unet/model.hpp>
#include <latent/learn/unet/trainer.hpp>
#include <memory>
#include <string_view>

using namespace latent::learn;
using namespace latent::learn::unet;

namespace {

struct Preset {
    const char* name;
    Shape shape;
    int steps;
};

const Preset kPresets[] = {
    {"laptop", {}, 40},
    {"paper", {.height = 32, .width = 32, .widths = {64, 128, 256}, .blocks = 2, .attention = true}, 1},
    {"vector", {.height = 1, .width = 1, .channels = 2, .widths = {32}, .conditions = 2}, 200}};
constexpr int kBatch = 64;

double cpuSeconds() {
    timespec t{};
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return static_cast<double>(t.tv_sec) + 1e-9 * static_cast<double>(t.tv_nsec);
}

double wallSeconds() {
    return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

struct Options {
    int threads = 1, steps = 0, cells = 1, batch = kBatch;
    Instructions instructions = bestInstructions();
};

void measure(const Preset& preset, const Options& o) {
    const Shape& shape = preset.shape;
    const int steps = o.steps > 0 ? o.steps : preset.steps, inOne = o.cells > 1 ? 1 : o.threads;
    const std::size_t n = static_cast<std::size_t>(o.batch);
    std::vector<float> z(n * shape.pixels()), eps(z.size()), times(n),
        conditions(n * static_cast<std::size_t>(shape.conditions)), out(z.size());
    RandomStream stream(1, "bench/unet");
    stream.fillNormal(std::span(z));
    stream.fillNormal(std::span(eps));
    stream.fillUniform(std::span(times), 0, 1);
    stream.fillUniform(std::span(conditions), 0, 1);
    std::vector<std::unique_ptr<Trainer>> trainers;
    for (int i = 0; i < o.cells; ++i)
        trainers.push_back(std::make_unique<Trainer>(initialise(shape, static_cast<std::uint64_t>(i) + 1),
                                                     AdamW{}, inOne, o.instructions));
    const Batch batch{z, times, conditions, eps};
    double loss = 0;
    const auto advance = [&](int count) {
        forEachIndex(trainers.size(), o.cells > 1 ? o.threads : 1, [&](std::size_t i) {
            for (int s = 0; s < count; ++s) {
                const double its = trainers[i]->step(batch);
                if (i == 0) loss = its;
            }
        });
    };
    advance(std::min(3, steps));
    double wall = wallSeconds(), cpu = cpuSeconds();
    advance(steps);
    const double all = static_cast<double>(steps) * o.cells, train = 1e3 * (wallSeconds() - wall) / all,
                 cpuTrain = 1e3 * (cpuSeconds() - cpu) / all;

    double sample = 0, cpuSample = 0;
    if (o.cells == 1) {
        const Model model(trainers.front()->weights(), o.instructions);
        const std::vector<float> latent = model.embed(conditions, o.batch);
        std::fill(times.begin(), times.end(), 0.5F);
        for (int i = 0; i < 2; ++i) model.predict(z, times, latent, o.batch, out, o.threads);
        wall = wallSeconds(), cpu = cpuSeconds();
        for (int i = 0; i < steps; ++i) model.predict(z, times, latent, o.batch, out, o.threads);
        sample = 1e3 * (wallSeconds() - wall) / steps, cpuSample = 1e3 * (cpuSeconds() - cpu) / steps;
    }
    std::printf(
        "{\"bench\":\"unet_step\",\"engine\":\"latent\",\"preset\":\"%s\",\"kernels\":\"%s\",\"threads\":%d,"
        "\"cells\":%d,\"batch\":%d,\"parameters\":%lld,\"train_ms_per_step\":%.4f,"
        "\"sample_ms_per_step\":%.4f,\"cpu_train_ms_per_step\":%.4f,\"cpu_sample_ms_per_step\":%.4f,\"train_"
        "gflops\":%.1f,\"loss\":%.6g}\n",
        preset.name, nameOf(o.instructions), o.threads, o.cells, o.batch,
        static_cast<long long>(shape.parameterCount()), train, sample, cpuTrain, cpuSample,
        3e-6 * shape.flopsPerImage() * o.batch / train, loss);
}

Instructions chosen(const std::string_view name) {
    for (const Instructions set : {Instructions::Portable, Instructions::Avx2, Instructions::Avx512})
        if (name == nameOf(set)) return set;
    return bestInstructions();
}

}  // namespace

int main(int argc, char** argv) {
    std::string_view wanted = "laptop";
    Options options;
    for (int i = 1; i + 1 < argc; i += 2) {
        const std::string_view name = argv[i];
        if (name == "--preset") wanted = argv[i + 1];
        if (name == "--threads") options.threads = std::atoi(argv[i + 1]);
        if (name == "--steps") options.steps = std::atoi(argv[i + 1]);
        if (name == "--cells") options.cells = std::atoi(argv[i + 1]);
        if (name == "--batch") options.batch = std::atoi(argv[i + 1]);
        if (name == "--instructions") options.instructions = chosen(argv[i + 1]);
    }
    if (!hasInstructions(options.instructions)) {
        std::fprintf(stderr, "This processor does not have the instructions '%s'.\n",
                     nameOf(options.instructions));
        return 2;
    }
    for (const Preset& preset : kPresets)
        if (wanted == preset.name) measure(preset, options);
    return 0;
}
