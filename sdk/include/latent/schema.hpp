// SPDX-License-Identifier: Apache-2.0
#pragma once
// The parameters that an experiment, probe or data source declares.
//
// One declaration drives the form, the command line, validation, the attributes in the files and the manual
// page. The author's `parameters()` builds a Schema and returns it by value; the generated entry points call
// it on any thread, during admission and again in the job, so it must not depend on anything but itself. A
// mistake (two parameters of one name, a default outside the range) throws UsageError or is refused by the
// host at admission. Units are text for people ("1", "s", "nm"); a value is always in the unit that its
// parameter states.
//
//     using namespace latent;
//     Schema{}.group("Model")
//         .add(choice("model", {"one_layer", "symmetric"}, "symmetric").help("Which dynamics to integrate."))
//         .add(numbers("mu", {1, 2}).unit("1").range(0, 100).length(1, 64))
//         .add(integer("steps", 2000).range(1, 10'000'000))
//         .preset("smoke", {{"steps", 100}});

#include <cstdint>
#include <initializer_list>
#include <latent/detail/names.hpp>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

namespace latent {

/// One of the values of a choice; what the form shows is the label (the value itself when none is given).
struct Choice {
    Choice(const char* itsValue) : value(itsValue) {}
    Choice(std::string itsValue, std::string itsLabel = {}, std::string itsHelp = {})
        : value(std::move(itsValue)), label(std::move(itsLabel)), help(std::move(itsHelp)) {}
    std::string value, label, help;
};

/// A length that is a number, or follows another parameter: "dim" (an integer) or "len(mu)" (the length of a
/// list).
struct Extent {
    template <class Integer, std::enable_if_t<std::is_integral_v<Integer>, int> = 0>
    Extent(Integer length) : json(static_cast<std::int64_t>(length)) {}
    Extent(const char* expression) : json(expression) {}
    Extent(std::string expression) : json(std::move(expression)) {}
    static Extent any() {
        Extent e(0);
        e.json = nullptr;
        return e;
    }
    nlohmann::json json;
};

/// One parameter; made by the functions below and refined by chaining.
class Parameter {
  public:
    Parameter(std::string name, std::string type) {
        detail::requireName("parameter", name);
        m_json["name"] = std::move(name);
        m_json["type"] = std::move(type);
    }

    Parameter& label(std::string text) { return put("label", std::move(text)); }
    Parameter& help(std::string text) { return put("help", std::move(text)); }
    Parameter& unit(std::string text) { return put("unit", std::move(text)); }
    Parameter& group(std::string title) { return put("group", std::move(title)); }
    /// Folded away in the form until asked for.
    Parameter& advanced() { return put("advanced", true); }

    /// Smallest and largest allowed value, both included; of each entry for lists and matrices.
    Parameter& range(double low, double high) { return atLeast(low).atMost(high); }
    Parameter& atLeast(double low) { return bound("min", low); }
    Parameter& atMost(double high) { return bound("max", high); }
    /// The same with the limit itself excluded.
    Parameter& above(double low) { return bound("min", low).put("min_exclusive", true); }
    Parameter& below(double high) { return bound("max", high).put("max_exclusive", true); }
    /// What one press of an arrow key adds (a hint for the form).
    Parameter& step(double amount) { return bound("step", amount); }
    /// The form's slider runs over the logarithm.
    Parameter& logarithmic() { return put("log", true); }

    /// Number of entries of a list, or of characters of a text: from `low` to `high`, or exactly `both`.
    Parameter& length(Extent low, Extent high) { return put("length", {low.json, high.json}); }
    Parameter& length(const Extent& both) { return length(both, both); }
    /// Rows and columns of a matrix.
    Parameter& shape(Extent rows, Extent columns) { return put("shape", {rows.json, columns.json}); }

    /// A path names a folder instead of a file; file name endings that the chooser offers, as ".h5".
    Parameter& folder() { return put("folder", true); }
    Parameter& endings(std::vector<std::string> list) { return put("endings", std::move(list)); }
    /// Experiments (or data sources) whose runs, checkpoints or data sets fit; empty means any. A run of another one is
    /// refused before the job starts.
    Parameter& from(std::vector<std::string> experiments) { return put("from", std::move(experiments)); }

