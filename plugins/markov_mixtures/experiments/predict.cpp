// SPDX-License-Identifier: Apache-2.0
#include "experiments/predict.hpp"

#include <algorithm>
#include <charconv>

#include "experiments/chain_parameters.hpp"
#include "model/algorithms/divergence.hpp"

namespace markov_mixtures {
namespace {

constexpr std::size_t kShownTokens = 64;  ///< the end of the context that is drawn
constexpr std::size_t kShownChains = 64;  ///< the likeliest ones

/// "0,2,1" or "0 2 1": a context that was typed.
std::vector<Token> typedContext(const std::string& text, int states) {
    std::vector<Token> tokens;
    for (std::size_t at = 0; at < text.size();) {
        if (text[at] == ' ' || text[at] == ',') {
            ++at;
            continue;
        }
        int value = -1;
        const auto [end, error] = std::from_chars(text.data() + at, text.data() + text.size(), value);
        if (error != std::errc() || value < 0 || value >= states)
            throw latent::RunError("The parameter 'tokens' must hold states from 0 to " +
                                   std::to_string(states - 1) + ", as 0,2,1.");
        tokens.push_back(static_cast<Token>(value));
        at = static_cast<std::size_t>(end - text.data());
    }
    return tokens;
}

/// The chain that is asked about: one of the mixture, or a new one.
Chain chainOf(const latent::Parameters& p, const Mixture& mixture) {
    const std::string set = p.choice("from_set");
    const std::int64_t number = p.integer("chain");
    if (set == "id") return mixture.chain(static_cast<std::size_t>(number) % mixture.chains());
    GeneratorSpec generator = mixtureSpecOf(p).generator;
    if (set == "structured") generator.kind = Generator::BlockDirichlet;
    return drawChain(generator, p.seed(), set == "ood" ? "ood" : "structured",
                     static_cast<std::uint64_t>(number));
}

}  // namespace

latent::Schema Predict::parameters() {
    using namespace latent;
    Schema schema;
    schema.group("Context")
        .add(choice("from_set",
                    {{"id", "known: of the mixture"},
                     {"ood", "new: drawn the same way"},
                     {"structured", "new: block Dirichlet"}},
                    "ood")
                 .help("Where the chain comes from."))
        .add(integer("chain", 0)
                 .range(0, 999'999)
                 .unit("1")
                 .help("Its number; numbers of known chains start again after N."))
        .add(integer("length", 40).range(1, 8192).unit("tokens").logarithmic().help("Tokens of the context."))
        .add(integer("draw", 0)
                 .range(0, 1'000'000)
                 .unit("1")
                 .help("Which sequence of the chain; a longer context continues a shorter one."))
        .add(text("tokens").length(1, 20'000).optional().help(
            "A context of your own in place of a drawn one, as 0,2,1,1."));
    addChainParameters(schema);
    addAlgorithmParameters(schema);
    schema.preset("smoke", {{"states", 3}, {"chains", 8}})
        .preset("laptop", {{"states", 3}, {"chains", 16}})
        .preset("paper", {{"states", 10}, {"chains", 2048}});
    return schema;
}

latent::Outputs Predict::outputs(const latent::Parameters& p) {
    using namespace latent;
    requireChains(p);
    const std::int64_t k = p.integer("states");
    if (p.has("tokens")) typedContext(p.text("tokens"), static_cast<int>(k));
    const Dimension algorithm = fixed("algorithm", kAlgorithms), state = fixed("state", k),
                    rank = grows("rank"), position = grows("position"), one = fixed("line", 1);
    Outputs o;
    o.array("algorithm", I32, {algorithm}).label("algorithm").categories(algorithmLabels());
    o.array("state", I32, {state}).label("next state").categories(stateNames(k));
    o.array("prediction", F64, {algorithm, state}).units("1").label("probability of the next state");
    o.array("truth", F64, {state})
        .units("1")
        .label("truth")
        .description("The row of the chain that the last token selects.");
    o.array("kl_position", F64, {algorithm}).units("nats").label("KL(truth‖prediction) at the next token");
    o.array("position", I32, {position}).units("tokens").label("position");
    o.array("context", I32, {position, one}).label("state").description("The end of the context.");
    o.array("rank", I32, {rank}).label("rank");
    o.array("posterior_chain", I32, {rank}).label("chain").description("Likeliest first, from bigrams.");
    o.array("posterior_bigram", F64, {rank}).units("1").label("posterior from bigrams");
    o.array("posterior_unigram", F64, {rank}).units("1").label("posterior from unigrams, of the same chains");
    o.array("posterior_diversity", F64, {})
        .units("chains")
        .label("chains left")
        .description("exp of the entropy of the bigram posterior.");
    auto predictions = view::lines("predictions");
    predictions.title("What comes next?")
        .caption("Probabilities of the next state, after the last token of the context.")
        .x("state", {.title = "next state"})
        .y({.title = "probability", .limits = {0.0, std::nullopt}});
    for (const Algorithm a : kFour)
        predictions.series(view::series("prediction", {{"algorithm", static_cast<std::int64_t>(indexOf(a))}})
                               .label(labelOf(a))
                               .category(static_cast<int>(indexOf(a)))
                               .marker(view::Marker::Circle));
    predictions.series(view::series("truth")
                           .role(view::Role::Reference)
                           .style(view::Style::Dashed)
                           .marker(view::Marker::Star));
    o.figure(predictions);
    o.figure(view::heatmap("all_predictions")
                 .title("All algorithms")
                 .z("prediction")
                 .across("state")
                 .down("algorithm")
                 .colours({.limits = {0.0, std::nullopt}, .title = "probability"})
                 .numbers());
    o.figure(view::table("divergences")
                 .title("How far from the truth")
                 .column("kl_position", "KL(truth‖prediction), nats", view::Format::Fixed, 4));
    o.figure(view::lines("posterior")
                 .title("Which chain is it?")
                 .caption("The likeliest chains of the mixture, by bigrams.")
                 .x("rank", {.title = "rank by the bigram posterior"})
                 .y({.title = "posterior probability"})
                 .series(view::series("posterior_bigram").label("bigrams").marker(view::Marker::Circle))
                 .series(view::series("posterior_unigram").label("unigrams").marker(view::Marker::Circle)));
    o.figure(view::heatmap("context_end")
                 .title("End of the context")
                 .z("context")
                 .across("position")
                 .down("line")
                 .colours({.map = view::Map::Categorical, .title = "state"})
                 .numbers());
    o.figure(view::text("left")
                 .words("After this context as many as **{left}** chains are still likely.")
                 .value("left", "posterior_diversity"));
    return o;
}

const AlgorithmBank& Predict::bankOf(const latent::Parameters& p) {
    nlohmann::json key = p.json();
    for (const char* name : {"from_set", "chain", "length", "draw", "tokens"}) key.erase(name);
    if (std::string now = key.dump(); !m_bank || now != m_key) {
        m_bank.reset();
        m_bank =
            std::make_unique<AlgorithmBank>(std::make_shared<const Mixture>(mixtureOf(p)), bankOptionsOf(p));
        m_key = std::move(now);
    }
    return *m_bank;
}

void Predict::answer(const latent::Parameters& p, latent::Reply& reply) {
    const AlgorithmBank& bank = bankOf(p);
    if (reply.cancelled()) return;
    const int k = bank.states();
    const std::size_t states = static_cast<std::size_t>(k);
    const Chain chain = chainOf(p, bank.mixture());
    std::vector<Token> tokens;
    if (p.has("tokens")) {
        tokens = typedContext(p.text("tokens"), k);
        if (tokens.empty())
            throw latent::RunError(
                "The parameter 'tokens' holds no state; leave it out for a drawn context.");
    } else {
        latent::learn::RandomStream random(p.seed(), "markov/probe",
                                           static_cast<std::uint64_t>(p.integer("draw")));
        tokens = walkOf(chain, p.integer("length"), random);
    }
    const Context context{tokens};
    std::vector<double> prediction(kAlgorithms * states), divergence;
    bank.predict({&context, 1}, prediction);
    const Posterior posterior = bank.posterior(context);
    for (std::size_t a = 0; a < kAlgorithms; ++a)
        divergence.push_back(
            klPosition(chain.row(context.last()), std::span(prediction).subspan(a * states, states)));

    std::vector<std::int32_t> order = counted(posterior.bigram.size());
    const std::size_t shown = std::min(kShownChains, order.size());
    const auto likelier = [&](std::int32_t a, std::int32_t b) {
        const double pa = posterior.bigram[static_cast<std::size_t>(a)],
                     pb = posterior.bigram[static_cast<std::size_t>(b)];
        return pa != pb ? pa > pb : a < b;
    };
    std::partial_sort(order.begin(), order.begin() + static_cast<std::ptrdiff_t>(shown), order.end(),
                      likelier);
    order.resize(shown);
    std::vector<double> bigram, unigram;
    for (const std::int32_t n : order) {
        bigram.push_back(posterior.bigram[static_cast<std::size_t>(n)]);
        unigram.push_back(posterior.unigram[static_cast<std::size_t>(n)]);
    }
    const std::size_t end = std::min(kShownTokens, tokens.size());
    std::vector<std::int32_t> position, drawn;
    for (std::size_t t = tokens.size() - end; t < tokens.size(); ++t) {
        position.push_back(static_cast<std::int32_t>(t));
        drawn.push_back(tokens[t]);
    }
    const double left = effectiveDiversity(posterior.bigram);
    reply.array("algorithm", counted(kAlgorithms));
    reply.array("state", counted(states));
    reply.array("prediction", latent::ArrayView(prediction, {static_cast<std::int64_t>(kAlgorithms), k}));
    reply.array("truth", latent::ArrayView(chain.row(context.last()).data(), {k}));
    reply.array("kl_position", divergence);
    reply.array("position", position);
    reply.array("context", latent::ArrayView(drawn, {static_cast<std::int64_t>(drawn.size()), 1}));
    reply.array("rank", counted(shown));
    reply.array("posterior_chain", order);
    reply.array("posterior_bigram", bigram);
    reply.array("posterior_unigram", unigram);
    reply.array("posterior_diversity", latent::ArrayView(&left, {}));
}

}  // namespace markov_mixtures
