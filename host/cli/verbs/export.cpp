// SPDX-License-Identifier: Apache-2.0
// export: arrays and metrics of a run as CSV, for programs that read nothing better, and the files that it wrote itself.

#include <algorithm>
#include <iostream>
#include <memory>
#include <set>

#include "cli/flag_values.hpp"
#include "cli/place.hpp"
#include "cli/table.hpp"
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

bool canExport(const engine::PublishedArray& array) { return array.present && !array.spec.large; }

/// Before anything is written: every name that was asked for is one of the run's.
engine::Status checkNames(const fs::path& run, const std::vector<std::string>& names,
                          const std::vector<engine::PublishedArray>& arrays,
                          const std::vector<std::string>& metrics, const std::vector<std::string>& own) {
    std::set<std::string> there;
    for (const engine::PublishedArray& array : arrays)
        if (canExport(array)) there.insert(array.spec.name);
    for (const std::string& name : metrics) there.insert("metrics/" + name);
    for (const std::string& name : own) there.insert("files/" + name);
    for (const std::string& name : names)
        if (!there.count(name))
            return engine::badRequest("The run " + run.filename().string() + " has no array and no file '" +
                                      printable(name) + "' that can be exported.");
    return engine::ok();
}

Result<Exit> exportRun(Context& context, const std::string& word, const std::string& out,
                       const std::vector<std::string>& names) {
    LATENT_TRY(const fs::path run, context.findRun(word));
    LATENT_CHECK(checkFolderPlace(fs::u8path(out)));
    LATENT_TRY(engine::RunFiles files, engine::RunFiles::make());
    LATENT_TRY(engine::RunReader reader, engine::RunReader::open(run, files));
    LATENT_TRY(const std::vector<engine::PublishedArray> arrays, reader.arrays());
    LATENT_TRY(const std::vector<std::string> metrics, reader.metrics());
    const std::vector<std::string> own = ownFiles(run);
    LATENT_CHECK(checkNames(run, names, arrays, metrics, own));
    LATENT_CHECK(engine::makeFolders(fs::u8path(out)));
    const auto wanted = [&](const std::string& name) {
        return names.empty() || std::find(names.begin(), names.end(), name) != names.end();
    };
    int written = 0;
    for (const engine::PublishedArray& array : arrays) {
        if (!canExport(array) || !wanted(array.spec.name)) continue;
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
    for (const std::string& name : own) {
        if (!wanted("files/" + name)) continue;
        LATENT_CHECK(copyFile(engine::layout::files(run) / name, fs::u8path(out) / name));
        ++written;
    }
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
    verb->add_option("-o,--out", *out, "Folder for the files")
        ->required()
        ->type_name("DIR")
        ->check(notEmpty());
    verb->add_option("-a,--array", *names, "Only this array (or metrics/NAME, files/NAME); repeat for more");
    verb->callback([=, &context] { context.finish(exportRun(context, *word, *out, *names)); });
}

}  // namespace latent::cli
