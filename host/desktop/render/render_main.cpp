// SPDX-License-Identifier: GPL-3.0-or-later
#include "desktop/render/render_main.hpp"

#include <QCommandLineParser>
#include <QDir>
#include <cstdio>
#include <nlohmann/json.hpp>

#include "desktop/views/export.hpp"
#include "engine/figures/load.hpp"
#include "engine/json/nearest_name.hpp"

namespace latent::desktop {
namespace {

using engine::Error;
using engine::Result;
using engine::Status;
using nlohmann::json;

struct Order {
    std::filesystem::path run;
    QString view, file, folder, format;
    ExportOptions options;
    engine::figures::Cursors cursors;
};

Result<Order> orderOf(const QStringList& given) {
    QCommandLineParser words;
    words.addOption({QStringLiteral("all"), {}, QStringLiteral("folder")});
    words.addOption({QStringLiteral("format"), {}, QStringLiteral("format"), QStringLiteral("svg")});
    words.addOption({QStringLiteral("width-mm"), {}, QStringLiteral("mm"), QStringLiteral("85")});
    words.addOption({QStringLiteral("theme"), {}, QStringLiteral("theme"), QStringLiteral("paper")});
    words.addOption({QStringLiteral("cursor"), {}, QStringLiteral("name=index")});
    words.addOption({QStringLiteral("replace"), {}});
    words.addOption({QStringLiteral("title"), {}});
    if (!words.parse(QStringList{QStringLiteral("--render")} + given))
        return engine::badRequest(words.errorText().toStdString());
    Order order;
    const QStringList plain = words.positionalArguments();
    order.folder = words.value(QStringLiteral("all"));
    if (plain.size() != (order.folder.isEmpty() ? 3 : 1))
        return engine::badRequest("Give a run, a figure and a file, or a run and --all FOLDER.");
    order.run = plain[0].toStdString();
    if (order.folder.isEmpty()) {
        order.view = plain[1];
        order.file = plain[2];
    }
    order.format = words.value(QStringLiteral("format"));
    bool isNumber = false;
    order.options.width_mm = words.value(QStringLiteral("width-mm")).toDouble(&isNumber);
    if (!isNumber || !(order.options.width_mm >= 20 && order.options.width_mm <= 1000))
        return engine::badRequest("--width-mm takes a number from 20 to 1000.");
    const QString look = words.value(QStringLiteral("theme"));
    if (look == QLatin1String("light"))
        order.options.theme = Theme::Kind::Light;
    else if (look == QLatin1String("dark"))
        order.options.theme = Theme::Kind::Dark;
    else if (look != QLatin1String("paper"))
        return engine::badRequest("--theme takes paper, light or dark.");
    order.options.replace = words.isSet(QStringLiteral("replace"));
    order.options.title = words.isSet(QStringLiteral("title"));
    for (const QString& cursor : words.values(QStringLiteral("cursor"))) {
        const qsizetype equals = cursor.indexOf(QLatin1Char('='));
        const qlonglong index = equals > 0 ? cursor.mid(equals + 1).toLongLong(&isNumber) : 0;
        if (equals <= 0 || !isNumber)
            return engine::badRequest("--cursor takes a name and an index: --cursor frame=12.");
        order.cursors[cursor.left(equals).toStdString()] = index;
    }
    return order;
}

Result<FigurePtr> resolved(engine::figures::RunArrays& run, const json& view, const Order& order) {
    LATENT_TRY(const engine::figures::ArraySet arrays, run.readFor(view, order.cursors));
    LATENT_TRY(engine::figures::Figure figure, engine::figures::resolveFigure(view, arrays, order.cursors));
    return std::make_shared<const engine::figures::Figure>(std::move(figure));
}

Status renderOne(engine::figures::RunArrays& run, const Order& order) {
    std::vector<std::string> names;
    for (const json& view : run.allViews()) {
        names.push_back(view.value("name", ""));
        if (names.back() != order.view.toStdString()) continue;
        LATENT_TRY(const FigurePtr figure, resolved(run, view, order));
        if (figure->isEmpty)
            return engine::refused("The figure " + names.back() +
                                   " has nothing to show yet: none of its arrays was published.");
        return exportFigure(figure, order.file.toStdString(), order.options);
    }
    return engine::badRequest("The run has no figure \"" + order.view.toStdString() + "\"" +
                              (names.empty() ? std::string("; it has none at all.")
                                             : engine::didYouMean(order.view.toStdString(), names)));
}

/// What cannot be drawn is named and left out; the others are made.
Status renderAll(engine::figures::RunArrays& run, const Order& order) {
    if (!QDir().mkpath(order.folder))
        return engine::failed("The folder " + order.folder.toStdString() + " cannot be made.");
    json figures = json::array();
    for (const json& view : run.allViews()) {
        const std::string name = view.value("name", "");
        const auto figure = resolved(run, view, order);
        json entry{
            {"name", name}, {"title", view.value("title", name)}, {"caption", view.value("caption", "")}};
        const std::string file = QDir(order.folder)
                                     .filePath(QString::fromStdString(name) + QLatin1Char('.') + order.format)
                                     .toStdString();
        if (!figure)
            entry["problem"] = figure.error().message;
        else if ((*figure)->isEmpty)
            entry["problem"] = "Nothing of it was published.";
        else if (const Status saved = exportFigure(*figure, file, order.options); !saved)
            entry["problem"] = saved.error().message;
        else
            entry["file"] = file;
        figures.push_back(std::move(entry));
    }
    std::printf("%s\n", json{{"figures", figures}}.dump().c_str());
    return engine::ok();
}

Status render(const QStringList& words) {
    LATENT_TRY(const Order order, orderOf(words));
    LATENT_TRY(engine::RunFiles files, engine::RunFiles::make());
    LATENT_TRY(engine::figures::RunArrays run, engine::figures::RunArrays::open(order.run, files));
    LATENT_TRY(const bool changed, run.refresh());
    static_cast<void>(changed);
    return order.folder.isEmpty() ? renderOne(run, order) : renderAll(run, order);
}

}  // namespace

int renderMain(const QStringList& words) {
    const Status done = render(words);
    if (done) return 0;
    std::fprintf(stderr, "latent: %s\n", done.error().message.c_str());
    return static_cast<int>(done.error().exit);
}

}  // namespace latent::desktop
