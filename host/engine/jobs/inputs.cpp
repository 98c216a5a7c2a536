// SPDX-License-Identifier: Apache-2.0
#include "engine/jobs/inputs.hpp"

#include "engine/files/operations.hpp"
#include "engine/files/sha256.hpp"
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

/// "RUN" or, for checkpoints, "RUN@000200"; a run is a folder or a name in `runs`.
Result<nlohmann::json> runInput(const std::string& parameter, const std::string& given,
                                const fs::path& runs) {
    const std::size_t at = given.rfind('@');
    const std::string name = given.substr(0, at);
    std::error_code error;
    fs::path folder = fs::absolute(fs::u8path(name), error).lexically_normal();
    if (!fs::is_directory(folder, error)) folder = runs / fs::u8path(name);
    if (!fs::is_directory(folder, error))
        return refused("The parameter '" + parameter + "' names the run '" + name + "', which is not in " +
                       runs.string() + ".");
    LATENT_TRY(const Request request, readRequest(folder));
    nlohmann::json input{{"path", folder.string()},
                         {"experiment", request.experiment()},
                         {"request_sha256", request.sha256()}};
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
            LATENT_TRY(inputs[parameter.name], runInput(parameter.name, *value, runs));
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
