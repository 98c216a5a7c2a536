// SPDX-License-Identifier: Apache-2.0
// What is measured for the claims about trained transformers (train_claims.cpp). Runs may differ in the number
// of chains, in the width and in the seeds; runs that differ in anything else are no sweep of one question and
// are refused. Where widths are swept, all but the claim about widths are judged at one of them: that with the
// most numbers of chains, of equal ones the narrowest.

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "experiments/context_turns.hpp"
#include "experiments/judged.hpp"
#include "experiments/train.hpp"
#include "experiments/train_plan.hpp"
#include "experiments/trained_run.hpp"
#include "experiments/units.hpp"

namespace markov_mixtures {
namespace {

// The smallest runs that may judge: those of the preset `desk`, with the chains of the paper's evaluation.
constexpr std::int64_t kLeastSteps = 10'000, kLeastCheckpoints = 40, kLeastReplicates = 30;

struct Sweep {
    std::vector<TrainedRun> runs;
    std::set<std::int64_t> chains;

    std::vector<const TrainedRun*> at(std::int64_t n) const {
        std::vector<const TrainedRun*> all;
        for (const TrainedRun& run : runs)
            if (run.chains == n) all.push_back(&run);
        return all;
    }
    std::vector<double> swept() const { return {chains.begin(), chains.end()}; }
    std::vector<std::string> chosenOn() const {
        std::set<std::string> units;
        for (const TrainedRun& run : runs) units.insert(run.chosenOn());
        return {units.begin(), units.end()};
    }
};

void say(latent::Evidence& out, const char* claim, const Units& units,
         const std::vector<std::string>& chosenOn, const char* control, const Units& controlUnits,
         const char* why) {
    if (units.empty()) {
        out.notMeasured(claim, why);
        return;
    }
    auto& evidence = out.claim(claim).values(units.means()).units(units.names());
    if (!chosenOn.empty()) evidence.chosenOn(chosenOn);
    if (control && !controlUnits.empty())
        evidence.control(control).values(controlUnits.means()).units(controlUnits.names());
}

/// The runs of the largest N: a unigram stage, a sudden turn to bigrams, and heads that come with it.
void measureTransition(const Sweep& sweep, latent::Evidence& out) {
    Units stage, stageControl, width, widthControl, previous, induction, previousControl, inductionControl;
    for (const TrainedRun* run : sweep.at(*sweep.chains.rbegin())) {
        if (const auto place = run->mostUnigram(kEven)) {
            stage.add(run->unit(),
                      run->unigramWeight(*place, kOdd) - run->unigramWeight(run->checkpoints() - 1, kOdd));
            stageControl.add(run->unit(),
                             run->nearestUnigram(*place, kOdd) - run->nearestBigram(*place, kOdd));
        }
        const std::vector<double> bigrams = run->utilisation();
        if (const auto w = riseWidth(run->step, bigrams)) width.add(run->unit(), *w);
        if (const auto w = riseWidth(run->step, run->knowledge())) widthControl.add(run->unit(), *w);
        const auto onset = halfRise(run->step, bigrams);
        const auto heads = [&](const std::vector<double>& scores, std::size_t firstLayer,
                               std::size_t endLayer, Units& when, Units& howMuch) {
            const auto head = run->strongestHead(scores, kEven, firstLayer, endLayer);
            if (!head || !onset) return;
            const std::vector<double> curve = run->headCurve(scores, kOdd, *head);
            howMuch.add(run->unit(), curve.back() - curve.front());
            if (const auto rise = halfRise(run->step, curve)) when.add(run->unit(), *rise - *onset);
        };
        heads(run->previousToken, 0, run->layers > 1 ? run->layers - 1 : 0, previous, previousControl);
        heads(run->induction, 1, run->layers, induction, inductionControl);
    }
    say(out, "unigram_stage", stage, sweep.chosenOn(), "nearest_is_unigram", stageControl,
        "No run has a known chain in both halves of its evaluation; raise 'replicates'.");
    say(out, "bigram_transition_is_sharp", width, {}, "loss_is_gradual", widthControl,
        "Bigram utilisation does not rise in any run of the largest N; train longer.");
    say(out, "previous_token_head_at_onset", previous, sweep.chosenOn(), "head_grows", previousControl,
        "No previous-token head grows in a first layer while bigram utilisation rises; two layers are "
        "needed, or more steps.");
    say(out, "induction_head_at_onset", induction, sweep.chosenOn(), "head_grows", inductionControl,
        "No induction head grows in a later layer while bigram utilisation rises; two layers are needed, or "
        "more steps.");
}

/// Few chains against many, at the end of training.
void measureDiversity(const Sweep& sweep, latent::Evidence& out) {
    if (sweep.chains.size() < 2) {
        for (const char* claim :
             {"inference_at_large_diversity", "retrieval_at_small_diversity", "diversity_threshold"})
            out.notMeasured(claim, "The runs have a single number of chains; sweep 'chains'.");
        return;
    }
    Units large, small, largeKnown, smallKnown;
    std::map<std::string, std::pair<std::array<double, 2>, std::array<double, 2>>>
        ends;  // by unit: {new, known} at the smallest N, at the largest
    for (const TrainedRun* run : sweep.at(*sweep.chains.rbegin())) {
        large.add(run->unit(), run->towardsInference(run->checkpoints() - 1));
        largeKnown.add(run->unit(), run->towardsInference(0));
        ends[run->unit()].second = {run->klAtEnd(kOod), run->klAtEnd(kId)};
    }
    for (const TrainedRun* run : sweep.at(*sweep.chains.begin())) {
        small.add(run->unit(), -run->towardsInference(run->checkpoints() - 1));
        smallKnown.add(run->unit(), -run->towardsInference(0));
        ends[run->unit()].first = {run->klAtEnd(kOod), run->klAtEnd(kId)};
    }
    std::vector<double> newSmall, newLarge, knownSmall, knownLarge;
    std::vector<std::string> names;
    for (const auto& [unit, both] : ends) {
        if (both.first[0] == 0 || both.second[0] == 0) continue;  // a seed that lacks one of the two
        names.push_back(unit);
        newSmall.push_back(both.first[0]), newLarge.push_back(both.second[0]);
        knownSmall.push_back(both.first[1]), knownLarge.push_back(both.second[1]);
    }
    say(out, "inference_at_large_diversity", large, {}, "untrained", largeKnown, "There is no finished run.");
    say(out, "retrieval_at_small_diversity", small, {}, "untrained", smallKnown, "There is no finished run.");
    for (const char* claim : {"inference_at_large_diversity", "retrieval_at_small_diversity"})
        if (out.claim(claim).whyNotMeasured().empty()) out.claim(claim).swept("chains", sweep.swept());
    if (names.empty())
        out.notMeasured("diversity_threshold",
                        "No seed was trained both at the smallest and at the largest number of chains.");
    else
        out.claim("diversity_threshold")
            .paired(newSmall, newLarge)
            .units(names)
            .swept("chains", sweep.swept())
            .control("known_chains")
            .paired(knownSmall, knownLarge)
            .units(names);
}

/// Falls and rises again on new chains. N and the checkpoint of the minimum are chosen on the even half, for
/// each seed.
void measureTransience(const Sweep& sweep, latent::Evidence& out) {
    std::map<std::string, std::pair<double, const TrainedRun*>>
        chosen;  // by unit: rise on the even half, and the run that has it
    for (const TrainedRun& run : sweep.runs) {
        const auto low = lowest(run.klHalf(kOod, kEven));
        if (!low) continue;
        const double rise = run.klHalf(kOod, kEven).back() - run.klHalf(kOod, kEven)[*low];
        const auto known = chosen.find(run.unit());
        if (known == chosen.end() || rise > known->second.first) chosen[run.unit()] = {rise, &run};
    }
    Units rise, known;
    for (const auto& [unit, choice] : chosen) {
        const TrainedRun& run = *choice.second;
        rise.add(unit,
                 run.klHalf(kOod, kOdd).back() - run.klHalf(kOod, kOdd)[*lowest(run.klHalf(kOod, kEven))]);
        if (const auto low = lowest(run.klHalf(kId, kEven)))
            known.add(unit, run.klHalf(kId, kOdd).back() - run.klHalf(kId, kOdd)[*low]);
    }
    say(out, "transience", rise, sweep.chosenOn(), "known_chains", known,
        "No finished run has new chains in both halves of its evaluation; raise 'replicates'.");
    if (!rise.empty()) out.claim("transience").swept("chains", sweep.swept());
}

void measureForecast(const Sweep& sweep, latent::Evidence& out) {
    std::map<std::string, std::array<double, 3>> sums;  // LIA, its best control, random weights
    std::map<std::string, double> count;
    for (const TrainedRun& run : sweep.runs) {
        const std::vector<double>& e = run.forecastError;
        auto& sum = sums[run.unit()];
        sum[0] += e[0];
        sum[1] += std::min({e[1], e[2], e[3]});
        sum[2] += e[4];
        ++count[run.unit()];
    }
    std::vector<double> lia, best, random;
    std::vector<std::string> names;
    for (const auto& [unit, sum] : sums) {
        names.push_back(unit);
        lia.push_back(sum[0] / count[unit]), best.push_back(sum[1] / count[unit]),
            random.push_back(sum[2] / count[unit]);
    }
    out.claim("lia_forecasts_new_chains")
        .paired(best, lia)
        .units(names)
        .control("random_weights")
        .paired(random, lia)
        .units(names);
}

/// What more context does. N, checkpoint and lengths are chosen on the even half, for each seed.
struct Context {
    static Units turns(const std::vector<TrainedRun>& runs, std::size_t set, double sign) {
        struct Choice {
            const TrainedRun* run;
            std::size_t checkpoint;
            Turn turn;
        };
        std::map<std::string, Choice> chosen;
        for (const TrainedRun& run : runs)
            for (std::size_t c = 0; c < run.checkpoints(); ++c)
                if (const auto turn = largestTurn(run.risk(c, set, kEven), sign)) {
                    const auto known = chosen.find(run.unit());
                    if (known == chosen.end() || turn->size > known->second.turn.size)
                        chosen.insert_or_assign(run.unit(), Choice{&run, c, *turn});
                }
        Units units;
        for (const auto& [unit, choice] : chosen)
            units.add(unit, sizeOf(choice.turn, choice.run->risk(choice.checkpoint, set, kOdd), sign));
        return units;
    }

