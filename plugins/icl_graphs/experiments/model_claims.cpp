// SPDX-License-Identifier: Apache-2.0
// Units are word placements with walks of their own.
#include "experiments/model_claims.hpp"

#include <cmath>
#include <map>
#include <optional>
#include <set>

#include "experiments/claim_units.hpp"
#include "experiments/claims.hpp"
#include "experiments/model_plan.hpp"
#include "measures/context_curves.hpp"

namespace icl_graphs {
namespace {

using namespace latent;

/// A run of icl/model, read once.
struct ModelRun {
    const Run* run;
    std::size_t replicates = 0, contexts = 0, layers = 0, layer = 0, nodes = 0;
    double isotropic = 0;
    std::vector<std::int64_t> number;

    explicit ModelRun(const Run& itsRun) : run(&itsRun) {
        for (const double r : run->read("replicate").toDoubles())
            number.push_back(static_cast<std::int64_t>(r));
        replicates = number.size();
        contexts = run->read("context").count();
        layers = run->read("layer").count();
        nodes = run->read("node").count();
        layer = static_cast<std::size_t>(
            judgedLayer(run->parameters().integer("layer"), static_cast<int>(layers) - 1));
        isotropic = all("rayleigh_isotropic").front();
    }
    std::vector<double> all(const char* name) const {
        return run->has(name) ? run->read(name).toDoubles() : std::vector<double>{};
    }
    std::string unit(std::size_t r) const {
        return "seed " + std::to_string(run->parameters().seed()) + ", placement " +
               std::to_string(number[r]);
    }
    /// First index of the judged layer's contexts in an array [replicate, layer, context].
    std::size_t judged(std::size_t r) const { return (r * layers + layer) * contexts; }
};

/// What makes runs different studies, so that their units are no repetitions of each other. Sizes are not among it: they
/// are what the scaling claim sweeps.
constexpr const char* kModelStudy[] = {
    "model",       "family",      "degree",       "edge_probability", "edges",      "edited_edges",
    "reading",     "teleport",    "second_graph", "switching",        "words",      "own_words",
    "placement",   "bos",         "layer",        "window",           "components", "prompts",
    "component_a", "component_b", "ablated_heads"};

std::optional<std::string> differentStudies(const std::vector<ModelRun>& runs) {
    std::vector<nlohmann::json> parameters;
    for (const ModelRun& m : runs) parameters.push_back(m.run->parameters().json());
    return severalStudies(parameters, modelParameters(), kModelStudy);
}

std::vector<ContextUnit> contextUnits(const std::vector<ModelRun>& runs) {
    std::vector<ContextUnit> units;
    for (const ModelRun& m : runs) {
        const std::vector<double> context = m.all("context"), accuracy = m.all("accuracy_context"),
                                  rayleigh = m.all("rayleigh"), shuffled = m.all("rayleigh_shuffled"),
                                  isotropic = m.all("rayleigh_isotropic_seen"),
                                  isotropicShuffled = m.all("rayleigh_isotropic_shuffled"),
                                  beyond = m.all("rayleigh_beyond"), planted = m.all("planted_beyond");
        const auto whole = [&](const std::vector<double>& values, const std::vector<double>& of,
                               std::size_t at) { return onTheScaleOf(m.isotropic, values[at], of, at); };
        for (std::size_t r = 0; r < m.replicates; ++r) {
            ContextUnit unit{m.unit(r),  context,          {}, {}, m.isotropic, 0, beyond[r],
                             planted[r], isotropic.empty()};
            for (std::size_t c = 0; c < m.contexts; ++c) {
                unit.accuracy.push_back(accuracy[r * m.contexts + c]);
                unit.rayleigh.push_back(whole(rayleigh, isotropic, m.judged(r) + c));
            }
            unit.shuffledRayleigh = whole(shuffled, isotropicShuffled, m.judged(r) + m.contexts - 1);
            units.push_back(std::move(unit));
        }
    }
    return units;
}

/// A paired claim; its control is paired where it has second numbers.
void say(Evidence& out, const char* claim, const Units& pairs, const char* control, const Units& known,
         const std::vector<std::string>& chosenOn, const std::string& why) {
    if (const auto refusal = pairs.refusal(why)) return out.notMeasured(claim, *refusal);
    if (const auto refusal = known.refusalAs(control)) return out.notMeasured(claim, *refusal);
    auto& evidence = out.claim(claim).paired(pairs.first, pairs.second).units(pairs.names);
    if (!chosenOn.empty()) evidence.chosenOn(chosenOn);
    if (known.empty()) return;
    if (known.second.empty())
        evidence.control(control).values(known.first).units(known.names);
    else
        evidence.control(control).paired(known.first, known.second).units(known.names);
}

void measureHeads(const std::vector<ModelRun>& runs, Evidence& out) {
    Units accuracy, geometry, previous, harmless, leaves, leavesPrevious;
    std::vector<std::string> chosenOn;
    std::string why = "No heads were taken away; set 'ablated_heads'.";
    for (const ModelRun& m : runs) {
        const std::vector<double> a = m.all("ablation_accuracy"), g = m.all("ablation_rayleigh");
        if (a.empty()) continue;
        if (a.size() != m.replicates * kArms) {
            why = "The runs are of a version that took other heads away; run them again.";
            continue;
        }
        for (std::size_t r = 0; r < m.replicates; ++r) {
            const auto mass = [&](Arm arm) { return a[r * kArms + static_cast<std::size_t>(arm)]; };
            const auto map = [&](Arm arm) {
                return g[r * kArms + static_cast<std::size_t>(arm)] / m.isotropic;
            };
            const std::string judged = m.unit(r) + ", held-out prompt";
            chosenOn.push_back(m.unit(r) + ", first prompt");
            accuracy.add(judged, mass(Arm::LikeInduction), mass(Arm::Induction));
            geometry.add(judged, map(Arm::Induction), map(Arm::LikeInduction));
            previous.add(judged, map(Arm::Previous), map(Arm::LikePrevious));
            harmless.add(judged, (mass(Arm::None) - mass(Arm::LikeInduction)) / mass(Arm::None));
            leaves.add(judged, map(Arm::LikeInduction), map(Arm::None));
            leavesPrevious.add(judged, map(Arm::LikePrevious), map(Arm::None));
        }
    }
    say(out, "induction_heads_carry_accuracy", accuracy, "other_heads_are_harmless", harmless, chosenOn, why);
    say(out, "induction_heads_spare_geometry", geometry, "other_heads_leave_the_map", leaves, chosenOn, why);
    say(out, "previous_token_heads_carry_geometry", previous, "other_heads_leave_the_map", leavesPrevious,
        chosenOn, why);
}

void measureMoves(const std::vector<ModelRun>& runs, Evidence& out) {
    Units used, random;
    for (const ModelRun& m : runs) {
        const std::vector<double> target = m.all("move_target_mass");
        for (std::size_t r = 0; r < m.replicates && !target.empty(); ++r) {
            used.add(m.unit(r), target[r * kMoves + 1], target[r * kMoves + 2]);
            random.add(m.unit(r), target[r * kMoves + 2], target[r * kMoves]);
        }
    }
    say(out, "components_are_used", used, "random_subspace_is_harmless", random, {},
        "No words were moved; set 'moves'.");
}

/// A claim over a null that makes the same choice. Its control asks the same of one draw of the null, against the others.
void sayAgainstNull(Evidence& out, const char* claim, const Units& units,
                    const std::vector<std::vector<double>>& nulls, const std::string& without) {
    if (const auto refusal =
            units.refusal("The words are no whole calendar on a ring; use the preset 'days'.", without))
        return out.notMeasured(claim, *refusal);
    std::vector<double> known;
    std::vector<std::vector<double>> others;
    for (const std::vector<double>& draws : nulls) {
        known.push_back(draws.front());
        others.emplace_back(draws.begin() + 1, draws.end());
    }
    auto& evidence = out.claim(claim).values(units.first).units(units.names).nulls(nulls);
    if (others.front().size() > 1)
        evidence.control("permuted_labels").values(known).units(units.names).nulls(others);
}

void measureCalendar(const std::vector<ModelRun>& runs, Evidence& out) {
    Units first, later;
    std::vector<std::vector<double>> firstNull, laterNull;
    std::string without;  // why a unit has no null
    for (const ModelRun& m : runs) {
        const std::vector<double> calendar = m.all("calendar_alignment"), null = m.all("calendar_null"),
                                  graph = m.all("graph_later"), graphNull = m.all("graph_later_null");
        if (calendar.empty()) continue;
        if (null.empty()) {
            without = "No labels were permuted; set 'null_draws'.";
            for (std::size_t r = 0; r < m.replicates; ++r)
                first.add(m.unit(r), std::nan("")), later.add(m.unit(r), std::nan(""));
            continue;
        }
        const auto draws = static_cast<std::ptrdiff_t>(null.size() / m.replicates);
        const auto of = [&](const std::vector<double>& all, std::size_t r) {
            const auto begin = all.begin() + static_cast<std::ptrdiff_t>(r) * draws;
            return std::vector<double>(begin, begin + draws);
        };
        for (std::size_t r = 0; r < m.replicates; ++r) {
            // Both or neither: without a null a value says nothing.
            const double value = calendar[(m.judged(r) + m.contexts - 1) * 2 + 1];
            const std::vector<double> a = of(null, r), b = of(graphNull, r);
            first.add(m.unit(r), std::isfinite(a.front()) ? value : a.front());
            later.add(m.unit(r), std::isfinite(b.front()) ? graph[r] : b.front());
            firstNull.push_back(a);
            laterNull.push_back(b);
        }
    }
    sayAgainstNull(out, "calendar_takes_the_first_components", first, firstNull, without);
    sayAgainstNull(out, "graph_is_in_later_components", later, laterNull, without);
}

/// One exponent for each (seed, placement) that was read at every size.
void measureScaling(const std::vector<ModelRun>& runs, Evidence& out) {
    constexpr const char* kClaim = "critical_context_grows";
    std::map<std::string, std::map<double, double>> critical, memorising;
    std::set<double> sizes;
    std::set<std::pair<std::string, double>> read;
    std::optional<std::string> twice;
    for (const ModelRun& m : runs) {
        const std::vector<double> c = m.all("critical_context");
        const auto nodes = static_cast<double>(m.nodes);
        const auto memorised = fitBrokenLine(m.all("context"), m.all("memorised_once"));
        for (std::size_t r = 0; r < m.replicates; ++r) {
            if (!read.emplace(m.unit(r), nodes).second)
                twice = "The unit '" + m.unit(r) + "' was read more than once on " + std::to_string(m.nodes) +
                        " nodes; ask about runs that differ in size and seed alone.";
            critical[m.unit(r)];  // a unit, whether or not it has a number here
            if (std::isfinite(c[r]) && memorised)
                critical[m.unit(r)][nodes] = c[r],
                memorising[m.unit(r)][nodes] = memorised->criticalContext();
        }
        sizes.insert(nodes);
    }
    if (sizes.size() < 3)
        return out.notMeasured(
            kClaim,
            "The runs do not cover three sizes of the graph with the same seeds; sweep 'rows' and "
            "'columns' together.");
    if (twice) return out.notMeasured(kClaim, *twice);
    Units exponents, known;
    for (const auto& [name, bySize] : critical) {
        std::vector<double> x, y, z;
        for (const auto& [n, c] : bySize) x.push_back(n), y.push_back(c), z.push_back(memorising[name][n]);
        const auto law = fitPowerLaw(x, y), memory = fitPowerLaw(x, z);
        const bool whole = bySize.size() == sizes.size() && law && memory;
        exponents.add(name, whole ? law->exponent : std::nan(""));
        known.add(name, whole ? memory->exponent : std::nan(""));
    }
    const std::string why = "A critical context was not found at every size.";
    if (const auto refusal = exponents.refusal(why, why)) return out.notMeasured(kClaim, *refusal);
    out.claim(kClaim)
        .values(exponents.first)
        .units(exponents.names)
        .swept("nodes", {sizes.begin(), sizes.end()})
        .control("memorisation_grows_linearly")
        .values(known.first)
        .units(known.names);
}

void notMeasured(Evidence& out, const std::string& why, const char* but = "") {
    for (const Claim& claim : modelClaims())
        if (claim.id() != but) out.notMeasured(claim.id(), why);
}

}  // namespace

void measureModelClaims(const RunSet& runs, Evidence& out) {
    std::vector<ModelRun> all;
    for (const Run& run : runs)
        if (run.has("accuracy_context") && run.has("replicate")) all.emplace_back(run);
    if (const auto different = differentStudies(all)) return notMeasured(out, *different);
    measureScaling(all, out);
    // Over graphs of several sizes the same seed and placement comes again with each: no independent
    // repetition.
    std::set<std::size_t> sizes;
    for (const ModelRun& m : all) sizes.insert(m.nodes);
    if (sizes.size() > 1)
        return notMeasured(out, "The runs are on graphs of several sizes; ask about those of one size.",
                           "critical_context_grows");
    measureContextClaims(contextUnits(all), out);
    measureHeads(all, out);
    measureMoves(all, out);
    measureCalendar(all, out);
}

}  // namespace icl_graphs
