// SPDX-License-Identifier: GPL-3.0-or-later
#include "desktop/views/field/raster_words.hpp"

#include <QCoreApplication>
#include <algorithm>
#include <cmath>

#include "desktop/views/plot/number_words.hpp"

namespace latent::desktop {

using namespace engine::figures;

namespace {

/// With a context that lupdate knows.
class RasterWords {
    Q_DECLARE_TR_FUNCTIONS(latent::desktop::RasterCanvas)
};

QString sideWords(const Side& side, const CellSide& cells, std::size_t i, const QString& otherwise) {
    const QString title = side.axis.title.empty() ? otherwise : QString::fromStdString(side.axis.title);
    const QString unit = side.axis.unit.empty() || !side.axis.categories.empty()
                             ? QString()
                             : QLatin1Char(' ') + QString::fromStdString(side.axis.unit);
    return title + QLatin1Char(' ') + cells.words(i) + unit;
}

QString valueIn(const Colours& colours, double value) {
    if (std::isnan(value)) return RasterWords::tr("no number");
    if (value >= 0 && value < static_cast<double>(colours.categories.size()))
        return QString::fromStdString(colours.categories[static_cast<std::size_t>(value)]);
    return quantityWords(value, colours.unit);
}

}  // namespace

nlohmann::json numberOrNull(double value) {
    return std::isfinite(value) ? nlohmann::json(value) : nlohmann::json();
}

QString cellWords(const RasterContent& content, const Cell& cell) {
    const Raster& raster = content.raster();
    QStringList words{sideWords(raster.down, content.down, cell.row, RasterWords::tr("row")),
                      sideWords(raster.across, content.across, cell.column, RasterWords::tr("column"))};
    const std::size_t i = cell.row * raster.columns + cell.column;
    if (raster.channels == 1) {
        const QString name =
            raster.valueName.empty() ? RasterWords::tr("value") : QString::fromStdString(raster.valueName);
        if (content.left) {
            words << QString::fromStdString(raster.leftWord) + QLatin1Char(' ') +
                         valueIn(raster.colours, content.leftValue(cell.row, cell.column))
                  << QString::fromStdString(raster.rightWord) + QLatin1Char(' ') +
                         valueIn(raster.colours, content.value(cell.row, cell.column));
        } else {
            words << name + QLatin1Char(' ') + valueIn(raster.colours, content.value(cell.row, cell.column));
        }
    } else {
        const std::array<QString, 4> names{RasterWords::tr("red"), RasterWords::tr("green"),
                                           RasterWords::tr("blue"), RasterWords::tr("opacity")};
        for (std::size_t c = 0; c < static_cast<std::size_t>(raster.channels); ++c) {
            const std::size_t at = i * static_cast<std::size_t>(raster.channels) + c;
            if (at < raster.z.size())
                words << names[c] + QLatin1Char(' ') +
                             (std::isnan(raster.z[at]) ? RasterWords::tr("no number")
                                                       : valueWords(raster.z[at], 3));
        }
    }
    if (i < raster.overlay.size())
        words << RasterWords::tr("overlay %1")
                     .arg(std::isnan(raster.overlay[i]) ? RasterWords::tr("no number")
                                                        : valueWords(raster.overlay[i]));
    return words.join(QStringLiteral(", "));
}

nlohmann::json cellResults(const RasterContent& content, const Cell& cell) {
    const Raster& raster = content.raster();
    nlohmann::json results = {{"x", numberOrNull(content.across.value(cell.column))},
                              {"y", numberOrNull(content.down.value(cell.row))}};
    if (raster.channels == 1) results["value"] = numberOrNull(content.value(cell.row, cell.column));
    if (!raster.across.dimension.empty()) results["index." + raster.across.dimension] = cell.column;
    if (!raster.down.dimension.empty()) results["index." + raster.down.dimension] = cell.row;
    return results;
}

QString rasterSentence(const RasterContent& content, const QString& title) {
    const Raster& raster = content.raster();
    const QString size = RasterWords::tr("%1 by %2").arg(raster.rows).arg(raster.columns);
    const QString what =
        (raster.square ? RasterWords::tr("Image %1, %2 pixels") : RasterWords::tr("Heat map %1, %2"))
            .arg(title, size);
    const QString scale =
        content.across.hasEqualCells() || content.down.hasEqualCells()
            ? QLatin1Char(' ') + RasterWords::tr("Equal cells stand at uneven values: it is not to scale.")
            : QString();
    if (raster.channels != 1) return what + RasterWords::tr(", in colour.") + scale;
    const auto missing =
        std::count_if(raster.z.begin(), raster.z.end(), [](double value) { return std::isnan(value); });
    if (static_cast<std::size_t>(missing) == raster.z.size())
        return what + RasterWords::tr(", without a number yet.") + scale;
    const QString range = RasterWords::tr(", from %1 to %2")
                              .arg(valueWords(raster.colours.dataLow), valueWords(raster.colours.dataHigh));
    const QString unit = raster.colours.unit.empty()
                             ? QString()
                             : QLatin1Char(' ') + QString::fromStdString(raster.colours.unit);
    return what + range + unit +
           (missing > 0 ? RasterWords::tr("; %L1 cells hold no number.").arg(missing) : QStringLiteral(".")) +
           scale;
}

}  // namespace latent::desktop