    static std::vector<std::array<double, 3>> kinds(const TrainedRun& run, std::size_t checkpoint,
                                                    std::size_t half) {
        std::vector<std::array<double, 3>> all;
        for (std::size_t m = 0; m < run.lengths; ++m) all.push_back(run.kinds(checkpoint, half, m));
        return all;
    }

    /// Over the first `checkpoints` of each run; all of them where it is 0.
    static Units changes(const std::vector<TrainedRun>& runs, std::size_t checkpoints) {
        struct Choice {
            const TrainedRun* run;
            std::size_t checkpoint;
            Change change;
        };
        std::map<std::string, Choice> chosen;
        for (const TrainedRun& run : runs)
            for (std::size_t c = 0; c < (checkpoints > 0 ? checkpoints : run.checkpoints()); ++c)
                if (const auto change = largestChange(kinds(run, c, kEven))) {
                    const auto known = chosen.find(run.unit());
                    if (known == chosen.end() || change->size > known->second.change.size)
                        chosen.insert_or_assign(run.unit(), Choice{&run, c, *change});
                }
        Units units;
        for (const auto& [unit, choice] : chosen)
            units.add(unit, sizeOf(choice.change, kinds(*choice.run, choice.checkpoint, kOdd)));
        return units;
    }
};

void measureContext(const Sweep& sweep, latent::Evidence& out) {
    say(out, "context_driven_transition", Context::changes(sweep.runs, 0), sweep.chosenOn(),
        "first_checkpoint", Context::changes(sweep.runs, 1),
        "No run has two context lengths and new chains in both halves of its evaluation; raise 'context' or "
        "'replicates'.");
    const char* why =
        "The runs have fewer than three context lengths, chains in one half of their evaluation only, or no "
        "'kl_position_half'; raise 'context' or 'replicates', or run again.";
    say(out, "early_ascent_of_models", Context::turns(sweep.runs, kOod, 1), sweep.chosenOn(), "known_chains",
        Context::turns(sweep.runs, kId, 1), why);
    say(out, "bounded_efficacy_of_models", Context::turns(sweep.runs, kBiased, -1), sweep.chosenOn(),
        "unbiased", Context::turns(sweep.runs, kId, -1), why);
}

/// When Bi-Ret explains the widest model, against the narrowest of the same chains; and how much of that is
/// that the wide one learns everything sooner.
void measureWidth(const std::vector<TrainedRun>& runs, latent::Evidence& out) {
    constexpr const char* kClaim = "wider_retrieves_earlier";
    std::set<std::int64_t> widths;
    for (const TrainedRun& run : runs) widths.insert(run.width);
    if (widths.size() < 2) return out.notMeasured(kClaim, "The runs have a single width; sweep 'width'.");
    struct Onset {
        double retrieval, bigrams;  // log10 of steps
    };
    std::map<std::pair<std::string, std::int64_t>, std::map<std::int64_t, Onset>>
        cells;  // by unit and N: by width
    for (const TrainedRun& run : runs) {
        const auto retrieval = crossing(run.step, run.bigramRetrieval(), .5),
                   bigrams = halfRise(run.step, run.utilisation());
        if (retrieval && bigrams) cells[{run.unit(), run.chains}][run.width] = {*retrieval, *bigrams};
    }
    std::map<std::string, std::vector<std::pair<Onset, Onset>>> byUnit;  // narrow, wide; one for each N
    for (const auto& [cell, onsets] : cells)
        if (onsets.contains(*widths.begin()) && onsets.contains(*widths.rbegin()))
            byUnit[cell.first].emplace_back(onsets.at(*widths.begin()), onsets.at(*widths.rbegin()));
    if (byUnit.empty())
        return out.notMeasured(kClaim,
                               "At no number of chains does Bi-Ret come to explain both the narrowest and "
                               "the widest model; sweep smaller 'chains'.");
    std::vector<double> narrow, wide, narrowLag, wideLag;
    std::vector<std::string> names;
    for (const auto& [unit, pairs] : byUnit) {
        Onset a{0, 0}, b{0, 0};
        const auto n = static_cast<double>(pairs.size());
        for (const auto& [slim, broad] : pairs) {
            a.retrieval += slim.retrieval / n, a.bigrams += slim.bigrams / n;
            b.retrieval += broad.retrieval / n, b.bigrams += broad.bigrams / n;
        }
        names.push_back(unit);
        narrow.push_back(a.retrieval), wide.push_back(b.retrieval);
        narrowLag.push_back(a.retrieval - a.bigrams), wideLag.push_back(b.retrieval - b.bigrams);
    }
    out.claim(kClaim)
        .paired(narrow, wide)
        .units(names)
        .swept("width", {widths.begin(), widths.end()})
        .control("more_than_speed")
        .paired(narrowLag, wideLag)
        .units(names);
}

/// Free is what a claim sweeps or repeats over, and what no claim reads. A seed draws mixture, weights and batches.
Judged judgedTrainings() {
    return {.free = {"chains", "width", "seed", "training_seed", "weights", "attention_length",
                     "proximity_chains", "redraws"},
            .least = {{"steps", kLeastSteps},
                      {"checkpoints", kLeastCheckpoints},
                      {"replicates", kLeastReplicates}},
            .alike = "'chains', 'width' and the seeds",
            .drawn = {"chain_file", "transition", "initial_weights"}};
}

/// The width at which all but the claim about widths are judged.
std::int64_t judgedWidth(const std::vector<TrainedRun>& runs) {
    std::map<std::int64_t, std::set<std::int64_t>> chains;  // by width
    for (const TrainedRun& run : runs) chains[run.width].insert(run.chains);
    return std::max_element(chains.begin(), chains.end(),
                            [](const auto& a, const auto& b) { return a.second.size() < b.second.size(); })
        ->first;
}

}  // namespace

void Train::measure(const latent::RunSet& runs, latent::Evidence& out) {
    std::vector<const latent::Run*> finished;
    for (const latent::Run& run : runs)
        if (run.has("forecast_error") && run.has("induction_half")) finished.push_back(&run);
    const std::string why = finished.empty() ? "There is no finished run to measure."
                                             : whyNotJudged(finished, parameters(), judgedTrainings());
    if (!why.empty()) {
        for (const latent::Claim& claim : claims()) out.notMeasured(claim.id(), why);
        return;
    }
    Sweep sweep;
    for (const latent::Run* run : finished) sweep.runs.emplace_back(*run);
    measureWidth(sweep.runs, out);
    const std::int64_t width = judgedWidth(sweep.runs);
    std::erase_if(sweep.runs, [&](const TrainedRun& run) { return run.width != width; });
    for (const TrainedRun& run : sweep.runs) sweep.chains.insert(run.chains);
    measureTransition(sweep, out);
    measureDiversity(sweep, out);
    measureTransience(sweep, out);
    measureForecast(sweep, out);
    measureContext(sweep, out);
}

}  // namespace markov_mixtures
