// SPDX-License-Identifier: GPL-3.0-or-later
#include "desktop/form/form_values.hpp"

#include <QCoreApplication>

#include "engine/parameters/command_line.hpp"

namespace latent::desktop {

using engine::Assignment;
using nlohmann::json;

namespace {

QString words(const char* text) { return QCoreApplication::translate("FormValues", text); }

/// Whether it says more than "not given".
bool isGiven(const Assignment& a) {
    return !(a.value.is_null() || (a.value.is_string() && a.value.get_ref<const std::string&>().empty()));
}

QString titleOf(const engine::SchemaModel& schema, const std::string& name) {
    const engine::ParameterModel* one = schema.find(name);
    return QString::fromStdString(one ? one->title() : name);
}

}  // namespace

void FormValues::resolve() {
    m_resolution = engine::resolve(m_schema, m_preset, assignments());
    m_standard = engine::resolve(m_schema, m_preset, {}).values;
}

bool FormValues::setPreset(const std::string& name) {
    if (!name.empty() && !m_schema.preset(name)) return false;
    m_preset = name;
    takeBackAll();
    return true;
}

void FormValues::give(const Assignment& assignment) {
    const engine::ParameterModel* parameter = m_schema.find(assignment.name);
    if (!parameter) return;
    std::set<std::string> shownBefore = shownAndGiven();
    m_given[assignment.name] = assignment;
    m_aside.erase(assignment.name);
    if (isGiven(assignment))
        for (const std::string& other : parameter->exclusiveWith) m_given.erase(other), m_aside.erase(other);
    setHiddenAside(std::move(shownBefore));
}

void FormValues::takeBack(const std::string& name) {
    std::set<std::string> shownBefore = shownAndGiven();
    m_given.erase(name);
    m_aside.erase(name);
    setHiddenAside(std::move(shownBefore));
}

void FormValues::takeBackAll() {
    m_given.clear();
    m_aside.clear();
    resolve();
}

std::set<std::string> FormValues::shownAndGiven() const {
    std::set<std::string> names;
    for (const auto& [name, assignment] : m_given)
        if (applies(*m_schema.find(name))) names.insert(name);
    return names;
}

/// What is set aside may hide, or show, what depends on it: a parameter depends on earlier ones only, so each round settles
/// one step of the longest chain at least.
void FormValues::setHiddenAside(std::set<std::string> shownBefore) {
    resolve();
    for (std::size_t round = 0; round <= m_given.size(); ++round) {
        const std::set<std::string> before = m_aside, shown = shownAndGiven();
        for (const std::string& name : shown) m_aside.erase(name), shownBefore.insert(name);
        for (const std::string& name : shownBefore)
            if (m_given.count(name) && !shown.count(name)) m_aside.insert(name);
        if (m_aside == before) return;
        resolve();
    }
}

QStringList FormValues::takeValues(const json& values) {
    QStringList sentences;
    takeBackAll();
    if (!values.is_object()) return sentences;
    for (const auto& [name, value] : values.items()) {
        if (!m_schema.find(name))
            sentences << words("The parameter %1 is unknown here and was left out.")
                             .arg(QString::fromStdString(name));
        else if (standard(name) != value)
            m_given[name] = {name, value, false};
    }
    resolve();
    return sentences;
}

QStringList FormValues::takeAssignments(const std::vector<Assignment>& assignments) {
    QStringList sentences;
    takeBackAll();
    for (const Assignment& one : assignments) {
        if (m_schema.find(one.name)) {
            m_given[one.name] = one;
            continue;
        }
        for (const engine::FieldError& error : engine::resolve(m_schema, {}, {one}).errors)
            if (error.parameter == one.name) sentences << QString::fromStdString(error.sentence);
    }
    resolve();
    return sentences;
}

const Assignment* FormValues::given(const std::string& name) const {
    const auto found = m_given.find(name);
    return found == m_given.end() ? nullptr : &found->second;
}

std::vector<Assignment> FormValues::assignments() const {
    std::vector<Assignment> all;
    for (const auto& [name, assignment] : m_given)
        if (!m_aside.count(name)) all.push_back(assignment);
    return all;
}

QString FormValues::errorOf(const std::string& name) const {
    for (const engine::FieldError& error : m_resolution.errors) {
        if (error.parameter != name) continue;
        const QString sentence = QString::fromStdString(error.sentence),
                      start = QString::fromStdString(name) + QStringLiteral(": ");
        if (!sentence.startsWith(start)) return sentence;
        return sentence.mid(start.size(), 1).toUpper() + sentence.mid(start.size() + 1);
    }
    return {};
}

json FormValues::shown(const engine::ParameterModel& parameter) const {
    if (errorOf(parameter.name).isEmpty()) return value(parameter.name);
    const engine::PresetModel* preset = m_schema.preset(m_preset);
    return preset && preset->values.contains(parameter.name) ? preset->values.at(parameter.name)
                                                             : parameter.defaultValue;
}

bool FormValues::isChanged(const std::string& name) const {
    if (!m_given.count(name) || m_aside.count(name)) return false;
    const auto wrong = [&](const engine::FieldError& error) { return error.parameter == name; };
    return std::any_of(m_resolution.errors.begin(), m_resolution.errors.end(), wrong) ||
           value(name) != standard(name);
}

QString FormValues::exclusionWords(const engine::ParameterModel& parameter) const {
    if (parameter.exclusiveWith.empty()) return {};
    QStringList others;
    for (const std::string& other : parameter.exclusiveWith) {
        if (!value(other).is_null())
            return words("Not used: %1 is given instead.").arg(titleOf(m_schema, other));
        others << titleOf(m_schema, other);
    }
    if (value(parameter.name).is_null()) return words("Give this or %1.").arg(others.join(words(" or ")));
    return words("Giving %1 replaces this.").arg(others.join(words(" or ")));
}

QString FormValues::commandLine(const std::string& experiment, const std::vector<std::string>& more) const {
    std::string line = engine::asCommandLine(experiment, m_schema, m_preset, m_resolution.values);
    for (const std::string& argument : more) line += " " + engine::shellQuoted(argument);
    return QString::fromStdString(line);
}

QVariantMap packed(const FormState& state) {
    const std::string given = state.given.dump(-1, ' ', false, json::error_handler_t::replace);
    return {{QStringLiteral("preset"), state.preset},
            {QStringLiteral("given"), QString::fromStdString(given)}};
}

FormState unpacked(const QVariantMap& state) {
    json given = json::parse(state.value(QStringLiteral("given")).toString().toStdString(), nullptr, false);
    return {state.value(QStringLiteral("preset")).toString(),
            given.is_object() ? std::move(given) : json::object()};
}

FormState FormValues::state() const {
    FormState now{QString::fromStdString(m_preset), json::object()};
    for (const auto& [name, a] : m_given) {
        now.given[name] = {{"value", a.value}, {"text", a.isText}};
        if (m_aside.count(name)) now.given[name]["aside"] = true;
    }
    return now;
}

/// A state may come from a session of an older plugin: what is unknown today is left out.
void FormValues::restore(const FormState& state) {
    m_preset = m_schema.preset(state.preset.toStdString()) ? state.preset.toStdString() : std::string();
    m_given.clear();
    m_aside.clear();
    const auto says = [](const json& entry, const char* key) {
        return entry.contains(key) && entry.at(key) == true;
    };
    if (state.given.is_object())
        for (const auto& [name, entry] : state.given.items()) {
            if (!m_schema.find(name) || !entry.is_object() || !entry.contains("value")) continue;
            m_given[name] = {name, entry.at("value"), says(entry, "text")};
            if (says(entry, "aside")) m_aside.insert(name);
        }
    resolve();
}

}  // namespace latent::desktop
