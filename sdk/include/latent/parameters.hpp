// SPDX-License-Identifier: Apache-2.0
#pragma once
// The values of one request, complete and valid, as an experiment reads them.
//
// The host has resolved them against the schema before the plugin sees them: defaults and preset filled in,
// types, ranges, lengths and shapes checked. So a getter never has to report what the user typed; asking for
// a parameter that the schema does not declare, or as another type, is the author's mistake and throws
// UsageError. A value type, read-only after it is made: any thread may read it. Values are in the unit that
// the schema states.
//
//     void run(const latent::Parameters& p, latent::Job& job) {
//         const std::vector<double> mu = p.numbers("mu");
//         const double spread = p.has("variance") ? std::sqrt(p.number("variance")) : p.number("sigma");
//         for (std::int64_t step = 0; step < p.integer("steps"); ++step) { … }
//     }

#include <cstdint>
#include <latent/schema.hpp>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

namespace latent {

class Parameters {
  public:
    Parameters() = default;
    /// From the resolved object {"mu": [1, 2], "variance": null, …} of a request; null is "not given".
    static Parameters fromJson(const nlohmann::json& resolved) {
        if (!resolved.is_object()) throw UsageError("Parameters are made from a JSON object.");
        Parameters p;
        p.m_values = resolved;
        return p;
    }
    /// The defaults of a schema with some values replaced: for tests of a plugin, where no host resolves
    /// them.
    static Parameters defaultsOf(
        const Schema& schema, std::initializer_list<std::pair<std::string, nlohmann::json>> replaced = {}) {
        Parameters p;
        const nlohmann::json declaration = schema.toJson();
        for (const auto& parameter : declaration.at("parameters")) {
            p.m_values[parameter.at("name").get<std::string>()] =
                parameter.value("default", nlohmann::json());
        }
        for (const auto& [name, value] : replaced) {
            if (!schema.has(name)) throw UsageError("There is no parameter \"" + name + "\".");
            p.m_values[name] = value;
        }
        return p;
    }

    /// Whether an optional parameter was given. One that the schema does not declare throws.
    bool has(const std::string& name) const { return !declared(name).is_null(); }

    double number(const std::string& name) const { return given(name, &isNumber, "a number").get<double>(); }
    std::int64_t integer(const std::string& name) const {
        return given(name, &isInteger, "an integer").get<std::int64_t>();
    }
    std::uint64_t seed(const std::string& name = "seed") const {
        return given(name, &isInteger, "a seed").get<std::uint64_t>();
    }
    bool flag(const std::string& name) const {
        return given(
                   name, [](const nlohmann::json& v) { return v.is_boolean(); }, "a flag")
            .get<bool>();
    }
    std::string text(const std::string& name) const {
        return given(name, &isText, "a text").get<std::string>();
    }
    std::string choice(const std::string& name) const {
        return given(name, &isText, "a choice").get<std::string>();
    }
    /// The file or folder as UTF-8, absolute.
    std::string path(const std::string& name) const {
        return given(name, &isText, "a path").get<std::string>();
    }

    std::vector<double> numbers(const std::string& name) const {
        return given(
                   name, [](const nlohmann::json& v) { return listOf(v, &isNumber); }, "a list of numbers")
            .get<std::vector<double>>();
    }
    std::vector<std::int64_t> integers(const std::string& name) const {
        return given(
                   name, [](const nlohmann::json& v) { return listOf(v, &isInteger); }, "a list of integers")
            .get<std::vector<std::int64_t>>();
    }
    std::vector<std::string> texts(const std::string& name) const {
        return given(
                   name, [](const nlohmann::json& v) { return listOf(v, &isText); }, "a list of texts")
            .get<std::vector<std::string>>();
    }
    /// Row by row; all rows have the same length.
    std::vector<std::vector<double>> matrix(const std::string& name) const {
        const auto isRow = [](const nlohmann::json& v) { return listOf(v, &isNumber); };
        return given(
                   name, [&](const nlohmann::json& v) { return listOf(v, isRow); }, "a matrix")
            .get<std::vector<std::vector<double>>>();
    }

    const nlohmann::json& json() const { return m_values; }

  private:
    static bool isNumber(const nlohmann::json& v) { return v.is_number(); }
    static bool isInteger(const nlohmann::json& v) { return v.is_number_integer(); }
    static bool isText(const nlohmann::json& v) { return v.is_string(); }
    template <class Test>
    static bool listOf(const nlohmann::json& v, const Test& test) {
        if (!v.is_array()) return false;
        for (const auto& entry : v) {
            if (!test(entry)) return false;
        }
        return true;
    }

    const nlohmann::json& declared(const std::string& name) const {
        const auto found = m_values.find(name);
        if (found == m_values.end()) {
            throw UsageError("The schema declares no parameter \"" + name + "\".");
        }
        return *found;
    }
    template <class Test>
    const nlohmann::json& given(const std::string& name, const Test& test, const char* wanted) const {
        const nlohmann::json& value = declared(name);
        if (value.is_null()) {
            throw UsageError("The parameter \"" + name + "\" was not given; ask has(\"" + name +
                             "\") first.");
        }
        if (!test(value)) {
            throw UsageError("The parameter \"" + name + "\" was read as " + wanted + ", but it holds " +
                             value.dump() + ".");
        }
        return value;
    }

    nlohmann::json m_values = nlohmann::json::object();
};

}  // namespace latent
