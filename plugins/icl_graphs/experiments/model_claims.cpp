// SPDX-License-Identifier: Apache-2.0
// Units are word placements with walks of their own. All margins were written before any run was seen.
#include "experiments/model_claims.hpp"

#include <cmath>
#include <map>
#include <set>

#include "experiments/claims.hpp"
#include "experiments/model_plan.hpp"
#include "measures/context_curves.hpp"

namespace icl_graphs {
namespace {

using namespace latent;

constexpr const char* kPaper = "arXiv:2501.00070";
constexpr const char* kCritique = "The induction critique of 2026 (ablation of heads)";

/// A run of icl/model, read once.
struct ModelRun {
    const Run* run;
    std::size_t replicates = 0, contexts = 0, layers = 0, layer = 0;
    std::vector<std::int64_t> number;

    explicit ModelRun(const Run& itsRun) : run(&itsRun) {
        for (const double r : run->read("replicate").toDoubles())
            number.push_back(static_cast<std::int64_t>(r));
        replicates = number.size();
        contexts = run->read("context").count();
        layers = run->read("layer").count();
        const std::int64_t asked = run->parameters().integer("layer");
        layer = asked > 0 ? static_cast<std::size_t>(asked) : std::max<std::size_t>(1, (layers - 1) * 2 / 3);
    }
    std::vector<double> all(const char* name) const {
        return run->has(name) ? run->read(name).toDoubles() : std::vector<double>{};
    }
    std::string unit(std::size_t r) const {
        return "seed " + std::to_string(run->parameters().seed()) + ", placement " +
               std::to_string(number[r]);
    }
};

struct Pairs {
    std::vector<double> a, b;
    std::vector<std::string> names;
    std::size_t without = 0;
    void add(const std::string& name, double x, double y) {
        if (!std::isfinite(x) || !std::isfinite(y)) {
            ++without;
            return;
        }
        a.push_back(x);
        b.push_back(y);
        names.push_back(name);
    }
};

std::vector<ContextUnit> contextUnits(const std::vector<ModelRun>& runs) {
    std::vector<ContextUnit> units;
    for (const ModelRun& m : runs) {
        const std::vector<double> context = m.all("context"), accuracy = m.all("accuracy_context"),
                                  rayleigh = m.all("rayleigh"), shuffled = m.all("rayleigh_shuffled"),
                                  beyond = m.all("rayleigh_beyond"), planted = m.all("planted_beyond");
        const double isotropic = m.all("rayleigh_isotropic").front();
        for (std::size_t r = 0; r < m.replicates; ++r) {
            const auto from = [&](const std::vector<double>& v, std::size_t first) {
                return std::vector<double>(v.begin() + static_cast<std::ptrdiff_t>(first),
                                           v.begin() + static_cast<std::ptrdiff_t>(first + m.contexts));
            };
            units.push_back({m.unit(r), context, from(accuracy, r * m.contexts),
                             from(rayleigh, (r * m.layers + m.layer) * m.contexts), isotropic,
                             shuffled[((r * m.layers + m.layer) + 1) * m.contexts - 1], beyond[r],
                             planted[r]});
        }
    }
    return units;
}

void sayPairs(Evidence& out, const char* claim, const Pairs& pairs, const char* control, const Pairs& known,
              const std::vector<std::string>& chosenOn, const char* why) {
    if (pairs.a.empty()) return out.notMeasured(claim, why);
    if (pairs.without > 0)
        return out.notMeasured(claim, "It could be measured in " + std::to_string(pairs.a.size()) + " of " +
                                          std::to_string(pairs.a.size() + pairs.without) +
                                          " units only, and none may be left out.");
    auto& evidence = out.claim(claim).paired(pairs.a, pairs.b).units(pairs.names);
    if (!chosenOn.empty()) evidence.chosenOn(chosenOn);
    if (!known.a.empty()) evidence.control(control).paired(known.a, known.b).units(known.names);
}

void measureHeads(const std::vector<ModelRun>& runs, Evidence& out) {
    Pairs accuracy, geometry, previous, harmless;
    std::vector<std::string> chosenOn;
    for (const ModelRun& m : runs) {
        const std::vector<double> a = m.all("ablation_accuracy"), g = m.all("ablation_rayleigh");
        if (a.empty()) continue;
        const double isotropic = m.all("rayleigh_isotropic").front();
        for (std::size_t r = 0; r < m.replicates; ++r) {
            const auto arm = [&](const std::vector<double>& v, Arm which) {
                return v[r * kArms + static_cast<std::size_t>(which)];
            };
            const std::string judged = m.unit(r) + ", held-out prompt";
            chosenOn.push_back(m.unit(r) + ", first prompt");
            accuracy.add(judged, arm(a, Arm::Random), arm(a, Arm::Induction));
            geometry.add(judged, arm(g, Arm::Induction) / isotropic, arm(g, Arm::Random) / isotropic);
            previous.add(judged, arm(g, Arm::Previous) / isotropic, arm(g, Arm::Random) / isotropic);
            harmless.add(judged, arm(a, Arm::None), arm(a, Arm::Random));
        }
    }
    const char* why = "No heads were taken away; set 'ablated_heads'.";
    sayPairs(out, "induction_heads_carry_accuracy", accuracy, "random_heads_are_harmless", harmless, chosenOn,
             why);
    sayPairs(out, "induction_heads_spare_geometry", geometry, "random_heads_are_harmless", harmless, chosenOn,
             why);
    sayPairs(out, "previous_token_heads_carry_geometry", previous, "random_heads_are_harmless", harmless,
             chosenOn, why);
}

void measureMoves(const std::vector<ModelRun>& runs, Evidence& out) {
    Pairs used, random;
    for (const ModelRun& m : runs) {
        const std::vector<double> target = m.all("move_target_mass");
        for (std::size_t r = 0; r < m.replicates && !target.empty(); ++r) {
            used.add(m.unit(r), target[r * kMoves + 1], target[r * kMoves + 2]);
            random.add(m.unit(r), target[r * kMoves + 2], target[r * kMoves]);
        }
    }
    sayPairs(out, "components_are_used", used, "random_subspace_is_harmless", random, {},
             "No words were moved; set 'moves'.");
}

void measureCalendar(const std::vector<ModelRun>& runs, Evidence& out) {
    std::vector<double> first, later;
    std::vector<std::vector<double>> firstNull, laterNull;
    std::vector<std::string> names;
    for (const ModelRun& m : runs) {
        const std::vector<double> calendar = m.all("calendar_alignment"), null = m.all("calendar_null"),
                                  graph = m.all("graph_later"), graphNull = m.all("graph_later_null");
        if (calendar.empty() || null.empty()) continue;
        const std::size_t draws = null.size() / m.replicates;
        for (std::size_t r = 0; r < m.replicates; ++r) {
            const double value = calendar[((r * m.layers + m.layer) * m.contexts + m.contexts - 1) * 2 + 1];
            if (!std::isfinite(value) || !std::isfinite(graph[r]) || !std::isfinite(null[r * draws]))
                continue;
            names.push_back(m.unit(r));
            first.push_back(value);
            later.push_back(graph[r]);
            firstNull.emplace_back(null.begin() + static_cast<std::ptrdiff_t>(r * draws),
                                   null.begin() + static_cast<std::ptrdiff_t>((r + 1) * draws));
            laterNull.emplace_back(graphNull.begin() + static_cast<std::ptrdiff_t>(r * draws),
                                   graphNull.begin() + static_cast<std::ptrdiff_t>((r + 1) * draws));
        }
    }
    const char* why = "The words are no whole calendar on a ring; use the preset 'days'.";
    if (names.empty()) {
        out.notMeasured("calendar_takes_the_first_components", why);
        out.notMeasured("graph_is_in_later_components", why);
        return;
    }
    // The control asks the same of one draw of the null itself, against the others.
    const auto say = [&](const char* claim, const std::vector<double>& values,
                         const std::vector<std::vector<double>>& nulls) {
        std::vector<double> known;
        std::vector<std::vector<double>> others;
        for (const std::vector<double>& draws : nulls) {
            known.push_back(draws.front());
            others.emplace_back(draws.begin() + 1, draws.end());
        }
        auto& evidence = out.claim(claim).values(values).units(names).nulls(nulls);
        if (others.front().size() > 1)
            evidence.control("permuted_labels").values(known).units(names).nulls(others);
    };
    say("calendar_takes_the_first_components", first, firstNull);
    say("graph_is_in_later_components", later, laterNull);
}

/// One exponent for each (seed, placement) that was read at every size.
void measureScaling(const std::vector<ModelRun>& runs, Evidence& out) {
    std::map<std::string, std::map<double, double>> critical, memorising;
    std::set<double> sizes;
    for (const ModelRun& m : runs) {
        const std::vector<double> c = m.all("critical_context");
        const double nodes = static_cast<double>(m.run->read("node").count());
        const auto memorised = compareOnset(m.all("context"), m.all("memorised_once"));
        for (std::size_t r = 0; r < m.replicates; ++r) {
            critical[m.unit(r)];  // a unit, whether or not it has a number here
            if (std::isfinite(c[r]) && memorised)
                critical[m.unit(r)][nodes] = c[r], memorising[m.unit(r)][nodes] = memorised->criticalContext;
        }
        sizes.insert(nodes);
    }
    std::vector<double> exponents, known;
    std::vector<std::string> names;
    for (const auto& [name, bySize] : critical) {
        if (bySize.size() != sizes.size() || sizes.size() < 3) continue;
        std::vector<double> x, y, z;
        for (const auto& [n, c] : bySize) x.push_back(n), y.push_back(c), z.push_back(memorising[name][n]);
        const auto law = fitPowerLaw(x, y), memory = fitPowerLaw(x, z);
        if (!law || !memory) continue;
        exponents.push_back(law->exponent);
        known.push_back(memory->exponent);
        names.push_back(name);
    }
    if (!exponents.empty() && exponents.size() < critical.size())
        return out.notMeasured("critical_context_grows", "A critical context was found at every size for " +
                                                             std::to_string(exponents.size()) + " of " +
                                                             std::to_string(critical.size()) +
                                                             " units only, and none may be left out.");
    if (exponents.empty())
        return out.notMeasured("critical_context_grows",
                               "The runs do not cover three sizes of the graph with the same seeds; sweep "
                               "'rows' and 'columns' together.");
    out.claim("critical_context_grows")
        .values(exponents)
        .units(names)
        .swept("nodes", {sizes.begin(), sizes.end()})
        .control("memorisation_grows_linearly")
        .values(known)
        .units(names);
}

}  // namespace

std::vector<Claim> modelClaims() {
    std::vector<Claim> all = contextClaims();
    all.push_back(
        Claim("induction_heads_carry_accuracy",
              "Without its strongest induction heads the model follows the graph worse than without as many "
              "other heads of the same layers.")
            .source(kCritique, "accuracy")
            .estimand("probability of valid neighbours, random heads ablated minus induction heads ablated")
            .unit("1")
            .each(Replication::Walk)
            .by(Interval::PairedMean)
            .greaterThan(0, .05)
            .atLeast(5)
            .chosenBy("heads with the largest induction scores", Guard::HeldOut)
            .control(Control("random_heads_are_harmless",
                             "As many random heads of the same layers cost less than a tenth.")
                         .by(Interval::PairedMean)
                         .equals(0, .1)));
    all.push_back(
        Claim("induction_heads_spare_geometry", "Without its strongest induction heads the map stays.")
            .source(kCritique, "geometry")
            .estimand("Rayleigh quotient over the isotropic one, induction heads ablated minus random heads "
                      "ablated")
            .unit("1")
            .each(Replication::Walk)
            .by(Interval::PairedMean)
            .equals(0, .05)
            .atLeast(5)
            .chosenBy("heads with the largest induction scores", Guard::HeldOut)
            .control(
                Control("random_heads_are_harmless",
                        "As many random heads of the same layers cost less than a tenth of the accuracy.")
                    .by(Interval::PairedMean)
                    .equals(0, .1)));
    all.push_back(
        Claim("previous_token_heads_carry_geometry",
              "Without its strongest previous-token heads the map goes.")
            .source(kCritique, "geometry")
            .estimand("Rayleigh quotient over the isotropic one, previous-token heads ablated minus random "
                      "heads ablated")
            .unit("1")
            .each(Replication::Walk)
            .by(Interval::PairedMean)
            .greaterThan(0, .05)
            .atLeast(5)
            .chosenBy("heads with the largest previous-token scores", Guard::HeldOut)
            .control(
                Control("random_heads_are_harmless",
                        "As many random heads of the same layers cost less than a tenth of the accuracy.")
                    .by(Interval::PairedMean)
                    .equals(0, .1)));
    all.push_back(Claim("components_are_used",
                        "The components that carry the graph are used: words moved along them are continued "
                        "as the words they are moved to.")
                      .source(kPaper, "appendix, causal intervention")
                      .estimand("probability of the target's neighbours, moved along the components minus "
                                "moved as far in a random subspace")
                      .unit("1")
                      .each(Replication::Walk)
                      .by(Interval::PairedMean)
                      .greaterThan(0, .02)
                      .atLeast(5)
                      .control(Control("random_subspace_is_harmless",
                                       "A move in a random subspace does not raise the target's neighbours.")
                                   .by(Interval::PairedMean)
                                   .equals(0, .02)));
    all.push_back(
        Claim("calendar_takes_the_first_components",
              "With days of the week on a new ring, the first two components hold the calendar.")
            .source(kPaper, "Fig. 3")
            .estimand(
                "smaller cosine between components 1 and 2 and the calendar's plane, above permuted labels")
            .unit("1")
            .each(Replication::Walk)
            .by(Interval::Mean)
            .greaterThan(0, .2)
            .atLeast(5)
            .chosenBy("components by their variance", Guard::MatchedNull)
            .control(Control("permuted_labels",
                             "One draw with permuted labels does not stand out from the others.")
                         .by(Interval::Mean)
                         .equals(0, .3)));
    all.push_back(Claim("graph_is_in_later_components", "… and the ring of the context is in later ones.")
                      .source(kPaper, "Fig. 3")
                      .estimand("smaller cosine between the best two of the components after the second and "
                                "the plane of the ring, above the same choice with permuted labels")
                      .unit("1")
                      .each(Replication::Walk)
                      .by(Interval::Mean)
                      .greaterThan(0, .1)
                      .atLeast(5)
                      .chosenBy("best pair of later components", Guard::MatchedNull)
                      .control(Control("permuted_labels",
                                       "One draw with permuted labels does not stand out from the others.")
                                   .by(Interval::Mean)
                                   .equals(0, .3)));
    all.push_back(Claim("critical_context_grows", "The critical context grows with the graph as a power law.")
                      .source(kPaper, "Fig. 8")
                      .estimand("exponent of the critical context over the number of nodes")
                      .unit("1")
                      .each(Replication::Walk)
                      .by(Interval::Mean)
                      .greaterThan(0, .1)
                      .atLeast(5)
                      .sweeps("nodes", 3)
                      .control(Control("memorisation_grows_linearly",
                                       "The knee of the memorisation curve of equation 4, found by the same "
                                       "steps in the same contexts, grows with exponent 1.")
                                   .by(Interval::Mean)
                                   .equals(1, .2)));
    return all;
}

void measureModelClaims(const RunSet& runs, Evidence& out) {
    std::vector<ModelRun> all;
    for (const Run& run : runs)
        if (run.has("accuracy_context") && run.has("replicate")) all.emplace_back(run);
    measureScaling(all, out);
    // Over graphs of several sizes the same seed and placement comes again with each: no independent repetition.
    std::set<std::size_t> sizes;
    for (const ModelRun& m : all) sizes.insert(m.run->read("node").count());
    if (sizes.size() > 1) {
        for (const Claim& claim : modelClaims())
            if (claim.id() != "critical_context_grows")
                out.notMeasured(claim.id(),
                                "The runs are on graphs of several sizes; ask about those of one size.");
        return;
    }
    measureContextClaims(contextUnits(all), out);
    measureHeads(all, out);
    measureMoves(all, out);
    measureCalendar(all, out);
}

}  // namespace icl_graphs
