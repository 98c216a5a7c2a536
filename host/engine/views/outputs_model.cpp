// SPDX-License-Identifier: Apache-2.0
#include "engine/views/outputs_model.hpp"

#include <algorithm>
#include <map>
#include <set>

namespace latent::engine {

namespace {

using nlohmann::json;
constexpr std::string_view kMetrics = "metrics/";
constexpr std::int64_t kMostBytes = std::int64_t{1} << 53;

ArrayModel wordsFrom(const json& entry) {
    ArrayModel model;
    model.name = entry.at("name");
    model.units = entry.value("units", "");
    model.label = entry.value("label", "");
    model.description = entry.value("description", "");
    model.categories = entry.value("categories", std::vector<std::string>());
    return model;
}

ArrayModel arrayFrom(const json& entry) {
    ArrayModel model = wordsFrom(entry);
    model.dtype = *dtypeNamed(entry.at("dtype").get_ref<const std::string&>());
    model.large = entry.value("large", false);
    model.hasRest = entry.contains("rest");
    for (const json& dimension : entry.at("dims")) {
        const json& size = dimension.at("size");
        model.dims.push_back(
            {dimension.at("name"), size.is_null() ? std::nullopt : std::optional(size.get<std::int64_t>())});
    }
    return model;
}

/// A metric as an array: its values along `step`.
ArrayModel asMetric(ArrayModel model) {
    model.name = std::string(kMetrics) + model.name;
    model.dtype = DType::F64;
    model.dims = {{"step", std::nullopt}};
    return model;
}

std::string sizeWords(const DimensionModel& dimension) {
    return dimension.size ? "size " + std::to_string(*dimension.size) : "a growing size";
}

class ArraysCheck {
  public:
    std::vector<Problem> run(const std::vector<ArrayModel>& arrays, const std::vector<ArrayModel>& metrics) {
        for (const ArrayModel& array : arrays) one(array);
        for (const ArrayModel& array : arrays) coordinate(array);
        std::set<std::string> names;
        for (const ArrayModel& metric : metrics) {
            if (!names.insert(metric.name).second) m_problems.push_back({metric.name, "is declared twice."});
        }
        return m_problems;
    }

  private:
    void say(const ArrayModel& array, std::string sentence) {
        m_problems.push_back({"array " + array.name, std::move(sentence)});
    }

    void one(const ArrayModel& array) {
        if (!m_names.insert(array.name).second) say(array, "is declared twice.");
        std::set<std::string> own;
        std::int64_t bytes = static_cast<std::int64_t>(sizeOf(array.dtype));
        for (std::size_t i = 0; i < array.dims.size(); ++i) {
            const DimensionModel& d = array.dims[i];
            if (!own.insert(d.name).second)
                say(array, "has the dimension " + d.name + " twice; give the second a name of its own.");
            if (!d.size && (i > 0 || array.large))
                say(array, "grows along " + d.name +
                               ", but only the first dimension of an array that is not large may.");
            const auto [known, isNew] = m_dimensions.emplace(d.name, std::pair(d, array.name));
            if (!isNew && !(known->second.first == d)) {
                say(array, "gives the dimension " + d.name + " " + sizeWords(d) + ", but array " +
                               known->second.second + " gives it " + sizeWords(known->second.first) +
                               "; a name has one size in a run.");
            }
            if (d.size && *d.size > 0 && bytes > kMostBytes / *d.size) {
                say(array, "is larger than any file can be.");
                bytes = 1;
            } else if (d.size) {
                bytes *= std::max<std::int64_t>(*d.size, 1);
            }
        }
        if (!array.categories.empty() && isFloating(array.dtype))
            say(array, "has categories, which only arrays of integers have.");
        if (array.hasRest &&
            (array.dims.size() != 1 || array.dims[0].name != array.name || !array.categories.empty()))
            say(array,
                "says where cursors rest, which only a coordinate of numbers does: an array that has its own "
                "name as its "
                "only dimension, and no categories.");
    }

    void coordinate(const ArrayModel& array) {
        const bool isDimension = m_dimensions.count(array.name) != 0;
        if (isDimension && (array.dims.size() != 1 || array.dims[0].name != array.name)) {
            say(array,
                "has the name of a dimension, so it is its coordinate and must have that dimension alone.");
        }
    }

    std::vector<Problem> m_problems;
    std::set<std::string> m_names;
    std::map<std::string, std::pair<DimensionModel, std::string>> m_dimensions;
};

}  // namespace

bool isMetricName(std::string_view name) {
    const auto letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
    const auto rest = [&](char c) {
        return letter(c) || (c >= '0' && c <= '9') || c == '_' || c == '.' || c == '-';
    };
    return !name.empty() && name.size() <= 64 && letter(name[0]) &&
           std::all_of(name.begin(), name.end(), rest);
}

const DimensionModel* ArrayModel::dimension(std::string_view dimensionName) const {
    for (const DimensionModel& d : dims) {
        if (d.name == dimensionName) return &d;
    }
    return nullptr;
}

Result<OutputsModel> OutputsModel::fromJson(const nlohmann::json& json, std::string_view what) {
    LATENT_CHECK(builtInSchema("outputs-1").check(json, what));
    OutputsModel model;
    for (const auto& entry : json.at("arrays")) model.m_arrays.push_back(arrayFrom(entry));
    for (const auto& entry : json.value("metrics", nlohmann::json::array()))
        model.m_metrics.push_back(asMetric(wordsFrom(entry)));
    model.m_figures = json.at("figures");
    if (const auto problems = ArraysCheck().run(model.m_arrays, model.m_metrics); !problems.empty())
        return refusalOf(what, problems);
    return model;
}

const ArrayModel* OutputsModel::find(std::string_view name) const {
    for (const auto* list : {&m_arrays, &m_metrics}) {
        for (const ArrayModel& array : *list) {
            if (array.name == name) return &array;
        }
    }
    if (m_metrics.empty() && name.rfind(kMetrics, 0) == 0 && isMetricName(name.substr(kMetrics.size()))) {
        static const ArrayModel kAnyMetric = asMetric(ArrayModel());
        return &kAnyMetric;
    }
    return nullptr;
}

const ArrayModel* OutputsModel::coordinateOf(std::string_view dimension) const {
    for (const ArrayModel& array : m_arrays) {
        if (array.name == dimension && array.dims.size() == 1) return &array;
    }
    return nullptr;
}

std::vector<std::string> OutputsModel::names() const {
    std::vector<std::string> all;
    for (const auto* list : {&m_arrays, &m_metrics}) {
        for (const ArrayModel& array : *list) all.push_back(array.name);
    }
    return all;
}

}  // namespace latent::engine
