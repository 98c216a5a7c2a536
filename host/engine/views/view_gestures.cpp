// SPDX-License-Identifier: Apache-2.0
// Gestures: does the figure allow them, and do their results fit the probe's parameters?
#include <algorithm>

#include "engine/json/nearest_name.hpp"
#include "engine/parameters/allowed_words.hpp"
#include "engine/views/view_checker.hpp"

namespace latent::engine {

namespace {

const std::map<std::string, std::set<std::string>, std::less<>>& kindsOfGesture() {
    static const std::map<std::string, std::set<std::string>, std::less<>> kKinds = {
        {"pick",
         {"lines", "points", "trajectory", "heatmap", "image", "image_grid", "graph", "histogram", "table"}},
        {"range", {"lines", "points", "trajectory", "heatmap", "image", "histogram"}},
        {"rectangle", {"lines", "points", "trajectory", "heatmap", "image"}},
        {"lasso", {"points", "trajectory", "graph", "image"}},
        {"brush", {"heatmap", "image"}},
        {"connect", {"graph"}}};
    return kKinds;
}

/// The types of parameter that take a result of a gesture.
std::vector<ParameterType> typesFor(const std::string& result) {
    if (result.rfind("index.", 0) == 0 || result == "from" || result == "to") return {ParameterType::Integer};
    if (result == "polygon" || result == "mask" || result == "edges") return {ParameterType::Matrix};
    if (result == "indices") return {ParameterType::Integers};
    return {ParameterType::Number};
}

}  // namespace

void ViewChecker::checkGestures() {
    if (!m_view.contains("gestures")) return;
    for (std::size_t i = 0; i < m_view["gestures"].size(); ++i)
        gesture(m_view["gestures"][i], pathOf("gestures", i));
}

void ViewChecker::gesture(const json& gesture, const std::string& path) {
    const std::string kind = m_view.at("kind"), name = gesture.at("gesture"), probe = gesture.at("probe");
    if (!kindsOfGesture().at(name).count(kind)) {
        say(path + ".gesture", "a " + name + " cannot be made on a figure of kind " + kind + ".");
        return;
    }
    const SchemaModel* schema = nullptr;
    if (m_probes) {
        const auto known = m_probes->find(probe);
        if (known != m_probes->end()) {
            schema = known->second;
        } else {
            std::vector<std::string> ids;
            for (const auto& [id, unused] : *m_probes) ids.push_back(id);
            const std::string hint = didYouMean(probe, ids);
            say(path + ".probe", "there is no probe \"" + probe + "\"" + (hint.empty() ? "." : hint));
        }
    }
    std::set<std::string> bound;
    for (const auto& [result, parameter] : gesture.at("bind").items()) {
        const std::string place = pathOf(path + ".bind", result);
        const std::string parameterName = parameter.get<std::string>();
        if (!bound.insert(parameterName).second)
            say(place, "the parameter " + parameterName + " is bound twice.");
        if (result.rfind("index.", 0) == 0 && !m_drawn.count(result.substr(6))) {
            say(place, "no dimension \"" + result.substr(6) + "\" is drawn in this figure.");
        }
        if (schema) binding(gesture, result, parameterName, *schema, place);
    }
}

/// Whether the array of a selection holds whole numbers.
bool ViewChecker::holdsWhole(const json& selection) const {
    const ArrayModel* array = m_outputs.find(selection.at("array").get<std::string>());
    return array && !isFloating(array->dtype);
}

/// Whether a pick gives a whole number: it takes the nearest entry, so its x is the coordinate of a pixel or of a point.
bool ViewChecker::picksWhole(const std::string& result) const {
    const auto isWholeAlong = [this](const std::string& dimension) {
        const ArrayModel* coordinate = m_outputs.coordinateOf(dimension);
        return !coordinate || !isFloating(coordinate->dtype);  // without one it is the index
    };
    const std::string kind = m_view.at("kind");
    if (result == "value") return m_view.contains("z") && holdsWhole(m_view["z"]);
    if (result != "x" && result != "y" && result != "z") return false;
    if (kind == "table" || kind == "image_grid") return true;
    if (kind == "heatmap" || kind == "image") {
        const auto key = m_view.find(result == "x" ? "across" : "down");
        if (key != m_view.end()) return isWholeAlong(*key);
        return std::all_of(m_drawn.begin(), m_drawn.end(), isWholeAlong);
    }
    if (!m_view.contains("series")) return false;
    for (const json& series : m_view["series"]) {
        if (series.contains(result)) {
            if (!holdsWhole(series[result])) return false;
        } else if (m_view.contains(result)) {
            if (!holdsWhole(m_view[result])) return false;
        } else if (!std::all_of(m_drawn.begin(), m_drawn.end(), isWholeAlong)) {
            return false;
        }
    }
    return true;
}

void ViewChecker::binding(const json& gesture, const std::string& result, const std::string& name,
                          const SchemaModel& schema, const std::string& path) {
    const ParameterModel* parameter = schema.find(name);
    if (!parameter) {
        const std::string hint = didYouMean(name, schema.names());
        say(path, "the probe has no parameter \"" + name + "\"" + (hint.empty() ? "." : hint));
        return;
    }
    for (const ParameterType type : typesFor(result)) {
        if (parameter->type == type) return;
    }
    if (gesture.at("gesture") == "pick" && parameter->type == ParameterType::Integer && picksWhole(result))
        return;
    say(path, "gives a value of type " + std::string(nameOf(typesFor(result).front())) + ", but " + name +
                  " takes " + allowedWords(*parameter) + ".");
}

}  // namespace latent::engine
