// SPDX-License-Identifier: Apache-2.0
// figure: one figure of a run as a picture, or its numbers as CSV.

#include <iostream>
#include <memory>

#include "cli/drawing.hpp"
#include "cli/flag_values.hpp"
#include "cli/place.hpp"
#include "cli/table.hpp"
#include "cli/verbs/verbs.hpp"
#include "engine/figures/load.hpp"
#include "engine/figures/words.hpp"
#include "engine/files/operations.hpp"
#include "engine/json/nearest_name.hpp"

namespace latent::cli {
namespace {

using engine::Exit;
using engine::Result;

struct FigureFlags {
    std::string run, figure, out, theme = "paper";
    std::vector<std::string> cursors;
    double width_mm = 85;
    bool replace = false, list = false;
};

Result<engine::figures::Cursors> cursorsOf(const std::vector<std::string>& words) {
    engine::figures::Cursors cursors;
    for (const std::string& word : words) {
        const std::size_t equals = word.find('=');
        std::int64_t index = 0;
        if (equals == std::string::npos || equals == 0 ||
            !CLI::detail::lexical_cast(word.substr(equals + 1), index))
            return engine::badRequest("--cursor takes a name and an index, as --cursor frame=12; \"" + word +
                                      "\" is none.");
        cursors[word.substr(0, equals)] = index;
    }
    return cursors;
}

/// Numbers need no renderer.
engine::Status writeCsv(engine::figures::RunArrays& run, const FigureFlags& flags, const fs::path& file) {
    LATENT_TRY(const engine::figures::Cursors cursors, cursorsOf(flags.cursors));
    std::vector<std::string> names;
    for (const nlohmann::json& view : run.allViews()) {
        names.push_back(view.value("name", ""));
        if (names.back() != flags.figure) continue;
        LATENT_TRY(const engine::figures::ArraySet arrays, run.readFor(view, cursors));
        LATENT_TRY(const engine::figures::Figure figure,
                   engine::figures::resolveFigure(view, arrays, cursors));
        const std::string csv = engine::figures::figureCsv(figure);
        if (flags.replace) return engine::writeNew(file, csv);
        LATENT_TRY(const bool made, engine::createExclusive(file, csv));
        if (!made)
            return engine::badRequest(file.string() + " exists already; give another name, or --replace.");
        return engine::ok();
    }
    return engine::badRequest(
        "The run has no figure \"" + flags.figure + "\"" +
        (names.empty() ? std::string("; it has none.") : engine::didYouMean(flags.figure, names)));
}

Result<Exit> listFigures(Context& context, engine::figures::RunArrays& run) {
    if (context.json) {
        context.print(run.allViews());
        return Exit::Done;
    }
    Table table({"figure", "kind", ""});
    for (const nlohmann::json& view : run.allViews())
        table.row({printable(view.value("name", "")), printable(view.value("kind", "")),
                   printable(view.value("title", ""))});
    table.print(std::cout);
    return Exit::Done;
}

Result<Exit> figure(Context& context, const FigureFlags& flags) {
    LATENT_TRY(const fs::path run, context.findRun(flags.run));
    LATENT_TRY(engine::RunFiles files, engine::RunFiles::make());
    LATENT_TRY(engine::figures::RunArrays arrays, engine::figures::RunArrays::open(run, files));
    LATENT_TRY(const bool changed, arrays.refresh());
    static_cast<void>(changed);
    if (flags.figure.empty()) return listFigures(context, arrays);
    const fs::path file = fs::u8path(flags.out.empty() ? flags.figure + ".pdf" : flags.out);
    LATENT_CHECK(checkPlace(file));
    if (file.extension() == ".csv") {
        LATENT_CHECK(writeCsv(arrays, flags, file));
    } else {
        std::vector<std::string> options{"--theme", flags.theme, "--width-mm",
                                         std::to_string(flags.width_mm)};
        for (const std::string& cursor : flags.cursors) options.insert(options.end(), {"--cursor", cursor});
        if (flags.replace) options.push_back("--replace");
        LATENT_CHECK(drawFigure(run, flags.figure, file, options));
    }
    std::cout << file.string() << '\n';
    return Exit::Done;
}

}  // namespace

void addFigureVerb(CLI::App& app, Context& context) {
    CLI::App* verb = app.add_subcommand(
        "figure", "A figure of a run as PNG, SVG, PDF or CSV; without a figure: which there are");
    auto flags = std::make_shared<FigureFlags>();
    verb->add_option("run", flags->run, "Its folder, or enough of its name; `last` is the newest")
        ->required()
        ->type_name("RUN");
    verb->add_option("figure", flags->figure, "Its name")->type_name("VIEW");
    verb->add_option("-o,--out", flags->out, "File; its ending says the format (default: VIEW.pdf)")
        ->type_name("FILE")
        ->check(notEmpty());
    verb->add_option("--width-mm", flags->width_mm, "Width on paper (default 85, one column)")
        ->check(within(20, 1000));
    verb->add_option("--theme", flags->theme, "paper, light or dark")
        ->check(CLI::IsMember({"paper", "light", "dark"}));
    verb->add_option("--cursor", flags->cursors,
                     "Where a shared cursor stands: frame=12; without it as in the window, mostly at the end")
        ->type_name("NAME=INDEX");
    verb->add_flag("--replace", flags->replace, "Write over a file of that name");
    context.addJson(verb);
    verb->callback([flags, &context] { context.finish(figure(context, *flags)); });
}

}  // namespace latent::cli
