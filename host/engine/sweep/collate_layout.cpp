// SPDX-License-Identifier: Apache-2.0
#include "engine/sweep/collate_layout.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <set>

namespace latent::engine {
namespace {

using nlohmann::json;

constexpr std::size_t kMostValuesText = 8000;

template <class T>
std::string repeated(T value, std::uint64_t count) {
    std::string bytes(static_cast<std::size_t>(count) * sizeof(T), '\0');
    for (std::size_t i = 0; i < count; ++i) std::memcpy(bytes.data() + i * sizeof(T), &value, sizeof(T));
    return bytes;
}

template <class T>
Array arrayOf(DType dtype, const std::vector<T>& values) {
    Array array{dtype, {values.size()}, {}};
    array.bytes.assign(reinterpret_cast<const char*>(values.data()), values.size() * sizeof(T));
    return array;
}

/// A value as a person writes it: 1, 1.5 for [1.0,1.5].
std::string wordsOf(const json& value) {
    if (value.is_string()) return value.get<std::string>();
    if (value.is_number_float() && std::abs(value.get<double>()) < 1e15 &&
        value.get<double>() == std::floor(value.get<double>()))
        return std::to_string(value.get<std::int64_t>());
    const bool isList = value.is_array() && std::none_of(value.begin(), value.end(),
                                                         [](const json& one) { return one.is_structured(); });
    if (!isList || value.empty()) return value.dump();
    std::string words;
    for (const json& one : value) words += (words.empty() ? "" : ", ") + wordsOf(one);
    return words;
}

/// Numbers as resolved (1 of a real parameter is 1.0), texts as written: a file by its name, not by its whole place.
const json& shownValue(const json& written, const json& resolved) {
    return written.is_string() && resolved.is_string() ? written : resolved;
}

/// Values along an axis as numbers, or as places in a list that the description holds. A list of one number, which one
/// number for a parameter that takes lists resolves to, is that number where all values are such.
DesignArray coordinate(const std::string& name, const std::string& axis, const std::string& parameter,
                       const std::string& unit, std::vector<json> values) {
    const bool areSingle = std::all_of(values.begin(), values.end(), [](const json& value) {
        return value.is_array() && value.size() == 1 && value.front().is_number();
    });
    if (areSingle)
        for (json& value : values) value = json(json(value.front()));
    DesignArray array;
    array.spec.name = name;
    array.spec.dims = {{axis, values.size()}};
    array.spec.units = unit;
    array.spec.label = parameter;
    const auto all = [&](bool (json::*is)() const noexcept) {
        return std::all_of(values.begin(), values.end(), [&](const json& value) { return (value.*is)(); });
    };
    if (all(&json::is_number_integer)) {
        std::vector<std::int64_t> numbers;
        for (const json& value : values) numbers.push_back(value.get<std::int64_t>());
        array.values = arrayOf(DType::I64, numbers);
    } else if (all(&json::is_number)) {
        std::vector<double> numbers;
        for (const json& value : values) numbers.push_back(value.get<double>());
        array.values = arrayOf(DType::F64, numbers);
    } else {
        std::vector<json> different;
        std::vector<std::int64_t> places;
        for (const json& value : values) {
            const auto known = std::find(different.begin(), different.end(), value);
            places.push_back(known - different.begin());
            if (known == different.end()) different.push_back(value);
        }
        array.values = arrayOf(DType::I64, places);
        for (const json& value : different) array.spec.categories.push_back(wordsOf(value));
        const std::string text = json(different).dump();
        array.spec.description = text.size() <= kMostValuesText
                                     ? "The numbers are places in " + text
                                     : "The numbers are places in the values of this axis in request.json.";
        array.spec.units.clear();
    }
    array.spec.dtype = array.values.dtype;
    return array;
}

/// One look at all cells: what array each name is, where they agree.
class Survey {
  public:
    explicit Survey(const std::vector<const CellArrays*>& cells) {
        std::size_t done = 0;
        for (const CellArrays* cell : cells) {
            if (!cell) continue;
            ++done;
            for (const auto& [name, array] : *cell) {
                const auto [known, fresh] = m_arrays.try_emplace(name, array);
                ++m_count[name];
                if (!fresh) compare(known->second, array);
            }
        }
        for (const auto& [name, count] : m_count)
            if (count < done) m_partial[name] = done - count;
    }
    const CellArrays& arrays() const { return m_arrays; }
    bool differs(const std::string& name) const { return m_differs.count(name) != 0; }
    /// Units in which cells have it, where they are not the same ones.
    bool hasOtherUnits(const std::string& name) const { return m_otherUnits.count(name) != 0; }
    /// Words for its values that are those of some cells only, and were taken off it.
    bool hasOtherWords(const std::string& name) const { return m_otherWords.count(name) != 0; }
    std::size_t missing(const std::string& name) const {
        const auto found = m_partial.find(name);
        return found == m_partial.end() ? 0 : found->second;
    }

  private:
    /// Keeps of an array what is true of it in every cell.
    void compare(CellArray& known, const CellArray& array) {
        const std::string& name = array.spec.name;
        if (known.shape != array.shape || known.spec.dtype != array.spec.dtype ||
            known.spec.dimNames() != array.spec.dimNames())
            m_differs.insert(name);
        if (known.spec.units != array.spec.units) m_otherUnits.insert(name);
        if (known.spec.categories != array.spec.categories) {
            m_otherWords.insert(name);
            known.spec.categories.clear();
        }
        if (known.spec.label != array.spec.label) known.spec.label.clear();
        if (known.spec.description != array.spec.description) known.spec.description.clear();
        if (known.spec.rest != array.spec.rest) known.spec.rest.reset();
    }

