// SPDX-License-Identifier: Apache-2.0
// Gestures: does the figure allow them, and do their results fit the probe's parameters?
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
        if (schema) binding(result, parameterName, *schema, place);
    }
}

void ViewChecker::binding(const std::string& result, const std::string& name, const SchemaModel& schema,
                          const std::string& path) {
    const ParameterModel* parameter = schema.find(name);
    if (!parameter) {
        const std::string hint = didYouMean(name, schema.names());
        say(path, "the probe has no parameter \"" + name + "\"" + (hint.empty() ? "." : hint));
        return;
    }
    for (const ParameterType type : typesFor(result)) {
        if (parameter->type == type) return;
    }
    say(path, "gives a value of type " + std::string(nameOf(typesFor(result).front())) + ", but " + name +
                  " takes " + allowedWords(*parameter) + ".");
}

}  // namespace latent::engine
