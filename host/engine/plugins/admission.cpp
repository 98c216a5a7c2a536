// SPDX-License-Identifier: Apache-2.0
#include "engine/plugins/admission.hpp"

#include <sys/wait.h>
#include <unistd.h>

#include <charconv>
#include <cstdlib>
#include <cstring>
#include <nlohmann/json.hpp>
#include <set>

#include "engine/json/bounded.hpp"
#include "engine/json/nearest_name.hpp"
#include "engine/plugins/child_process.hpp"

namespace latent::engine {
namespace {

using nlohmann::json;
using Outcome = Admission::Outcome;

std::string signalWords(int signal) {
    switch (signal) {
        case SIGSEGV:
            return "segmentation fault";
        case SIGBUS:
            return "bus error";
        case SIGABRT:
            return "abort";
        case SIGFPE:
            return "arithmetic error";
        case SIGILL:
            return "illegal instruction";
        case SIGKILL:
            return "killed";
        case SIGXCPU:
            return "out of processor time";
        case SIGXFSZ:
            return "wrote too large a file";
        default:
            return "signal " + std::to_string(signal);
    }
}

std::string phaseWords(const std::string& phase) {
    if (phase == "create") return "while it was set up";
    if (phase == "describe") return "while it described itself";
    if (phase == "outputs") return "while it was asked for the outputs of its experiments";
    if (phase == "rehearse") return "while its widget was made";
    return "while it was loaded";
}

std::string secondsWords(std::chrono::milliseconds time) {
    char text[32];
    const auto end = std::to_chars(text, text + sizeof text, static_cast<double>(time.count()) / 1000.0);
    return std::string(text, end.ptr) + " s";
}

/// The lines of the answer: the last phase, and the verdict if it came that far.
struct Answer {
    std::string phase = "load";
    json verdict;  // null: none
};

Result<Answer> readAnswer(const std::string& text, const std::string& what, std::size_t limit) {
    Answer answer;
    std::size_t begin = 0;
    while (begin < text.size()) {
        const std::size_t end = text.find('\n', begin);
        if (end == std::string::npos) break;  // torn by the end of the child
        LATENT_TRY(json line,
                   parseJson(std::string_view(text).substr(begin, end - begin), what, {.bytes = limit}));
        begin = end + 1;
        if (!line.is_object()) continue;
        if (line.contains("phase") && line["phase"].is_string())
            answer.phase = line["phase"].get<std::string>();
        else
            answer.verdict = std::move(line);
    }
    return answer;
}

/// Refuses a library that contributes other things than its manifest promises.
Status checkDeclared(const std::vector<Contribution>& contributions, const Manifest& manifest) {
    std::map<std::string, std::set<std::string>> described;
    for (const Contribution& c : contributions) described[c.kind].insert(c.id);
    for (const auto& [kind, ids] : manifest.declared) {
        for (const std::string& id : ids)
            if (!described[kind].count(id))
                return refused("The manifest " + manifest.file.string() + " promises the " + kind + " \"" +
                               id + "\", but the library does not have it.");
        for (const std::string& id : described[kind])
            if (!ids.count(id))
                return refused(manifest.library.string() + " has the " + kind + " \"" + id +
                               "\", which its manifest does not name.");
    }
    return ok();
}

Admission verdictOf(const json& verdict, const Manifest& manifest) {
    Admission result;
    if (verdict.contains("refused") && verdict["refused"].is_string()) {
        result.outcome = verdict.value("lasting", true) ? Outcome::Refused : Outcome::NotNow;
        result.sentence = verdict["refused"].get<std::string>();
        return result;
    }
    const auto refuse = [&](const Error& error) {
        result.outcome = Outcome::Refused;
        result.sentence = error.message;
        return result;
    };
    const std::string what = "The description of the plugin \"" + manifest.id + "\"";
    auto facts = descriptorFromJson(verdict.value("descriptor", json()), what);
    if (!facts) return refuse(facts.error());
    auto contributions = readContributions(verdict.value("contributions", json()), what);
    if (!contributions) return refuse(contributions.error());
    if (const Status declared = checkDeclared(*contributions, manifest); !declared)
        return refuse(declared.error());
    result.outcome = Outcome::Accepted;
    result.descriptor = *std::move(facts);
    result.contributions = *std::move(contributions);
    return result;
}

/// The outcome of one child. `again` is the sentence for what a second try may change.
Admission judge(const ChildEnd& end, const Manifest& manifest, const AdmissionSettings& settings,
                std::size_t maxAnswerBytes) {
    const std::string plugin =
        (settings.qtVersion ? "The panel library of the plugin \"" : "The plugin \"") + manifest.id + "\"";
    Admission result;
    if (end.startError != 0) {
        result.sentence = plugin + " could not be checked: the process for it did not start (" +
                          std::strerror(end.startError) + ").";
        return result;
    }
    const bool ended = WIFSIGNALED(end.status) && !end.timedOut && !end.tooLong;
    const int signal = ended ? WTERMSIG(end.status) : 0;
    if (end.interrupted || signal == SIGINT || signal == SIGTERM || signal == SIGHUP) {
        result.sentence = plugin + " was not checked to the end, because the program was interrupted.";
        return result;
    }
    if (end.tooLong) {
        result.outcome = Outcome::Refused;
        result.sentence =
            plugin + " describes itself in more than " + std::to_string(maxAnswerBytes >> 20) + " MB.";
        return result;
    }
    const auto answer =
        readAnswer(end.answer, "The answer of the plugin \"" + manifest.id + "\"", maxAnswerBytes);
    if (answer && !answer->verdict.is_null() && !end.timedOut) return verdictOf(answer->verdict, manifest);

    const std::string when = " " + phaseWords(answer ? answer->phase : "load");
    const std::string words = end.lastWords.empty() ? "" : ", saying \"" + end.lastWords + "\"";
    const std::string release =
        "; it is quarantined until you run \"latent plugins release " + manifest.id + "\".";
    if (end.timedOut) {
        result.outcome = Outcome::Hung;
        result.sentence = plugin + " gave no answer within " + secondsWords(settings.timeout) + when +
                          ", twice" + words + release;
        return result;
    }
    result.outcome = Outcome::Crashed;
    if (signal != 0)
        result.sentence = plugin + " crashed" + when + " (" + signalWords(signal) + ")" + words + release;
    else
        result.sentence = plugin + " ended the process" + when + " (exit code " +
                          std::to_string(WEXITSTATUS(end.status)) + ")" + words + release;
    return result;
}

}  // namespace

Admission admit(const LibraryFile& file, const Manifest& manifest, const std::string& sha256,
                const AdmissionSettings& settings) {
    const json request = {
        {"path", file.path().string()}, {"sha256", sha256},     {"id", manifest.id},
        {"version", manifest.version},  {"parent", ::getpid()}, {"torch", settings.torchVersion},
        {"qt", settings.qtVersion}};
    // A program that takes no notice of the request would scan, and start itself again and again.
    if (std::getenv(kAdmissionMark))
        return {Admission::Outcome::NotNow,
                "The plugin \"" + manifest.id + "\" is not checked by a process that checks another one.",
                {},
                {},
                0};
    ChildStart start{settings.program, settings.arguments, file.descriptor(), settings.timeout, {}};
    start.maxAnswerBytes = 2 * kMaxDescriptionBytes;
    start.arguments.push_back(request.dump(-1, ' ', false, json::error_handler_t::replace));

    Admission result;
    for (int attempt = 1; attempt <= 2; ++attempt) {
        result = judge(runChild(start), manifest, settings, start.maxAnswerBytes);
        result.childrenStarted = attempt;
        if (result.outcome != Outcome::Hung) break;
    }
    return result;
}

}  // namespace latent::engine
