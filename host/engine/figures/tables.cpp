// SPDX-License-Identifier: Apache-2.0
// Tables, paragraphs with values in them, and the table that stands for a kind which this program does not know.
#include <algorithm>
#include <cmath>

#include "engine/figures/resolver.hpp"

namespace latent::engine::figures {

namespace {

constexpr std::uint64_t kMostRows = 100'000;  ///< of a table for people; the file holds the rest

Column::Format formatOf(const nlohmann::json& column) {
    const std::string word = textIn(column, "format");
    return word == "fixed"        ? Column::Format::Fixed
           : word == "scientific" ? Column::Format::Scientific
           : word == "percent"    ? Column::Format::Percent
                                  : Column::Format::General;
}

void putWords(Column& column, const LoadedArray& array) {
    if (array.categories.empty()) return;
    for (const double value : column.values) column.words.push_back(valueText(&array, value));
}

}  // namespace

Status Resolver::table() {
    Table table;
    std::vector<Picked> columns;
    std::optional<KeptDimension> rows;
    const LoadedArray* rowsOf = nullptr;
    for (std::size_t i = 0; i < m_view.at("columns").size(); ++i) {
        const std::string what = "column " + std::to_string(i + 1);
        LATENT_TRY(Picked values, m_picker.pick(m_view["columns"][i].at("values")));
        m_picker.fixSwept(values);
        LATENT_CHECK(m_picker.leave(values, 0, 1, what));
        if (values && !values.dims.empty()) {
            if (rows && rows->name != values.dims[0].name)
                return refused(what + " varies along " + values.dims[0].name +
                               ", but the columns before it along " + rows->name + ".");
            std::vector<KeptDimension> whole{rows.value_or(values.dims[0])};
            LATENT_CHECK(m_picker.within(values, whole, what));
            rows = whole[0];
            if (!rowsOf) rowsOf = values.array;
        }
        columns.push_back(std::move(values));
    }
    if (rows && rows->size > kMostRows) {
        m_picker.note("The first " + std::to_string(kMostRows) + " of " + std::to_string(rows->size) +
                      " rows are listed; the run's file has them all.");
        rows->size = kMostRows;
    }
    bool isThere = false;
    const std::vector<KeptDimension> over =
        rows ? std::vector<KeptDimension>{*rows} : std::vector<KeptDimension>();
    for (std::size_t i = 0; i < columns.size(); ++i) {
        const json& asked = m_view["columns"][i];
        Column column;
        column.format = formatOf(asked);
        column.digits = asked.value("digits", 4);
        column.title = textIn(asked, "title");
        const Picked& values = columns[i];
        isThere = isThere || values;
        if (column.title.empty())
            column.title =
                values ? titleOf(*values.array) : wordsOfName(asked["values"]["array"].get<std::string>());
        if (values) column.unit = unitOf(*values.array);
        LATENT_TRY(column.values, m_picker.numbers(values, over));
        if (values) putWords(column, *values.array);
        table.columns.push_back(std::move(column));
    }
    if (rows) {
        const Coordinate coordinate = m_picker.coordinate(rowsOf, *rows);
        table.rowTitle = coordinate.array ? titleOf(*coordinate.array) : wordsOfName(rows->name);
        if (const std::string unit = coordinate.array ? unitOf(*coordinate.array) : ""; !unit.empty())
            table.rowTitle += " (" + unit + ")";
        for (std::uint64_t i = 0; i < rows->size; ++i)
            table.rows.push_back(i < coordinate.values.size()
                                     ? valueText(coordinate.array, coordinate.values[i])
                                     : std::to_string(rows->indexOf(i)));
    } else {
        table.rows.emplace_back();
    }
    m_figure.isEmpty = !isThere || table.rows.empty();
    m_figure.body = std::move(table);
    return ok();
}

Status Resolver::text() {
    Text text;
    const json& values = m_view.contains("values") ? m_view["values"] : json::object();
    std::map<std::string, std::string> words;
    bool isThere = false;
    for (const auto& [name, selection] : values.items()) {
        LATENT_TRY(Picked value, m_picker.pick(selection));
        LATENT_CHECK(m_picker.leave(value, 0, "the value " + name));
        words[name] =
            value ? valueText(value.array, elementAsDouble(value.array->values.view(), value.offset)) : "–";
        isThere = isThere || value;
    }
    const auto& paragraph = m_view.at("words").get_ref<const std::string&>();
    for (std::size_t at = 0; at < paragraph.size();) {
        const std::size_t open = paragraph.find('{', at),
                          close = open == std::string::npos ? open : paragraph.find('}', open);
        if (close == std::string::npos) {
            text.paragraph.append(paragraph, at);
            break;
        }
        text.paragraph.append(paragraph, at, open - at);
        const auto word = words.find(paragraph.substr(open + 1, close - open - 1));
        if (word == words.end()) {
            text.paragraph += '{';
            at = open + 1;
        } else {
            text.paragraph += word->second;
            at = close + 1;
        }
    }
    m_figure.isEmpty = !values.empty() && !isThere;
    m_figure.body = std::move(text);
    return ok();
}

Status Resolver::anyArrays() {
    m_picker.note("This program does not know figures of the kind \"" + m_figure.kind +
                  "\"; these are the numbers that it shows.");
    Table table;
    std::optional<std::vector<KeptDimension>> rows;
    const LoadedArray* rowsOf = nullptr;
    for (const std::string& name : arraysOf(m_view)) {
        LATENT_TRY(Picked values, m_picker.pick({{"array", name}}));
        if (!values) continue;
        m_picker.fixSwept(values);
        const auto sameRows = [&] {
            return std::equal(rows->begin(), rows->end(), values.dims.begin(), values.dims.end(),
                              [](const KeptDimension& a, const KeptDimension& b) {
                                  return a.name == b.name && a.size == b.size;
                              });
        };
        if (!rows) {
            rows = values.dims;
            rowsOf = values.array;
        } else if (!sameRows()) {
            m_picker.note("The array " + name + " has other dimensions and is left out.");
            continue;
        }
        Column column;
        column.title = titleOf(*values.array);
        column.unit = unitOf(*values.array);
        if (!values.dims.empty()) {
            std::uint64_t inner = 1;
            for (std::size_t i = 1; i < values.dims.size(); ++i)
                inner *= std::max<std::uint64_t>(values.dims[i].size, 1);
            const std::uint64_t most = std::max<std::uint64_t>(1, kMostRows / inner);
            if (values.dims[0].size > most)
                m_picker.note("Only the first rows are listed; the run's file has them all.");
            values.dims[0].size = std::min(values.dims[0].size, most);
        }
        LATENT_TRY(column.values, m_picker.numbers(values, values.dims));
        putWords(column, *values.array);
        table.columns.push_back(std::move(column));
    }
    m_figure.isEmpty = table.columns.empty();
    if (!rows) {
        m_figure.body = std::move(table);
        return ok();
    }
    std::vector<Coordinate> along;
    for (const KeptDimension& d : *rows) {
        table.rowTitle += (table.rowTitle.empty() ? "" : ", ") + wordsOfName(d.name);
        along.push_back(m_picker.coordinate(rowsOf, d));
    }
    const std::size_t count = table.columns.front().values.size();
    m_figure.isEmpty = count == 0;
    for (std::size_t row = 0; row < count; ++row) {
        std::string name;
        std::size_t rest = row;
        for (std::size_t axis = rows->size(); axis-- > 0;) {
            const auto size = static_cast<std::size_t>((*rows)[axis].size);
            const std::size_t i = rest % size;
            rest /= size;
            const std::string word = i < along[axis].values.size()
                                         ? valueText(along[axis].array, along[axis].values[i])
                                         : std::to_string(i);
            name = name.empty() ? word : word + ", " + name;
        }
        table.rows.push_back(std::move(name));
    }
    m_figure.body = std::move(table);
    return ok();
}

}  // namespace latent::engine::figures
