// SPDX-License-Identifier: Apache-2.0
// claims, report: what the papers said, held against what the runs gave.

#include <algorithm>
#include <iostream>
#include <memory>

#include "cli/drawing.hpp"
#include "cli/flag_values.hpp"
#include "cli/place.hpp"
#include "cli/table.hpp"
#include "cli/verbs/verbs.hpp"
#include "engine/files/operations.hpp"
#include "engine/report/report.hpp"

namespace latent::cli {
namespace {

using engine::Exit;
using engine::Result;

struct ClaimFlags {
    std::vector<std::string> runs;
    bool each = false;
    std::string out;
    std::string title = "Report";
};

Result<std::vector<engine::Study>> studiesOf(const Context& context, const ClaimFlags& flags) {
    std::vector<fs::path> folders;
    for (const std::string& word : flags.runs) {
        LATENT_TRY(const fs::path run, context.findRun(word));
        std::error_code ignored;
        const bool known = std::any_of(folders.begin(), folders.end(), [&](const fs::path& other) {
            return fs::equivalent(run, other, ignored);
        });
        if (!known) folders.push_back(run);  // one that is named twice is no second unit
    }
    if (flags.each) return engine::studiesOf(folders);
    return std::vector<engine::Study>{{"", folders}};
}

Result<Exit> showClaims(Context& context, const ClaimFlags& flags) {
    LATENT_TRY(const std::vector<engine::Study> studies, studiesOf(context, flags));
    LATENT_TRY(const engine::MeasuredClaims measured, engine::measureClaims(context.catalog(), studies));
    if (context.json) {
        context.print(measured.toJson());
        return Exit::Done;
    }
    for (const std::string& remark : measured.remarks) std::cout << printable(remark) << '\n';
    if (const std::string none = measured.nothingToJudge(); !none.empty()) std::cout << none << '\n';
    std::string study;
    for (const engine::MeasuredClaim& entry : measured.entries) {
        if (entry.study != study)
            std::cout << (study.empty() ? "" : "\n") << printable(study = entry.study) << '\n';
        std::cout << engine::claims::word(entry.judgement.verdict) << "  "
                  << printable(entry.judgement.claim.id()) << "\n  "
                  << printable(entry.judgement.claim.statement()) << '\n';
        for (const std::string& line : engine::wordsOf(entry.judgement))
            std::cout << "  " << printable(line) << '\n';
    }
    return Exit::Done;
}

Result<Exit> report(Context& context, const ClaimFlags& flags) {
    LATENT_TRY(const std::vector<engine::Study> studies, studiesOf(context, flags));
    LATENT_CHECK(checkPlace(fs::u8path(flags.out)));
    LATENT_TRY(const engine::Report made,
               engine::writeReport(context.catalog(), studies, flags.title,
                                   desktopDrawer().value_or(engine::FigureDrawer())));
    LATENT_CHECK(engine::writeNew(fs::absolute(fs::u8path(flags.out)), made.html));
    std::cout << "Report: " << flags.out << '\n';
    for (const std::string& problem : made.problems) std::cerr << "latent: " << printable(problem) << '\n';
    return made.problems.empty() ? Exit::Done : Exit::RefusedInput;
}

}  // namespace

void addClaimsVerbs(CLI::App& app, Context& context) {
    const auto addRuns = [](CLI::App* verb, ClaimFlags& flags) {
        verb->add_option("runs", flags.runs,
                         "Runs or sweeps; they are asked together, as the units of one study")
            ->required()
            ->type_name("RUN…");
        verb->add_flag("--each", flags.each, "Each is a study of its own: measure its claims for it alone");
    };
    CLI::App* claims = app.add_subcommand("claims", "Verdicts on the claims of the runs' experiments");
    auto asked = std::make_shared<ClaimFlags>();
    addRuns(claims, *asked);
    context.addJson(claims);
    claims->callback([=, &context] { context.finish(showClaims(context, *asked)); });

    CLI::App* verb = app.add_subcommand("report", "One HTML file with claims, runs and provenance");
    auto flags = std::make_shared<ClaimFlags>();
    addRuns(verb, *flags);
    verb->add_option("-o,--out", flags->out, "The file")
        ->required()
        ->type_name("FILE.html")
        ->check(notEmpty());
    verb->add_option("--title", flags->title, "Its title");
    verb->callback([=, &context] { context.finish(report(context, *flags)); });
}

}  // namespace latent::cli
