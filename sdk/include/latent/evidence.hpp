// SPDX-License-Identifier: Apache-2.0
#pragma once
// What an experiment measured for its claims: numbers for each independent unit, never a verdict.
//
// An author's measure() fills an Evidence; the engine compares it with the declarations (claim.hpp) and
// judges. Used by one thread at a time, the one that measure() runs on. It owns all it holds. Values are in
// the unit that the claim declares; a unit is one independent repetition (a seed, a chain, a scene), and its
// name must not occur twice.
//
//     out.claim("slowdown").values({0.41, 0.38, 0.44, 0.40, 0.43}).units({"seed 0", "seed 1", "seed 2", "seed 3", "seed 4"});
//     out.claim("swing_by").paired(twoLayer, oneLayer).control("equal_signals").paired(twoLayerEqual, oneLayerEqual);
//     out.claim("order").outcomes({true, true, false, true, true, true}).swept("mu", {1, 2, 3});
//     out.claim("best_layer").values(onHeldOut).units(heldOutSeeds).chosenOn(selectionSeeds);
//     out.notMeasured("topology", "The run has one concept; the order needs two.");
//
// JSON:
// {"claims":{ID:{SAMPLE…,"swept":{PARAMETER:[number]},"chosen_on":[text],"not_measured":text,"controls":{ID:SAMPLE}}}}
// SAMPLE is one of {"values":[…]}, {"a":[…],"b":[…]}, {"outcomes":[bool]}, with "units":[text] and
// "nulls":[[…]] where given. A number that is not finite is written as null and read back as NaN, which the
// engine refuses with a sentence.

#include <limits>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "latent/error.hpp"

namespace latent {

/// Numbers for each independent unit: a value, a pair, or whether it happened.
struct Sample {
    enum class Form { Nothing, Values, Paired, Outcomes };

    Form form = Form::Nothing;
    std::vector<double> first;           ///< the values; the first of each pair; 1 or 0 for an outcome
    std::vector<double> second;          ///< the second of each pair
    std::vector<std::string> unitNames;  ///< "seed 3", …: as long as `first`, or empty
    std::vector<std::vector<double>>
        nullDraws;  ///< for each unit, the same statistic chosen the same way under the null
};

/// The sample of one claim or control, filled by chained calls. `Self` is what the chain continues with.
template <class Self>
class SampleBuilder {
  public:
    Self& values(std::vector<double> each) { return set(Sample::Form::Values, std::move(each), {}); }
    /// a - b (or a / b) is formed for each unit by the engine.
    Self& paired(std::vector<double> a, std::vector<double> b) {
        return set(Sample::Form::Paired, std::move(a), std::move(b));
    }
    Self& outcomes(const std::vector<bool>& happened) {
        return set(Sample::Form::Outcomes, std::vector<double>(happened.begin(), happened.end()), {});
    }
    Self& units(std::vector<std::string> names) {
        m_sample.unitNames = std::move(names);
        return self();
    }
    /// For a statistic that was chosen by a maximum or minimum: draws of it for each unit, where the same
    /// choice was made on data without the effect. The claim is then about the excess over their mean.
    Self& nulls(std::vector<std::vector<double>> drawsForEachUnit) {
        m_sample.nullDraws = std::move(drawsForEachUnit);
        return self();
    }
    const Sample& sample() const { return m_sample; }

  protected:
    Sample m_sample;

  private:
    Self& self() { return static_cast<Self&>(*this); }
    Self& set(Sample::Form form, std::vector<double> first, std::vector<double> second) {
        if (m_sample.form != Sample::Form::Nothing) {
            throw UsageError("Evidence for a claim or control was given twice; give all its units at once.");
        }
        m_sample.form = form;
        m_sample.first = std::move(first);
        m_sample.second = std::move(second);
        return self();
    }
    friend class Evidence;
};

struct ControlEvidence : SampleBuilder<ControlEvidence> {};

/// All that was measured for one claim.
class ClaimEvidence : public SampleBuilder<ClaimEvidence> {
  public:
    /// The distinct values of a parameter that the measurement really covered.
    ClaimEvidence& swept(std::string parameter, std::vector<double> values) {
        m_swept[std::move(parameter)] = std::move(values);
        return *this;
    }
    /// The units or samples that the choice was made on; the units of the claim must all be others.
    ClaimEvidence& chosenOn(std::vector<std::string> units) {
        m_chosenOn = std::move(units);
        return *this;
    }
    ControlEvidence& control(const std::string& id) { return m_controls[id]; }

    const std::map<std::string, std::vector<double>>& sweeps() const { return m_swept; }
    const std::vector<std::string>& choiceUnits() const { return m_chosenOn; }
    const std::string& whyNotMeasured() const { return m_why; }
    const std::map<std::string, ControlEvidence>& controls() const { return m_controls; }

