// SPDX-License-Identifier: Apache-2.0
#include "engine/figures/resolve.hpp"

#include <algorithm>

#include "engine/figures/resolver.hpp"
#include "engine/json/schema.hpp"

namespace latent::engine::figures {

using nlohmann::json;

Result<Figure> resolveFigure(const json& view, const ArraySet& arrays, const Cursors& cursors,
                             const ResolveOptions& options) {
    const std::string name = view.is_object() ? textIn(view, "name").substr(0, 64) : std::string();
    const std::string what = name.empty() ? "A figure" : "The figure " + name;
    LATENT_CHECK(builtInSchema("view-1").check(view, what));
    auto figure = Resolver(view, arrays, cursors, options).resolve();
    if (!figure) return Error{figure.error().exit, what + " cannot be drawn: " + figure.error().message};
    return figure;
}

std::string seriesWords(const json& view, std::size_t number) {
    return view.at("series").size() == 1 ? "the series" : "series " + std::to_string(number + 1);
}

Result<Figure> Resolver::resolve() {
    words();
    const std::string& kind = m_figure.kind;
    bool isKnown = true;
    const auto body = [&]() -> Status {
        if (kind == "lines") return lines();
        if (kind == "points") return points();
        if (kind == "trajectory") return trajectory();
        if (kind == "heatmap" || kind == "image") return raster(kind == "image");
        if (kind == "image_grid") return imageGrid();
        if (kind == "graph") return graph();
        if (kind == "histogram") return histogram();
        if (kind == "table") return table();
        if (kind == "text") return text();
        isKnown = false;
        return anyArrays();
    };
    LATENT_CHECK(body());
    LATENT_CHECK(cursorPlaces());
    if (isKnown) {  // else the schema says nothing of the rest
        LATENT_CHECK(references());
        gestures();
    }
    const auto& notes = m_picker.notes();
    m_figure.notes.insert(m_figure.notes.end(), notes.begin(), notes.end());
    return std::move(m_figure);
}

void Resolver::words() {
    m_figure.kind = m_view.at("kind").get<std::string>();
    m_figure.name = m_view.at("name").get<std::string>();
    m_figure.title = textIn(m_view, "title");
    m_figure.caption = textIn(m_view, "caption");
    m_figure.group = textIn(m_view, "group");
    m_figure.equalAspect = textIn(m_view, "aspect") == "equal";
}

Result<Picked> Resolver::pickIn(const json& object, const char* key) {
    const auto found = object.find(key);
    return found == object.end() ? Result<Picked>(Picked()) : m_picker.pick(*found);
}

std::uint64_t Resolver::members(std::uint64_t wanted, const std::string& dimension) {
    const std::uint64_t most = m_options.limits.lines, free = most > m_members ? most - m_members : 0;
    const std::uint64_t drawn = std::min(wanted, free);
    if (drawn < wanted)
        m_picker.note("Only " + std::to_string(drawn) + " of " + std::to_string(wanted) + " along " +
                      wordsOfName(dimension) + " are drawn.");
    m_members += drawn;
    return drawn;
}

Status Resolver::references() {
    const auto list = m_view.find("references");
    if (list == m_view.end() || !list->is_array()) return ok();
    for (const json& entry : *list) {
        Reference reference;
        const std::string axis = textIn(entry, "axis");
        reference.kind = axis == "x"   ? Reference::Kind::X
                         : axis == "y" ? Reference::Kind::Y
                                       : Reference::Kind::Diagonal;
        reference.label = textIn(entry, "label");
        if (const auto value = entry.find("value"); value != entry.end()) {
            std::optional<double> number;
            if (value->is_number()) {
                number = value->get<double>();
            } else {
                LATENT_TRY(number, m_picker.single(*value, "the value of a reference line"));
            }
            if (!number) continue;
            reference.value = *number;
        }
        m_figure.references.push_back(std::move(reference));
    }
    return ok();
}

void Resolver::gestures() {
    static const std::map<std::string, Gesture::Kind> kKinds = {{"pick", Gesture::Kind::Pick},
                                                                {"range", Gesture::Kind::Range},
                                                                {"rectangle", Gesture::Kind::Rectangle},
                                                                {"lasso", Gesture::Kind::Lasso},
                                                                {"brush", Gesture::Kind::Brush},
                                                                {"connect", Gesture::Kind::Connect}};
    const auto list = m_view.find("gestures");
    if (list == m_view.end() || !list->is_array()) return;
    for (const json& entry : *list) {
        const auto kind = kKinds.find(textIn(entry, "gesture"));
        if (kind == kKinds.end()) continue;
        Gesture gesture;
        gesture.kind = kind->second;
        gesture.probe = textIn(entry, "probe");
        gesture.label = textIn(entry, "label");
        gesture.alongY = textIn(entry, "axis") == "y";
        if (const auto bind = entry.find("bind"); bind != entry.end() && bind->is_object())
            for (const auto& [result, parameter] : bind->items())
                if (parameter.is_string()) gesture.bind.emplace_back(result, parameter.get<std::string>());
        m_figure.gestures.push_back(std::move(gesture));
    }
}

Status Resolver::cursorPlaces() {
    std::set<std::string> scrubbers;
    if (const auto list = m_view.find("cursors"); list != m_view.end() && list->is_array())
        for (const json& entry : *list)
            if (entry.is_object() && entry.value("scrubber", json(false)) == json(true))
                scrubbers.insert(textIn(entry, "name"));
    for (const auto& [name, dimension] : cursorsOf(m_view, m_picker.arrays())) {
        CursorPlace place;
        place.name = name;
        place.dimension = dimension;
        const std::uint64_t size = m_picker.arrays().extentOf(dimension);
        if (size == 0) continue;
        place.size = static_cast<std::int64_t>(size);
        place.index = static_cast<std::int64_t>(m_picker.cursorIndex(name, dimension, size));
        place.scrubber = scrubbers.contains(name);
        place.alongX = dimension == m_alongX;
        const KeptDimension at{dimension, 1, static_cast<std::uint64_t>(place.index), 1, 0};
        Coordinate coordinate = m_picker.coordinate(place.alongX ? m_alongOf : nullptr, at);
        if (place.alongX &&
            m_xAlong) {  // another array along the same dimension (epochs instead of time): its value
            coordinate.array = m_xAlong.array;
            coordinate.values.clear();
            if (const auto entry = m_xAlong.dims[0].entryOf(at.first))
                coordinate.values.push_back(elementAsDouble(
                    m_xAlong.array->values.view(), m_xAlong.offset + *entry * m_xAlong.dims[0].stride));
        }
        if (!coordinate.values.empty()) place.coordinate = coordinate.values.front();
        place.title = coordinate.array ? titleOf(*coordinate.array) : wordsOfName(dimension);
        if (coordinate.array) place.unit = unitOf(*coordinate.array);
        m_figure.cursors.push_back(std::move(place));
    }
    return ok();
}

}  // namespace latent::engine::figures
