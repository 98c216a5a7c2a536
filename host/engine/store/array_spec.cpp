// SPDX-License-Identifier: Apache-2.0
#include "engine/store/array_spec.hpp"

#include <nlohmann/json.hpp>
#include <set>

#include "engine/store/layout.hpp"

namespace latent::engine {
namespace {

using nlohmann::json;

constexpr std::size_t kMostCategories = 4096, kMostCategoryBytes = 256u << 10;

std::string textAt(const json& entry, const char* key) {
    return entry.contains(key) && entry[key].is_string() ? entry[key].get<std::string>() : std::string();
}

/// The words of an array of whole numbers. A list that makes no sense, or would not fit an event, is left out.
std::vector<std::string> categoriesOf(const json& entry, DType dtype) {
    std::vector<std::string> words;
    const auto found = entry.find("categories");
    if (found == entry.end() || !found->is_array() || found->size() > kMostCategories || isFloating(dtype))
        return words;
    std::size_t bytes = 0;
    for (const json& word : *found) {
        if (!word.is_string() || (bytes += word.get_ref<const std::string&>().size()) > kMostCategoryBytes)
            return {};
        words.push_back(word.get<std::string>());
    }
    return words;
}

Result<DimensionSpec> parseDimension(const json& entry, const std::string& where, bool first) {
    if (!entry.is_object()) return badRequest(where + " has a dimension that is not an object.");
    DimensionSpec dimension;
    dimension.name = textAt(entry, "name");
    if (!layout::isName(dimension.name, false)) {
        return badRequest(where + " has a dimension named \"" + dimension.name.substr(0, 80) +
                          "\"; names are made of letters, digits, '_', '-' and '.'.");
    }
    const json size = entry.value("size", json());
    if (size.is_null()) {
        if (!first)
            return badRequest(where + ": the growing dimension " + dimension.name + " must come first.");
        return dimension;
    }
    if (!size.is_number_unsigned() && !(size.is_number_integer() && size.get<std::int64_t>() >= 0)) {
        return badRequest(where + ": the size of the dimension " + dimension.name +
                          " is not a whole number.");
    }
    dimension.size = size.get<std::uint64_t>();
    return dimension;
}

}  // namespace

std::vector<std::string> ArraySpec::dimNames() const {
    std::vector<std::string> names;
    for (const DimensionSpec& dimension : dims) names.push_back(dimension.name);
    return names;
}

Shape ArraySpec::shape(std::uint64_t rows) const {
    Shape extents;
    for (const DimensionSpec& dimension : dims) extents.push_back(dimension.size.value_or(rows));
    return extents;
}

std::uint64_t ArraySpec::rowBytes() const { return byteCount(dtype, shape(1)).value_or(0); }

json ArraySpec::toJson() const {
    json list = json::array();
    for (const DimensionSpec& dimension : dims) {
        list.push_back({{"name", dimension.name}, {"size", dimension.size ? json(*dimension.size) : json()}});
    }
    json entry{{"name", name}, {"dtype", nameOf(dtype)}, {"dims", list}};
    if (!units.empty()) entry["units"] = units;
    if (!label.empty()) entry["label"] = label;
    if (!description.empty()) entry["description"] = description;
    if (!categories.empty()) entry["categories"] = categories;
    if (rest) entry["rest"] = *rest;
    if (large) entry["large"] = true;
    return entry;
}

std::string ArraySpec::categoriesText() const {
    return categories.empty() ? std::string() : json(categories).dump();
}

bool ArraySpec::isCompletedBy(const ArraySpec& other) const {
    ArraySpec completed = *this;
    if (completed.categories.empty()) completed.categories = other.categories;
    if (!completed.rest) completed.rest = other.rest;
    return completed == other;
}

bool ArraySpec::operator==(const ArraySpec& other) const { return toJson() == other.toJson(); }

json MetricWords::toJson(const std::string& name) const {
    json entry{{"name", name}};
    if (!units.empty()) entry["units"] = units;
    if (!label.empty()) entry["label"] = label;
    if (!description.empty()) entry["description"] = description;
    return entry;
}

std::map<std::string, MetricWords> parseMetricWords(const json& outputs) {
    std::map<std::string, MetricWords> words;
    const auto list = outputs.is_object() ? outputs.find("metrics") : outputs.end();
    if (list == outputs.end() || !list->is_array() || list->size() > kMaxMetrics) return words;
    for (const json& entry : *list) {
        if (!entry.is_object() || !layout::isName(textAt(entry, "name"), true)) continue;
        words.emplace(textAt(entry, "name"), MetricWords{textAt(entry, "units"), textAt(entry, "label"),
                                                         textAt(entry, "description")});
    }
    return words;
}

Result<ArraySpec> parseArraySpec(const json& entry, const std::string& what) {
    if (!entry.is_object()) return badRequest(what + " hold an array that is not an object.");
    ArraySpec spec;
    spec.name = textAt(entry, "name");
    if (!layout::isName(spec.name, false) || spec.name == "metrics") {
        return badRequest(
            what + " name an array \"" + spec.name.substr(0, 80) +
            "\"; names are made of letters, digits, '_', '-' and '.', and \"metrics\" is taken.");
    }
    const std::string where = what + ", array " + spec.name;
    const auto dtype = dtypeNamed(textAt(entry, "dtype"));
    if (!dtype)
        return badRequest(where + ": the type \"" + textAt(entry, "dtype").substr(0, 80) +
                          "\" is not one of f32 f64 i8 … u64.");
    spec.dtype = *dtype;
    const json dims = entry.value("dims", json::array());
    if (!dims.is_array() || dims.size() > 16)
        return badRequest(where + " needs a list of at most 16 dimensions.");
    for (const json& dimension : dims) {
        LATENT_TRY(DimensionSpec parsed, parseDimension(dimension, where, spec.dims.empty()));
        spec.dims.push_back(std::move(parsed));
    }
    if (!byteCount(spec.dtype, spec.shape(1))) return badRequest(where + " is too large to exist.");
    spec.units = textAt(entry, "units");
    spec.label = textAt(entry, "label");
    spec.description = textAt(entry, "description");
    spec.categories = categoriesOf(entry, spec.dtype);
    if (const auto rest = entry.find("rest"); rest != entry.end() && rest->is_number())
        spec.rest = rest->get<double>();
    spec.large = entry.contains("large") && entry["large"].is_boolean() && entry["large"].get<bool>();
    if (spec.large && (spec.grows() || spec.dims.empty())) {
        return badRequest(where + " is large, so every dimension needs a size.");
    }
    return spec;
}

Result<std::vector<ArraySpec>> parseArraySpecs(const json& outputs, const std::string& what) {
    std::vector<ArraySpec> specs;
    std::set<std::string> names;
    if (!outputs.is_object() || !outputs.contains("arrays")) return specs;
    const json& list = outputs["arrays"];
    if (!list.is_array() || list.size() > kMaxArrays)
        return badRequest(what + " need a list of at most 10,000 arrays.");
    for (const json& entry : list) {
        LATENT_TRY(ArraySpec spec, parseArraySpec(entry, what));
        if (!names.insert(spec.name).second)
            return badRequest(what + " declare the array " + spec.name + " twice.");
        specs.push_back(std::move(spec));
    }
    return specs;
}

}  // namespace latent::engine