  private:
    std::map<std::string, std::vector<double>> m_swept;
    std::vector<std::string> m_chosenOn;
    std::string m_why;
    std::map<std::string, ControlEvidence> m_controls;
    friend class Evidence;
};

class Evidence {
  public:
    ClaimEvidence& claim(const std::string& id) { return m_claims[id]; }
    /// Says why there is no verdict; the sentence stands in the report. Where the numbers themselves forbid one (a seed
    /// diverged), give them too, NaN for the lost units: the claim then keeps its place in Holm's correction, so that
    /// spoiling one claim does not make the others easier.
    void notMeasured(const std::string& claim, std::string why) { m_claims[claim].m_why = std::move(why); }
    const std::map<std::string, ClaimEvidence>& claims() const { return m_claims; }

    nlohmann::json toJson() const {
        nlohmann::json all = nlohmann::json::object();
        for (const auto& [id, claim] : m_claims) {
            nlohmann::json one = write(claim.m_sample);
            for (const auto& [parameter, values] : claim.m_swept) one["swept"][parameter] = numbers(values);
            if (!claim.m_chosenOn.empty()) one["chosen_on"] = claim.m_chosenOn;
            if (!claim.m_why.empty()) one["not_measured"] = claim.m_why;
            for (const auto& [name, control] : claim.m_controls)
                one["controls"][name] = write(control.m_sample);
            all[id] = std::move(one);
        }
        return {{"claims", std::move(all)}};
    }

    /// Throws UsageError or nlohmann::json::exception; the engine turns either into a sentence.
    static Evidence fromJson(const nlohmann::json& json) {
        Evidence evidence;
        for (const auto& [id, one] : json.at("claims").items()) {
            ClaimEvidence& claim = evidence.m_claims[id];
            claim.m_sample = read(one, "the claim '" + id + "'");
            if (one.contains("swept")) {
                for (const auto& [parameter, values] : one.at("swept").items()) {
                    claim.m_swept[parameter] = readNumbers(values);
                }
            }
            if (one.contains("chosen_on"))
                claim.m_chosenOn = one.at("chosen_on").get<std::vector<std::string>>();
            claim.m_why = one.value("not_measured", std::string{});
            if (!one.contains("controls")) continue;
            for (const auto& [name, control] : one.at("controls").items()) {
                claim.m_controls[name].m_sample = read(control, "the control '" + name + "' of '" + id + "'");
            }
        }
        return evidence;
    }

  private:
    static nlohmann::json numbers(const std::vector<double>& values) { return nlohmann::json(values); }

    static nlohmann::json write(const Sample& sample) {
        nlohmann::json json = nlohmann::json::object();
        if (sample.form == Sample::Form::Values) json["values"] = numbers(sample.first);
        if (sample.form == Sample::Form::Paired) {
            json["a"] = numbers(sample.first);
            json["b"] = numbers(sample.second);
        }
        if (sample.form == Sample::Form::Outcomes) {
            json["outcomes"] = std::vector<bool>(sample.first.begin(), sample.first.end());
        }
        if (!sample.unitNames.empty()) json["units"] = sample.unitNames;
        if (!sample.nullDraws.empty()) json["nulls"] = sample.nullDraws;
        return json;
    }

    static std::vector<double> readNumbers(const nlohmann::json& json) {
        std::vector<double> values;
        for (const nlohmann::json& item : json) {
            values.push_back(item.is_null() ? std::numeric_limits<double>::quiet_NaN() : item.get<double>());
        }
        return values;
    }

    static Sample read(const nlohmann::json& json, const std::string& whose) {
        Sample sample;
        const auto count = json.count("values") + json.count("a") + json.count("outcomes");
        if (count > 1) throw UsageError("The evidence for " + whose + " has more than one kind of numbers.");
        if (json.contains("values")) {
            sample.form = Sample::Form::Values;
            sample.first = readNumbers(json.at("values"));
        } else if (json.contains("a")) {
            sample.form = Sample::Form::Paired;
            sample.first = readNumbers(json.at("a"));
            sample.second = readNumbers(json.at("b"));
        } else if (json.contains("outcomes")) {
            sample.form = Sample::Form::Outcomes;
            for (const nlohmann::json& item : json.at("outcomes"))
                sample.first.push_back(item.get<bool>() ? 1.0 : 0.0);
        }
        if (json.contains("units")) sample.unitNames = json.at("units").get<std::vector<std::string>>();
        if (json.contains("nulls")) {
            for (const nlohmann::json& draws : json.at("nulls"))
                sample.nullDraws.push_back(readNumbers(draws));
        }
        return sample;
    }

    std::map<std::string, ClaimEvidence> m_claims;
};

}  // namespace latent
