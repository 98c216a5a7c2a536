// SPDX-License-Identifier: Apache-2.0
#pragma once
// A run directory with a request, and a writer on it, for the tests of the store.
//
//     TestRun run;
//     auto writer = run.write();                 // takes the next attempt
//     QVERIFY(bool(writer->metric("loss", 1, 0.5)));

#include <QTemporaryDir>
#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string>
#include <vector>

#include "engine/store/recovery.hpp"
#include "engine/store/request.hpp"
#include "engine/store/run_name.hpp"
#include "engine/store/run_reader.hpp"
#include "engine/store/run_writer.hpp"

namespace latent::engine {

/// The value, or a failed test with the sentence.
template <class T>
T must(Result<T> result) {
    if (!result) throw std::runtime_error(result.error().message);
    return *std::move(result);
}

inline nlohmann::json sampleOutputs() {
    using nlohmann::json;
    return json::parse(R"({"arrays": [
        {"name": "time", "dtype": "f64", "dims": [{"name": "time", "size": null}], "units": "1", "label": "gradient-flow time", "rest": 1.5},
        {"name": "weights", "dtype": "f32", "dims": [{"name": "time", "size": null}, {"name": "row", "size": 3}, {"name": "col", "size": 2}]},
        {"name": "spectrum", "dtype": "i32", "dims": [{"name": "mode", "size": 4}], "units": "Hz", "categories": ["low", "middle, \"high\""]},
        {"name": "cube", "dtype": "f32", "dims": [{"name": "y", "size": 8}, {"name": "x", "size": 16}], "large": true}],
      "metrics": [{"name": "train/loss", "units": "nat", "label": "training loss"}],
      "figures": [{"name": "loss", "kind": "lines"}, {"name": "cube", "kind": "image"}]})");
}

class TestRun {
  public:
    TestRun() : files(SealKey("test key"), {}) {
        folder =
            must(createRunFolder(std::filesystem::path(m_dir.path().toStdString()) / "runs", "sim/theory"));
        must(writeRequest(
            folder, must(Request::make(
                        {{"experiment", "sim/theory"}, {"parameters", {{"mu", {1, 2}}}}, {"seed", 7}}))));
    }

    std::unique_ptr<RunWriter> write(RunWriterOptions options = {}) {
        Attempt attempt = must(beginAttempt(folder, ++attempts, files));
        auto writer = must(RunWriter::open(folder, std::move(attempt), files.key(), std::move(options)));
        must(writer->declare(sampleOutputs()));
        return writer;
    }

    /// Step `i` of a made-up experiment: deterministic, so that a resumed run can be compared.
    static void step(RunWriter& writer, int i) {
        const double time = 0.5 * i;
        const std::vector<float> weights{float(i), float(i) + 0.1F, 2, 3, 4, float(i * i)};
        must(writer.publish("time", {DType::F64, {}, &time}));
        must(writer.publish("weights", {DType::F32, {1, 3, 2}, weights.data()}));
        must(writer.metric("train/loss", i, 1.0 / (i + 1)));
        if (i % 3 == 0) {
            const std::vector<std::int32_t> spectrum{i, 1, 2, 3};
            must(writer.publish("spectrum", {DType::I32, {4}, spectrum.data()}));
        }
        if (i < 8) {
            must(writer.createLarge("cube"));
            const std::vector<float> slab(16, float(i) + 0.5F);
            must(writer.writeSlab("cube", {std::uint64_t(i), 0}, {DType::F32, {1, 16}, slab.data()}));
        }
    }

    RunReader read() { return must(RunReader::open(folder, files)); }

    std::filesystem::path folder;
    RunFiles files;
    int attempts = 0;

  private:
    QTemporaryDir m_dir;
};

}  // namespace latent::engine
