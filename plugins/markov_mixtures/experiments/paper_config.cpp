// SPDX-License-Identifier: Apache-2.0
#include "experiments/paper_config.hpp"

#include <cmath>
#include <latent/learn/whole_file.hpp>

namespace markov_mixtures {
namespace {

/// As short as it can be and still be the same number: 0.0006, not 0.00059999999999999995.
std::string number(double value) { return nlohmann::json(value).dump(); }
std::string flag(bool value) { return value ? "true" : "false"; }

template <class Values, class Word>
std::string list(const Values& values, Word word) {
    std::string all = "[";
    for (const auto& value : values) all += (all.size() > 1 ? ", " : "") + word(value);
    return all + "]";
}

}  // namespace

std::string paperConfig(const TrainPlan& plan, const Mixture& mixture) {
    const TrainingSpec& t = plan.training;
    const auto& shape = t.shape;
    const bool rotary = shape.positions == latent::learn::transformer::Positions::Rotary;
    const std::vector<int> states(mixture.chains(), mixture.states);
    std::vector<std::int64_t> saved;  // the code counts updates from 0 and saves after them
    for (const std::int64_t done : plan.checkpoints) saved.push_back(done - 1);
    std::string all =
        "# The fields of cfpark00/markov-mixtures. Its transition_paramss name chains by seeds of another "
        "generator; these chains\n"
        "# are those of markov/chains with the same parameters.\n";
    const auto line = [&](int depth, const std::string& name, const std::string& value = {}) {
        all += std::string(static_cast<std::size_t>(2 * depth), ' ') + name + ":" +
               (value.empty() ? "" : " " + value) + "\n";
    };
    line(0, "data_params");
    line(1, "batch_size", std::to_string(t.batch));
    line(1, "ks", list(states, [](int k) { return std::to_string(k); }));
    line(1, "l", std::to_string(t.length));
    line(1, "ps", list(mixture.prior, number));
    line(1, "two_token_input", flag(t.twoTokenInput));
    if (t.sampler.permuteOnline) line(1, "online_permute", "true");
    if (t.sampler.curriculum.groups > 1) {
        line(1, "curriculum");
        line(2, "type", "div");
        line(2, "n_div", std::to_string(t.sampler.curriculum.groups));
    }
    line(0, "mask_loss", "false");
    line(0, "memo");
    line(1, "flops_per_step", std::to_string(std::llround(shape.flopsPerStep(t.batch, t.length))));
    line(1, "max_norm", number(t.optimiser.clip));
    line(0, "model_params");
    line(1, "gpt_config");
    line(2, "in_size", std::to_string(shape.inputs()));
    line(2, "mlp", flag(shape.mlpRatio > 0));
    line(2, "n_embd", std::to_string(shape.width));
    line(2, "n_head", std::to_string(shape.heads));
    line(2, "n_layer", std::to_string(shape.layers));
    if (shape.mlpRatio > 0) line(2, "rmlp", number(shape.mlpRatio));
    line(2, "pos_embed", flag(!rotary));
    line(2, "rope", flag(rotary));
    line(2, "block_size", std::to_string(shape.context));
    line(2, "tokenized", "true");
    line(1, "model_type", "transformer");
    line(1, "optimizer_params");
    line(2, "betas", list(std::array{t.optimiser.beta1, t.optimiser.beta2}, number));
    line(2, "lr", number(t.optimiser.learningRate));
    line(2, "weight_decay", number(t.optimiser.weightDecay));
    line(1, "optimizer_type", "AdamW");
    line(0, "seed", std::to_string(t.seed));
    line(0, "task", "markov_mixture");
    line(0, "training_params");
    line(1, "n_steps", std::to_string(t.steps));
    line(1, "save_steps", list(saved, [](std::int64_t step) { return std::to_string(step); }));
    line(0, "wandb", "null");
    return all;
}

void writePaperConfig(const std::filesystem::path& path, const TrainPlan& plan, const Mixture& mixture) {
    latent::learn::writeWhole(path, [&](std::ostream& out) { out << paperConfig(plan, mixture); });
}

}  // namespace markov_mixtures
