// SPDX-License-Identifier: Apache-2.0
#include "engine/plugins/admission_child.hpp"

#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <nlohmann/json.hpp>

#include "engine/crash_signals.hpp"
#include "engine/json/bounded.hpp"
#include "engine/json/schema.hpp"
#include "engine/plugins/loaded_plugin.hpp"
#include "engine/plugins/promises.hpp"
#include "engine/sanitized.hpp"

namespace latent::engine {
namespace {

using nlohmann::json;

void answer(const json& line) {
    const std::string text = line.dump(-1, ' ', false, json::error_handler_t::replace) + "\n";
    std::size_t done = 0;
    while (done < text.size()) {
        const ssize_t got = ::write(kAdmissionAnswerDescriptor, text.data() + done, text.size() - done);
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0) ::_exit(1);  // nobody listens any more
        done += static_cast<std::size_t>(got);
    }
}

[[noreturn]] void leave(const json& verdict) {
    answer(verdict);
    ::_exit(0);
}

[[noreturn]] void refuse(const Error& error) {
    leave({{"refused", error.message}, {"lasting", error.exit == Exit::RefusedInput}});
}

void limit(int resource, rlim_t most) {
    rlimit now{};
    if (::getrlimit(static_cast<__rlimit_resource>(resource), &now) != 0) return;
    if (now.rlim_max != RLIM_INFINITY && now.rlim_max < most) most = now.rlim_max;
    const rlimit wanted{most, most};
    ::setrlimit(static_cast<__rlimit_resource>(resource), &wanted);
}

void confine(pid_t parent) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (::getppid() != parent) ::_exit(1);  // it was faster
    letCrashesShow();
    limit(RLIMIT_CORE, 0);
    limit(RLIMIT_CPU, 120);
    limit(RLIMIT_FSIZE, 64u << 20);
    if constexpr (!kSanitized) limit(RLIMIT_DATA, 8ull << 30);
}

/// One line for the parent to quote, instead of the library's two.
[[noreturn]] void sayAndAbort() {
    const char* what = "an exception that is not a std::exception";
    try {
        if (const auto current = std::current_exception()) std::rethrow_exception(current);
        what = "std::terminate was called";
    } catch (const std::exception& e) {
        std::fprintf(stderr, "exception out of the plugin: %s\n", e.what());
        std::abort();
    } catch (...) {
    }
    std::fprintf(stderr, "%s\n", what);
    std::abort();
}

struct Request {
    std::filesystem::path path;
    std::string sha256;
    DescriptorExpected expected;
    pid_t parent = 0;
};

Result<Request> readRequest(const char* text) {
    LATENT_TRY(const json value, parseJson(text, "The admission request"));
    try {
        const std::string path = value.at("path");
        return Request{path,
                       value.at("sha256"),
                       {value.at("id"), value.at("version"), value.at("torch"), path, value.at("qt")},
                       value.at("parent")};
    } catch (const json::exception&) {
        return badRequest("The admission request is incomplete; this verb is not for people.");
    }
}

Status checkContribution(const json& entry, const ContributionCheck& check) {
    if (entry.value("kind", "") == "panel") return ok();
    const std::string what = "its parameter schema";
    LATENT_CHECK(builtInSchema("parameters-1").check(entry.at("schema"), what));
    return check ? check(entry) : ok();
}

Result<json> admitHere(const Request& request, const ContributionCheck& check, const Rehearsal& rehearse) {
    LATENT_TRY(LibraryFile file, LibraryFile::adopt(kAdmissionLibraryDescriptor, request.path));
    LATENT_TRY(const std::string sha256, file.sha256());
    if (sha256 != request.sha256)
        return failed(request.path.string() + " was changed while it was being checked; try again.");
    answer({{"phase", "load"}});
    LATENT_TRY(LoadingLibrary library, LoadingLibrary::load(std::move(file), request.expected));
    answer({{"phase", "create"}});
    LATENT_TRY(LoadedPlugin plugin, library.create());
    answer({{"phase", "describe"}});
    const Result<std::string> text = plugin.describe();
    if (!text)
        return failed("The plugin \"" + request.expected.id +
                      "\" does not describe itself: " + text.error().message);
    const std::string what = "The description of the plugin \"" + request.expected.id + "\"";
    LATENT_TRY(json description, parseJson(*text, what, {.bytes = kMaxDescriptionBytes}));
    LATENT_TRY(const auto contributions, readContributions(description, what, [&](const json& entry) {
                   return checkContribution(entry, check);
               }));
    LATENT_CHECK(checkDescribed(contributions, what));
    // Left to the end of the process: the plugin's own cleaning up is not what is being tried here.
    static LoadedPlugin* const kept = new LoadedPlugin(std::move(plugin));
    answer({{"phase", "outputs"}});
    LATENT_CHECK(checkOutputs(*kept, contributions, what));
    if (rehearse) {
        answer({{"phase", "rehearse"}});
        rehearse(*kept, contributions);
    }
    // The parent reads the contributions again from the text.
    return json{{"descriptor", toJson(kept->descriptor())}, {"contributions", std::move(description)}};
}

}  // namespace

int admissionChildMain(int argc, char** argv, const ContributionCheck& check, const Rehearsal& rehearse) {
    if (argc < 2) return static_cast<int>(Exit::BadRequest);
    const Result<Request> request = readRequest(argv[argc - 1]);
    if (!request) {
        std::fprintf(stderr, "%s\n", request.error().message.c_str());
        return static_cast<int>(request.error().exit);
    }
    confine(request->parent);
    std::set_terminate(sayAndAbort);
    Result<json> verdict = admitHere(*request, check, rehearse);
    if (!verdict) refuse(verdict.error());
    leave(*verdict);
}

}  // namespace latent::engine
