// SPDX-License-Identifier: Apache-2.0
// Colours, markers, labels and families in Python.
#include <map>

#include "engine/figures/axes.hpp"
#include "engine/figures/script.hpp"

namespace latent::engine::figures {

using nlohmann::json;

std::string looks(const json& series) {
    static const std::map<std::string, std::string> kRoles = {
        {"primary", "COLOURS[0]"}, {"secondary", "COLOURS[1]"}, {"accent", "COLOURS[3]"},
        {"muted", "\"0.65\""},     {"reference", "\"0.3\""},    {"positive", "COLOURS[2]"},
        {"negative", "COLOURS[1]"}};
    static const std::map<std::string, std::string> kMarkers = {
        {"circle", "o"}, {"square", "s"}, {"triangle", "^"}, {"diamond", "D"}, {"cross", "x"}, {"star", "*"}};
    std::string text;
    if (const auto role = kRoles.find(textIn(series, "role")); role != kRoles.end())
        text += ", color=" + role->second;
    else if (series.contains("category"))
        text += ", color=COLOURS[" + std::to_string(series["category"].get<int>() % 7) + "]";
    const std::string style = textIn(series, "style");
    if (style == "dashed") text += ", linestyle=\"--\"";
    if (style == "dotted") text += ", linestyle=\":\"";
    if (style == "none") text += ", linestyle=\"none\"";
    const auto marker = kMarkers.find(textIn(series, "marker"));
    if (marker != kMarkers.end()) text += ", marker=\"" + marker->second + "\"";
    return text;
}

std::string mapOf(const json& view) {
    const std::string map = view.contains("colours") ? textIn(view["colours"], "map") : "";
    return map == "diverging"     ? "\"RdBu_r\""
           : map == "cyclic"      ? "\"twilight\""
           : map == "categorical" ? "\"tab10\""
                                  : "\"viridis\"";
}

std::string normOf(const json& view, const std::string& values) {
    const json colours = view.value("colours", json::object());
    std::string low = "np.nanmin(" + values + ")", high = "np.nanmax(" + values + ")";
    if (colours.contains("limits") && colours["limits"][0].is_number()) low = literal(colours["limits"][0]);
    if (colours.contains("limits") && colours["limits"][1].is_number()) high = literal(colours["limits"][1]);
    if (colours.contains("centre")) return "colors.CenteredNorm(vcenter=" + literal(colours["centre"]) + ")";
    if (textIn(colours, "scale") == "log") return "colors.LogNorm(" + low + ", " + high + ")";
    if (textIn(colours, "scale") == "symlog")
        return "colors.SymLogNorm(1e-3, vmin=" + low + ", vmax=" + high + ")";
    return "colors.Normalize(" + low + ", " + high + ")";
}

void openShown(ScriptWriter& script, const std::string& label) {
    if (script.hides) script.open("if str(" + label + ").split(\" (\")[0] not in hidden:");
}

void closeShown(ScriptWriter& script) {
    if (script.hides) script.close();
}

std::string labelOf(const json& series, const char* array) {
    const std::string label = textIn(series, "label");
    if (!series.contains("family"))
        return label.empty() ? "words(" + std::string(array) + ")" : literal(label);
    return (label.empty() ? "" : literal(label + ", ") + " + ") + std::string("member");
}

void openFamily(ScriptWriter& script, const json& series, const char* array) {
    if (!series.contains("family")) return;
    const std::string family = literal(series["family"]);
    script.open("for i, value in enumerate(" + std::string(array) + "[" + family + "].values):");
    script.line("member = value if isinstance(value, str) else " +
                literal(wordsOfName(series["family"].get<std::string>()) + " ") + " + f\"{value:g}\"");
    script.line("one = lambda data: data.isel({" + family + ": i}) if " + family + " in data.dims else data");
}

}  // namespace latent::engine::figures
