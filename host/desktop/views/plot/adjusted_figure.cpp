// SPDX-License-Identifier: GPL-3.0-or-later
#include "desktop/views/plot/adjusted_figure.hpp"

#include "desktop/views/plot/plot_model.hpp"
#include "engine/figures/smoothing.hpp"

namespace latent::desktop {

using namespace engine::figures;

namespace {

const QString kSmoothing = QStringLiteral("smoothing");
constexpr double kMostPast = 0.9999;

QString scaleKey(bool alongX) { return alongX ? QStringLiteral("x_scale") : QStringLiteral("y_scale"); }

std::optional<Scale> scaleOf(const QVariant& word) {
    if (word.toString() == QLatin1String("log")) return Scale::Log;
    if (word.toString() == QLatin1String("linear")) return Scale::Linear;
    return std::nullopt;
}

void rescale(Axis& axis, const std::optional<Scale>& scale) {
    if (!scale) return;
    axis.scale = *scale;
    // A limit that the axis cannot show would leave it without an end.
    if (*scale == Scale::Log && axis.low && !(*axis.low > 0)) axis.low.reset();
    if (*scale == Scale::Log && axis.high && !(*axis.high > 0)) axis.high.reset();
}

}  // namespace

Adjustment adjustmentOf(const QVariantMap& viewState) {
    Adjustment adjustment;
    bool isNumber = false;
    const double past = viewState.value(kSmoothing).toDouble(&isNumber);
    if (isNumber && past >= 0 && past <= kMostPast) adjustment.smoothing = past;
    adjustment.x = scaleOf(viewState.value(scaleKey(true)));
    adjustment.y = scaleOf(viewState.value(scaleKey(false)));
    return adjustment;
}

void write(QVariantMap& viewState, const Adjustment& adjustment) {
    viewState.remove(kSmoothing);
    if (adjustment.smoothing) viewState[kSmoothing] = *adjustment.smoothing;
    for (const bool alongX : {true, false}) {
        viewState.remove(scaleKey(alongX));
        if (const std::optional<Scale>& scale = alongX ? adjustment.x : adjustment.y)
            viewState[scaleKey(alongX)] =
                *scale == Scale::Log ? QStringLiteral("log") : QStringLiteral("linear");
    }
}

QVariantMap readjusted(QVariantMap viewState, const Adjustment& adjustment) {
    const Adjustment before = adjustmentOf(viewState);
    write(viewState, adjustment);
    if (adjustment.x != before.x) viewState.remove(QStringLiteral("x"));
    if (adjustment.y != before.y) viewState.remove(QStringLiteral("y"));
    return viewState;
}

FigurePtr adjusted(const FigurePtr& figure, const Adjustment& adjustment) {
    if (!figure || adjustment == Adjustment()) return figure;
    const bool smooths = adjustment.smoothing && canBeSmoothed(*figure);
    const bool scalesX = adjustment.x && canBeLogarithmic(*figure, true),
               scalesY = adjustment.y && canBeLogarithmic(*figure, false);
    if (!smooths && !scalesX && !scalesY) return figure;
    auto shown = std::make_shared<Figure>(*figure);
    if (scalesX) rescale(shown->x, adjustment.x);
    if (scalesY) rescale(shown->y, adjustment.y);
    if (smooths)
        for (Line& line : std::get<Lines>(shown->body).lines)
            line.smoothed = *adjustment.smoothing > 0
                                ? smoothed(SmoothingKind::Exponential, *adjustment.smoothing, line.y)
                                : std::vector<double>();
    return shown;
}

bool canBeSmoothed(const Figure& figure) { return std::holds_alternative<Lines>(figure.body); }

bool canBeLogarithmic(const Figure& figure, bool alongX) {
    const bool isPlain =
        isPlot(figure) && !figure.equalAspect && !std::holds_alternative<Trajectory>(figure.body);
    // The bins of a histogram have one width, which a logarithm would draw as many.
    if (alongX && std::holds_alternative<Histogram>(figure.body)) return false;
    return isPlain && (alongX ? figure.x : figure.y).categories.empty();
}

}  // namespace latent::desktop