    CellArrays m_arrays;
    std::map<std::string, std::size_t> m_count, m_partial;
    std::set<std::string> m_differs, m_otherUnits, m_otherWords;
};

std::string freeName(std::string name, const std::set<std::string>& taken, const std::string& prefix) {
    while (taken.count(name) != 0) name = prefix + name;
    return name;
}

}  // namespace

std::string missingElements(DType dtype, std::uint64_t count) {
    switch (dtype) {
        case DType::F32:
            return repeated(std::numeric_limits<float>::quiet_NaN(), count);
        case DType::F64:
            return repeated(std::numeric_limits<double>::quiet_NaN(), count);
        case DType::I8:
            return repeated(std::numeric_limits<std::int8_t>::min(), count);
        case DType::I16:
            return repeated(std::numeric_limits<std::int16_t>::min(), count);
        case DType::I32:
            return repeated(std::numeric_limits<std::int32_t>::min(), count);
        case DType::I64:
            return repeated(std::numeric_limits<std::int64_t>::min(), count);
        case DType::U8:
            return repeated(std::numeric_limits<std::uint8_t>::max(), count);
        case DType::U16:
            return repeated(std::numeric_limits<std::uint16_t>::max(), count);
        case DType::U32:
            return repeated(std::numeric_limits<std::uint32_t>::max(), count);
        case DType::U64:
            return repeated(std::numeric_limits<std::uint64_t>::max(), count);
    }
    return {};
}

ArraySpec agreedCoordinate(const StackedArray& array) {
    ArraySpec spec = array.spec;
    spec.name = array.source;
    spec.dims = {{array.source, array.cellShape.front()}};
    return spec;
}

CollationPlan planCollation(const json& design, const std::vector<PlannedCell>& cells,
                            const std::vector<const CellArrays*>& arrays) {
    CollationPlan plan;
    const Survey survey(arrays);
    std::set<std::string> taken{"cell_status", "metrics"};
    for (const auto& [name, array] : survey.arrays()) {
        taken.insert(name);
        for (const std::string& dim : array.spec.dimNames()) taken.insert(dim);
    }

    const json& axes = design.at("axes");
    std::vector<DimensionSpec> leading;
    std::uint64_t stride = cells.size();
    for (const json& axis : axes) {
        const std::string parameter = axis.at("name").get<std::string>();
        const std::uint64_t length = axis.at("values").size();
        stride /= std::max<std::uint64_t>(1, length);
        std::vector<json> values = axis.at("values");
        if (const bool counted = parameter == "cell" && !cells.front().parameters.contains(parameter);
            !counted) {
            for (std::uint64_t i = 0; i < length; ++i)
                values[i] = shownValue(values[i], cells[i * stride].parameters.value(parameter, values[i]));
        }
        const std::string name = freeName(parameter, taken, "swept_");
        taken.insert(name);
        plan.axes.push_back(name);
        plan.shape.push_back(length);
        leading.push_back({name, length});
        plan.coordinates.push_back(coordinate(name, name, parameter, axis.value("unit", ""), values));
    }
    for (const json& column : design.value("columns", json::array())) {
        const std::string parameter = column.at("parameter").get<std::string>();
        const std::string name = freeName(parameter, taken, "swept_");
        taken.insert(name);
        const std::uint64_t length = plan.shape.front();
        const json written = column.value("values", json::array());
        std::vector<json> values;
        for (std::uint64_t i = 0; i < length; ++i)
            values.push_back(shownValue(i < written.size() ? written[i] : json(),
                                        cells[i * (cells.size() / length)].parameters.at(parameter)));
        plan.coordinates.push_back(
            coordinate(name, plan.axes.front(), parameter, column.value("unit", ""), values));
    }

    for (const auto& [name, array] : survey.arrays()) {
        if (array.spec.large) {
            plan.remarks.push_back("The large array " + name + " stays with the runs of its cells.");
            continue;
        }
        if (survey.differs(name)) {
            plan.remarks.push_back("The array " + name +
                                   " is left out: it has not the same shape in all cells.");
            continue;
        }
        if (survey.hasOtherUnits(name)) {
            plan.remarks.push_back("The array " + name +
                                   " is left out: it has not the same unit in all cells.");
            continue;
        }
        if (survey.hasOtherWords(name))
            plan.remarks.push_back(
                "The array " + name +
                " has its numbers without their words: they stand for other things in other "
                "cells. The run of a cell has the words.");
        if (survey.missing(name) > 0)
            plan.remarks.push_back("The array " + name + " is missing in " +
                                   std::to_string(survey.missing(name)) +
                                   " finished cells; they hold no value.");
        StackedArray stacked;
        stacked.source = name;
        stacked.cellShape = array.shape;
        stacked.cellBytes = byteCount(array.spec.dtype, array.shape).value_or(0);
        stacked.coordinate = array.spec.dims.size() == 1 && array.spec.dims.front().name == name;
        stacked.spec = array.spec;
        if (stacked.coordinate) {
            stacked.spec.name = freeName(name + "_values", taken, "swept_");
            taken.insert(stacked.spec.name);
        }
        stacked.spec.dims = leading;
        for (std::size_t i = 0; i < array.shape.size(); ++i)
            stacked.spec.dims.push_back({array.spec.dims[i].name, array.shape[i]});
        plan.stacked.push_back(std::move(stacked));
    }
    return plan;
}

}  // namespace latent::engine
