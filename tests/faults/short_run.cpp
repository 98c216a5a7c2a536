// SPDX-License-Identifier: Apache-2.0
// A small deterministic worker: short_run FOLDER STEPS [pause in ms] [retry]
//
// Takes the lease, resumes from the newest checkpoint, publishes, and says on standard output what is safe:
//   resumed <step>     committed <rows>     checkpoint <step>     digest <hex>
// LATENT_TEST_BY_FILE makes libhdf5 write to the disk itself, as it does for what is too large for memory.
// With `retry` each call that fails is made once more (a disk that was full for a moment). Ends with 5 when a
// call fails.
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <functional>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "engine/store/lease.hpp"
#include "engine/store/recovery.hpp"
#include "engine/store/run_writer.hpp"

using namespace latent::engine;
using nlohmann::json;

namespace {

bool g_retry = false;

void say(const char* word, const std::string& value) {
    const std::string line = std::string(word) + " " + value + "\n";
    if (::write(1, line.data(), line.size()) < 0) std::exit(1);
}

[[noreturn]] void giveUp(const Error& error) {
    std::fprintf(stderr, "%s\n", error.message.c_str());
    std::exit(static_cast<int>(error.exit));
}

template <class Call>
auto must(Call&& call) {
    auto result = call();
    if (!result && g_retry) result = call();
    if (!result) giveUp(result.error());
    return *std::move(result);
}

const char* kOutputs = R"({"arrays": [
    {"name": "time", "dtype": "f64", "dims": [{"name": "time", "size": null}], "units": "1"},
    {"name": "weights", "dtype": "f32", "dims": [{"name": "time", "size": null}, {"name": "k", "size": 5}]},
    {"name": "last", "dtype": "i64", "dims": []},
    {"name": "cube", "dtype": "f64", "dims": [{"name": "y", "size": 6}, {"name": "x", "size": 7}], "large": true}]})";

void step(RunWriter& writer, int i) {
    const double time = 0.25 * i;
    const std::int64_t last = i;
    std::vector<float> weights;
    for (int k = 0; k < 5; ++k) weights.push_back(static_cast<float>(i * k) / 3);
    must([&] { return writer.publish("time", {DType::F64, {}, &time}); });
    must([&] { return writer.publish("weights", {DType::F32, {5}, weights.data()}); });
    must([&] { return writer.publish("last", {DType::I64, {}, &last}); });
    must([&] { return writer.metric("loss", i, 1.0 / (1 + i)); });
    if (i < 6) {
        const std::vector<double> slab(7, i + 0.125);
        const Shape start{static_cast<std::uint64_t>(i), 0};
        must([&] { return writer.writeSlab("cube", start, {DType::F64, {1, 7}, slab.data()}); });
    }
}

}  // namespace

int main(int argc, char** argv) {
    if (argc < 3) return 2;
    const std::filesystem::path run = argv[1];
    const int steps = std::atoi(argv[2]);
    const int pause = argc > 3 ? std::atoi(argv[3]) : 0;
    g_retry = argc > 4;
    RunFiles files(SealKey("test key"), {});
    const Lease lease = must([&] { return Lease::take(run); });
    Attempt attempt = must([&] { return beginAttempt(run, lease.attempt(), files); });
    double now = 0;
    RunWriterOptions options;
    options.seconds = [&now] {
        return now;
    };  // commits come when the steps say, not when the machine is slow
    if (std::getenv("LATENT_TEST_BY_FILE")) options.imageBytes = 1;  // as for files over 256 MB
    auto opened = RunWriter::open(run, std::move(attempt), files.key(), options);
    if (!opened) giveUp(opened.error());
    RunWriter& writer = **opened;
    must([&] { return writer.declare(json::parse(kOutputs)); });
    must([&] { return writer.createLarge("cube"); });
    const int first = writer.resumedFrom() ? (*writer.resumedFrom()->state)["step"].get<int>() + 1 : 0;
    say("resumed", std::to_string(first));
    for (int i = first; i < steps; ++i) {
        now += 1;
        step(writer, i);
        if (i % 2 == 1) {
            must([&] { return writer.commit(); });
            say("committed", std::to_string(i + 1));
        }
        if (i % 3 == 2) {
            const double model[2] = {0.5 * i, 1};
            must([&] { return writer.checkpoint({{"step", i}}, {{"model", {DType::F64, {2}, model}}}); });
            say("checkpoint", std::to_string(i));
        }
        if (pause > 0) ::usleep(static_cast<useconds_t>(pause) * 1000);
    }
    say("digest", must([&] { return writer.finish({}); }));
    return 0;
}
