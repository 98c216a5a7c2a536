// SPDX-License-Identifier: Apache-2.0
// Heat maps, images and grids of images: cells of numbers or colours.
#include <algorithm>
#include <cmath>

#include "engine/figures/resolver.hpp"

namespace latent::engine::figures {

namespace {

using Dims = std::vector<KeptDimension>;

/// Takes the named dimension out of `rest`, or the one at `otherwise` where the view names none.
Result<KeptDimension> takeDimension(const nlohmann::json& view, const char* key, Dims& rest, bool last) {
    const std::string name = textIn(view, key);
    auto found = last ? rest.end() - 1 : rest.begin();
    if (!name.empty())
        found =
            std::find_if(rest.begin(), rest.end(), [&](const KeptDimension& d) { return d.name == name; });
    if (found == rest.end())
        return refused("z does not vary along " + name + ", which the view puts " + key + ".");
    KeptDimension dimension = *found;
    rest.erase(found);
    return dimension;
}

bool isEven(const std::vector<double>& centres) {
    if (centres.size() < 3) return true;
    const double step = (centres.back() - centres.front()) / static_cast<double>(centres.size() - 1);
    for (std::size_t i = 1; i < centres.size(); ++i)
        if (!(std::abs(centres[i] - centres[i - 1] - step) <= 1e-6 * std::abs(step))) return false;
    return true;
}

}  // namespace

Result<std::vector<double>> Resolver::pixels(const Picked& z, const std::vector<KeptDimension>& over,
                                             int channels) {
    LATENT_TRY(std::vector<double> values, m_picker.numbers(z, over));
    if (channels == 1 || !z) return values;
    const DType dtype = z.array->values.dtype;
    const double most = dtype == DType::U8 ? 255 : dtype == DType::U16 ? 65535 : 1;
    for (double& value : values)
        if (!std::isnan(value)) value = std::clamp(value / most, 0.0, 1.0);
    return values;
}

Status Resolver::raster(bool isImage) {
    Raster raster;
    raster.square = isImage;
    raster.upwards = m_view.value("upwards", false);
    raster.numbers = m_view.value("numbers", false);
    const std::string channel = textIn(m_view, "channel");
    LATENT_TRY(Picked z, m_picker.pick(m_view.at("z")));
    LATENT_CHECK(m_picker.leave(z, channel.empty() ? 2 : 3, "z"));
    raster.colours = coloursOf(m_view, z.array);
    m_figure.isEmpty = !z;
    if (!z) {
        m_figure.x = raster.across.axis = axisOf(m_view, "x_axis", nullptr, textIn(m_view, "across"));
        m_figure.y = raster.down.axis = axisOf(m_view, "y_axis", nullptr, textIn(m_view, "down"));
        m_figure.body = std::move(raster);
        return ok();
    }
    Dims rest = z.dims;
    KeptDimension channelDimension;
    if (!channel.empty()) {
        LATENT_TRY(channelDimension, takeDimension(m_view, "channel", rest, true));
    }
    KeptDimension across, down;
    if (m_view.contains("down")) {
        LATENT_TRY(down, takeDimension(m_view, "down", rest, false));
        LATENT_TRY(across, takeDimension(m_view, "across", rest, true));
    } else {
        LATENT_TRY(across, takeDimension(m_view, "across", rest, true));
        down = rest.front();
    }
    Dims over{down, across};
    LATENT_TRY(Picked overlay, pickIn(m_view, "overlay"));
    LATENT_CHECK(m_picker.within(overlay, over, "the overlay"));
    if (!channel.empty()) {
        if (channelDimension.size != 3 && channelDimension.size != 4)
            return refused("its channels are " + std::to_string(channelDimension.size) +
                           "; a picture has 3 (red, green, blue) or 4 (and opacity).");
        raster.channels = static_cast<int>(channelDimension.size);
        over.push_back(channelDimension);
    }
    Picked left;
    if (const auto swipe = m_view.find("swipe"); swipe != m_view.end()) {
        LATENT_TRY(left, m_picker.pick(swipe->at("z")));
        LATENT_CHECK(m_picker.leave(left, over.size(), "the left picture"));
        LATENT_CHECK(m_picker.within(left, over, "the left picture"));
        raster.leftWord = textIn(*swipe, "left");
        raster.rightWord = textIn(*swipe, "right");
    }
    const auto side = [&](Side& to, const KeptDimension& dimension, const char* key) {
        const Coordinate coordinate = m_picker.coordinate(z.array, dimension);
        to.dimension = dimension.name;
        to.axis = axisOf(m_view, key, coordinate.array, dimension.name);
        to.centres = coordinate.values;
        // Rows whose coordinate is not there yet go on by index.
        while (to.centres.size() < dimension.size)
            to.centres.push_back(to.centres.empty() ? 0 : to.centres.back() + 1);
        to.evenly = isEven(to.centres);
    };
    side(raster.across, across, "x_axis");
    side(raster.down, down, "y_axis");
    raster.rows = static_cast<std::size_t>(over[0].size);
    raster.columns = static_cast<std::size_t>(over[1].size);
    raster.down.centres.resize(raster.rows);
    raster.across.centres.resize(raster.columns);
    LATENT_TRY(raster.z, pixels(z, over, raster.channels));
    if (overlay) {
        LATENT_TRY(raster.overlay, m_picker.numbers(overlay, Dims(over.begin(), over.begin() + 2)));
    }
    if (left) {
        LATENT_TRY(raster.left, pixels(left, over, raster.channels));
    }
    DataRange range;
    if (raster.channels == 1) {
        range.add(raster.z);
        range.add(raster.left);
    }
    range.put(raster.colours);
    raster.valueName = titleOf(*z.array);
    m_figure.isEmpty = raster.z.empty();
    m_figure.x = raster.across.axis;
    m_figure.y = raster.down.axis;
    m_alongX = across.name;
    m_alongOf = z.array;
    m_figure.body = std::move(raster);
    return ok();
}

Status Resolver::imageGrid() {
    ImageGrid grid;
    const bool isTable = m_view.contains("tile_rows") && m_view.contains("tile_columns");
    if (m_view.contains("tile_rows") != m_view.contains("tile_columns") ||
        (isTable && m_view.contains("tiles")))
        return refused("it needs either \"tiles\" or both \"tile_rows\" and \"tile_columns\".");
    const std::string channel = textIn(m_view, "channel");
    LATENT_TRY(Picked z, m_picker.pick(m_view.at("z")));
    LATENT_CHECK(m_picker.leave(z, (isTable ? 4 : 3) + (channel.empty() ? 0 : 1), "z"));
    grid.colours = coloursOf(m_view, z.array);
    m_figure.isEmpty = true;
    if (!z) {
        m_figure.body = std::move(grid);
        return ok();
    }
    // Named parts first, so that what is left over falls to the others: tiles, then down, then across.
    Dims rest = z.dims;
    std::map<std::string, KeptDimension> parts;
    for (const char* key : {"channel", "tile_rows", "tile_columns", "tiles", "down", "across"})
        if (m_view.contains(key)) {
            LATENT_TRY(parts[key], takeDimension(m_view, key, rest, false));
        }
    for (const char* key : {"tiles", "down", "across"})
        if (!parts.contains(key) && !(isTable && std::string_view(key) == "tiles") && !rest.empty()) {
            LATENT_TRY(parts[key], takeDimension(m_view, key, rest, false));
        }
    Dims tiles;
    if (isTable)
        tiles = {parts["tile_rows"], parts["tile_columns"]};
    else
        tiles = {parts["tiles"]};
    Dims over = {parts["down"], parts["across"]};
    if (!channel.empty()) {
        const std::uint64_t channels = parts["channel"].size;
        if (channels != 3 && channels != 4)
            return refused("its channels are " + std::to_string(channels) +
                           "; a picture has 3 (red, green, blue) or 4 (and opacity).");
        grid.channels = static_cast<int>(channels);
        over.push_back(parts["channel"]);
    }
    LATENT_TRY(Picked labels, pickIn(m_view, "labels"));
    LATENT_CHECK(m_picker.within(labels, tiles, "the labels"));
    grid.rows = static_cast<std::size_t>(over[0].size);
    grid.columns = static_cast<std::size_t>(over[1].size);
    grid.acrossDimension = over[1].name;
    grid.downDimension = over[0].name;
    grid.tileDimension = tiles.back().name;
    grid.tilesAcross = m_view.value("columns", std::size_t{0});
    std::vector<Coordinate> along;
    for (const KeptDimension& d : tiles) along.push_back(m_picker.coordinate(z.array, d));
    const auto nameOf = [&](std::size_t axis, std::uint64_t i) {
        const double value = i < along[axis].values.size() ? along[axis].values[i]
                                                           : static_cast<double>(tiles[axis].indexOf(i));
        return memberLabel(json::object(), tiles[axis].name, along[axis].array, value);
    };
    const auto mostTiles = static_cast<std::uint64_t>(m_options.limits.tiles);
    std::uint64_t drawn = isTable ? tiles[0].size : std::min(tiles[0].size, mostTiles);
    if (isTable) {
        grid.rowDimension = tiles[0].name;
        tiles[1].size = std::min(tiles[1].size, mostTiles);
        drawn = std::min(drawn, mostTiles / std::max<std::uint64_t>(tiles[1].size, 1));
        grid.tilesAcross = static_cast<std::size_t>(tiles[1].size);
        for (std::uint64_t i = 0; i < tiles[1].size; ++i) grid.columnLabels.push_back(nameOf(1, i));
        for (std::uint64_t i = 0; i < drawn; ++i) grid.rowLabels.push_back(nameOf(0, i));
    }
    if (drawn < tiles[0].size)
        m_picker.note("Only the first " + std::to_string(drawn) + " of " + std::to_string(tiles[0].size) +
                      " along " + wordsOfName(tiles[0].name) + " are drawn.");
    tiles[0].size = drawn;
    LATENT_TRY(const std::vector<double> words,
               labels ? m_picker.numbers(labels, tiles) : Result<std::vector<double>>(std::vector<double>()));
    DataRange range;
    const std::uint64_t inner = isTable ? tiles[1].size : 1;
    for (std::uint64_t i = 0; i < drawn * inner; ++i) {
        Picked one = z;
        one.fix(tiles[0].name, i / inner);
        if (isTable) one.fix(tiles[1].name, i % inner);
        Tile tile;
        LATENT_TRY(tile.z, pixels(one, over, grid.channels));
        if (grid.channels == 1) range.add(tile.z);
        if (!words.empty())
            tile.label = valueText(labels.array, words[static_cast<std::size_t>(i)]);
        else if (!isTable)
            tile.label = nameOf(0, i);
        grid.tiles.push_back(std::move(tile));
    }
    range.put(grid.colours);
    m_figure.isEmpty = grid.tiles.empty() || grid.rows * grid.columns == 0;
    m_figure.body = std::move(grid);
    return ok();
}

}  // namespace latent::engine::figures
