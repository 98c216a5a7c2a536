// SPDX-License-Identifier: Apache-2.0
#include "engine/views/validate.hpp"

#include "engine/views/view_checker.hpp"

namespace latent::engine {

namespace {

struct Checked {
    std::vector<Problem> problems;
    std::map<std::string, std::string> cursors;
};

Checked checked(const nlohmann::json& view, const OutputsModel& outputs, const ProbeSchemas* probes) {
    Checked result{builtInSchema("view-1").problems(view), {}};
    if (!result.problems.empty()) return result;
    ViewChecker checker(view, outputs, probes);
    static const std::set<std::string, std::less<>> kKinds = {
        "lines",      "points", "trajectory", "heatmap", "image",
        "image_grid", "graph",  "histogram",  "table",   "text"};
    if (!kKinds.count(view.at("kind").get_ref<const std::string&>())) return result;
    checker.checkKind();
    checker.checkCursors();
    checker.checkGestures();
    return {checker.problems(), checker.cursors()};
}

std::string figureName(const nlohmann::json& figure) {
    const auto name = figure.find("name");
    return name != figure.end() && name->is_string() ? name->get<std::string>() : std::string();
}

}  // namespace

std::vector<Problem> viewProblems(const nlohmann::json& view, const OutputsModel& outputs,
                                  const ProbeSchemas* probes) {
    return checked(view, outputs, probes).problems;
}

Status validateView(const nlohmann::json& view, const OutputsModel& outputs, std::string_view what,
                    const ProbeSchemas* probes) {
    if (const auto problems = viewProblems(view, outputs, probes); !problems.empty())
        return refusalOf(what, problems);
    return ok();
}

Status validateOutputs(const nlohmann::json& json, std::string_view what, const ProbeSchemas* probes) {
    LATENT_TRY(const OutputsModel outputs, OutputsModel::fromJson(json, what));
    std::vector<Problem> problems;
    std::set<std::string> names;
    std::map<std::string, std::pair<std::string, std::string>>
        cursors;  // cursor: its dimension, the figure that said so
    for (std::size_t i = 0; i < outputs.figures().size(); ++i) {
        const nlohmann::json& figure = outputs.figures()[i];
        const std::string path = pathOf("figures", i), name = figureName(figure);
        Checked result = checked(figure, outputs, probes);
        for (Problem& problem : result.problems) {
            const bool brackets = problem.path.rfind('[', 0) == 0;
            problem.path = problem.path.empty() ? path : path + (brackets ? "" : ".") + problem.path;
            problems.push_back(std::move(problem));
        }
        if (!names.insert(name).second)
            problems.push_back({path, "another figure has the name " + describeValue(name).substr(9) + "."});
        for (const auto& [cursor, dimension] : result.cursors) {
            const auto [known, isNew] = cursors.emplace(cursor, std::pair(dimension, name));
            if (!isNew && known->second.first != dimension) {
                problems.push_back({path, "the cursor \"" + cursor + "\" moves along " + dimension +
                                              " here, but along " + known->second.first +
                                              " in the figure \"" + known->second.second +
                                              "\"; one name means one dimension."});
            }
        }
    }
    if (!problems.empty()) return refusalOf(what, problems);
    return ok();
}

}  // namespace latent::engine
