// SPDX-License-Identifier: Apache-2.0
// Arrays of markov/train; its figures: train_figures.cpp.
#include "experiments/published.hpp"
#include "experiments/train_plan.hpp"
#include "model/algorithms/algorithm.hpp"

namespace markov_mixtures {
namespace {

using namespace latent;

std::vector<std::string> modelSetNames() {
    std::vector<std::string> names;
    for (const SetKind kind : kModelSets) names.push_back(kSetNames[static_cast<std::size_t>(kind)]);
    return names;
}
std::vector<std::string> fourLabels() {
    std::vector<std::string> labels;
    for (const Algorithm a : kFour) labels.push_back(labelOf(a));
    return labels;
}

}  // namespace

std::vector<std::string> accountNames() {
    return {"LIA",          "nearest one",  "static weights",  "average matrix",
            "random, mean", "random, best", "LIA, all lengths"};
}

Outputs trainOutputs(const Parameters& p) {
    requireChains(p);
    requireMemory(p, {chainsOf(p)});
    TrainPlan plan = TrainPlan::of(p);
    loadInitialWeights(
        p, plan.training);  // so that weights of another architecture are refused before there is a run
    const auto& shape = plan.training.shape;
    const Dimension step = grows("step"), checkpoint = grows("checkpoint_step"),
                    set = fixed("set", kModelSets.size()), algorithm = fixed("algorithm", kFour.size()),
                    length = fixed("context_length", plan.evaluation.contextLength.size()),
                    half = fixed("half", 2), layer = fixed("layer", shape.layers),
                    head = fixed("head", shape.heads), query = fixed("query", plan.attentionLength),
                    key = fixed("key", plan.attentionLength),
                    account = fixed("account", accountNames().size()),
                    scoreLength =
                        fixed("score_length", proximityPlaces(plan.evaluation.contextLength).size());
    Outputs o;
    o.metric("train_loss").label("training loss").units("nats");
    o.metric("gradient_norm").label("gradient norm, before clipping").units("1");
    o.array("step", I64, {step})
        .units("1")
        .label("training steps")
        .description("The update that a loss belongs to, from 1 on.");
    o.array("train_loss", F32, {step})
        .units("nats")
        .label("training loss")
        .description("Mean cross-entropy over positions 2 … length, before the update.");
    o.array("checkpoint_step", I64, {checkpoint})
        .units("1")
        .label("training steps")
        .description("Updates done.");
    o.array("set", I32, {set}).label("set").categories(modelSetNames());
    o.array("algorithm", I32, {algorithm}).label("algorithm").categories(fourLabels());
    o.array("context_length", I32, {length}).units("tokens").label("context length");
    o.array("score_length", I32, {scoreLength}).units("tokens").label("context length of proximity");
    o.array("half", I32, {half})
        .label("half of the chains")
        .categories({"even", "odd"})
        .description(
            "By the number of a known chain, or of the replicate: choices are made on one half and judged on "
            "the other.");
    o.array("layer", I32, {layer}).label("layer");
    o.array("head", I32, {head}).label("head");
    o.array("query", I32, {query}).units("tokens").label("position that attends");
    o.array("key", I32, {key}).units("tokens").label("position attended to");
    o.array("entropy_rate", F64, {})
        .units("nats")
        .label("entropy rate of the mixture")
        .description("Σ p_n h_n: what no model that knows the chain beats.");
    o.array("unigram_entropy", F64, {})
        .units("nats")
        .label("unigram entropy of the mixture")
        .description("Σ p_n H(π_n): for a model that knows the chain and ignores the order.");
    o.array("guess_entropy", F64, {}).units("nats").label("ln k");
    for (const auto& [metric, words] :
         {std::pair{
              "kl_matrix",
              "Extracted k × k matrices, weights the stationary distribution of the truth (equation 1)."},
          {"kl_position", "At the token after the context, mean over sequences of a chain."}}) {
        const std::string name = metric, axis = name == "kl_matrix" ? kMatrixAxis : kPositionAxis;
        o.array("algorithm_" + name, F64, {set, algorithm, length})
            .units("nats")
            .label(axis)
            .description(std::string("Of the algorithms. ") + words);
        o.array(name, F64, {checkpoint, set, length})
            .units("nats")
            .label(axis)
            .description(std::string("Of the model, mean over chains. ") + words);
        o.array(name + "_sem", F64, {checkpoint, set, length})
            .units("nats")
            .label("standard error over chains");
    }
    for (const auto& [name, axis] :
         {std::pair{"kl_matrix_half", kMatrixAxis}, {"kl_position_half", kPositionAxis}})
        o.array(name, F64, {checkpoint, half, set, length})
            .units("nats")
            .label(axis)
            .description("Of the model, mean over one half of the chains.");
    for (const char* name : {"unigram_floor_matrix", "unigram_floor_position"})
        o.array(name, F64, {set})
            .units("nats")
            .label("true unigrams")
            .description("The true stationary distribution as prediction, in the same metric.");
    o.array("kl_to_algorithm", F64, {checkpoint, set, algorithm, length})
        .units("nats")
        .label("KL(model‖algorithm)")
        .description("Extracted matrices, weights the stationary distribution of the algorithm's.");
    o.array("kl_to_algorithm_half", F64, {checkpoint, half, set, algorithm, length})
        .units("nats")
        .label("KL(model‖algorithm)")
        .description("Mean over one half of the chains.");
    o.array("lia_weights", F64, {checkpoint, length, algorithm})
        .units("1")
        .label("LIA weight")
        .description("Least squares on the simplex, on known chains, at one length.");
    o.array("lia_unigram", F64, {checkpoint, length})
        .units("1")
        .label("LIA weight of both unigram algorithms");
    o.array("lia_rmse", F64, {checkpoint, length}).units("1").label("rms residual, in probability");
    o.array("lia_condition", F64, {checkpoint, length})
        .units("1")
        .label("condition number")
        .description("Above 30 the split between the weights means nothing.");
    o.array("kl_to_lia", F64, {checkpoint, length}).units("nats").label("KL(model‖LIA)");
    o.array("lia_forecast", F64, {checkpoint, length})
        .units("nats")
        .label("KL(LIA‖truth)")
        .description("On new chains, with the weights of known ones.");
    o.array("lia_joint", F64, {checkpoint, algorithm})
        .units("1")
        .label("LIA weight")
        .description("One fit over all lengths.");
    o.array("lia_joint_half", F64, {checkpoint, half, algorithm})
        .units("1")
        .label("LIA weight")
        .description("One fit over all lengths, on one half of the known chains.");
    o.array("lia_joint_unigram", F64, {checkpoint}).units("1").label("LIA weight of both unigram algorithms");
    o.array("lia_joint_rmse", F64, {checkpoint}).units("1").label("rms residual, in probability");
    o.array("lia_joint_condition", F64, {checkpoint}).units("1").label("condition number");
    o.array("kl_to_lia_joint", F64, {checkpoint}).units("nats").label("KL(model‖LIA)");
    o.array("account", I32, {account}).label("account").categories(accountNames());
    o.array("forecast_error", F64, {account})
        .units("nats")
        .label("mean absolute error")
        .description(
            "Of the forecast for new chains at the longest context, over checkpoints. Nearest one: the "
            "single algorithm that is nearest to the model on known chains. LIA is fitted at the longest "
            "context; with all lengths in one fit, where its weights are better known, it stands last.");
    o.array("forecast_rank", F64, {account})
        .units("1")
        .label("rank correlation")
        .description("Spearman's, of forecast and measurement over checkpoints; not for random weights.");
    o.array("utilisation", F64, {checkpoint, length})
        .units("1")
        .label("bigram utilisation")
        .description(
            "(KL shuffled − KL original) / (KL Uni-Inf − KL Bi-Inf), kl_matrix on new chains; not clipped.");
    o.array("utilisation_clipped", F64, {checkpoint, length}).units("1").label("bigram utilisation, clipped");
    o.array("proximity", F64, {checkpoint, scoreLength})
        .units("1")
        .label("retrieval proximity")
        .description(
            "Share of new chains whose inferred matrix is nearer to the mixture than to as many fresh "
            "chains.");
    o.array("proximity_low", F64, {checkpoint, scoreLength}).units("1").label("lower end of the exact 95 %");
    o.array("proximity_high", F64, {checkpoint, scoreLength}).units("1").label("upper end of the exact 95 %");
    o.array("example", I32, {query})
        .label("state")
        .categories(stateNames(p.integer("states")))
        .description("The sequence of a new chain whose attention is shown.");
    o.array("attention", F32, {checkpoint, layer, head, query, key})
        .units("1")
        .label("attention")
        .description("On the example.");
    o.array("previous_token_score", F64, {checkpoint, layer, head})
        .units("1")
        .label("previous-token score")
        .description("Attention to the token before, mean over positions of new chains.");
    o.array("induction_score", F64, {checkpoint, layer, head})
        .units("1")
        .label("induction score")
        .description(
            "Attention to what followed the current state before, mean over positions of new chains.");
    o.array("previous_token_half", F64, {checkpoint, half, layer, head})
        .units("1")
        .label("previous-token score")
        .description("On one half of the chains.");
    o.array("induction_half", F64, {checkpoint, half, layer, head})
        .units("1")
        .label("induction score")
        .description("On one half of the chains.");
    o.array("previous_token_chance", F64, {}).units("1").label("previous-token score of even attention");
    o.array("induction_chance", F64, {}).units("1").label("induction score of even attention");
    const std::vector<latent::learn::transformer::Tensor> tensors = tensorsOf(shape);
    std::vector<std::string> names;
    for (const auto& tensor : tensors) names.push_back(tensor.name);
    const Dimension kept = grows("weights_step"), tensor = fixed("tensor", tensors.size());
    o.array("weights_step", I64, {kept}).units("1").label("training steps");
    o.array("weights", F32, {kept, fixed("parameter", shape.parameterCount())})
        .units("1")
        .label("weights")
        .description(
            "All tensors one after the other, as `tensor_offset` says; the names are those of nanoGPT's "
            "state_dict.");
    o.array("tensor", I32, {tensor}).label("tensor").categories(names);
    o.array("tensor_offset", I64, {tensor}).units("1").label("first parameter of the tensor");
    o.array("tensor_rows", I64, {tensor}).units("1").label("rows").description("0: a vector.");
    o.array("tensor_columns", I64, {tensor}).units("1").label("columns");
    if (plan.keepsChains) {
        const Dimension chain = fixed("chain", chainsOf(p)), from = fixed("from", p.integer("states")),
                        to = fixed("to", p.integer("states"));
        o.array("transition", F64, {chain, from, to})
            .units("1")
            .label("transition probability")
            .description("Of the known chains, as 'chain_file' gave them.");
        o.array("prior", F64, {chain}).units("1").label("prior of the chain");
    }
    addTrainFigures(o, shape);
    return o;
}

}  // namespace markov_mixtures
