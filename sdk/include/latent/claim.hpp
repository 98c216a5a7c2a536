// SPDX-License-Identifier: Apache-2.0
#pragma once
// A claim of a paper, declared before anything is measured.
//
// An experiment returns its claims from a static claims(); the host reads them when the plugin is admitted,
// records their hash with each run, and later judges the Evidence (evidence.hpp) that measure() gives. The
// plugin never gives a verdict. Claims are plain values, made on any thread, owned by whoever holds them.
// `unit` is the unit of the number; reference and margin are in it.
//
//     Claim("swing_by", "The two-layer model swings by the unseen corner; the one-layer model does not.")
//         .source("arXiv:2410.08309", "Fig. 5")
//         .estimand("rise of the OOD loss after its minimum, two-layer minus one-layer").unit("1")
//         .each(Replication::Initialisation).by(Interval::PairedMedian).greaterThan(0, 1e-4).atLeast(20).sweeps("mu", 3)
//         .control(Control("equal_signals", "No rise when all signals are equal.")
//                      .by(Interval::PairedMedian).equals(0, 1e-4));
//
// Verdicts: `holds` or `contradicted` when the 95 % interval (after Holm over the claims of a report) lies
// wholly beyond or short of the margin; `tie` when it lies within it; else `inconclusive`; `not measured`
// with a sentence otherwise.
//
// JSON: {"id","statement","kind","source":{"paper","where"},"estimand","unit","replication",
//        "criterion":{"direction","reference","margin","interval"},
//        "design":{"minimum_units","sweeps":[{"parameter","minimum_values"}]},
//        "selection":{"choice","guard"},"controls":[{"id","statement","criterion":{…}}]}
// Its words are those of claim_terms.hpp.

#include <cstddef>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "latent/claim_terms.hpp"
#include "latent/evidence.hpp"

namespace latent {

/// The question that a number answers: on which side of what, by how much, with which interval.
struct Criterion {
    Direction direction = Direction::Greater;
    double reference = 0;
    double margin = 0;
    Interval interval = Interval::Mean;

    nlohmann::json toJson() const {
        return {{"direction", word(direction)},
                {"reference", reference},
                {"margin", margin},
                {"interval", word(interval)}};
    }
    static Criterion fromJson(const nlohmann::json& json) {
        return {fromWord<Direction>(json.at("direction").get<std::string>()),
                json.at("reference").get<double>(), json.at("margin").get<double>(),
                fromWord<Interval>(json.at("interval").get<std::string>())};
    }
};

/// The ways to state a criterion, shared by claims and controls.
template <class Self>
class CriterionBuilder {
  public:
    Self& by(Interval interval) {
        return change([&](Criterion& c) { c.interval = interval; });
    }
    /// Greater than `reference` by more than `margin`.
    Self& greaterThan(double reference, double margin = 0) {
        return ask(Direction::Greater, reference, margin);
    }
    Self& lessThan(double reference, double margin = 0) { return ask(Direction::Less, reference, margin); }
    /// Within `margin` of `reference`; the margin must be more than 0.
    Self& equals(double reference, double margin) { return ask(Direction::Equivalent, reference, margin); }
    const Criterion& criterion() const { return m_criterion; }

  protected:
    Criterion m_criterion;

  private:
    template <class Change>
    Self& change(Change apply) {
        apply(m_criterion);
        return static_cast<Self&>(*this);
    }
    Self& ask(Direction direction, double reference, double margin) {
        return change([&](Criterion& c) {
            c.direction = direction;
            c.reference = reference;
            c.margin = margin;
        });
    }
};

/// A measurement whose answer is known beforehand (nothing there, or surely there). It is expected to hold;
/// when it does not, the claim cannot be believed in either direction. It has the units and the replication
/// of its claim.
class Control : public CriterionBuilder<Control> {
  public:
    Control(std::string id, std::string statement) : m_id(std::move(id)), m_statement(std::move(statement)) {}
    const std::string& id() const { return m_id; }
    const std::string& statement() const { return m_statement; }

    nlohmann::json toJson() const {
        return {{"id", m_id}, {"statement", m_statement}, {"criterion", m_criterion.toJson()}};
    }
    static Control fromJson(const nlohmann::json& json) {
        Control control(json.at("id").get<std::string>(), json.at("statement").get<std::string>());
        control.m_criterion = Criterion::fromJson(json.at("criterion"));
        return control;
    }

  private:
    std::string m_id;
    std::string m_statement;
};

/// A parameter that must have been varied, over at least so many distinct values.
struct SweepNeed {
    std::string parameter;
    std::size_t minimumValues = 2;
};

class Claim : public CriterionBuilder<Claim> {
  public:
    Claim(std::string id, std::string statement) : m_id(std::move(id)), m_statement(std::move(statement)) {}