    /// May be left out: `Parameters::has` then says false.
    Parameter& optional() { return put("optional", true); }
    /// At most one of the two may be given, and giving the other drops this one's default. Both must be
    /// optional or exactly one of them is required.
    Parameter& exclusiveWith(const std::string& other) {
        m_json["exclusive_with"].push_back(other);
        return *this;
    }
    /// Shown only while an earlier parameter has one of these values (a choice, flag, integer or text).
    Parameter& visibleWhen(const std::string& other, std::vector<nlohmann::json> values) {
        return put("visible_when", {{"parameter", other}, {"equals", std::move(values)}});
    }
    Parameter& visibleWhen(const std::string& other, std::initializer_list<nlohmann::json> values) {
        return visibleWhen(other, std::vector<nlohmann::json>(values));
    }
    Parameter& visibleWhen(const std::string& other, const nlohmann::json& value) {
        return visibleWhen(other, std::vector<nlohmann::json>(1, value));
    }

    Parameter& put(const char* key, nlohmann::json value) {
        m_json[key] = std::move(value);
        return *this;
    }
    const std::string& name() const { return m_json.at("name").get_ref<const std::string&>(); }
    const std::string& type() const { return m_json.at("type").get_ref<const std::string&>(); }
    const nlohmann::json& toJson() const { return m_json; }

  private:
    /// Bounds of integer parameters are written as integers where they are whole, so that the form shows no
    /// ".0".
    Parameter& bound(const char* key, double value) {
        detail::requireFinite("limit of parameter \"" + name() + "\"", value);
        const bool whole =
            value ==
            static_cast<double>(static_cast<std::int64_t>(value > 9e15 || value < -9e15 ? 0.5 : value));
        if (whole && (type() == "integer" || type() == "integers" || type() == "seed")) {
            return put(key, static_cast<std::int64_t>(value));
        }
        return put(key, value);
    }

