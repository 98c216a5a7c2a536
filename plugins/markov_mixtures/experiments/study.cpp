// SPDX-License-Identifier: Apache-2.0
#include "experiments/study.hpp"

#include "experiments/published.hpp"
#include "model/algorithms/algorithm.hpp"

namespace markov_mixtures {
namespace {

using namespace latent;

/// A metric of the figures: its array, its axis, and the floor of unigram algorithms in the same metric.
struct Metric {
    std::string array, axis, floor, words;
};
const Metric kMatrix{"kl_matrix", kMatrixAxis, "unigram_floor_matrix", "matrices"};
const Metric kPosition{"kl_position", kPositionAxis, "unigram_floor_position", "next token"};

std::int64_t at(SetKind set) { return static_cast<std::int64_t>(set); }

/// Curves of some algorithms on one set; `set` is an index or the cursor.
view::Lines curves(const std::string& name, const Metric& metric, const view::Selector& set,
                   const std::vector<Algorithm>& algorithms) {
    view::Lines figure = view::lines(name);
    figure.x("context_length", {.title = "context length", .unit = "tokens", .scale = view::Log})
        .y({.title = metric.axis, .unit = "nats"});
    for (const Algorithm a : algorithms) {
        const view::Where where{{"set", set}, {"algorithm", static_cast<std::int64_t>(indexOf(a))}};
        figure.series(view::series(metric.array, where)
                          .band({metric.array + "_low", where}, {metric.array + "_high", where})
                          .label(labelOf(a))
                          .category(static_cast<int>(indexOf(a))));
    }
    figure.referenceY(view::Selection(metric.floor, {{"set", set}}), "true unigrams");
    return figure.gesture(
        view::pick("markov/predict").bind("x", "length").label("Predictions at this length"));
}

void addCurves(Outputs& o, const Metric& metric) {
    const std::vector<Algorithm> four(kFour.begin(), kFour.end());
    o.figure(
        curves(metric.array + "_id", metric, view::index(at(SetKind::Id)), four)
            .title("Known chains, " + metric.words)
            .caption(
                "Retrieval reaches the truth; inference is as good as its counts. Bands: 95 % over chains.")
            .group("Algorithms"));
    o.figure(
        curves(metric.array + "_ood", metric, view::index(at(SetKind::Ood)), four)
            .title("New chains, " + metric.words)
            .caption(
                "Retrieval meets a floor that no context lowers; inference goes on. Bands: 95 % over chains.")
            .group("Algorithms"));
    o.figure(curves(metric.array + "_sets", metric, view::cursor("set"), four)
                 .title("Any set, " + metric.words)
                 .group("Other sets")
                 .cursor("set", "set", true));
    o.figure(curves(metric.array + "_mixed", metric, view::cursor("set"),
                    {Algorithm::UniRet, Algorithm::BiRet, Algorithm::UniPostBiPred, Algorithm::BiPostUniPred,
                     Algorithm::UniMap, Algorithm::BiMap})
                 .title("Retrieval: mixed and likeliest, " + metric.words)
                 .caption("Uni → Bi: unigram posterior, bigram prediction. MAP: the likeliest chain alone.")
                 .group("Other algorithms")
                 .cursor("set", "set"));
    o.figure(curves(metric.array + "_other", metric, view::cursor("set"),
                    {Algorithm::BiInf, Algorithm::UniInfCount, Algorithm::Ngram, Algorithm::MeanStationary,
                     Algorithm::MeanMatrix, Algorithm::Hierarchical})
                 .title("Counts, context-free and by evidence, " + metric.words)
                 .caption("Mean π and mean T know the prior only. Bi-Ret or Bi-Inf: weighed by evidence.")
                 .group("Other algorithms")
                 .cursor("set", "set"));
}

}  // namespace

Schema studyParameters() {
    Schema schema;
    addChainParameters(schema);
    schema.group("Evaluation")
        .add(integer("replicates", 30)
                 .range(1, 10'000)
                 .unit("chains")
                 .help("Chains of each set; the error bars are over them."))
        .add(integer("context", 400)
                 .range(1, 8192)
                 .unit("tokens")
                 .help("Longest context; shorter ones are evaluated as well."))
        .add(choice("context_spacing", {{"log", "1, 2, 3, 4, 6, 8, 11, …"}, {"paper", "1, 10, 40, 70, …"}},
                    "log")
                 .help("The lengths up to the longest. Short contexts are where retrieval is decided."))
        .add(integer("sequence_length", 512)
                 .range(2, 65'536)
                 .unit("tokens")
                 .help("Tokens of the long sequence that contexts of known chains are cut from; of new "
                       "chains it is twice the context."))
        .add(integer("sequences", 8)
                 .range(1, 1000)
                 .unit("1")
                 .help("Sequences of each chain that kl_position is averaged over."))
        .add(choice("shuffle",
                    {{"context", "all but the last occurrences"},
                     {"all", "everything"},
                     {"last", "the last k tokens"}},
                    "context")
                 .help("What the set `shuffled` permutes inside each context of `ood`."))
        .add(number("bias", 0.3)
                 .range(0, 1)
                 .unit("1")
                 .help("Share of a new chain in the contexts of the set `biased`, which are judged against "
                       "the known chain."))
        .add(flag("permute", false)
                 .help("Known chains come with their states relabelled, as with training on online "
                       "permutations.")
                 .advanced())
        .add(integer("proximity_chains", 200)
                 .range(1, 10'000)
                 .unit("chains")
                 .help("New chains on which retrieval proximity is measured.")
                 .advanced())
        .add(integer("redraws", 21)
                 .range(1, 1001)
                 .unit("1")
                 .help("Control sets that proximity is measured against.")
                 .advanced());
    addAlgorithmParameters(schema);
    schema
        .preset("smoke", {{"states", 3},
                          {"chains", 8},
                          {"replicates", 6},
                          {"context", 40},
                          {"sequence_length", 64},
                          {"proximity_chains", 20},
                          {"redraws", 5}})
        .preset(
            "laptop",
            {{"states", 3}, {"chains", 16}, {"replicates", 40}, {"context", 100}, {"sequence_length", 128}})
        .preset("desk", {{"states", 10}, {"chains", 256}, {"replicates", 400}})
        .preset("paper",
                {{"states", 10},
                 {"chains", 2048},
                 {"replicates", 30},
                 {"context_spacing", "paper"},
                 {"first_token", "leak"}},
                "As the paper's code evaluates, with its one-token leak.");
    return schema;
}

Study Study::of(const Parameters& p) {
    Study study;
    study.evaluation.generator = mixtureSpecOf(p).generator;
    study.evaluation.sequenceLength = p.integer("sequence_length");
    study.evaluation.contextLength = contextLengths(
        static_cast<int>(p.integer("context")), p.integer("sequence_length"),
        static_cast<int>(p.integer("states")),
        p.choice("context_spacing") == "paper" ? LengthSpacing::Paper : LengthSpacing::Logarithmic);
    study.evaluation.sequences = static_cast<int>(p.integer("sequences"));
    const std::string shuffle = p.choice("shuffle");
    study.evaluation.shuffle = shuffle == "all"    ? Shuffle::All
                               : shuffle == "last" ? Shuffle::Last
                                                   : Shuffle::Context;
    study.evaluation.bias = p.number("bias");
    study.evaluation.permuteOnline = p.flag("permute");
    study.evaluation.seed = p.seed();
    study.replicates = p.integer("replicates");
    study.proximityChains = p.integer("proximity_chains");
    study.redraws = static_cast<int>(p.integer("redraws"));
    return study;
}

Outputs studyOutputs(const Parameters& p) {
    requireChains(p);
    const Study study = Study::of(p);
    const Dimension set = fixed("set", kSets), algorithm = fixed("algorithm", kAlgorithms),
                    replicate = fixed("replicate", study.replicates),
                    length = fixed("context_length", study.evaluation.contextLength.size());
    Outputs o;
    o.array("set", I32, {set}).label("set").categories(setNames());
    o.array("algorithm", I32, {algorithm})
        .label("algorithm")
        .categories(algorithmLabels())
        .description(
            "Uni → Bi: unigram posterior, bigram prediction; MAP: the likeliest chain; mean π, mean T: "
            "averages over the prior; Bi-Ret or Bi-Inf: weighed by evidence.");
    o.array("context_length", I32, {length}).units("tokens").label("context length");
    o.array("replicate", I32, {replicate}).label("chain");
    for (const Metric& metric : {kMatrix, kPosition}) {
        const std::string words =
            metric.array == "kl_matrix"
                ? "Extracted k × k matrices, weights the stationary distribution of the truth (equation 1)."
                : "At the token after the context, mean over sequences of a chain.";
        o.array(metric.array, F64, {set, algorithm, length})
            .units("nats")
            .label(metric.axis)
            .description(words + " Mean over chains.");
        o.array(metric.array + "_sem", F64, {set, algorithm, length})
            .units("nats")
            .label("standard error over chains");
        o.array(metric.array + "_low", F64, {set, algorithm, length})
            .units("nats")
            .label("lower end of 95 %");
        o.array(metric.array + "_high", F64, {set, algorithm, length})
            .units("nats")
            .label("upper end of 95 %");
        o.array(metric.array + "_chain", F64, {set, algorithm, replicate, length})
            .units("nats")
            .label(metric.axis)
            .description(words);
        o.array(metric.floor, F64, {set})
            .units("nats")
            .label("true unigrams")
            .description(metric.array == "kl_matrix"
                             ? "The true stationary distribution as prediction, in the same metric."
                             : "The true stationary distribution as prediction, in the same metric: nothing "
                               "that ignores the order does better.");
    }
    o.array("chain_number", I32, {set, replicate})
        .label("chain of the mixture")
        .description("-1: a new chain.");
    o.array("entropy_rate", F64, {set, replicate}).units("nats").label("entropy rate of the truth");
    o.array("sequences_drawn", F64, {set})
        .units("1")
        .label("sequences drawn")
        .description("Long sequences drawn for one in which every state occurs late enough.");
    o.array("utilisation", F64, {algorithm, length})
        .units("1")
        .label("bigram utilisation")
        .description(
            "(KL shuffled − KL original) / (KL Uni-Inf − KL Bi-Inf), kl_matrix on new chains; not clipped.");
    o.array("utilisation_clipped", F64, {algorithm, length}).units("1").label("bigram utilisation, clipped");
    o.array("proximity", F64, {algorithm})
        .units("1")
        .label("retrieval proximity")
        .description(
            "Share of new chains whose inferred matrix is nearer to the mixture than to as many fresh "
            "chains.");
    o.array("proximity_low", F64, {algorithm}).units("1").label("lower end of the exact 95 %");
    o.array("proximity_high", F64, {algorithm}).units("1").label("upper end of the exact 95 %");

    addCurves(o, kMatrix);
    addCurves(o, kPosition);
    const auto risk = [&](const char* name, SetKind kind, const char* title, const char* caption) {
        o.figure(curves(name, kPosition, view::index(at(kind)),
                        {Algorithm::BiRet, Algorithm::BiInf, Algorithm::Hierarchical})
                     .title(title)
                     .caption(caption)
                     .group("Retrieval against inference"));
    };
    risk("early_ascent", SetKind::Ood, "New chains: does the risk rise first?",
         "Retrieval settles on a wrong chain before the evidence for a new one is in.");
    risk("bounded_efficacy", SetKind::Biased, "Biased contexts: does more context stop helping?",
         "The context names the known chain at first, then teaches its own bias.");
    o.figure(
        view::points("scores")
            .title("Where the pure algorithms lie")
            .caption("Utilisation at the longest context, not clipped, against proximity.")
            .group("Scores")
            .series(view::xy(view::Selection("utilisation", {{"context_length", view::last()}}), "proximity")
                        .textBy("algorithm"))
            .xAxis({.title = "bigram utilisation"})
            .yAxis({.title = "retrieval proximity"})
            .referenceY(0.5, "no retrieval"));
    for (const Metric& metric : {kMatrix, kPosition})
        o.figure(view::heatmap(metric.array + "_map")
                     .title("At the longest context, " + metric.words)
                     .z(metric.array, {{"context_length", view::last()}})
                     .across("set")
                     .down("algorithm")
                     .colours({.title = metric.axis})
                     .numbers()
                     .group("Scores"));
    return o;
}

}  // namespace markov_mixtures