    Claim& kind(ClaimKind kind) { return m_kind = kind, *this; }
    Claim& source(std::string paper, std::string where) {
        return m_paper = std::move(paper), m_where = std::move(where), *this;
    }
    Claim& estimand(std::string words) { return m_estimand = std::move(words), *this; }
    Claim& unit(std::string unit) { return m_unit = std::move(unit), *this; }
    Claim& each(Replication replication) { return m_replication = replication, *this; }
    Claim& atLeast(std::size_t units) { return m_minimumUnits = units, *this; }
    Claim& sweeps(std::string parameter, std::size_t minimumValues) {
        return m_sweeps.push_back({std::move(parameter), minimumValues}), *this;
    }
    /// Must be said of a statistic that is the largest or smallest of several: "maximum over layers".
    Claim& chosenBy(std::string choice, Guard guard) {
        return m_choice = std::move(choice), m_guard = guard, *this;
    }
    Claim& control(Control control) { return m_controls.push_back(std::move(control)), *this; }

    const std::string& id() const { return m_id; }
    const std::string& statement() const { return m_statement; }
    ClaimKind kind() const { return m_kind; }
    const std::string& paper() const { return m_paper; }
    const std::string& where() const { return m_where; }
    const std::string& estimand() const { return m_estimand; }
    const std::string& unit() const { return m_unit; }
    Replication replication() const { return m_replication; }
    std::size_t minimumUnits() const { return m_minimumUnits; }
    const std::vector<SweepNeed>& sweepNeeds() const { return m_sweeps; }
    const std::string& choice() const { return m_choice; }
    Guard guard() const { return m_guard; }
    const std::vector<Control>& controls() const { return m_controls; }

    nlohmann::json toJson() const {
        nlohmann::json sweeps = nlohmann::json::array();
        for (const SweepNeed& need : m_sweeps) {
            sweeps.push_back({{"parameter", need.parameter}, {"minimum_values", need.minimumValues}});
        }
        nlohmann::json controls = nlohmann::json::array();
        for (const Control& control : m_controls) controls.push_back(control.toJson());
        return {{"id", m_id},
                {"statement", m_statement},
                {"kind", word(m_kind)},
                {"source", {{"paper", m_paper}, {"where", m_where}}},
                {"estimand", m_estimand},
                {"unit", m_unit},
                {"replication", word(m_replication)},
                {"criterion", m_criterion.toJson()},
                {"design", {{"minimum_units", m_minimumUnits}, {"sweeps", std::move(sweeps)}}},
                {"selection", {{"choice", m_choice}, {"guard", word(m_guard)}}},
                {"controls", std::move(controls)}};
    }

    /// Throws UsageError or nlohmann::json::exception; the engine turns either into a sentence.
    static Claim fromJson(const nlohmann::json& json) {
        Claim claim(json.at("id").get<std::string>(), json.at("statement").get<std::string>());
        claim.kind(fromWord<ClaimKind>(json.at("kind").get<std::string>()));
        claim.source(json.at("source").at("paper").get<std::string>(),
                     json.at("source").at("where").get<std::string>());
        claim.estimand(json.at("estimand").get<std::string>()).unit(json.at("unit").get<std::string>());
        claim.each(fromWord<Replication>(json.at("replication").get<std::string>()));
        claim.m_criterion = Criterion::fromJson(json.at("criterion"));
        claim.atLeast(readCount(json.at("design").at("minimum_units")));
        for (const nlohmann::json& need : json.at("design").at("sweeps")) {
            claim.sweeps(need.at("parameter").get<std::string>(), readCount(need.at("minimum_values")));
        }
        const nlohmann::json& selection = json.at("selection");
        claim.chosenBy(selection.at("choice").get<std::string>(),
                       fromWord<Guard>(selection.at("guard").get<std::string>()));
        for (const nlohmann::json& control : json.at("controls")) claim.control(Control::fromJson(control));
        return claim;
    }

  private:
    /// A conversion alone would take -1 for a huge number, and 1e300 for anything.
    static std::size_t readCount(const nlohmann::json& json) {
        if (!json.is_number_integer() || json < 0)
            throw UsageError("A count is a whole number of 0 or more, not " + json.dump() + ".");
        return json.get<std::size_t>();
    }

    std::string m_id;
    std::string m_statement;
    ClaimKind m_kind = ClaimKind::PaperClaim;
    std::string m_paper;
    std::string m_where;
    std::string m_estimand;
    std::string m_unit;
    Replication m_replication = Replication::Seed;
    std::size_t m_minimumUnits = 5;
    std::vector<SweepNeed> m_sweeps;
    std::string m_choice;
    Guard m_guard = Guard::None;
    std::vector<Control> m_controls;
};

}  // namespace latent