    nlohmann::json m_json;
};

/// A real number. Without a default the parameter is required (unless optional), as for every function below.
inline Parameter number(std::string name) { return {std::move(name), "number"}; }
inline Parameter number(std::string name, double value) {
    detail::requireFinite("default of parameter \"" + name + "\"", value);
    return number(std::move(name)).put("default", value);
}
/// A whole number, at most 2^53 in size.
inline Parameter integer(std::string name) { return {std::move(name), "integer"}; }
inline Parameter integer(std::string name, std::int64_t value) {
    return integer(std::move(name)).put("default", value);
}
inline Parameter flag(std::string name, bool value) {
    return Parameter(std::move(name), "flag").put("default", value);
}
/// One line of text.
inline Parameter text(std::string name) { return {std::move(name), "text"}; }
inline Parameter text(std::string name, std::string value) {
    return text(std::move(name)).put("default", std::move(value));
}
/// One value of a closed list.
inline Parameter choice(std::string name, const std::vector<Choice>& choices) {
    nlohmann::json list = nlohmann::json::array();
    for (const Choice& c : choices) {
        nlohmann::json entry = {{"value", c.value}};
        if (!c.label.empty()) entry["label"] = c.label;
        if (!c.help.empty()) entry["help"] = c.help;
        list.push_back(std::move(entry));
    }
    return Parameter(std::move(name), "choice").put("choices", std::move(list));
}
inline Parameter choice(std::string name, const std::vector<Choice>& choices, std::string value) {
    return choice(std::move(name), choices).put("default", std::move(value));
}
/// Lists.
inline Parameter numbers(std::string name) { return {std::move(name), "numbers"}; }
inline Parameter numbers(std::string name, const std::vector<double>& value) {
    for (double x : value) detail::requireFinite("default of parameter \"" + name + "\"", x);
    return numbers(std::move(name)).put("default", value);
}
inline Parameter integers(std::string name) { return {std::move(name), "integers"}; }
inline Parameter integers(std::string name, const std::vector<std::int64_t>& value) {
    return integers(std::move(name)).put("default", value);
}
inline Parameter texts(std::string name) { return {std::move(name), "texts"}; }
inline Parameter texts(std::string name, const std::vector<std::string>& value) {
    return texts(std::move(name)).put("default", value);
}
/// A matrix of real numbers, as rows.
inline Parameter matrix(std::string name) { return {std::move(name), "matrix"}; }
inline Parameter matrix(std::string name, const std::vector<std::vector<double>>& rows) {
    for (const auto& row : rows) {
        for (double x : row) detail::requireFinite("default of parameter \"" + name + "\"", x);
    }
    return matrix(std::move(name)).put("default", rows);
}
/// A file (or, with folder(), a folder) of the user; its hash goes into the provenance.
inline Parameter path(std::string name) { return {std::move(name), "path"}; }
/// Another run (RUN, or RUN#2 for a cell of a sweep), one of its checkpoints (RUN@000003), or a data set. In a job,
/// `job.inputRun(name)` opens the run and `job.input(name)` says where it and the checkpoint lie. (They are not
/// called `run` and `checkpoint` because these are member functions of the experiment that declares the
/// parameter.)
inline Parameter runInput(std::string name) { return {std::move(name), "run"}; }
inline Parameter checkpointInput(std::string name) { return {std::move(name), "checkpoint"}; }
inline Parameter datasetInput(std::string name) { return {std::move(name), "dataset"}; }
/// Where the random numbers start: a whole number from 0 to 2^53.
inline Parameter seed(std::string name, std::int64_t value = 0) {
    return Parameter(std::move(name), "seed").put("default", value);
}

/// The whole declaration, in the order of the form.
class Schema {
  public:
    /// The parameters added from here on stand under this heading.
    Schema& group(std::string title) {
        m_groups.push_back(title);
        m_group = std::move(title);
        return *this;
    }
    Schema& add(Parameter parameter) {
        for (const auto& known : m_parameters) {
            if (known.at("name") == parameter.name()) {
                throw UsageError("The parameter \"" + parameter.name() + "\" is declared twice.");
            }
        }
        nlohmann::json entry = parameter.toJson();
        if (!entry.contains("group") && !m_group.empty()) entry["group"] = m_group;
        m_parameters.push_back(std::move(entry));
        return *this;
    }
    /// Values that are set together by name. Every experiment has at least "smoke" (seconds), "laptop"
    /// (minutes) and, where there is one, "paper". Name only parameters that were added before.
    Schema& preset(std::string name, std::initializer_list<std::pair<std::string, nlohmann::json>> values,
                   std::string help = {}) {
        detail::requireName("preset", name);
        nlohmann::json entry = {{"name", name}, {"values", nlohmann::json::object()}};
        if (!help.empty()) entry["help"] = std::move(help);
        for (const auto& [parameter, value] : values) {
            if (!has(parameter)) {
                throw UsageError("The preset \"" + name + "\" sets \"" + parameter +
                                 "\", which is no parameter added before it.");
            }
            entry["values"][parameter] = value;
        }
        m_presets.push_back(std::move(entry));
        return *this;
    }

    bool has(const std::string& name) const {
        for (const auto& known : m_parameters) {
            if (known.at("name") == name) return true;
        }
        return false;
    }
    nlohmann::json toJson() const {
        return {{"groups", m_groups}, {"parameters", m_parameters}, {"presets", m_presets}};
    }
    static Schema fromJson(const nlohmann::json& json) {
        Schema schema;
        schema.m_groups = json.value("groups", nlohmann::json::array());
        schema.m_parameters = json.value("parameters", nlohmann::json::array());
        schema.m_presets = json.value("presets", nlohmann::json::array());
        return schema;
    }

  private:
    nlohmann::json m_groups = nlohmann::json::array();
    nlohmann::json m_parameters = nlohmann::json::array();
    nlohmann::json m_presets = nlohmann::json::array();
    std::string m_group;
};

}  // namespace latent
