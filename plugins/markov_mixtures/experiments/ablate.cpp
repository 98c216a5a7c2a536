// SPDX-License-Identifier: Apache-2.0
#include "experiments/ablate.hpp"

#include <algorithm>
#include <numeric>

#include "experiments/judged.hpp"
#include "experiments/train_plan.hpp"
#include "model/algorithms/divergence.hpp"

namespace markov_mixtures {

namespace tf = latent::learn::transformer;

/// Sequences of one set, all as long as the longest context, and what the four algorithms are off by.
struct Ablate::Contexts {
    int batch = 0;
    std::size_t length = 0;
    std::vector<Token> tokens;       // [batch, length]
    std::vector<Chain> truth;        // [batch]
    std::vector<double> algorithms;  // [4, length], nats

    /// Mean over sequences of KL(truth‖row) by position; rows [batch, length, k].
    std::vector<double> divergence(std::span<const double> rows) const {
        const std::size_t k = rows.size() / tokens.size();
        std::vector<double> curve(length, 0.0);
        for (std::size_t i = 0; i < tokens.size(); ++i)
            curve[i % length] += klPosition(truth[i / length].row(tokens[i]), rows.subspan(i * k, k)) / batch;
        return curve;
    }
};

latent::Schema Ablate::parameters() {
    using namespace latent;
    return Schema{}
        .group("Head")
        .add(integer("layer", 0).range(0, 63).unit("1").help("Layer of the head, counted from 0."))
        .add(integer("head", 0).range(0, 63).unit("1").help("Its number in the layer, from 0."))
        .add(choice("by", {{"zero", "nothing"}, {"mean", "its mean"}}, "zero")
                 .help("What stands in its place."))
        .add(integer("kept", 0)
                 .range(0, 100'000)
                 .unit("1")
                 .help("Which of the kept weights, counted from the end: 0 is the last. Runs keep more than "
                       "one with weights=checkpoints."))
        .group("Contexts")
        .add(choice("from_set", {{"id", "known chains"}, {"ood", "new chains"}}, "ood")
                 .help("What the model continues."))
        .add(integer("sequences", 16).range(1, 256).unit("chains").help("Chains, one sequence of each."))
        .preset("smoke", {{"sequences", 2}})
        .preset("laptop", {{"sequences", 16}});
}

/// What the model was trained on: from the run where a file gave it, for nobody knows what is in that file now.
Mixture Ablate::knownChains(const latent::Run& run) const {
    if (!m_run.has("chain_file") || !run.has("transition")) return mixtureOf(m_run);
    const std::vector<double> matrices = run.read("transition").toDoubles(),
                              prior = run.read("prior").toDoubles();
    const auto k = static_cast<int>(m_run.integer("states"));
    const std::size_t each = static_cast<std::size_t>(k) * static_cast<std::size_t>(k);
    if (prior.empty() || matrices.size() != prior.size() * each)
        throw latent::RunError("The chains of this run are not as many as its prior says.");
    std::vector<Chain> chains;
    for (std::size_t n = 0; n < prior.size(); ++n) {
        const auto at = matrices.begin() + static_cast<std::ptrdiff_t>(n * each);
        chains.push_back(makeChain(k, {at, at + static_cast<std::ptrdiff_t>(each)}));
    }
    return markov_mixtures::mixtureOf(chains, prior);
}

void Ablate::open(const latent::Run* run) {
    if (!run->has("weights") || !run->has("weights_step"))
        throw latent::RunError(
            "This run has kept no weights yet: markov/train keeps them when it has finished.");
    m_run = parametersOf(*run, trainParameters());
    const TrainPlan plan = TrainPlan::of(m_run);
    m_steps = run->read("weights_step").toDoubles();
    const latent::Array weights = run->read("weights");
    const std::span<const float> all = weights.as<float>();
    m_weights.assign(all.begin(), all.end());
    m_parameters = plan.training.shape.parameterCount();
    if (m_steps.empty() || m_weights.size() != m_steps.size() * static_cast<std::size_t>(m_parameters))
        throw latent::RunError(
            "The weights of this run are of another architecture than its parameters say.");
    m_layers = plan.training.shape.layers;
    m_heads = plan.training.shape.heads;
    m_positions = plan.evaluation.contextLength.back();
    m_bank = std::make_unique<AlgorithmBank>(std::make_shared<const Mixture>(knownChains(*run)),
                                             bankOptionsOf(m_run));
    m_contexts.clear();
}

void Ablate::checkHead(const latent::Parameters& p) const {
    if (p.integer("layer") >= m_layers || p.integer("head") >= m_heads)
        throw latent::RunError("There is no head " + std::to_string(p.integer("head")) + " in layer " +
                               std::to_string(p.integer("layer")) + "; the model has " +
                               std::to_string(m_layers) + " layers of " + std::to_string(m_heads) +
                               " heads, counted from 0.");
    if (p.integer("kept") >= static_cast<std::int64_t>(m_steps.size()))
        throw latent::RunError("The run has kept weights of " + std::to_string(m_steps.size()) +
                               " checkpoints; 'kept' counts them from the end, from 0.");
}

latent::Outputs Ablate::outputs(const latent::Parameters& p) {
    using namespace latent;
    if (m_bank) checkHead(p);
    const Dimension position = fixed("position", m_positions), algorithm = fixed("algorithm", kFour.size()),
                    layer = fixed("layer", m_layers), head = fixed("head", m_heads);
    std::vector<std::string> labels;
    for (const Algorithm a : kFour) labels.push_back(labelOf(a));
    Outputs o;
    o.array("position", I32, {position}).units("tokens").label("context length");
    o.array("algorithm", I32, {algorithm}).label("algorithm").categories(labels);
    o.array("layer", I32, {layer}).label("layer");
    o.array("head", I32, {head}).label("head");
    o.array("kl_position", F64, {position})
        .units("nats")
        .label("KL(truth‖prediction)")
        .description("Of the whole model, mean over chains.");
    o.array("kl_position_ablated", F64, {position})
        .units("nats")
        .label("KL(truth‖prediction)")
        .description("Without the head.");
    o.array("kl_position_algorithm", F64, {algorithm, position})
        .units("nats")
        .label("KL(truth‖prediction)")
        .description("Of the algorithms, on the same contexts.");
    o.array("cost", F64, {layer, head})
        .units("nats")
        .label("cost of the head's absence")
        .description(
            "KL(truth‖prediction) without it minus with it, mean over the later half of the positions.");
    o.array("weights_step", F64, {}).units("1").label("training steps of the weights");
    view::Lines curves = view::lines("ablation");
    curves.x("position", {.title = "context length", .unit = "tokens", .scale = view::Log})
        .y({.title = "KL(truth‖prediction)", .unit = "nats"});
    curves.series(view::series("kl_position").label("whole model").role(view::Role::Primary))
        .series(view::series("kl_position_ablated").label("without the head").role(view::Role::Accent));
    for (std::size_t a = 0; a < kFour.size(); ++a)
        curves.series(view::series("kl_position_algorithm", {{"algorithm", a}})
                          .label(labelOf(kFour[a]))
                          .category(static_cast<int>(a))
                          .style(view::Style::Dashed));
    o.figure(curves.title("Without one head")
                 .caption("A model that loses its lookup falls back towards a unigram algorithm."));
    o.figure(view::heatmap("costs")
                 .title("What each head's absence costs")
                 .z("cost")
                 .across("head")
                 .down("layer")
                 .colours({.title = "nats"})
                 .numbers());
    return o;
}

const Ablate::Contexts& Ablate::contextsOf(const latent::Parameters& p) {
    auto& kept = m_contexts[p.choice("from_set") + std::to_string(p.integer("sequences"))];
    if (kept) return *kept;
    EvaluationSpec spec = TrainPlan::of(m_run).evaluation;
    spec.contextLength = {spec.contextLength.back()};
    spec.sequences = 1;
    auto made = std::make_shared<Contexts>();
    made->batch = static_cast<int>(p.integer("sequences"));
    made->length = static_cast<std::size_t>(m_positions);
    for (int r = 0; r < made->batch; ++r) {
        const Replicate replicate = makeReplicate(
            m_bank->mixture(), spec, p.choice("from_set") == "id" ? SetKind::Id : SetKind::Ood, r);
        made->tokens.insert(made->tokens.end(), replicate.sequence(0).begin(), replicate.sequence(0).end());
        made->truth.push_back(replicate.truth);
    }
    const auto k = static_cast<std::size_t>(m_bank->states());
    std::vector<double> rows(made->length * kAlgorithms * k);
    made->algorithms.assign(kFour.size() * made->length, 0.0);
    for (std::size_t r = 0; r < made->truth.size(); ++r) {
        const std::span<const Token> sequence =
            std::span(made->tokens).subspan(r * made->length, made->length);
        std::vector<Context> prefixes;
        for (std::size_t n = 1; n <= made->length; ++n) prefixes.push_back({sequence.first(n)});
        m_bank->predict(prefixes, rows);
        for (std::size_t a = 0; a < kFour.size(); ++a)
            for (std::size_t t = 0; t < made->length; ++t)
                made->algorithms[a * made->length + t] +=
                    klPosition(made->truth[r].row(sequence[t]),
                               std::span(rows).subspan((t * kAlgorithms + indexOf(kFour[a])) * k, k)) /
                    made->batch;
    }
    kept = made;
    return *kept;
}

TransformerPredictor Ablate::modelOf(std::int64_t fromTheEnd) const {
    const TrainPlan plan = TrainPlan::of(m_run);
    tf::Weights weights(plan.training.shape);
    const std::size_t row = m_steps.size() - 1 - static_cast<std::size_t>(fromTheEnd);
    std::copy_n(m_weights.begin() + static_cast<std::ptrdiff_t>(row * static_cast<std::size_t>(m_parameters)),
                m_parameters, weights.flat().begin());
    return {weights, m_bank->states(), plan.training.twoTokenInput};
}

void Ablate::answer(const latent::Parameters& p, latent::Reply& reply) {
    checkHead(p);
    const Contexts& contexts = contextsOf(p);
    TransformerPredictor model = modelOf(p.integer("kept"));
    std::vector<double> rows(contexts.tokens.size() * static_cast<std::size_t>(m_bank->states()));
    const auto without = [&](std::vector<tf::Ablation> heads) {
        model.ablate(std::move(heads));
        model.predict(contexts.tokens, contexts.batch, Positions::Every, rows);
        return contexts.divergence(rows);
    };
    const auto by = p.choice("by") == "mean" ? tf::Ablation::By::Mean : tf::Ablation::By::Zero;
    const std::vector<double> whole = without({}),
                              ablated = without({{.layer = static_cast<int>(p.integer("layer")),
                                                  .head = static_cast<int>(p.integer("head")),
                                                  .by = by}});
    const double step = m_steps[m_steps.size() - 1 - static_cast<std::size_t>(p.integer("kept"))];
    std::vector<std::int32_t> position(contexts.length);
    std::iota(position.begin(), position.end(), 1);
    reply.array("position", position);
    reply.array("algorithm", counted(kFour.size()));
    reply.array("layer", counted(static_cast<std::size_t>(m_layers)));
    reply.array("head", counted(static_cast<std::size_t>(m_heads)));
    reply.array("kl_position", whole);
    reply.array("kl_position_ablated", ablated);
    reply.array("kl_position_algorithm",
                {contexts.algorithms, {static_cast<std::int64_t>(kFour.size()), m_positions}});
    reply.array("weights_step", latent::ArrayView(&step, {}));
    reply.flush();
    std::vector<double> cost;
    for (int layer = 0; layer < m_layers; ++layer)
        for (int head = 0; head < m_heads; ++head) {
            if (reply.cancelled()) return;
            const std::vector<double> curve = without({{.layer = layer, .head = head, .by = by}});
            double sum = 0;
            for (std::size_t t = contexts.length / 2; t < contexts.length; ++t)
                sum += (curve[t] - whole[t]) / static_cast<double>(contexts.length - contexts.length / 2);
            cost.push_back(sum);
        }
    reply.array("cost", {cost, {m_layers, m_heads}});
}

}  // namespace markov_mixtures
