// SPDX-License-Identifier: Apache-2.0
#include "sample_runs.hpp"

#include <nlohmann/json.hpp>

#include "engine/store/layout.hpp"
#include "engine/store/recovery.hpp"
#include "engine/store/request.hpp"
#include "engine/store/run_name.hpp"
#include "engine/store/run_writer.hpp"
#include "scratch_folder.hpp"

using namespace latent::engine;
using nlohmann::json;

namespace {

template <class T>
T must(Result<T> result) {
    if (!result) std::fprintf(stderr, "%s\n", result.error().message.c_str());
    require(bool(result), "a sample run is written");
    return *std::move(result);
}

std::filesystem::path make(const std::filesystem::path& folder, const SealKey& key, bool finished) {
    must(createRunFolderAt(folder));
    must(writeRequest(
        folder,
        must(Request::make({{"experiment", "sim/theory"}, {"parameters", {{"mu", {1, 2}}}}, {"seed", 7}}))));
    must(writeProvenance(folder, {{"host", "a"}}));
    RunFiles files(key, {});
    auto writer = must(RunWriter::open(folder, must(beginAttempt(folder, 1, files)), key));
    must(writer->declare(json::parse(R"({"arrays": [
        {"name": "time", "dtype": "f64", "dims": [{"name": "time", "size": null}], "units": "1"},
        {"name": "weights", "dtype": "f32", "dims": [{"name": "time", "size": null}, {"name": "row", "size": 3}, {"name": "col", "size": 2}]},
        {"name": "spectrum", "dtype": "i32", "dims": [{"name": "mode", "size": 4}]},
        {"name": "cube", "dtype": "f32", "dims": [{"name": "y", "size": 4}, {"name": "x", "size": 4}], "large": true}],
        "figures": [{"name": "loss", "kind": "lines"}]})")));
    must(writer->createLarge("cube"));
    for (int i = 0; i < 6; ++i) {
        const double time = 0.5 * i;
        const float weights[6] = {float(i), 1, 2, 3, 4, 5};
        const std::int32_t spectrum[4] = {i, 1, 2, 3};
        must(writer->publish("time", {DType::F64, {}, &time}));
        must(writer->publish("weights", {DType::F32, {1, 3, 2}, weights}));
        must(writer->publish("spectrum", {DType::I32, {4}, spectrum}));
        must(writer->metric("train/loss", i, 1.0 / (i + 1)));
        if (i < 4) must(writer->writeSlab("cube", {std::uint64_t(i), 0}, {DType::F32, {1, 4}, weights}));
        if (i == 3) must(writer->checkpoint({{"step", i}}, {{"w", {DType::F32, {3, 2}, weights}}}));
    }
    must(writer->commit());
    if (finished)
        must(writer->finish(
            {.state = "done", .reason = {}, .claims = std::make_shared<const json>(json::array())}));
    return finished ? layout::compacted(folder) : folder;
}

}  // namespace

SampleRuns makeSampleRuns(const std::filesystem::path& folder, const SealKey& key) {
    return {make(folder / "finished", key, true), make(folder / "left", key, false)};
}
