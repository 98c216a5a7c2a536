// SPDX-License-Identifier: Apache-2.0
// Parameters of markov/train. Defaults are the laptop's, so that nobody starts a run of days unasked; the preset `paper` has those of
// the paper's code, and where it has another name for a field, the help gives it.
#include "experiments/train_plan.hpp"

#include <algorithm>

#include "latent/learn/transformer/weights_file.hpp"
#include "model/training/course.hpp"

namespace markov_mixtures {

latent::Schema trainParameters() {
    using namespace latent;
    Schema schema;
    addChainParameters(schema, 3, 256);
    schema.group("Model")
        .add(choice("positions", {{"rotary", "rotary, no learned ones"}, {"learned", "learned embeddings"}},
                    "rotary")
                 .help("default_long_rope_only and default_long in the paper's code."))
        .add(integer("layers", 2)
                 .range(1, 64)
                 .unit("1")
                 .help("n_layer. One layer cannot look up what followed a state."))
        .add(integer("width", 32)
                 .range(2, 4096)
                 .unit("1")
                 .help("n_embd: of the residual stream; the heads must divide it."))
        .add(integer("heads", 1).range(1, 64).unit("1").help("n_head."))
        .add(number("mlp_ratio", 4)
                 .range(0, 64)
                 .unit("1")
                 .help("Hidden width of the MLP over the width; 0: no MLP."))
        .add(flag("two_token", false)
                 .help("Reads the current and the previous state as one token: bigrams without a "
                       "previous-token head."))
        .add(integer("vocabulary", 0)
                 .range(0, 65'536)
                 .unit("1")
                 .help("Tokens that the model could predict; 0: the states. The paper's code has 676.")
                 .advanced())
        .group("Training")
        .add(integer("steps", 6000).range(1, 100'000'000).unit("1").help("n_steps: updates."))
        .add(integer("batch", 64).range(1, 65'536).unit("1").help("Sequences of a step, always new ones."))
        .add(integer("length", 48)
                 .range(3, 65'536)
                 .unit("tokens")
                 .help("l: tokens of a sequence. The first is only read, the last only predicted."))
        .add(number("learning_rate", 4e-3)
                 .above(0)
                 .atMost(10)
                 .unit("1")
                 .logarithmic()
                 .help("lr: of AdamW, constant."))
        .add(number("weight_decay", 0.1).range(0, 100).unit("1").help("Of AdamW, on every parameter."))
        .add(number("beta1", 0.9).atLeast(0).below(1).unit("1").help("Of AdamW.").advanced())
        .add(number("beta2", 0.95).atLeast(0).below(1).unit("1").help("Of AdamW.").advanced())
        .add(number("clip", 1.0)
                 .range(0, 1e6)
                 .unit("1")
                 .help("max_norm: largest global norm of a gradient; 0: none. The paper's code clips at .01, "
                       "by a default argument."))
        .add(integer("curriculum", 1)
                 .range(1, 1'000'000)
                 .unit("1")
                 .help("n_div: groups of chains that are shown one after the other.")
                 .advanced())
        .add(flag("permute", false)
                 .help("online_permute: fresh names for the states in every sequence. Known chains are then "
                       "evaluated relabelled.")
                 .advanced())
        .add(integer("training_seed")
                 .range(0, 9'007'199'254'740'992)
                 .optional()
                 .help("Draws initial weights and batches. Left out, it is the seed of the chains: each seed "
                       "of a sweep is then another mixture and another training. Give it to train "
                       "again on the same chains."))
        .add(path("initial_weights")
                 .endings({".safetensors"})
                 .optional()
                 .advanced()
                 .help("Weights to begin with in place of drawn ones: a nanoGPT state_dict of the same "
                       "architecture, as a finished run leaves it in weights.safetensors. Moments of the "
                       "optimiser begin at 0."))
        .group("Evaluation")
        .add(integer("checkpoints", 40)
                 .range(1, 1000)
                 .unit("1")
                 .help("States of the model that are explained, spaced by equal factors of steps."))
        .add(integer("first_checkpoint", 20)
                 .range(1, 100'000'000)
                 .unit("1")
                 .help("Steps before the first of them."))
        .add(integer("replicates", 40).range(1, 10'000).unit("chains").help("Chains of each set."))
        .add(integer("context", 40)
                 .range(1, 8192)
                 .unit("tokens")
                 .help("Longest context; shorter ones are evaluated as well."))
        .add(choice("context_spacing", {{"log", "1, 2, 3, 4, 6, 8, 11, …"}, {"paper", "1, 10, 40, 70, …"}},
                    "log")
                 .help("The lengths up to the longest."))
        .add(integer("sequence_length", 128)
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
        .add(integer("proximity_chains", 200)
                 .range(0, 10'000)
                 .unit("chains")
                 .help("New chains on which retrieval proximity is measured; 0: it is not.")
                 .advanced())
        .add(integer("redraws", 21)
                 .range(1, 1001)
                 .unit("1")
                 .help("Control sets that proximity is measured against.")
                 .advanced())
        .add(integer("attention_length", 64)
                 .range(2, 1024)
                 .unit("tokens")
                 .help("Tokens of the example whose attention is shown, at most the longest context.")
                 .advanced())
        .add(choice("weights", {{"final", "of the trained model"}, {"checkpoints", "of every checkpoint"}},
                    "final")
                 .help("Which weights the run keeps."));
    addAlgorithmParameters(schema);
    schema
        .preset("smoke",
                {{"chains", 8},
                 {"width", 16},
                 {"steps", 60},
                 {"batch", 8},
                 {"length", 24},
                 {"checkpoints", 4},
                 {"first_checkpoint", 5},
                 {"replicates", 6},
                 {"context", 20},
                 {"sequence_length", 64},
                 {"sequences", 2},
                 {"proximity_chains", 20},
                 {"redraws", 5}},
                "Seconds; shows nothing but that it runs.")
        .preset("laptop", {},
                "About a minute for one number of chains on two threads. What comes out is not promised.")
        .preset("desk", {{"steps", 10'000}, {"checkpoints", 50}, {"replicates", 100}},
                "The smallest that may judge the claims: sweep chains = 4, 16, 64, 256 with 5 seeds.")
        .preset("paper",
                {{"states", 10},
                 {"chains", 128},
                 {"vocabulary", 676},
                 {"width", 64},
                 {"heads", 4},
                 {"steps", 107'979},
                 {"batch", 128},
                 {"length", 512},
                 {"learning_rate", 6e-4},
                 {"clip", 0.01},
                 {"checkpoints", 50},
                 {"first_checkpoint", 30},
                 {"replicates", 30},
                 {"context", 400},
                 {"sequence_length", 512},
                 {"context_spacing", "paper"},
                 {"first_token", "leak"}},
                "As the paper's code trains and evaluates. For days on two cores.");
    return schema;
}

TrainPlan TrainPlan::of(const latent::Parameters& p) {
    using latent::UsageError;
    namespace tf = latent::learn::transformer;
    TrainPlan plan;
    const int states = static_cast<int>(p.integer("states"));
    TrainingSpec& t = plan.training;
    t.steps = p.integer("steps");
    t.batch = static_cast<int>(p.integer("batch"));
    t.length = static_cast<int>(p.integer("length"));
    t.twoTokenInput = p.flag("two_token");
    t.seed = p.has("training_seed") ? static_cast<std::uint64_t>(p.integer("training_seed")) : p.seed();
    t.sampler.permuteOnline = p.flag("permute");
    t.sampler.curriculum = {static_cast<int>(p.integer("curriculum")), t.steps};
    t.optimiser = {.learningRate = p.number("learning_rate"),
                   .beta1 = p.number("beta1"),
                   .beta2 = p.number("beta2"),
                   .weightDecay = p.number("weight_decay"),
                   .clip = p.number("clip")};
    t.shape.vocabulary = p.integer("vocabulary") > 0 ? static_cast<int>(p.integer("vocabulary")) : states;
    if (t.twoTokenInput) t.shape.inputVocabulary = std::max(t.shape.vocabulary, states * (states + 1));
    t.shape.context = t.length;
    t.shape.width = static_cast<int>(p.integer("width"));
    t.shape.heads = static_cast<int>(p.integer("heads"));
    t.shape.layers = static_cast<int>(p.integer("layers"));
    t.shape.mlpRatio = p.number("mlp_ratio");
    t.shape.positions = p.choice("positions") == "learned" ? tf::Positions::Learned : tf::Positions::Rotary;
    requireValid(t, states);
    if (t.sampler.curriculum.groups > chainsOf(p))
        throw UsageError("A curriculum of " + std::to_string(t.sampler.curriculum.groups) +
                         " groups needs as many chains; there are " + std::to_string(chainsOf(p)) + ".");

    const std::int64_t context = p.integer("context"), first = p.integer("first_checkpoint");
    if (context > t.length - 1)
        throw UsageError("A context of " + std::to_string(context) +
                         " tokens is longer than the sequence: the model is trained to read " +
                         std::to_string(t.length - 1) +
                         " tokens ('length' less the last one, which is only predicted). Lower 'context' or "
                         "raise 'length'.");
    if (first > t.steps)
        throw UsageError("The first checkpoint, after " + std::to_string(first) +
                         " steps, comes after the end of the training at " + std::to_string(t.steps) +
                         ". Lower 'first_checkpoint' or raise 'steps'.");
    EvaluationSpec& e = plan.evaluation;
    e.generator = mixtureSpecOf(p).generator;
    e.sequenceLength = p.integer("sequence_length");
    e.contextLength = contextLengths(
        static_cast<int>(context), e.sequenceLength, states,
        p.choice("context_spacing") == "paper" ? LengthSpacing::Paper : LengthSpacing::Logarithmic);
    e.sequences = static_cast<int>(p.integer("sequences"));
    const std::string shuffle = p.choice("shuffle");
    e.shuffle = shuffle == "all" ? Shuffle::All : shuffle == "last" ? Shuffle::Last : Shuffle::Context;
    e.bias = p.number("bias");
    e.permuteOnline = t.sampler.permuteOnline;
    e.seed = p.seed();
    plan.reference = {p.integer("replicates"), p.integer("proximity_chains"),
                      static_cast<int>(p.integer("redraws"))};
    plan.checkpoints = checkpointSteps(first, t.steps, p.integer("checkpoints"));
    plan.attentionLength = static_cast<int>(std::min({p.integer("attention_length"), context}));
    plan.keepsAllWeights = p.choice("weights") == "checkpoints";
    plan.keepsChains = p.has("chain_file");
    return plan;
}

void loadInitialWeights(const latent::Parameters& p, TrainingSpec& spec) {
    if (!p.has("initial_weights")) return;
    try {
        spec.initial = latent::learn::transformer::readWeights(p.path("initial_weights"), spec.shape);
    } catch (const latent::RunError& e) {
        throw latent::RunError("The parameter 'initial_weights' cannot be used. " + std::string(e.what()));
    }
}

void keepChains(const latent::Parameters& p, const Mixture& mixture, latent::State& state) {
    if (p.has("chain_file")) state.values["chains"] = fingerprintOf(mixture);
}

void requireSameChains(const latent::Parameters& p, const Mixture& mixture, const latent::Resumed& resumed) {
    const nlohmann::json kept = resumed.values().value("chains", nlohmann::json());
    if (p.has("chain_file") && !kept.is_null() && kept != fingerprintOf(mixture))
        throw latent::RunError("The chains in '" + p.path("chain_file") +
                               "' are others than those that this run began with: put the file back as it "
                               "was, or start the run anew.");
}

void requireMemory(const latent::Parameters& p, const std::vector<std::int64_t>& chains) {
    const int states = static_cast<int>(p.integer("states"));
    const ProximityOptions options{.redraws = static_cast<int>(p.integer("redraws"))};
    std::uint64_t bytes = 0;
    for (const std::int64_t n : chains) {
        bytes += mixtureBytes(n, states);
        if (p.integer("proximity_chains") > 0)
            bytes += proximityBytes(static_cast<std::size_t>(n), states, options);
    }
    if (bytes > memoryForMixtures())
        throw latent::UsageError("The chains with what proximity compares them with need " +
                                 gigabytes(bytes) + " of memory, more than the " +
                                 gigabytes(memoryForMixtures()) +
                                 " allowed here: lower 'states' or the number of chains, or set "
                                 "'proximity_chains' to 0.");
}

}  // namespace markov_mixtures
