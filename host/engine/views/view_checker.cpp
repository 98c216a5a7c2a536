// SPDX-License-Identifier: Apache-2.0
#include "engine/views/view_checker.hpp"

#include <algorithm>

#include "engine/json/nearest_name.hpp"

namespace latent::engine {

namespace {

std::set<std::string> namesOf(const std::vector<DimensionModel>& dims) {
    std::set<std::string> names;
    for (const DimensionModel& d : dims) names.insert(d.name);
    return names;
}

}  // namespace

std::string dimensionWords(const std::vector<DimensionModel>& dims) {
    std::vector<std::string> names;
    for (const DimensionModel& d : dims) names.push_back(d.name);
    return names.empty() ? "none" : listed(names);
}

/// What a selection leaves of its array, after its own mistakes are reported.
Remaining ViewChecker::select(const json& selection, const std::string& path) {
    const auto& name = selection.at("array").get_ref<const std::string&>();
    const ArrayModel* array = m_outputs.find(name);
    if (!array) {
        const std::string hint = didYouMean(name, m_outputs.names());
        say(path + ".array", "there is no array \"" + name + "\"" + (hint.empty() ? "." : hint));
        return std::nullopt;
    }
    const json chosen = selection.value("select", json::object());
    bool right = true;
    for (const auto& [dimension, how] : chosen.items()) {
        if (const DimensionModel* d = array->dimension(dimension)) {
            selector(how, *d, pathOf(path + ".select", dimension));
            continue;
        }
        say(path + ".select", "the array \"" + name + "\" has no dimension \"" + dimension + "\"; it has " +
                                  dimensionWords(array->dims) + ".");
        right = false;
    }
    std::vector<DimensionModel> left;
    for (const DimensionModel& d : array->dims) {
        m_involved.insert(d.name);
        const auto how = chosen.find(d.name);
        const bool isSlice = how != chosen.end() && how->is_object() && how->contains("slice");
        if (how != chosen.end() && !isSlice) continue;
        left.push_back(d);
        m_drawn.insert(d.name);
    }
    return right ? Remaining(std::move(left)) : std::nullopt;
}

Remaining ViewChecker::selectIn(const json& object, const char* key, const std::string& path) {
    const auto found = object.find(key);
    return found == object.end() ? std::nullopt : select(*found, pathOf(path, key));
}

void ViewChecker::selector(const json& how, const DimensionModel& dimension, const std::string& path) {
    const auto inside = [&](std::int64_t i) {
        return !dimension.size || (i < *dimension.size && i >= -*dimension.size);
    };
    const std::string size = dimension.size ? std::to_string(*dimension.size) : "";
    if (how.is_number()) {
        const auto i = how.get<std::int64_t>();
        if (!inside(i))
            say(path, "the index " + std::to_string(i) + " lies outside; " + dimension.name + " has " + size +
                          " entries.");
    } else if (how.contains("cursor")) {
        useCursor(how.at("cursor"), dimension.name, path);
    } else if (how.contains("value")) {
        if (!m_outputs.coordinateOf(dimension.name) && dimension.name != "step") {
            say(path, "selects by value, but no array \"" + dimension.name +
                          "\" gives the coordinate of this dimension; select an index.");
        }
    } else if (how.contains("slice")) {
        const auto first = how.at("slice")[0].get<std::int64_t>(),
                   end = how.at("slice")[1].get<std::int64_t>();
        const bool sameSide = (first < 0) == (end < 0);
        if (sameSide && end <= first)
            say(path, "the slice ends before it begins.");
        else if (!inside(first))
            say(path, "the slice begins outside; " + dimension.name + " has " + size + " entries.");
    }
}

void ViewChecker::useCursor(const std::string& name, const std::string& dimension, const std::string& path) {
    const auto [known, isNew] = m_cursors.emplace(name, dimension);
    if (!isNew && known->second != dimension) {
        say(path, "the cursor \"" + name + "\" moves along " + known->second +
                      " elsewhere in this figure; take another name for " + dimension + ".");
    }
}

void ViewChecker::checkCursors() {
    if (!m_view.contains("cursors")) return;
    for (std::size_t i = 0; i < m_view["cursors"].size(); ++i) {
        const json& cursor = m_view["cursors"][i];
        const std::string path = pathOf("cursors", i);
        const std::string dimension = cursor.at("dimension");
        if (!m_involved.count(dimension))
            say(path, "no array of this figure has the dimension \"" + dimension + "\".");
        useCursor(cursor.at("name"), dimension, path);
    }
}

/// Whether object[key], where it is given, is one of the dimensions; complains where not.
bool ViewChecker::oneOf(const std::vector<DimensionModel>& dims, const json& object, const char* key,
                        const std::string& path) {
    const auto found = object.find(key);
    if (found == object.end()) return false;
    for (const DimensionModel& d : dims) {
        if (*found == d.name) return true;
    }
    say(pathOf(path, key), "\"" + found->get<std::string>() +
                               "\" is not among the dimensions that are left: " + dimensionWords(dims) + ".");
    return false;
}

void ViewChecker::sameDimensions(const Remaining& left, const Remaining& right, const std::string& path,
                                 const char* other) {
    if (!left || !right || namesOf(*left) == namesOf(*right)) return;
    say(path, "leaves the dimensions " + dimensionWords(*left) + ", but " + other + " leaves " +
                  dimensionWords(*right) + "; they must be the same.");
}

void ViewChecker::within(const Remaining& part, const Remaining& whole, const std::string& path,
                         const char* other) {
    if (!part || !whole) return;
    const auto all = namesOf(*whole);
    for (const DimensionModel& d : *part) {
        if (all.count(d.name)) continue;
        say(path, "leaves the dimension " + d.name + ", which " + other + " does not have (" +
                      dimensionWords(*whole) + "); fix it by an index or a cursor.");
        return;
    }
}

void ViewChecker::single(const Remaining& value, const std::string& path) {
    if (value && !value->empty()) {
        say(path, "must be one number, but leaves the dimensions " + dimensionWords(*value) +
                      "; fix them by an index or a cursor.");
    }
}

}  // namespace latent::engine
