// SPDX-License-Identifier: Apache-2.0
#include "experiments/chains_source.hpp"

#include <algorithm>

#include "experiments/chain_parameters.hpp"
#include "latent/learn/arrays/numpy_writer.hpp"
#include "model/chains/sampler.hpp"

namespace markov_mixtures {
namespace {

// Enough to see what the chains are like, few enough to draw while a slider moves.
constexpr std::int64_t kPreviewChains = 64, kPreviewSequences = 32, kPreviewLength = 128;
constexpr std::int64_t kCategoricalStates = 7;  ///< colours that differ; beyond, a scale tells states better
constexpr std::int64_t kPublishedSequences = 4096;  ///< sequences between two publications of a run

SequenceSampler samplerOf(const latent::Parameters& p, const Mixture& mixture) {
    return SequenceSampler(mixture, {.curriculum = {}, .permuteOnline = p.flag("permute")});
}

/// Gives what is known of the first `shown` chains to `send(name, view)`.
template <class Send>
void describe(const Mixture& mixture, std::int64_t shown, const std::vector<double>& prior,
              const Send& send) {
    const auto n = static_cast<std::size_t>(shown), k = static_cast<std::size_t>(mixture.states);
    const std::int64_t states = mixture.states;
    std::vector<double> likely(mixture.transition.begin(),
                               mixture.transition.begin() + static_cast<std::ptrdiff_t>(n * k * k)),
        rate, unigram;
    for (double& t : likely) t = t > 1.0 / static_cast<double>(states) ? t : 0.0;
    for (std::size_t i = 0; i < n; ++i) {
        const Chain chain = mixture.chain(i);
        rate.push_back(entropyRate(chain));
        unigram.push_back(stationaryEntropy(chain));
    }
    const double diversity = effectiveDiversity(prior);
    send("chain", latent::ArrayView(counted(n)));
    send("from", latent::ArrayView(counted(k)));
    send("to", latent::ArrayView(counted(k)));
    send("transition", latent::ArrayView(mixture.transition.data(), {shown, states, states}));
    send("likely_transition", latent::ArrayView(likely.data(), {shown, states, states}));
    send("stationary", latent::ArrayView(mixture.stationary.data(), {shown, states}));
    send("prior", latent::ArrayView(prior.data(), {shown}));
    send("entropy_rate", latent::ArrayView(rate));
    send("stationary_entropy", latent::ArrayView(unigram));
    send("effective_diversity", latent::ArrayView(&diversity, {}));
}

/// Sequences first … first + count - 1 to `send`.
template <class Send>
void sequences(const SequenceSampler& sampler, std::uint64_t seed, std::int64_t first, std::int64_t count,
               std::int64_t length, const Send& send) {
    std::vector<Token> tokens(static_cast<std::size_t>(count * length));
    std::vector<std::int32_t> chain(static_cast<std::size_t>(count));
    sampler.fill({.seed = seed, .step = 0, .first = first, .count = count, .length = length}, tokens, chain);
    send("tokens", latent::ArrayView(tokens, {count, length}));
    send("sequence_chain", latent::ArrayView(chain));
}

}  // namespace

latent::Schema ChainsSource::parameters() {
    using namespace latent;
    Schema schema;
    addChainParameters(schema);
    schema.group("Sequences")
        .add(integer("sequences", 256)
                 .range(1, 10'000'000)
                 .unit("1")
                 .help("Sequences that a run publishes, numbers 0, 1, … of step 0."))
        .add(integer("length", 512).range(2, 65'536).unit("tokens").help("Tokens of a sequence l."))
        .add(flag("permute", false).help("A fresh relabelling of the states for every sequence."))
        .preset("smoke", {{"states", 3}, {"chains", 4}, {"sequences", 8}, {"length", 32}})
        .preset("laptop", {{"states", 3}, {"chains", 16}, {"length", 48}})
        .preset("desk", {{"states", 10}, {"chains", 256}})
        .preset("paper", {{"states", 10}, {"chains", 2048}, {"sequences", 1280}, {"length", 512}});
    return schema;
}

latent::Outputs ChainsSource::outputs(const latent::Parameters& p) {
    using namespace latent;
    requireChains(p);
    const std::int64_t k = p.integer("states");
    // A preview holds fewer chains and sequences than a run, so both dimensions are declared as ones that grow.
    const Dimension chain = grows("chain"), from = fixed("from", k), to = fixed("to", k),
                    sequence = grows("sequence");
    Outputs o;
    o.array("chain", I32, {chain}).label("chain");
    o.array("from", I32, {from}).label("from state").categories(stateNames(k));
    o.array("to", I32, {to}).label("to state").categories(stateNames(k));
    o.array("transition", F64, {chain, from, to})
        .units("1")
        .label("transition probability")
        .description("T[i, j] = P(next = j | now = i).");
    o.array("likely_transition", F64, {chain, from, to})
        .units("1")
        .label("transition probability")
        .description("Entries above 1/k, the others 0.");
    o.array("stationary", F64, {chain, from}).units("1").label("stationary probability");
    o.array("prior", F64, {chain}).units("1").label("prior of the chain");
    o.array("entropy_rate", F64, {chain})
        .units("nats")
        .label("entropy rate")
        .description("Σ π_i H(T_i): the loss that nothing beats.");
    o.array("stationary_entropy", F64, {chain})
        .units("nats")
        .label("unigram entropy")
        .description("H(π): the best loss without the last state.");
    o.array("effective_diversity", F64, {})
        .units("chains")
        .label("effective diversity")
        .description("exp of the entropy of the prior of all chains.");
    o.array("tokens", U8, {sequence, fixed("position", p.integer("length"))})
        .label("state")
        .categories(stateNames(k))
        .description("A preview holds a few sequences.");
    o.array("sequence_chain", I32, {sequence}).label("chain");
    double harmonic = 0;
    for (std::int64_t i = 1; i <= k; ++i) harmonic += 1.0 / static_cast<double>(i);

    o.figure(view::heatmap("matrix")
                 .title("Transition matrix")
                 .z("transition", {{"chain", view::cursor("chain")}})
                 .across("to")
                 .down("from")
                 .colours({.limits = {0.0, std::nullopt}, .title = "P(to | from)"})
                 .numbers()
                 .cursor("chain", "chain", true));
    o.figure(view::graph("graph")
                 .title("Likely transitions")
                 .caption("Transitions above 1/k; size: stationary probability.")
                 .nodes("from")
                 .layout("circle")
                 .matrix({"likely_transition", {{"chain", view::cursor("chain")}}})
                 .directed()
                 .sizeBy({"stationary", {{"chain", view::cursor("chain")}}})
                 .textBy("from")
                 .cursor("chain", "chain"));
    o.figure(view::heatmap("samples")
                 .title("Sequences")
                 .caption("One line a sequence.")
                 .z("tokens", {{"sequence", view::slice(0, 32)},
                               {"position", view::slice(0, std::min(p.integer("length"), kPreviewLength))}})
                 .across("position")
                 .down("sequence")
                 .colours({.map = k <= kCategoricalStates ? view::Map::Categorical : view::Map::Sequential,
                           .title = "state"}));
    auto entropies = view::histogram("entropies");
    entropies.title("Entropies of the chains")
        .caption("What lies between the two is what bigrams are worth.")
        .xAxis({.title = "entropy", .unit = "nats"})
        .bins(24)
        .series(view::Series().values("entropy_rate").label("entropy rate"))
        .series(
            view::Series().values("stationary_entropy").label("unigram entropy").role(view::Role::Secondary));
    if (p.choice("generator") == "dirichlet" && p.number("concentration") == 1 && !isGiven(p))
        entropies.referenceX(harmonic - 1, "mean of a Dirichlet(1) row");
    o.figure(entropies);
    o.figure(view::lines("priors")
                 .title("Prior")
                 .x("chain", {.title = "chain"})
                 .y({.title = "prior probability"})
                 .series(view::series("prior").style(view::Style::None).marker(view::Marker::Circle))
                 .cursor("chain", "chain"));
    o.figure(view::text("diversity")
                 .words("The prior is as diverse as **{diversity}** equally likely chains.")
                 .value("diversity", "effective_diversity"));
    return o;
}

void ChainsSource::preview(const latent::Parameters& p, latent::Reply& reply) {
    const auto send = [&](const char* name, const latent::ArrayView& view) { reply.array(name, view); };
    const std::int64_t all = chainsOf(p), shown = std::min(all, kPreviewChains);
    const Mixture mixture =
        mixtureOf(p, shown);  // mixtures are nested: these are the first chains of the whole one
    const std::vector<double> prior = priorOf(p, all);
    describe(mixture, shown, prior, send);
    if (reply.cancelled()) return;
    const std::int64_t count = std::min(p.integer("sequences"), kPreviewSequences);
    sequences(samplerOf(p, mixture), p.seed(), 0, count, p.integer("length"), send);
}

void ChainsSource::run(const latent::Parameters& p, latent::Job& job) {
    const auto send = [&](const char* name, const latent::ArrayView& view) { job.publish(name, view); };
    const Mixture mixture = mixtureOf(p);
    describe(mixture, static_cast<std::int64_t>(mixture.chains()), mixture.prior, send);
    // For NumPy, and to be read again as 'chain_file'.
    const auto n = static_cast<std::int64_t>(mixture.chains()), k = std::int64_t{mixture.states};
    const std::vector<std::pair<std::string, latent::ArrayView>> arrays{
        {"transition", {mixture.transition, {n, k, k}}},
        {"stationary", {mixture.stationary, {n, k}}},
        {"prior", mixture.prior}};
    if (latent::learn::npzBytes(arrays) <= latent::learn::kMostNpzBytes)
        latent::learn::writeNpz(job.file("chains.npz"), arrays);
    else
        job.log(
            "There is no chains.npz: the chains are more than the 4 GiB that it can hold. The array "
            "'transition' has them.",
            latent::Level::Warning);
    const SequenceSampler sampler = samplerOf(p, mixture);
    const std::int64_t total = p.integer("sequences");
    for (std::int64_t first = 0; first < total; first += kPublishedSequences) {
        sequences(sampler, p.seed(), first, std::min(kPublishedSequences, total - first), p.integer("length"),
                  send);
        job.progress(std::min(first + kPublishedSequences, total), total, "sequences");
        if (job.stopRequested()) return;
    }
}

}  // namespace markov_mixtures
