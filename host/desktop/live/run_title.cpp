// SPDX-License-Identifier: GPL-3.0-or-later
#include "desktop/live/run_title.hpp"

#include <QCoreApplication>
#include <QDir>
#include <QFileInfo>
#include <QStringList>
#include <map>
#include <mutex>
#include <set>

#include "engine/parameters/command_line.hpp"
#include "engine/parameters/resolve.hpp"

namespace latent::desktop {
namespace {

using nlohmann::json;

constexpr int kMostDifferences = 3;
constexpr int kLongestValue = 24;

struct Preset {
    QString name;  ///< empty: the defaults
    json values;
};

struct Known {
    std::mutex mutex;
    std::map<std::string, std::vector<Preset>> experiments;
};

Known& known() {
    static Known all;
    return all;
}

QString separator() { return QStringLiteral(" · "); }

QString numberText(const json& value) {
    if (value.is_number_integer()) return QString::number(value.get<std::int64_t>());
    return QString::number(value.get<double>(), 'g', 6);
}

QString elided(QString text) {
    if (text.size() > kLongestValue) text = text.left(kLongestValue - 1).trimmed() + QChar(0x2026);
    return text;
}

bool isPlace(const json& value) {
    return value.is_string() &&
           QDir::isAbsolutePath(QString::fromStdString(value.get_ref<const std::string&>()));
}

/// Of a file its name, of which beginning and end tell most.
QString placeWords(const json& place) {
    QString name = QFileInfo(QDir::cleanPath(QString::fromStdString(place.get<std::string>()))).fileName();
    constexpr int kEnd = 9;
    if (name.size() > kLongestValue)
        name = name.left(kLongestValue - 1 - kEnd) + QChar(0x2026) + name.right(kEnd);
    return name;
}

QString listText(const std::vector<QString>& words) {
    QStringList shown(words.begin(),
                      words.begin() + std::min<std::ptrdiff_t>(kMostDifferences,
                                                               static_cast<std::ptrdiff_t>(words.size())));
    QString text = shown.join(separator());
    if (static_cast<int>(words.size()) > kMostDifferences) text += QStringLiteral(" …");
    return text;
}

struct Nearest {
    QString preset;
    std::vector<QString> differences;
    bool onlyPlaces = true;  ///< no difference but where the data lie
};

Nearest nearestPreset(const std::string& experiment, const json& parameters) {
    const std::scoped_lock lock(known().mutex);
    const auto found = known().experiments.find(experiment);
    if (found == known().experiments.end()) return {};
    Nearest nearest;
    std::size_t fewest = ~std::size_t(0);
    for (const Preset& preset : found->second) {
        const auto all = engine::difference(preset.values, parameters);
        if (all.size() >= fewest) continue;
        fewest = all.size();
        nearest = {preset.name, {}, true};
        // Where the data lie comes last: it is often the same, and a list cuts what is long.
        for (const bool places : {false, true})
            for (const engine::Difference& one : all) {
                if (one.second.is_null() || isPlace(one.second) != places) continue;
                nearest.differences.push_back(QString::fromStdString(one.name) + QLatin1Char(' ') +
                                              valueWords(one.second));
                nearest.onlyPlaces &= places;
            }
    }
    return nearest;
}

std::string textOf(const json& request, const char* key) {
    const bool isThere = request.is_object() && request.contains(key) && request[key].is_string();
    return isThere ? request[key].get<std::string>() : std::string();
}

json parametersOf(const json& request) {
    return request.is_object() ? request.value("parameters", json::object()) : json::object();
}

}  // namespace

QString valueWords(const json& value) {
    if (value.is_number()) return numberText(value);
    if (isPlace(value)) return placeWords(value);
    if (value.is_string()) return elided(QString::fromStdString(value.get<std::string>()));
    if (value.is_boolean()) return value.get<bool>() ? QStringLiteral("true") : QStringLiteral("false");
    if (value.is_null()) return QStringLiteral("–");
    if (value.is_array() && !value.empty() && value.front().is_array())
        return QCoreApplication::translate("RunTitles", "%1 × %2 matrix")
            .arg(value.size())
            .arg(value.front().size());
    if (value.is_array()) {
        QStringList words;
        for (std::size_t i = 0; i < value.size() && i < 8; ++i) words << valueWords(value[i]);
        return elided(words.join(QStringLiteral(", ")) +
                      (value.size() > 8 ? QStringLiteral(", …") : QString()));
    }
    return elided(QString::fromStdString(value.dump(-1, ' ', false, json::error_handler_t::replace)));
}

void RunTitles::setExperiment(const std::string& id, const engine::SchemaModel& schema) {
    std::vector<Preset> presets{{QString(), engine::resolve(schema, "", {}).values}};
    for (const engine::PresetModel& preset : schema.presets())
        presets.push_back(
            {QString::fromStdString(preset.name), engine::resolve(schema, preset.name, {}).values});
    const std::scoped_lock lock(known().mutex);
    known().experiments[id] = std::move(presets);
}

QString RunTitles::differences(const std::string& experiment, const json& parameters) {
    return listText(nearestPreset(experiment, parameters).differences);
}

QString RunTitles::title(const std::string& experiment, const json& parameters, const std::string& kind,
                         const std::string& name) {
    QString title = QString::fromStdString(experiment);
    if (kind == "sweep") {
        title += separator() + QCoreApplication::translate("RunTitles", "sweep");
        return name.empty() ? title : title + QLatin1Char(' ') + QString::fromStdString(name);
    }
    const Nearest nearest = nearestPreset(experiment, parameters);
    if (!nearest.preset.isEmpty() && nearest.onlyPlaces) title += separator() + nearest.preset;
    return nearest.differences.empty() ? title : title + separator() + listText(nearest.differences);
}

QString RunTitles::title(const engine::IndexedRun& run) {
    return title(run.experiment, run.parameters, run.kind, run.name);
}

QString RunTitles::title(const json& request) {
    return title(textOf(request, "experiment"), parametersOf(request), textOf(request, "kind"),
                 textOf(request, "name"));
}

std::vector<QString> distinctLabels(const std::vector<json>& parameters) {
    std::set<std::string> differing;
    for (std::size_t i = 1; i < parameters.size(); ++i)
        for (const engine::Difference& one : engine::difference(parameters.front(), parameters[i]))
            differing.insert(one.name);
    std::vector<QString> labels;
    for (std::size_t i = 0; i < parameters.size(); ++i) {
        std::vector<QString> words;
        for (const std::string& name : differing) {
            const json value = parameters[i].is_object() ? parameters[i].value(name, json()) : json();
            words.push_back(QString::fromStdString(name) + QLatin1Char(' ') + valueWords(value));
        }
        labels.push_back(words.empty() ? QCoreApplication::translate("RunTitles", "run %1").arg(i + 1)
                                       : listText(words));
    }
    std::map<QString, int> uses;
    for (const QString& label : labels) ++uses[label];
    std::map<QString, int> numbers;
    for (QString& label : labels)
        if (uses[label] > 1) label += QStringLiteral(" (%1)").arg(++numbers[label]);
    return labels;
}

std::vector<QString> labelsOf(const std::vector<json>& requests) {
    std::vector<json> parameters;
    std::vector<QString> titles;
    std::set<QString> experiments, different;
    for (const json& request : requests) {
        parameters.push_back(parametersOf(request));
        titles.push_back(RunTitles::title(request));
        experiments.insert(QString::fromStdString(textOf(request, "experiment")));
        different.insert(titles.back());
    }
    if (different.size() < titles.size()) return distinctLabels(parameters);
    if (experiments.size() == 1)
        for (QString& title : titles)
            if (title.startsWith(*experiments.begin() + separator()))
                title.remove(0, experiments.begin()->size() + separator().size());
    return titles;
}

}  // namespace latent::desktop
