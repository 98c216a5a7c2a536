// SPDX-License-Identifier: Apache-2.0
#include "engine/store/checkpoint.hpp"

#include <algorithm>
#include <cstring>
#include <nlohmann/json.hpp>

#include "engine/files/operations.hpp"
#include "engine/json/bounded.hpp"
#include "engine/store/layout.hpp"
#include "engine/store/sealed_output.hpp"

namespace latent::engine {
namespace {

using nlohmann::json;
constexpr std::size_t kMaxAccountBytes = 16u << 20;

json accountOf(const Checkpoint& checkpoint) {
    json account{{"format", "latent-checkpoint/1"},
                 {"name", checkpoint.name},
                 {"attempt", checkpoint.attempt},
                 {"keep", checkpoint.keep},
                 {"events_bytes", checkpoint.eventsBytes}};
    account["segments"] = json::array();
    for (const SegmentInfo& segment : checkpoint.segments) account["segments"].push_back(segment.toJson());
    account["arrays"] = json::array();
    for (const ArraySpec& spec : checkpoint.specs) account["arrays"].push_back(spec.toJson());
    account["figures"] = json::object();
    for (const auto& [key, figure] : checkpoint.figures) account["figures"][key] = *figure;
    return account;
}

Status readAccount(const json& account, const std::string& what, Checkpoint& checkpoint) {
    const auto complain = [&] { return refused(what + " does not give a complete account of its run."); };
    if (!account.is_object() || account.value("format", json()) != "latent-checkpoint/1") return complain();
    for (const char* key : {"attempt", "events_bytes"}) {
        if (!account.contains(key) || !account[key].is_number_unsigned()) return complain();
    }
    if (!account.contains("keep") || !account["keep"].is_boolean()) return complain();
    for (const char* key : {"segments", "arrays"}) {
        if (!account.contains(key) || !account[key].is_array()) return complain();
    }
    if (account["segments"].size() > kMaxLiveSegments || account["arrays"].size() > kMaxArrays)
        return complain();
    if (!account.contains("figures") || !account["figures"].is_object()) return complain();
    checkpoint.attempt = account["attempt"].get<int>();
    checkpoint.keep = account["keep"].get<bool>();
    checkpoint.eventsBytes = account["events_bytes"].get<std::uint64_t>();
    for (const json& entry : account["segments"]) {
        auto segment = SegmentInfo::fromJson(entry);
        if (!segment) return complain();
        checkpoint.segments.push_back(*std::move(segment));
    }
    for (const json& entry : account["arrays"]) {
        LATENT_TRY(ArraySpec spec, parseArraySpec(entry, what));
        checkpoint.specs.push_back(std::move(spec));
    }
    for (const auto& [key, figure] : account["figures"].items()) {
        checkpoint.figures[key] = std::make_shared<const json>(figure);
    }
    return ok();
}

}  // namespace

const Array* Checkpoint::array(const std::string& key) const {
    const auto found = arrays.find(key);
    return found == arrays.end() ? nullptr : &found->second;
}

Result<std::string> writeCheckpoint(const std::filesystem::path& run, const Checkpoint& checkpoint,
                                    const std::vector<NamedArray>& arrays, const SealKey& key) {
    const auto path = layout::checkpoint(run, checkpoint.name);
    LATENT_TRY(const std::string account, canonicalJson(accountOf(checkpoint), "The checkpoint"));
    LATENT_TRY(const std::string state, canonicalJson(checkpoint.state ? *checkpoint.state : json::object(),
                                                      "The state of the checkpoint"));
    if (state.size() > kMaxAccountBytes || account.size() > kMaxAccountBytes) {
        return badRequest("The JSON state of a checkpoint is longer than 16 MB. Put numbers into arrays.");
    }
    std::uint64_t bytes = 0;
    for (const NamedArray& array : arrays) {
        if (!layout::isName(array.name, true))
            return badRequest("\"" + array.name + "\" is no name for an array of a checkpoint.");
        bytes += array.view.bytes();
    }
    LATENT_TRY(SealedOutput output, SealedOutput::make(path, bytes, 256u << 20));
    h5::Writer& writer = output.writer();
    LATENT_CHECK(writer.attribute("/", "latent_checkpoint", account));
    LATENT_CHECK(writer.attribute("/", "latent_state", state));
    for (const NamedArray& array : arrays) {
        LATENT_CHECK(writer.dataset("arrays/" + array.name, array.view, {}, {}));
    }
    for (const auto& [slabName, written] : checkpoint.slabs) {
        const std::vector<std::uint64_t> flat = written.flat();
        LATENT_CHECK(writer.dataset("slabs/" + slabName, {DType::U64, {flat.size()}, flat.data()}, {}, {}));
    }
    return output.putInPlace(key);
}

Result<Checkpoint> readCheckpoint(const std::filesystem::path& run, const std::string& name, RunFiles& files,
                                  bool withArrays) {
    const auto path = layout::checkpoint(run, name);
    const std::string what = "The checkpoint " + path.string();
    Checkpoint checkpoint;
    checkpoint.name = name;
    LATENT_TRY(const SealReport report, files.verify(path));
    if (report.state == Sealed::None)
        return refused(what + " is damaged: its end, with the seal, is missing.");
    checkpoint.sha256 = report.sha256;
    LATENT_TRY(h5::Source * source, files.open(path, report.sha256));
    const auto text = [&](const char* attribute) -> Result<json> {
        const auto found = source->texts().find(attribute);
        if (found == source->texts().end()) return refused(what + " has no " + attribute + ".");
        return parseJson(found->second, what, {.bytes = kMaxAccountBytes});
    };
    LATENT_TRY(const json account, text("latent_checkpoint"));
    LATENT_CHECK(readAccount(account, what, checkpoint));
    LATENT_TRY(json state, text("latent_state"));
    checkpoint.state = std::make_shared<const json>(std::move(state));
    for (const h5::DatasetInfo& info : source->datasets()) {
        if (info.name.starts_with("slabs/") && info.dtype == DType::U64) {
            LATENT_TRY(const Array array, source->readAll(info.name));
            std::vector<std::uint64_t> flat(array.bytes.size() / 8);
            std::memcpy(flat.data(), array.bytes.data(), flat.size() * 8);
            checkpoint.slabs[info.name.substr(6)] = IntervalSet::fromFlat(flat);
        } else if (withArrays && info.name.starts_with("arrays/")) {
            LATENT_TRY(Array array, source->readAll(info.name));
            checkpoint.arrays[info.name.substr(7)] = std::move(array);
        }
    }
    files.forget(path);  // a model's worth of memory is not kept for a second look
    return checkpoint;
}

Result<std::vector<std::string>> listCheckpoints(const std::filesystem::path& run) {
    LATENT_TRY(const auto entries, listFolder(layout::checkpoints(run)));
    std::vector<std::pair<std::uint64_t, std::string>> numbered;
    for (const std::string& entry : entries) {
        if (const auto number = layout::numberOf(entry, ".h5"))
            numbered.emplace_back(*number, entry.substr(0, entry.size() - 3));
    }
    std::sort(numbered.begin(), numbered.end());
    std::vector<std::string> names;
    for (auto& [number, name] : numbered) names.push_back(std::move(name));
    return names;
}

}  // namespace latent::engine
