// SPDX-License-Identifier: Apache-2.0
// What the paper says of trained transformers, and what is measured for it. The unit is the seed, which draws
// mixture, weights and batches. Choices (of a checkpoint, of N, of a head) are made on the even half of the
// evaluation chains and judged on the odd half. Where widths are swept, all but the claim about widths are
// judged at the smallest one. All margins were written before any run was seen.

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "experiments/train.hpp"
#include "experiments/train_plan.hpp"
#include "experiments/trained_run.hpp"

namespace markov_mixtures {
namespace {

constexpr const char* kPaper = "arXiv:2412.01003";
constexpr double kTurn = .01;      // nats: rises that the eye would miss do not count
constexpr double kSharp = .5;      // decades
constexpr double kTogether = .25;  // decades: half of a factor of three, roughly

/// Values by seed and half, in the order of their names; several of one unit are averaged.
class Units {
  public:
    void add(const TrainedRun& run, double value) {
        if (std::isfinite(value)) m_values[run.unit()].push_back(value);
    }
    bool empty() const { return m_values.empty(); }
    std::vector<std::string> names() const {
        std::vector<std::string> all;
        for (const auto& [name, values] : m_values) all.push_back(name);
        return all;
    }
    std::vector<double> means() const {
        std::vector<double> all;
        for (const auto& [name, values] : m_values) {
            double sum = 0;
            for (const double v : values) sum += v;
            all.push_back(sum / static_cast<double>(values.size()));
        }
        return all;
    }

