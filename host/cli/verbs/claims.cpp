// SPDX-License-Identifier: Apache-2.0
// claims, report: what the papers said, held against what the runs gave.

#include <iostream>
#include <memory>

#include "cli/drawing.hpp"
#include "cli/place.hpp"
#include "cli/table.hpp"
#include "cli/verbs/verbs.hpp"
#include "engine/files/operations.hpp"
#include "engine/report/report.hpp"

namespace latent::cli {
namespace {

using engine::Exit;
using engine::Result;

Result<std::vector<fs::path>> foldersOf(const Context& context, const std::vector<std::string>& words) {
    std::vector<fs::path> folders;
    for (const std::string& word : words) {
        LATENT_TRY(const fs::path run, context.findRun(word));
        folders.push_back(run);
    }
    return folders;
}

Result<Exit> showClaims(Context& context, const std::vector<std::string>& words) {
    LATENT_TRY(const std::vector<fs::path> folders, foldersOf(context, words));
    LATENT_TRY(const engine::MeasuredClaims measured, engine::measureClaims(context.catalog(), folders));
    if (context.json) {
        context.print(measured.toJson());
        return Exit::Done;
    }
    for (const std::string& remark : measured.remarks) std::cout << printable(remark) << '\n';
    for (const engine::MeasuredClaim& entry : measured.entries) {
        std::cout << engine::claims::word(entry.judgement.verdict) << "  " << printable(entry.judgement.claim.id()) << "\n  "
                  << printable(entry.judgement.claim.statement()) << '\n';
        for (const std::string& line : engine::wordsOf(entry.judgement)) std::cout << "  " << printable(line) << '\n';
    }
    return Exit::Done;
}

Result<Exit> report(Context& context, const std::vector<std::string>& words, const std::string& out, const std::string& title) {
    LATENT_TRY(const std::vector<fs::path> folders, foldersOf(context, words));
    LATENT_CHECK(checkPlace(fs::u8path(out)));
    LATENT_TRY(const engine::Report made, engine::writeReport(context.catalog(), folders, title, desktopDrawer().value_or(engine::FigureDrawer())));
    LATENT_CHECK(engine::writeNew(fs::absolute(fs::u8path(out)), made.html));
    std::cout << "Report: " << out << '\n';
    for (const std::string& problem : made.problems) std::cerr << "latent: " << printable(problem) << '\n';
    return made.problems.empty() ? Exit::Done : Exit::RefusedInput;
}

}  // namespace

void addClaimsVerbs(CLI::App& app, Context& context) {
    CLI::App* claims = app.add_subcommand("claims", "Verdicts on the claims of the runs' experiments");
    auto words = std::make_shared<std::vector<std::string>>();
    claims->add_option("runs", *words, "Runs or sweeps; all are judged together")->required()->type_name("RUN…");
    context.addJson(claims);
    claims->callback([=, &context] { context.finish(showClaims(context, *words)); });

    CLI::App* verb = app.add_subcommand("report", "One HTML file with claims, runs and provenance");
    auto runs = std::make_shared<std::vector<std::string>>();
    auto out = std::make_shared<std::string>();
    auto title = std::make_shared<std::string>("Report");
    verb->add_option("runs", *runs, "Runs or sweeps")->required()->type_name("RUN…");
    verb->add_option("-o,--out", *out, "The file")->required()->type_name("FILE.html");
    verb->add_option("--title", *title, "Its title");
    verb->callback([=, &context] { context.finish(report(context, *runs, *out, *title)); });
}

}  // namespace latent::cli
