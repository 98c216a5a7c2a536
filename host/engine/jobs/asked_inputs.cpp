// SPDX-License-Identifier: Apache-2.0
#include "engine/jobs/asked_inputs.hpp"

#include <filesystem>
#include <nlohmann/json.hpp>

#include "engine/files/operations.hpp"
#include "engine/files/sha256.hpp"
#include "engine/json/text_in.hpp"
#include "engine/store/layout.hpp"

namespace latent::engine {
namespace {

namespace fs = std::filesystem;

bool namesARun(const nlohmann::json& input) { return input.contains("request_sha256"); }

fs::path inputPlace(const nlohmann::json& input) { return fs::u8path(textIn(input, "path")); }

/// The file whose content an input is stamped by.
fs::path inputContent(const nlohmann::json& input) {
    if (!namesARun(input)) return inputPlace(input);
    return input.contains("checkpoint") ? layout::checkpoint(inputPlace(input), textIn(input, "checkpoint"))
                                        : layout::compacted(inputPlace(input));
}

Result<bool> holdsTheSame(const nlohmann::json& input) {
    if (namesARun(input)) {
        LATENT_TRY(const Request request, readRequest(inputPlace(input)));
        if (request.sha256() != textIn(input, "request_sha256")) return false;
    }
    const bool isWhole = input.contains("sha256");
    if (!isWhole && !input.contains("sampled_sha256")) return true;  // a folder, or a run that had not ended
    if (!fileExists(inputContent(input)))
        return false;  // a run that went on has no run.h5 until it ends again
    if (isWhole) {
        LATENT_TRY(const std::string now, sha256File(inputContent(input)));
        return now == textIn(input, "sha256");
    }
    LATENT_TRY(const std::string now, sampledSha256(inputContent(input)));
    return now == textIn(input, "sampled_sha256");
}

bool isStillThere(const nlohmann::json& input) {
    std::error_code ignored;
    if (namesARun(input) || input.contains("folder")) return fs::is_directory(inputPlace(input), ignored);
    return fs::is_regular_file(inputPlace(input), ignored);
}

struct Advice {
    const char* since;  ///< when it held what the stamps say
    const char* todo;
};

Advice adviceFor(AskedBy whose) {
    if (whose == AskedBy::Sweep)
        return {"the sweep was planned",
                " and resume the sweep with --retry-failed, or make the sweep anew."};
    return {"the run was asked for", " and resume the run, or make a new run."};
}

}  // namespace

void nameByPlace(nlohmann::json& parameters, const nlohmann::json& inputs) {
    if (!parameters.is_object() || !inputs.is_object()) return;
    for (const auto& [name, input] : inputs.items())
        if (!namesARun(input) && !textIn(input, "path").empty() && parameters.contains(name))
            parameters[name] = textIn(input, "path");
}

Status checkUnchanged(const nlohmann::json& inputs, AskedBy whose) {
    if (!inputs.is_object()) return refused("The inputs of the request are not a JSON object.");
    const Advice advice = adviceFor(whose);
    for (const auto& [name, input] : inputs.items()) {
        if (textIn(input, "path").empty())
            return refused("The request does not say where the input '" + name + "' lies.");
        const std::string what = "The parameter '" + name + "' names the " +
                                 (namesARun(input)           ? "run "
                                  : input.contains("folder") ? "folder "
                                                             : "file ") +
                                 inputPlace(input).string();
        if (!isStillThere(input))
            return refused(what + ", which is not there any more. Put it back" + advice.todo);
        LATENT_TRY(const bool same, holdsTheSame(input));
        if (!same)
            return refused(what + ", which has changed since " + advice.since + ". Put back what it held" +
                           (input.contains("sampled_sha256") ? " and the time of its last change," : "") +
                           advice.todo);
    }
    return ok();
}

Status checkUnchanged(const Request& request) {
    const nlohmann::json& document = request.document();
    const auto inputs = document.find("inputs");
    const auto kind = document.find("kind");
    if (inputs == document.end() || (kind != document.end() && *kind == "sweep")) return ok();
    return checkUnchanged(*inputs, AskedBy::Run);
}

}  // namespace latent::engine