  private:
    std::map<std::string, std::vector<double>> m_values;
};

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
            stage.add(*run,
                      run->unigramWeight(*place, kOdd) - run->unigramWeight(run->checkpoints() - 1, kOdd));
            stageControl.add(*run, run->nearestUnigram(*place, kOdd) - run->nearestBigram(*place, kOdd));
        }
        const std::vector<double> bigrams = run->utilisation();
        if (const auto w = riseWidth(run->step, bigrams)) width.add(*run, *w);
        if (const auto w = riseWidth(run->step, run->knowledge())) widthControl.add(*run, *w);
        const auto onset = halfRise(run->step, bigrams);
        const auto heads = [&](const std::vector<double>& scores, std::size_t firstLayer,
                               std::size_t endLayer, Units& when, Units& howMuch) {
            const auto head = run->strongestHead(scores, kEven, firstLayer, endLayer);
            if (!head || !onset) return;
            const std::vector<double> curve = run->headCurve(scores, kOdd, *head);
            howMuch.add(*run, curve.back() - curve.front());
            if (const auto rise = halfRise(run->step, curve)) when.add(*run, *rise - *onset);
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
        large.add(*run, run->towardsInference(run->checkpoints() - 1));
        largeKnown.add(*run, run->towardsInference(0));
        ends[run->unit()].second = {run->klAtEnd(kOod), run->klAtEnd(kId)};
    }
    for (const TrainedRun* run : sweep.at(*sweep.chains.begin())) {
        small.add(*run, -run->towardsInference(run->checkpoints() - 1));
        smallKnown.add(*run, -run->towardsInference(0));
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
        rise.add(run,
                 run.klHalf(kOod, kOdd).back() - run.klHalf(kOod, kOdd)[*lowest(run.klHalf(kOod, kEven))]);
        if (const auto low = lowest(run.klHalf(kId, kEven)))
            known.add(run, run.klHalf(kId, kOdd).back() - run.klHalf(kId, kOdd)[*low]);
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

}  // namespace

std::vector<latent::Claim> Train::claims() {
    using namespace latent;
    const auto claim = [](const char* id, const char* statement, const char* where, const char* unit,
                          const char* estimand) {
        return Claim(id, statement)
            .source(kPaper, where)
            .unit(unit)
            .each(Replication::Seed)
            .estimand(estimand)
            .atLeast(5);
    };
    const char* onEven = "by the even half of the evaluation chains";
    return {
        claim("unigram_stage",
              "Early in training a model of a diverse mixture predicts from unigrams, later it does not.",
              "figures 3(b) and 6", "1",
              "merged unigram weight of LIA at the checkpoint nearest to a unigram algorithm, minus at the "
              "end; largest N")
            .by(Interval::Mean)
            .greaterThan(0, .3)
            .chosenBy(std::string("checkpoint nearest to a unigram algorithm, ") + onEven, Guard::HeldOut)
            .control(Control("nearest_is_unigram",
                             "There a unigram algorithm is nearer to the model than a bigram one "
                             "(KL(model‖algorithm), difference).")
                         .by(Interval::Mean)
                         .lessThan(0)),
        claim("bigram_transition_is_sharp", "The turn from unigrams to bigrams is sudden.", "figure 3(b)",
              "decades",
              "decades of steps in which bigram utilisation rises from 20 % to 80 % of its way; largest N")
            .by(Interval::Mean)
            .lessThan(kSharp)
            .control(Control("loss_is_gradual",
                             "The distance from known chains falls over more than a tenth of a decade: the "
                             "checkpoints resolve a change.")
                         .by(Interval::Mean)
                         .greaterThan(.1)),
        claim("inference_at_large_diversity", "With many chains a trained model infers.", "figures 5 and 6",
              "nats",
              "KL(model‖Bi-Ret) − KL(model‖Bi-Inf) on new chains, second half of the contexts, at the end; "
              "largest N")
            .by(Interval::Mean)
            .greaterThan(0)
            .sweeps("chains", 2)
            .control(Control("untrained",
                             "At the first checkpoint the model is near to neither: the difference is small.")
                         .by(Interval::Mean)
                         .lessThan(.5)),
        claim("retrieval_at_small_diversity", "With few chains a trained model retrieves.", "figures 5 and 6",
              "nats",
              "KL(model‖Bi-Inf) − KL(model‖Bi-Ret) on new chains, second half of the contexts, at the end; "
              "smallest N")
            .by(Interval::Mean)
            .greaterThan(0)
            .sweeps("chains", 2)
            .control(Control("untrained", "At the first checkpoint the model does not retrieve.")
                         .by(Interval::Mean)
                         .lessThan(0)),
        claim("diversity_threshold", "With enough chains a trained model generalises to new ones.",
              "figure 3(a)", "nats",
              "kl_matrix on new chains at the longest context at the end, smallest N minus largest N")
            .by(Interval::PairedMean)
            .greaterThan(0, .05)
            .sweeps("chains", 4)
            .control(Control("known_chains", "On known chains fewer chains are no harder.")
                         .by(Interval::PairedMean)
                         .lessThan(.05)),
        claim("transience",
              "At some diversity the model first generalises to new chains and later does so worse.",
              "figures 3 and 7", "nats",
              "kl_matrix on new chains at the longest context: at the end minus at its minimum")
            .by(Interval::Mean)
            .greaterThan(0, kTurn)
            .sweeps("chains", 3)
            .chosenBy(std::string("N of the largest rise and checkpoint of the minimum, ") + onEven,
                      Guard::HeldOut)
            .control(Control("known_chains", "The same measurement finds no rise on known chains.")
                         .by(Interval::Mean)
                         .lessThan(kTurn)),
        claim("previous_token_head_at_onset", "A previous-token head comes when the model turns to bigrams.",
              "appendix E", "decades",
              "log10 of the steps at which the score of the head has made half of its way, minus the same of "
              "bigram utilisation; largest N")
            .by(Interval::Mean)
            .equals(0, kTogether)
            .chosenBy(std::string("head of an earlier layer with the largest score at the end, ") + onEven,
                      Guard::HeldOut)
            .control(Control("head_grows", "The score of that head grows by more than .1.")
                         .by(Interval::Mean)
                         .greaterThan(.1)),
        claim("induction_head_at_onset", "An induction head comes when the model turns to bigrams.",
              "appendix E", "decades",
              "log10 of the steps at which the score of the head has made half of its way, minus the same of "
              "bigram utilisation; largest N")
            .by(Interval::Mean)
            .equals(0, kTogether)
            .chosenBy(std::string("head of a later layer with the largest score at the end, ") + onEven,
                      Guard::HeldOut)
            .control(Control("head_grows", "The score of that head grows by more than .1.")
                         .by(Interval::Mean)
                         .greaterThan(.1)),
        claim("lia_forecasts_new_chains",
              "The algorithms that explain known chains forecast the model on new ones better than simpler "
              "accounts.",
              "figure 7", "nats",
              "mean error over checkpoints of the best of three controls (nearest single algorithm, static "
              "weights, average matrix) minus that of LIA; mean over N")
            .by(Interval::PairedMean)
            .greaterThan(0)
            .control(Control("random_weights", "Random weights forecast worse than LIA.")
                         .by(Interval::PairedMean)
                         .greaterThan(0)),
        claim("wider_retrieves_earlier", "A wider model comes to retrieve earlier.", "figure 8", "decades",
              "log10 of the steps at which the LIA weight of Bi-Ret passes .5, narrowest minus widest model "
              "of the same chains; mean over N where both do")
            .by(Interval::PairedMean)
            .greaterThan(0)
            .sweeps("width", 2)
            .control(
                Control("more_than_speed",
                        "It is not only faster: counted from its turn to bigrams, it is earlier as well.")
                    .by(Interval::PairedMean)
                    .greaterThan(0))};
}

void Train::measure(const latent::RunSet& runs, latent::Evidence& out) {
    Sweep sweep;
    for (const latent::Run& run : runs) {
        if (!run.has("forecast_error") || !run.has("induction_half")) continue;  // not finished
        sweep.runs.emplace_back(run);
        sweep.chains.insert(sweep.runs.back().chains);
    }
    if (sweep.runs.empty()) {
        for (const latent::Claim& claim : claims())
            out.notMeasured(claim.id(), "There is no finished run to measure.");
        return;
    }
    measureWidth(sweep.runs, out);
    const std::int64_t narrowest =
        std::min_element(sweep.runs.begin(), sweep.runs.end(), [](const auto& a, const auto& b) {
            return a.width < b.width;
        })->width;
    std::erase_if(sweep.runs, [&](const TrainedRun& run) { return run.width != narrowest; });
    sweep.chains.clear();
    for (const TrainedRun& run : sweep.runs) sweep.chains.insert(run.chains);
    measureTransition(sweep, out);
    measureDiversity(sweep, out);
    measureTransience(sweep, out);
    measureForecast(sweep, out);
}

}  // namespace markov_mixtures
