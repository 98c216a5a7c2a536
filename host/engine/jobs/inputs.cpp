// SPDX-License-Identifier: Apache-2.0
#include "engine/jobs/inputs.hpp"

#include <algorithm>

#include "engine/files/operations.hpp"
#include "engine/files/sha256.hpp"
#include "engine/jobs/host_run.hpp"
#include "engine/json/nearest_name.hpp"
#include "engine/store/layout.hpp"
#include "engine/store/request.hpp"

namespace latent::engine {
namespace {

namespace fs = std::filesystem;

bool namesRun(ParameterType type) {
    return type == ParameterType::Run || type == ParameterType::Checkpoint || type == ParameterType::Dataset;
}

/// Files above this are stamped by pieces: hashing 6 GB whole takes as long as working with them.
constexpr std::uintmax_t kHashedWhole = std::uintmax_t{1} << 30;

Result<nlohmann::json> fileInput(const std::string& parameter, const std::string& given) {
    std::error_code error;
    const fs::path path = fs::absolute(fs::u8path(given), error).lexically_normal();
    if (fs::is_directory(path, error)) return nlohmann::json{{"path", path.string()}, {"folder", true}};
    if (!fs::is_regular_file(path, error))
        return refused("The parameter '" + parameter + "' names the file " + path.string() +
                       ", which is not there.");
    const std::uintmax_t bytes = fs::file_size(path, error);
    if (error) return fileError("read the length of", path, error.value());
    nlohmann::json input{{"path", path.string()}, {"bytes", bytes}};
    if (bytes <= kHashedWhole) {
        LATENT_TRY(input["sha256"], sha256File(path));
    } else {
        LATENT_TRY(input["sampled_sha256"], sampledSha256(path));
    }
    return input;
}

/// A run is a folder or a name in `runs`.
std::optional<fs::path> runFolder(const std::string& name, const fs::path& runs) {
    std::error_code error;
    const fs::path folder = fs::absolute(fs::u8path(name), error).lexically_normal();
    if (fs::is_directory(folder, error)) return folder;
    const fs::path known = fs::absolute(runs / fs::u8path(name), error).lexically_normal();
    if (fs::is_directory(known, error)) return known;
    return std::nullopt;
}

/// "RUN", "RUN#2" for a cell of several, "RUN@000200" for a checkpoint.
Result<nlohmann::json> runInput(const ParameterModel& declared, const std::string& given,
                                const fs::path& runs) {
    const std::string& parameter = declared.name;
    const std::size_t at = given.rfind('@');
    std::string name = given.substr(0, at);
    std::optional<fs::path> found = runFolder(name, runs);
    std::optional<std::uint64_t> cell;
    if (!found && (cell = takeCell(name))) found = runFolder(name, runs);
    if (!found)
        return refused("The parameter '" + parameter + "' names the run '" + name + "', which is not in " +
                       runs.string() + ".");
    const fs::path folder = *found;
    LATENT_TRY(const Request request, readRequest(folder));
    const std::vector<std::string>& fits = declared.from;
    if (!fits.empty() && std::find(fits.begin(), fits.end(), request.experiment()) == fits.end())
        return refused("The parameter '" + parameter + "' takes a run of " + listed(fits, "or") + "; " +
                       name + " is a run of " + request.experiment() + ".");
    nlohmann::json input{{"path", folder.string()},
                         {"experiment", request.experiment()},
                         {"request_sha256", request.sha256()}};
    if (cell) input["cell"] = *cell;
    // Only these hold several cells, and counting them means to open them.
    if (cell || request.document().value("kind", "run") == "sweep" || request.document().contains("cells")) {
        LATENT_TRY(const std::unique_ptr<HostRunSet> set, HostRunSet::open({folder}));
        LATENT_CHECK(set->one(cell, "The run '" + name + "' (parameter '" + parameter + "')"));
    }
    std::error_code error;
    const fs::path content = at == std::string::npos ? layout::compacted(folder)
                                                     : layout::checkpoint(folder, given.substr(at + 1));
    if (fs::exists(content, error)) {
        LATENT_TRY(input["sha256"], sha256File(content));
    } else if (at != std::string::npos) {
        return refused("The run '" + name + "' has no checkpoint '" + given.substr(at + 1) +
                       "' (parameter '" + parameter + "').");
    }
    if (at != std::string::npos) input["checkpoint"] = given.substr(at + 1);
    return input;
}

}  // namespace

std::optional<std::uint64_t> takeCell(std::string& name) {
    const std::size_t mark = name.rfind('#');
    if (mark == std::string::npos || mark + 1 == name.size() || name.size() - mark > 18 ||
        name.find_first_not_of("0123456789", mark + 1) != std::string::npos)
        return std::nullopt;
    const std::uint64_t cell = std::stoull(name.substr(mark + 1));
    name.resize(mark);
    return cell;
}

std::string stampOf(const nlohmann::json& input) {
    // What is no hash of the content says so, so that it never stands for one.
    if (input.contains("sha256")) return input.at("sha256").get<std::string>();
    if (input.contains("sampled_sha256")) return "sampled:" + input.at("sampled_sha256").get<std::string>();
    if (input.contains("request_sha256")) return "request:" + input.at("request_sha256").get<std::string>();
    return {};
}

Result<nlohmann::json> resolveInputs(const SchemaModel& schema, const nlohmann::json& values,
                                     const fs::path& runs) {
    nlohmann::json inputs = nlohmann::json::object();
    for (const ParameterModel& parameter : schema.parameters()) {
        const auto value = values.find(parameter.name);
        if (value == values.end() || !value->is_string() || value->get<std::string>().empty()) continue;
        if (parameter.type == ParameterType::Path) {
            LATENT_TRY(inputs[parameter.name], fileInput(parameter.name, *value));
        } else if (namesRun(parameter.type)) {
            LATENT_TRY(inputs[parameter.name], runInput(parameter, *value, runs));
        }
    }
    return inputs;
}

std::vector<std::string> pathsOf(const SchemaModel& schema, const nlohmann::json& values) {
    std::vector<std::string> paths;
    for (const ParameterModel& parameter : schema.parameters()) {
        const auto value = values.find(parameter.name);
        if (value == values.end() || !value->is_string() || value->get<std::string>().empty()) continue;
        if (parameter.type == ParameterType::Path || namesRun(parameter.type)) paths.push_back(*value);
    }
    return paths;
}

}  // namespace latent::engine
