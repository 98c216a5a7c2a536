// SPDX-License-Identifier: Apache-2.0
// Speed of the U-Net: milliseconds of wall and process CPU time of a training step (forward, backward, clip, AdamW) and of one sampling step
// (forward), as one JSON line each.
//
//     bench_unet_step --preset laptop --threads 2          batch 64
//     bench_unet_step --instructions avx2                  another kernel variant
//
// Presets: laptop (16×16, widths 16, 32, one block a level), paper (32×32, widths 64, 128, 256, two blocks a level, attention in the middle). The
// batch is made before the clock starts.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <latent/learn/random.hpp>
#include <latent/learn/unet/model.hpp>
#include <latent/learn/unet/trainer.hpp>
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
    {"paper", {.height = 32, .width = 32, .widths = {64, 128, 256}, .blocks = 2, .attention = true}, 1}};
constexpr int kBatch = 64;

double cpuSeconds() {
    timespec t{};
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return static_cast<double>(t.tv_sec) + 1e-9 * static_cast<double>(t.tv_nsec);
}

double wallSeconds() {
    return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

void measure(const Preset& preset, int threads, int steps, Instructions instructions) {
    const Shape& shape = preset.shape;
    const std::size_t n = kBatch;
    std::vector<float> z(n * shape.pixels()), eps(z.size()), times(n),
        conditions(n * static_cast<std::size_t>(shape.conditions)), out(z.size());
    RandomStream stream(1, "bench/unet");
    stream.fillNormal(std::span(z));
    stream.fillNormal(std::span(eps));
    stream.fillUniform(std::span(times), 0, 1);
    stream.fillUniform(std::span(conditions), 0, 1);
    Trainer trainer(initialise(shape, 1), {}, threads, instructions);
    const Batch batch{z, times, conditions, eps};
    double loss = 0;
    for (int i = 0; i < std::min(3, steps); ++i) loss = trainer.step(batch);
    double wall = wallSeconds(), cpu = cpuSeconds();
    for (int i = 0; i < steps; ++i) loss = trainer.step(batch);
    const double train = 1e3 * (wallSeconds() - wall) / steps, cpuTrain = 1e3 * (cpuSeconds() - cpu) / steps;

    const Model model(trainer.weights(), instructions);
    const std::vector<float> latent = model.embed(conditions, kBatch);
    std::fill(times.begin(), times.end(), 0.5F);
    for (int i = 0; i < 2; ++i) model.predict(z, times, latent, kBatch, out, threads);
    wall = wallSeconds(), cpu = cpuSeconds();
    for (int i = 0; i < steps; ++i) model.predict(z, times, latent, kBatch, out, threads);
    const double sample = 1e3 * (wallSeconds() - wall) / steps,
                 cpuSample = 1e3 * (cpuSeconds() - cpu) / steps;
    std::printf(
        "{\"bench\":\"unet_step\",\"engine\":\"latent\",\"preset\":\"%s\",\"kernels\":\"%s\",\"threads\":%d,"
        "\"parameters\":%lld,\"train_ms_per_step\":%.3f,"
        "\"sample_ms_per_step\":%.3f,\"cpu_train_ms_per_step\":%.3f,\"cpu_sample_ms_per_step\":%.3f,\"train_"
        "gflops\":%.1f,\"loss\":%.6g}\n",
        preset.name, nameOf(instructions), threads, static_cast<long long>(shape.parameterCount()), train,
        sample, cpuTrain, cpuSample, 3e-6 * shape.flopsPerImage() * kBatch / train, loss);
}

Instructions chosen(const std::string_view name) {
    for (const Instructions set : {Instructions::Portable, Instructions::Avx2, Instructions::Avx512})
        if (name == nameOf(set)) return set;
    return bestInstructions();
}

}  // namespace

int main(int argc, char** argv) {
    std::string_view wanted = "laptop";
    int threads = 1, steps = 0;
    Instructions instructions = bestInstructions();
    for (int i = 1; i + 1 < argc; i += 2) {
        const std::string_view name = argv[i];
        if (name == "--preset") wanted = argv[i + 1];
        if (name == "--threads") threads = std::atoi(argv[i + 1]);
        if (name == "--steps") steps = std::atoi(argv[i + 1]);
        if (name == "--instructions") instructions = chosen(argv[i + 1]);
    }
    if (!hasInstructions(instructions)) {
        std::fprintf(stderr, "This processor does not have the instructions '%s'.\n", nameOf(instructions));
        return 2;
    }
    for (const Preset& preset : kPresets)
        if (wanted == preset.name) measure(preset, threads, steps > 0 ? steps : preset.steps, instructions);
    return 0;
}
