// SPDX-License-Identifier: Apache-2.0
// `latent`: the command line of the workbench, and the program that workers, readers of foreign files and plugin
// admission run in.

#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <string_view>

#include "cli/context.hpp"
#include "cli/flag_values.hpp"
#include "cli/table.hpp"
#include "cli/verbs/verbs.hpp"
#include "engine/files/operations.hpp"
#include "engine/jobs/start.hpp"
#include "engine/json/nearest_name.hpp"
#include "engine/plugins/admission_child.hpp"
#include "engine/store/reader_child.hpp"
#include "latent/version.hpp"

namespace {

namespace fs = std::filesystem;
using namespace latent;

/// The path of this program, also when it was found through PATH.
std::string ownPath() {
    std::error_code error;
    const fs::path path = fs::read_symlink("/proc/self/exe", error);
    return error ? "latent" : path.string();
}

fs::path standardWorkspace() {
    const char* given = std::getenv("LATENT_WORKSPACE");
    std::error_code isGone;
    const fs::path here = fs::current_path(isGone);
    return given && *given ? fs::path(given) : isGone ? fs::path(".") : here;
}

int refuse(const std::string& sentence) {
    std::cerr << "latent: " << sentence << '\n';
    return static_cast<int>(engine::Exit::BadRequest);
}

/// CLI11 would say that a verb is missing, but not which word is none; and that a flag was not expected, but not which is.
int commandLineExit(const CLI::App& app, const CLI::ParseError& error) {
    const std::vector<CLI::App*> asked = app.get_subcommands();
    const std::vector<std::string> words = app.remaining(true);
    if (asked.empty() && !words.empty() && words.front().find('-') != 0) {
        std::vector<std::string> verbs;
        for (const CLI::App* verb : app.get_subcommands({})) verbs.push_back(verb->get_name());
        const std::string near = engine::didYouMean(words.front(), verbs);
        return refuse("There is no verb \"" + cli::printable(words.front()) + '"' +
                      (near.empty() ? "; `latent --help` lists them." : near));
    }
    const auto flag = std::find_if(words.begin(), words.end(),
                                   [](const std::string& word) { return word.size() > 1 && word[0] == '-'; });
    // Where there is no verb, that one is required is what CLI11 finds first.
    const bool isUnknown = dynamic_cast<const CLI::ExtrasError*>(&error) != nullptr || asked.empty();
    if (isUnknown && flag != words.end()) {
        const std::string program = asked.empty() ? "latent" : "latent " + asked.front()->get_name(),
                          name = flag->substr(0, flag->find('='));
        std::vector<std::string> flags;
        for (const CLI::App* owner :
             {asked.empty() ? &app : static_cast<const CLI::App*>(asked.front()), &app})
            for (const CLI::Option* option : owner->get_options())
                for (const std::string& known : option->get_lnames()) flags.push_back("--" + known);
        const std::string near = engine::didYouMean(name, flags);
        return refuse("`" + program + "` knows no " + cli::printable(name) +
                      (near.empty() ? "; `" + program + " --help` lists what it knows." : near));
    }
    // CLI11 has exit codes of its own; a mistake on the command line is a bad request.
    return app.exit(error) == 0 ? 0 : static_cast<int>(engine::Exit::BadRequest);
}

/// Nobody reads what goes to stdout any more. An error of long ago tells no number, so the pipe itself is asked.
bool isPipeClosed() {
    pollfd out{STDOUT_FILENO, POLLOUT, 0};
    return ::poll(&out, 1, 0) == 1 && (out.revents & POLLERR) != 0;
}

/// The exit code, unless what was printed got lost on its way: a full disk must not look like an empty answer.
int afterPrinting(int code) {
    errno = 0;
    const bool isWhole = std::cout.flush() && std::fflush(stdout) == 0 && std::ferror(stdout) == 0;
    const int number = errno;
    if (isWhole || isPipeClosed()) return code;  // whoever closed the pipe (`| head`) wanted no more
    std::cerr << "latent: The output could not be written"
              << (number == 0 ? "" : ": " + engine::errorReason(number)) << ".\n";
    return code == 0 ? static_cast<int>(engine::Exit::Failed) : code;
}

}  // namespace

int main(int argc, char** argv) {
    const std::string_view word = argc > 1 ? argv[1] : "";
    // Inner entries: they speak a protocol, not to people, and so stay out of the help.
    if (word == "reader-child") return engine::readerChildMain(STDIN_FILENO, STDOUT_FILENO);
    if (word == "admit-plugin") return engine::admissionChildMain(argc - 1, argv + 1);

    const std::string self = ownPath();
    engine::setReaderChildCommand({self, "reader-child"});
    engine::setWorkerCommand({self, "worker"});

    cli::Context context;
    context.workspace = standardWorkspace();
    CLI::App app(
        "The command line of the Latent Workbench: run experiments, sweep them, read what they gave.",
        "latent");
    app.set_version_flag("--version", "latent " LATENT_SDK_VERSION);
    app.add_option("-w,--workspace", context.workspace,
                   "Folder that holds runs/ (default: LATENT_WORKSPACE, else here)")
        ->type_name("DIR")
        ->check(cli::notEmpty());
    app.add_flag("--safe-mode", context.safeMode, "Use only the plugins that came with the program");
    app.require_subcommand(1);
    app.fallthrough();

    cli::addExperimentVerbs(app, context);
    cli::addRunVerbs(app, context);
    cli::addControlVerbs(app, context);
    cli::addRunsVerbs(app, context);
    cli::addShowVerbs(app, context);
    cli::addClaimsVerbs(app, context);
    cli::addSweepVerb(app, context);
    cli::addProbeVerbs(app, context);
    cli::addFigureVerb(app, context);
    cli::addExportVerb(app, context);
    cli::addCheckVerb(app, context);
    cli::addSamplesVerbs(app, context);
    cli::addPluginVerbs(app, context);
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        return afterPrinting(commandLineExit(app, error));
    } catch (const std::exception& error) {
        std::error_code isGone;
        static_cast<void>(fs::current_path(isGone));
        if (isGone)
            return refuse("The folder that this was called in is gone; change to one that exists.");
        std::cerr << "latent: " << error.what() << '\n';
        return static_cast<int>(engine::Exit::Failed);
    }
    return afterPrinting(context.exitCode());
}
