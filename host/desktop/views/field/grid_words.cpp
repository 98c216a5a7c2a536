// SPDX-License-Identifier: GPL-3.0-or-later
#include "desktop/views/field/grid_words.hpp"

#include <QCoreApplication>
#include <algorithm>
#include <cmath>

#include "desktop/views/field/raster_words.hpp"
#include "desktop/views/plot/number_words.hpp"

namespace latent::desktop {

using namespace engine::figures;

namespace {

/// With a context that lupdate knows.
class GridWords {
    Q_DECLARE_TR_FUNCTIONS(latent::desktop::GridCanvas)
};

QString valueIn(const Colours& colours, double value) {
    if (std::isnan(value)) return GridWords::tr("no number");
    if (value >= 0 && value < static_cast<double>(colours.categories.size()))
        return QString::fromStdString(colours.categories[static_cast<std::size_t>(value)]);
    return quantityWords(value, colours.unit);
}

}  // namespace

QString tileWords(const GridContent& content, std::size_t tile) {
    const ImageGrid& grid = content.grid();
    QStringList words;
    if (!grid.rowLabels.empty() && grid.tilesAcross > 0) {
        if (tile / grid.tilesAcross < grid.rowLabels.size())
            words << QString::fromStdString(grid.rowLabels[tile / grid.tilesAcross]);
        if (tile % grid.tilesAcross < grid.columnLabels.size())
            words << QString::fromStdString(grid.columnLabels[tile % grid.tilesAcross]);
    }
    if (const std::string& own = grid.tiles[tile].label; !own.empty()) words << QString::fromStdString(own);
    return words.isEmpty() ? GridWords::tr("image %1").arg(tile + 1) : words.join(QStringLiteral(", "));
}

QString pixelWords(const GridContent& content, const GridPixel& pixel) {
    const ImageGrid& grid = content.grid();
    QStringList words{tileWords(content, pixel.tile), GridWords::tr("row %1").arg(pixel.row),
                      GridWords::tr("column %1").arg(pixel.column)};
    if (grid.channels == 1) {
        const QString name =
            grid.colours.title.empty() ? GridWords::tr("value") : QString::fromStdString(grid.colours.title);
        words << name + QLatin1Char(' ') +
                     valueIn(grid.colours, content.value(pixel.tile, pixel.row, pixel.column));
        return words.join(QStringLiteral(", "));
    }
    const std::array<QString, 4> names{GridWords::tr("red"), GridWords::tr("green"), GridWords::tr("blue"),
                                       GridWords::tr("opacity")};
    const std::vector<double>& z = grid.tiles[pixel.tile].z;
    for (std::size_t c = 0; c < std::min<std::size_t>(4, static_cast<std::size_t>(grid.channels)); ++c) {
        const std::size_t at =
            (pixel.row * grid.columns + pixel.column) * static_cast<std::size_t>(grid.channels) + c;
        if (at < z.size())
            words << names[c] + QLatin1Char(' ') +
                         (std::isnan(z[at]) ? GridWords::tr("no number") : valueWords(z[at], 3));
    }
    return words.join(QStringLiteral(", "));
}

nlohmann::json pixelResults(const GridContent& content, const GridPixel& pixel) {
    const ImageGrid& grid = content.grid();
    nlohmann::json results = {{"x", pixel.column}, {"y", pixel.row}};
    if (grid.channels == 1)
        results["value"] = numberOrNull(content.value(pixel.tile, pixel.row, pixel.column));
    const auto put = [&](const std::string& dimension, std::size_t index) {
        if (!dimension.empty()) results["index." + dimension] = index;
    };
    put(grid.acrossDimension, pixel.column);
    put(grid.downDimension, pixel.row);
    const bool isTable = !grid.rowDimension.empty() && grid.tilesAcross > 0;
    put(grid.tileDimension, isTable ? pixel.tile % grid.tilesAcross : pixel.tile);
    if (isTable) put(grid.rowDimension, pixel.tile / grid.tilesAcross);
    return results;
}

QString gridSentence(const GridContent& content, const QString& title) {
    const ImageGrid& grid = content.grid();
    const QString what = GridWords::tr("%1: %2 images of %3 by %4")
                             .arg(title)
                             .arg(grid.tiles.size())
                             .arg(grid.rows)
                             .arg(grid.columns);
    if (grid.channels != 1) return what + GridWords::tr(", in colour.");
    std::size_t missing = 0;
    for (const Tile& tile : grid.tiles)
        missing += static_cast<std::size_t>(
            std::count_if(tile.z.begin(), tile.z.end(), [](double value) { return std::isnan(value); }));
    if (missing == sizeOfGrid(grid)) return what + GridWords::tr(", without a number yet.");
    const QString unit =
        grid.colours.unit.empty() ? QString() : QLatin1Char(' ') + QString::fromStdString(grid.colours.unit);
    const QString range = GridWords::tr(", from %1 to %2")
                              .arg(valueWords(grid.colours.dataLow), valueWords(grid.colours.dataHigh));
    return what + range + unit +
           (missing > 0 ? GridWords::tr("; %L1 cells hold no number.").arg(missing) : QStringLiteral("."));
}

}  // namespace latent::desktop
