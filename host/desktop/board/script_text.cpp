// SPDX-License-Identifier: GPL-3.0-or-later
#include "desktop/board/script_text.hpp"

#include <cmath>

#include "desktop/views/plot/adjusted_figure.hpp"
#include "desktop/views/plot/plot_model.hpp"
#include "engine/figures/words.hpp"

namespace latent::desktop {
namespace {

using engine::figures::Scale;
using nlohmann::json;

void zoom(json& view, const char* axis, const QVariant& span) {
    const QVariantList ends = span.toList();
    if (ends.size() != 2 || !std::isfinite(ends[0].toDouble()) || !std::isfinite(ends[1].toDouble())) return;
    view[axis]["limits"] = {ends[0].toDouble(), ends[1].toDouble()};
}

void scale(json& view, const char* axis, const std::optional<Scale>& chosen) {
    if (chosen) view[axis]["scale"] = *chosen == Scale::Log ? "log" : "linear";
}

void smooth(json& view, double weight) {
    if (!view.contains("series") || !view["series"].is_array()) return;
    for (json& series : view["series"]) {
        if (!series.is_object()) continue;
        series.erase("smoothing");
        if (weight > 0) series["smoothing"] = {{"kind", "exponential"}, {"strength", weight}};
    }
}

/// One entry of the key may stand for many series.
std::vector<std::string> hiddenNames(const FigurePtr& figure, const QStringList& labels) {
    std::vector<std::string> names;
    if (labels.isEmpty() || !figure || !isPlot(*figure)) return names;
    const PlotModel model(figure, theme());
    for (const PlotSeries& series : model.series())
        if (labels.contains(series.label)) names.push_back(series.name.toStdString());
    return names;
}

}  // namespace

std::string scriptText(json view, const engine::figures::Cursors& cursors,
                       const std::vector<std::pair<std::string, std::string>>& runs, const FigurePtr& figure,
                       const QVariantMap& viewState) {
    engine::figures::ScriptLook look;
    if (figure && isPlot(*figure)) {
        const Adjustment adjustment = adjustmentOf(viewState);
        if (adjustment.smoothing && canBeSmoothed(*figure)) smooth(view, *adjustment.smoothing);
        if (canBeLogarithmic(*figure, true)) scale(view, "x_axis", adjustment.x);
        if (canBeLogarithmic(*figure, false)) scale(view, "y_axis", adjustment.y);
        look.hidden = hiddenNames(figure, viewState.value(QStringLiteral("hidden")).toStringList());
    }
    const bool isRaster = figure && std::holds_alternative<engine::figures::Raster>(figure->body);
    if (isRaster || (figure && isPlot(*figure))) {
        zoom(view, "x_axis", viewState.value(QStringLiteral("x")));
        zoom(view, "y_axis", viewState.value(QStringLiteral("y")));
    }
    if (viewState.contains(QStringLiteral("azimuth")))
        look.camera = {viewState.value(QStringLiteral("azimuth")).toDouble(),
                       viewState.value(QStringLiteral("elevation")).toDouble()};
    return engine::figures::figureScript(view, cursors, runs, look);
}

}  // namespace latent::desktop
