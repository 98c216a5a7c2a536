// SPDX-License-Identifier: Apache-2.0
#include "engine/sweep/planned_inputs.hpp"

#include <filesystem>
#include <nlohmann/json.hpp>

#include "engine/files/operations.hpp"
#include "engine/files/sha256.hpp"
#include "engine/store/layout.hpp"
#include "engine/store/request.hpp"

namespace latent::engine {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

bool isRun(const json& input) { return input.contains("request_sha256"); }

/// Empty where there is none: a request may come from somebody else.
std::string textOf(const json& input, const char* key) {
    const auto found = input.find(key);
    return found != input.end() && found->is_string() ? found->get<std::string>() : std::string();
}

fs::path placeOf(const json& input) { return fs::u8path(textOf(input, "path")); }

/// The file whose content an input is stamped by.
fs::path contentOf(const json& input) {
    if (!isRun(input)) return placeOf(input);
    return input.contains("checkpoint") ? layout::checkpoint(placeOf(input), textOf(input, "checkpoint"))
                                        : layout::compacted(placeOf(input));
}

Result<bool> isSame(const json& input) {
    if (isRun(input)) {
        LATENT_TRY(const Request request, readRequest(placeOf(input)));
        if (request.sha256() != textOf(input, "request_sha256")) return false;
    }
    if (input.contains("sha256")) {
        LATENT_TRY(const std::string now, sha256File(contentOf(input)));
        return now == textOf(input, "sha256");
    }
    if (input.contains("sampled_sha256")) {
        LATENT_TRY(const std::string now, sampledSha256(contentOf(input)));
        return now == textOf(input, "sampled_sha256");
    }
    return true;  // a folder, or a run that had not ended
}

bool isThere(const json& input) {
    std::error_code ignored;
    if (isRun(input) || input.contains("folder")) return fs::is_directory(placeOf(input), ignored);
    return fs::is_regular_file(placeOf(input), ignored);
}

}  // namespace

void nameByPlace(json& parameters, const json& inputs) {
    for (const auto& [name, input] : inputs.items())
        if (!isRun(input) && !textOf(input, "path").empty()) parameters[name] = textOf(input, "path");
}

Status checkUnchanged(const json& inputs) {
    for (const auto& [name, input] : inputs.items()) {
        const std::string what = "The parameter '" + name + "' names the " +
                                 (isRun(input)               ? "run "
                                  : input.contains("folder") ? "folder "
                                                             : "file ") +
                                 placeOf(input).string();
        if (!isThere(input))
            return refused(what +
                           ", which is not there any more. Put it back and resume the sweep with "
                           "--retry-failed, or make the sweep anew.");
        LATENT_TRY(const bool same, isSame(input));
        if (!same)
            return refused(
                what +
                ", which has changed since the sweep was planned. Put back what it held and resume "
                "the sweep with --retry-failed, or make the sweep anew.");
    }
    return ok();
}

}  // namespace latent::engine
