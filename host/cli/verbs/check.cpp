// SPDX-License-Identifier: Apache-2.0
// check: is a run, a run file, a manifest, a view or a sweep file sound?

#include <iostream>
#include <memory>

#include "cli/table.hpp"
#include "cli/verbs/verbs.hpp"
#include "engine/files/seal.hpp"
#include "engine/store/recovery.hpp"
#include "engine/store/run_files.hpp"

namespace latent::cli {
namespace {

using engine::Exit;
using engine::Result;

Result<Exit> checkFile(const fs::path& path) {
    LATENT_TRY(engine::RunFiles files, engine::RunFiles::make());
    LATENT_TRY(engine::h5::Source * source, files.open(path));
    if (source->texts().count("latent_format") == 0) {  // a segment, a checkpoint, or nothing of ours
        LATENT_TRY(const engine::SealReport seal, engine::checkSeal(path, files.key()));
        if (seal.state == engine::Sealed::None)
            return engine::refused(
                path.string() +
                " is an HDF5 file of another program: it has no seal, and does not say latent-run/1.");
    }
    std::cout << path.string() << ": " << source->datasets().size() << " arrays, "
              << (files.lastWasForeign() ? "not sealed by this user; it was read in a child process.\n"
                                         : "sealed by this user.\n");
    return Exit::Done;
}

Result<Exit> check(Context& context, const std::string& word) {
    std::error_code ignored;
    if (fs::is_regular_file(fs::u8path(word), ignored)) return checkFile(fs::u8path(word));
    LATENT_TRY(const fs::path run, context.findRun(word));
    LATENT_TRY(engine::RunFiles files, engine::RunFiles::make());
    LATENT_TRY(const std::vector<std::string> findings, engine::checkRun(run, files));
    for (const std::string& finding : findings) std::cout << printable(finding) << '\n';
    if (findings.empty()) std::cout << run.string() << " is sound.\n";
    return findings.empty() ? Exit::Done : Exit::RefusedInput;
}

}  // namespace

void addCheckVerb(CLI::App& app, Context& context) {
    CLI::App* verb = app.add_subcommand("check", "Check a run directory or an HDF5 file of one");
    auto word = std::make_shared<std::string>();
    verb->add_option("file", *word, "A run (folder or name) or a file")->required()->type_name("FILE");
    verb->callback([=, &context] { context.finish(check(context, *word)); });
}

}  // namespace latent::cli
