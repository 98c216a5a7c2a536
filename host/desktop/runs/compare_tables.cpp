// SPDX-License-Identifier: GPL-3.0-or-later
#include "desktop/runs/compare_tables.hpp"

#include <QCoreApplication>
#include <algorithm>
#include <cmath>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>

#include "desktop/live/run_title.hpp"
#include "engine/parameters/command_line.hpp"

namespace latent::desktop {
namespace {

using nlohmann::json;

/// With a context that lupdate knows.
class Words {
    Q_DECLARE_TR_FUNCTIONS(CompareTables)
};

QStringList withLabels(QStringList first, const std::vector<QString>& labels) {
    for (const QString& label : labels) first << label;
    return first;
}

constexpr std::size_t kShownLone = 6;

struct Extent {
    double last = 0, low = 0, high = 0;
};

std::optional<Extent> extentOf(const engine::figures::LoadedArray* metric) {
    if (!metric) return std::nullopt;
    const engine::ArrayView values = metric->values.view();
    std::optional<Extent> extent;
    for (std::uint64_t i = 0; i < values.elements(); ++i) {
        const double value = engine::elementAsDouble(values, i);
        if (!std::isfinite(value)) continue;
        if (!extent) extent = Extent{value, value, value};
        *extent = {value, std::min(extent->low, value), std::max(extent->high, value)};
    }
    return extent;
}

CompareTable::Cell numberCell(const std::optional<double>& value) {
    return {value ? QString::number(*value, 'g', 5) : QStringLiteral("–"), {}, {}, true};
}

std::string textIn(const json& object, const char* key) {
    const auto found = object.is_object() ? object.find(key) : object.end();
    return object.is_object() && found != object.end() && found->is_string() ? found->get<std::string>()
                                                                             : std::string();
}

/// Names that a single run has, when they are too many to be shown among those that can be compared.
std::set<std::string> loneNames(const std::vector<std::set<std::string>>& names) {
    std::map<std::string, int> holders;
    for (const std::set<std::string>& its : names)
        for (const std::string& name : its) ++holders[name];
    std::set<std::string> lone;
    if (names.size() < 2) return lone;
    for (const auto& [name, count] : holders)
        if (count == 1) lone.insert(name);
    return lone.size() > kShownLone ? lone : std::set<std::string>();
}

/// How many of them each run has, with their names as tooltip.
std::vector<CompareTable::Cell> loneCells(const std::vector<std::set<std::string>>& names,
                                          const std::set<std::string>& lone) {
    std::vector<CompareTable::Cell> cells;
    for (const std::set<std::string>& its : names) {
        QStringList own;
        for (const std::string& name : its)
            if (lone.contains(name)) own << QString::fromStdString(name);
        cells.push_back({own.isEmpty() ? QStringLiteral("–") : QString::number(own.size()),
                         {},
                         own.join(QStringLiteral(", ")),
                         true});
    }
    return cells;
}

QString verdictWord(const std::string& verdict) {
    if (verdict == "holds") return Words::tr("holds");
    if (verdict == "contradicted") return Words::tr("contradicted");
    if (verdict == "tie") return Words::tr("tie");
    if (verdict == "inconclusive") return Words::tr("inconclusive");
    return Words::tr("not measured");
}

}  // namespace

CompareTable parameterTable(const std::vector<json>& parameters, const std::vector<QString>& labels) {
    CompareTable table{withLabels({Words::tr("Parameter")}, labels), {}};
    std::set<std::string> differing;
    for (std::size_t i = 1; i < parameters.size(); ++i)
        for (const engine::Difference& one : engine::difference(parameters.front(), parameters[i]))
            differing.insert(one.name);
    std::vector<std::set<std::string>> names(parameters.size());
    for (std::size_t i = 0; i < parameters.size(); ++i)
        if (parameters[i].is_object())
            for (const auto& [name, value] : parameters[i].items()) names[i].insert(name);
    const std::set<std::string> lone = loneNames(names);
    for (const std::string& name : differing) {
        if (lone.contains(name)) continue;
        std::vector<CompareTable::Cell> row{{QString::fromStdString(name)}};
        for (const json& its : parameters) {
            const json value = its.is_object() ? its.value(name, json()) : json();
            row.push_back({valueWords(value),
                           {},
                           QString::fromStdString(value.dump(-1, ' ', false, json::error_handler_t::replace))
                               .left(2000),
                           value.is_number()});
        }
        table.rows.push_back(std::move(row));
    }
    if (!lone.empty()) {
        table.rows.push_back({{Words::tr("Parameters that no other run has")}});
        for (CompareTable::Cell& cell : loneCells(names, lone)) table.rows.back().push_back(std::move(cell));
    }
    return table;
}

CompareTable metricTable(const std::vector<engine::figures::ArraySet>& arrays,
                         const std::vector<QString>& labels) {
    CompareTable table{withLabels({Words::tr("Metric"), QString()}, labels), {}};
    std::vector<std::set<std::string>> names(arrays.size());
    std::set<std::string> all;
    for (std::size_t i = 0; i < arrays.size(); ++i)
        for (const auto& [name, array] : arrays[i].all())
            if (name.rfind("metrics/", 0) == 0) names[i].insert(name.substr(8)), all.insert(name.substr(8));
    const std::set<std::string> lone = loneNames(names);
    for (const std::string& name : all) {
        if (lone.contains(name)) continue;
        std::vector<std::optional<Extent>> extents;
        for (const auto& its : arrays) extents.push_back(extentOf(its.find("metrics/" + name)));
        const auto add = [&](const QString& first, const QString& what, double Extent::*value) {
            std::vector<CompareTable::Cell> row{{first}, {what}};
            for (const auto& extent : extents)
                row.push_back(numberCell(extent ? std::optional<double>((*extent).*value) : std::nullopt));
            table.rows.push_back(std::move(row));
        };
        add(QString::fromStdString(name), Words::tr("last"), &Extent::last);
        add(QString(), Words::tr("least"), &Extent::low);
        add(QString(), Words::tr("greatest"), &Extent::high);
    }
    if (!lone.empty()) {
        table.rows.push_back({{Words::tr("Metrics that no other run has")}, {}});
        for (CompareTable::Cell& cell : loneCells(names, lone)) table.rows.back().push_back(std::move(cell));
    }
    return table;
}

CompareTable claimTable(const std::vector<json>& answers, const std::vector<QString>& labels) {
    CompareTable table{withLabels({Words::tr("Claim")}, labels), {}};
    struct Entry {
        QString statement;
        std::map<std::size_t, const json*> byRun;
    };
    std::vector<std::string> order;
    std::map<std::string, Entry> entries;
    for (std::size_t run = 0; run < answers.size(); ++run) {
        if (!answers[run].is_object() || !answers[run].contains("claims") ||
            !answers[run]["claims"].is_array())
            continue;
        for (const json& one : answers[run]["claims"]) {
            if (!one.is_object() || !one.contains("claim")) continue;
            const std::string id = textIn(one, "experiment") + ":" + textIn(one["claim"], "id");
            if (entries.count(id) == 0) order.push_back(id);
            entries[id].statement = QString::fromStdString(textIn(one["claim"], "statement"));
            entries[id].byRun[run] = &one;
        }
    }
    for (const std::string& id : order) {
        const Entry& entry = entries[id];
        std::vector<CompareTable::Cell> row{{entry.statement, {}, entry.statement}};
        for (std::size_t run = 0; run < answers.size(); ++run) {
            const auto found = entry.byRun.find(run);
            if (found == entry.byRun.end()) {
                const bool isUnknown = answers[run].is_object() && answers[run].contains("problem");
                row.push_back({answers[run].is_null() ? QStringLiteral("…")
                               : isUnknown            ? Words::tr("could not be measured")
                                                      : QStringLiteral("–")});
                continue;
            }
            const std::string verdict = textIn(*found->second, "verdict");
            row.push_back({verdictWord(verdict),
                           QString::fromStdString(verdict.empty() ? "not measured" : verdict),
                           QString::fromStdString(textIn(*found->second, "sentence"))});
        }
        table.rows.push_back(std::move(row));
    }
    return table;
}

}  // namespace latent::desktop
