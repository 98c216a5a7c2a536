// SPDX-License-Identifier: Apache-2.0
// export: arrays and metrics of a run as CSV, for programs that read nothing better, and the files that it wrote itself.

#include <algorithm>
#include <iostream>
#include <memory>

#include "cli/place.hpp"
#include "cli/verbs/array_csv.hpp"
#include "cli/verbs/verbs.hpp"
#include "engine/files/operations.hpp"
#include "engine/store/layout.hpp"
#include "engine/store/run_reader.hpp"

namespace latent::cli {
namespace {

using engine::Exit;
using engine::Result;

Result<std::string> metricCsv(engine::RunReader& reader, const std::string& name) {
    LATENT_TRY(const engine::MetricSeries series, reader.metric(name));
    std::string csv = "step," + name + "\n";
    for (std::size_t i = 0; i < series.steps.size(); ++i)
        csv += std::to_string(series.steps[i]) + "," + numberText(series.values[i]) + "\n";
    return csv;
}

/// Names of the files that the experiment wrote; of others' runs too, so links and odd names are passed over.
std::vector<std::string> ownFiles(const fs::path& run) {
    std::vector<std::string> names;
    std::error_code ignored;
    for (const auto& entry : fs::directory_iterator(engine::layout::files(run), ignored)) {
        const std::string name = entry.path().filename().string();
        if (engine::layout::isName(name, false) &&
            entry.symlink_status(ignored).type() == fs::file_type::regular)
            names.push_back(name);
    }
    std::sort(names.begin(), names.end());
    return names;
}

engine::Status copyFile(const fs::path& from, const fs::path& to) {
    std::error_code failed;
    fs::copy_file(from, to, fs::copy_options::overwrite_existing, failed);
    return failed ? engine::refused("Cannot copy " + from.string() + " to " + to.string() + ": " +
                                    failed.message() + ".")
                  : engine::ok();
}

Result<Exit> exportRun(Context& context, const std::string& word, const std::string& out,
                       std::vector<std::string> names) {
    LATENT_TRY(const fs::path run, context.findRun(word));
    LATENT_CHECK(checkPlace(fs::u8path(out)));
    LATENT_TRY(engine::RunFiles files, engine::RunFiles::make());
    LATENT_TRY(engine::RunReader reader, engine::RunReader::open(run, files));
    LATENT_TRY(const std::vector<engine::PublishedArray> arrays, reader.arrays());
    LATENT_TRY(const std::vector<std::string> metrics, reader.metrics());
    LATENT_CHECK(engine::makeFolders(fs::u8path(out)));
    const bool all = names.empty();
    const auto wanted = [&](const std::string& name) {
        const auto found = std::find(names.begin(), names.end(), name);
        if (found == names.end()) return all;
        names.erase(found);
        return true;
    };
    int written = 0;
    for (const engine::PublishedArray& array : arrays) {
        if (!array.present || array.spec.large || !wanted(array.spec.name)) continue;
        LATENT_TRY(const engine::Array data, reader.readAll(array.spec.name));
        LATENT_CHECK(engine::writeNew(
            fs::u8path(out) / csvName(array.spec.name),
            arrayCsv(array.spec.name, array.spec.units, array.spec.dimNames(), data.view())));
        ++written;
    }
    for (const std::string& name : metrics) {
        if (!wanted("metrics/" + name)) continue;
        LATENT_TRY(const std::string csv, metricCsv(reader, name));
        LATENT_CHECK(engine::writeNew(fs::u8path(out) / csvName("metrics/" + name), csv));
        ++written;
    }
    for (const std::string& name : ownFiles(run)) {
        if (!wanted("files/" + name)) continue;
        LATENT_CHECK(copyFile(engine::layout::files(run) / name, fs::u8path(out) / name));
        ++written;
    }
    if (!names.empty())
        return engine::badRequest("The run " + run.filename().string() + " has no array and no file '" +
                                  names.front() + "' that can be exported.");
    std::cout << written << " files in " << out << '\n';
    return Exit::Done;
}

}  // namespace

void addExportVerb(CLI::App& app, Context& context) {
    CLI::App* verb = app.add_subcommand(
        "export", "Write arrays and metrics of a run as CSV files, beside the files that it made itself");
    auto word = std::make_shared<std::string>();
    auto out = std::make_shared<std::string>();
    auto names = std::make_shared<std::vector<std::string>>();
    verb->add_option("run", *word, "Its folder, or enough of its name")->required()->type_name("RUN");
    verb->add_option("-o,--out", *out, "Folder for the files")->required()->type_name("DIR");
    verb->add_option("-a,--array", *names, "Only this array (or metrics/NAME, files/NAME); repeat for more");
    verb->callback([=, &context] { context.finish(exportRun(context, *word, *out, *names)); });
}

}  // namespace latent::cli
