// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// What a form holds, without its widgets: the preset, what was typed over it, and what the engine makes of both.
//
// Every rule is the engine's; here is only bookkeeping: what differs from the preset, which of an exclusive pair was given
// last, and the state that undo and sessions keep. A plain value; one thread.
//
//     FormValues values(schema);
//     values.setPreset("laptop");
//     values.give({"mu", "1, 2", true});
//     values.errorOf("mu");                  // empty, or the engine's sentence
//     values.commandLine("sim/theory");      // what `latent` takes

#include <QString>
#include <QStringList>
#include <QVariantMap>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "engine/parameters/resolve.hpp"
#include "engine/parameters/schema_model.hpp"

namespace latent::desktop {

/// The preset, and what was given, by parameter: {"value", "text"}, and "aside": true where it does not count.
struct FormState {
    QString preset;
    nlohmann::json given = nlohmann::json::object();
    bool operator==(const FormState&) const = default;
};

/// For sessions; what is damaged there gives an empty state.
QVariantMap packed(const FormState& state);
FormState unpacked(const QVariantMap& state);

class FormValues {
  public:
    FormValues() = default;
    explicit FormValues(engine::SchemaModel schema) : m_schema(std::move(schema)) { resolve(); }

    const engine::SchemaModel& schema() const { return m_schema; }
    const std::string& preset() const { return m_preset; }
    /// Forgets what was typed. False: there is no such preset.
    bool setPreset(const std::string& name);
    /// Giving one of an exclusive pair takes back what was given for the other. What was given in fields that this hides
    /// is set aside: it counts no more, and again when they show. What was hidden when it came, with a run or a line, counts.
    void give(const engine::Assignment& assignment);
    void takeBack(const std::string& name);
    void takeBackAll();
    /// Values of an earlier run, over the preset; sentences about names that are unknown here and were left out.
    QStringList takeValues(const nlohmann::json& values);
    /// As after --set; sentences of the engine about names that are unknown.
    QStringList takeAssignments(const std::vector<engine::Assignment>& assignments);

    const engine::Assignment* given(const std::string& name) const;
    /// What counts of it.
    std::vector<engine::Assignment> assignments() const;
    const engine::Resolution& resolution() const { return m_resolution; }
    nlohmann::json value(const std::string& name) const {
        return m_resolution.values.value(name, nlohmann::json());
    }
    /// What a field shows that nobody typed in: also a default that has come not to fit, because another parameter changed.
    nlohmann::json shown(const engine::ParameterModel& parameter) const;
    /// What the preset alone gives.
    nlohmann::json standard(const std::string& name) const {
        return m_standard.value(name, nlohmann::json());
    }
    /// The engine's sentence without the parameter's name, which stands beside the field already.
    QString errorOf(const std::string& name) const;
    bool isChanged(const std::string& name) const;
    bool applies(const engine::ParameterModel& parameter) const {
        return engine::isVisible(m_schema, parameter, m_resolution.values);
    }
    /// Which of an exclusive pair counts, in a sentence for beside either; empty where there is nothing to explain.
    QString exclusionWords(const engine::ParameterModel& parameter) const;
    QString commandLine(const std::string& experiment, const std::vector<std::string>& more = {}) const;

    FormState state() const;
    void restore(const FormState& state);

  private:
    void resolve();
    std::set<std::string> shownAndGiven() const;
    void setHiddenAside(std::set<std::string> shownBefore);
    engine::SchemaModel m_schema;
    std::string m_preset;
    std::map<std::string, engine::Assignment> m_given;
    std::set<std::string> m_aside;
    engine::Resolution m_resolution;
    nlohmann::json m_standard = nlohmann::json::object();
};

}  // namespace latent::desktop
