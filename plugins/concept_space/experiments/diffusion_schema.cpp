// SPDX-License-Identifier: Apache-2.0
// Parameters of concept/diffusion. Defaults are those of the paper's code (papers' appendix B); where it has another name, the help gives it.
#include "experiments/diffusion_plan.hpp"

namespace concept_space {

using namespace latent;

void addImageParameters(Schema& schema, bool withVectors) {
    const auto when = [](std::vector<nlohmann::json> data, Parameter parameter) {
        return parameter.visibleWhen("data", std::move(data));
    };
    const std::vector<nlohmann::json> images{"images"}, own{"own"}, pixels{"images", "own"},
        separated = withVectors ? std::vector<nlohmann::json>{"images", "vector"} : images;
    std::vector<Choice> kinds{{"images", "a drawn figure"}, {"own", "your own images"}};
    if (withVectors) kinds.push_back({"vector", "Gaussians in 2-D"});
    schema.group("Data")
        .add(choice("data", kinds, "images")
                 .help(std::string("What there is to learn: one figure in two colours and two sizes, or your "
                                   "own images with two attributes. ") +
                       (withVectors ? "Vectors train in seconds: their two coordinates are the concepts, and "
                                      "the network is a residual MLP. "
                                    : "") +
                       "A folder or file that is given makes 'images' your own."))
        .add(when(pixels, integer("side", 32)
                              .range(4, 256)
                              .unit("px")
                              .help("Pixels of a side of the image; of your own at most 64.")))
        .add(when(
            separated,
            number("sep_colour", .4)
                .range(.01, .8)
                .step(.05)
                .unit("1")
                .help("sep_col: how far red and blue are apart, the strength of that concept's signal.")))
        .add(when(separated, number("sep_size", .4)
                                 .range(.01, .4)
                                 .step(.05)
                                 .unit("1")
                                 .help("How far the radii of big and small are apart, in half images.")))
        .add(when(
            images,
            number("sep_background", 0)
                .range(0, .8)
                .step(.05)
                .unit("1")
                .help("How far a light and a dark ground are apart; 0: the ground is no concept (2 × 2).")))
        .add(when(images, choice("shape", {{"disc", "disc"}, {"triangle", "triangle of equal area"}}, "disc")
                              .help("What is drawn.")))
        .add(integer("samples_per_class", 2048)
                 .range(8, 1'000'000)
                 .unit("1")
                 .help("Images of each trained class; 85 % train, 15 % validate."))
        .add(when(own, path("folder").folder().help("PNG or JPEG files with a table labels.csv of file "
                                                    "names and attributes, 0 or 1, or CelebA as it is.")))
        .add(when(
            own,
            path("images_file")
                .endings({".h5", ".hdf5"})
                .optional()
                .exclusiveWith("folder")
                .help(
                    "HDF5 in place of a folder: a dataset 'images' [image, row, column, channel] of bytes or "
                    "floats in 0 … 1, and a dataset of 0 and 1 for each attribute.")))
        .add(when(own, text("first_attribute", "")
                           .length(0, 200)
                           .help("Which attribute is the first concept. Empty: the first that is free.")))
        .add(when(own, text("second_attribute", "")
                           .length(0, 200)
                           .help("Which one is the second. Images with both are held out.")))
        .add(number("mask", 0).range(0, 1).step(.1).unit("1").help(
            "Underspecification: fraction of the images of red, small whose condition lacks the colour. "
            "Of your own: of those with the second attribute alone, whose condition lacks the first."))
        .add(when(images, number("noise", .001)
                              .range(0, 1)
                              .unit("1")
                              .help("Standard deviation of the noise of pixels.")
                              .advanced()));
}

Parameter samplerChoice(const char* value) {
    return choice("sampler", {{"ancestral", "ancestral"}, {"ddim", "DDIM"}, {"heun", "Heun"}}, value)
        .help("How samples are drawn.");
}

Schema diffusionParameters() {
    Schema schema;
    addImageParameters(schema, true);
    schema.group("Network")
        .add(integers("widths", {64, 128, 256})
                 .range(16, 2048)
                 .length(1, 6)
                 .unit("1")
                 .help("chs: channels of each level, multiples of 16 and of the groups."))
        .add(integer("blocks", 2).range(1, 8).unit("1").help("Residual blocks of a level, down and up."))
        .add(flag("attention", true)
                 .help("Self-attention between the two middle blocks.")
                 .visibleWhen("data", std::vector<nlohmann::json>{"images", "own"}))
        .add(choice("conditioning",
                    {{"sep_mlp", "an MLP in each block"}, {"common_linear", "one embedding for all blocks"}},
                    "sep_mlp")
                 .help("How conditions reach the blocks."))
        .add(number("init_scale", 1).range(0, 10).unit("1").help("Multiplies the initial weights."))
        .group("Training")
        .add(choice("objective", {{"diffusion", "noise prediction"}, {"regression", "image from condition"}},
                    "diffusion")
                 .help("Regression is the paper's deterministic control."))
        .add(
            choice("schedule",
                   {{"linear", "linear, fixed"}, {"learned_linear", "linear, learned"}, {"cosine", "cosine"}},
                   "linear")
                .help("γ(t), the log noise-to-signal ratio."))
        .add(number("gamma_min", -5).range(-30, 0).unit("nats").help("γ(0).").advanced())
        .add(number("gamma_max", 10).range(.1, 30).unit("nats").help("γ(1).").advanced())
        .add(integer("steps", 20'000).range(1, 10'000'000).unit("1").help("num_steps: updates."))
        .add(integer("batch", 64).range(1, 4096).unit("1").help("Images of a step."))
        .add(number("learning_rate", 1e-3)
                 .above(0)
                 .atMost(1)
                 .unit("1")
                 .logarithmic()
                 .help("Of AdamW, constant."))
        .add(number("weight_decay", .01).range(0, 10).unit("1").help("Of AdamW."))
        .add(number("clip", .01)
                 .range(0, 1e6)
                 .unit("1")
                 .help("Largest global norm of a gradient; 0: none. The paper's code clips at .01, by a "
                       "default argument."))
        .add(number("drop_condition", 0)
                 .range(0, 1)
                 .unit("1")
                 .help("p_cfg: chance that a condition is left out in training, for guidance."))
        .add(number("average", 0)
                 .atLeast(0)
                 .below(1)
                 .unit("1")
                 .help("Decay of a moving average (EMA) of the weights, such as .999; 0: none. The classes "
                       "are then drawn by the average too, which takes longer; all measures are of the "
                       "weights themselves.")
                 .advanced())
        .add(integer("seeds", 5)
                 .range(1, 64)
                 .unit("1")
                 .help("Independent trainings, each with weights, batches and noise of its own; the data are "
                       "the same."))
        .add(seed("seed", 0).help("Draws the data; the first training has this seed, the others follow."))
        .group("Assessment")
        .add(integer("checkpoints", 60)
                 .range(3, 1000)
                 .unit("1")
                 .help("States that are assessed after the untrained one."))
        .add(integer("first_checkpoint", 500)
                 .range(1, 10'000'000)
                 .unit("1")
                 .help("Steps before the first of them."))
        .add(choice("spacing", {{"sqrt", "equal in the root of steps"}, {"log", "equal factors"}}, "sqrt")
                 .help("Of the checkpoints."))
        .add(samplerChoice("ancestral"))
        .add(integer("sampler_steps", 50).range(1, 1000).unit("1").help("T: steps of the sampler."))
        .add(number("guidance", 0)
                 .range(0, 20)
                 .unit("1")
                 .help("w of classifier-free guidance; needs drop_condition in training."))
        .add(integer("samples", 128)
                 .range(2, 4096)
                 .unit("1")
                 .help("Of the held-out class at each checkpoint."))
        .add(integer("class_samples", 32).range(1, 4096).unit("1").help("Of each other class."))
        .add(integer("scan_samples", 64)
                 .range(2, 4096)
                 .unit("1")
                 .help("Of each over-prompt and each strength: even ones choose, odd ones score."))
        .add(numbers("strengths", {.5, 1, 1.5, 2, 3})
                 .range(-100, 100)
                 .length(1, 32)
                 .unit("1")
                 .help("α of the latent intervention."))
        .add(number("threshold", .8)
                 .range(.1, 1)
                 .unit("1")
                 .help("Accuracy from which a class counts as learned, three checkpoints in a row."))
        .add(integer("probe_steps", 400)
                 .range(1, 100'000)
                 .unit("1")
                 .help("Updates of the learned probe, which is trained first.")
                 .advanced())
        .add(flag("patching", false)
                 .help("Embedding patching from the last checkpoint: keeps the weights of all checkpoints "
                       "and seeds in memory."))
        .add(choice("weights", {{"final", "of the trained model"}, {"checkpoints", "of every checkpoint"}},
                    "final")
                 .help("Which weights of the first seed the run keeps: those of concept/draw."));
    schema
        .preset("smoke",
                {{"side", 8},
                 {"widths", {16}},
                 {"blocks", 1},
                 {"attention", false},
                 {"samples_per_class", 32},
                 {"steps", 24},
                 {"batch", 8},
                 {"seeds", 2},
                 {"checkpoints", 4},
                 {"first_checkpoint", 6},
                 {"sampler_steps", 3},
                 {"samples", 8},
                 {"class_samples", 4},
                 {"scan_samples", 4},
                 {"strengths", {1, 2}},
                 {"probe_steps", 20},
                 {"patching", true},
                 {"weights", "checkpoints"}},
                "Seconds; shows nothing but that it runs.")
        .preset("vector",
                {{"data", "vector"},
                 {"widths", {32}},
                 {"blocks", 1},
                 {"attention", false},
                 {"samples_per_class", 1024},
                 {"steps", 2000},
                 {"seeds", 2},
                 {"checkpoints", 16},
                 {"first_checkpoint", 50},
                 {"sampler_steps", 20},
                 {"patching", true},
                 {"weights", "checkpoints"}},
                "Two coordinates and a residual MLP: under half a minute.")
        .preset("laptop",
                {{"side", 16},
                 {"widths", {16, 32}},
                 {"blocks", 1},
                 {"attention", false},
                 {"samples_per_class", 1024},
                 {"steps", 2000},
                 {"seeds", 2},
                 {"checkpoints", 16},
                 {"first_checkpoint", 50},
                 {"sampler_steps", 20},
                 {"patching", true},
                 {"weights", "checkpoints"}},
                "Minutes: sweep sep_colour over two values. Shows, does not judge.")
        .preset("laptop_common",
                {{"side", 16},
                 {"widths", {16, 32}},
                 {"blocks", 1},
                 {"attention", false},
                 {"conditioning", "common_linear"},
                 {"samples_per_class", 1024},
                 {"steps", 2000},
                 {"seeds", 2},
                 {"checkpoints", 16},
                 {"first_checkpoint", 50},
                 {"sampler_steps", 20},
                 {"patching", true},
                 {"weights", "checkpoints"}},
                "As laptop, with one embedding for all blocks: the interpretability runs.")
        .preset(
            "desk",
            {{"side", 16},
             {"widths", {16, 32}},
             {"blocks", 1},
             {"attention", false},
             {"samples_per_class", 2048},
             {"steps", 3000},
             {"seeds", 5},
             {"checkpoints", 20},
             {"first_checkpoint", 50},
             {"sampler_steps", 20},
             {"patching", true},
             {"weights", "checkpoints"}},
            "The smallest that may judge the claims: sweep sep_colour over .2, .4, .8. The three runs take "
            "about an hour on two free cores.")
        .preset("paper", {}, "As the paper's code trains: 32 × 32, 64-128-256. For a cluster.")
        .preset("regression", {{"objective", "regression"}}, "Control: a deterministic regressor.")
        .preset("small_init", {{"init_scale", .1}}, "Control: initial weights a tenth as large.")
        .preset("decay", {{"weight_decay", .05}}, "Control: more weight decay.")
        .preset("guidance", {{"drop_condition", .1}, {"guidance", 2}, {"steps", 60'000}},
                "Control: classifier-free guidance.")
        .preset("figure_elicitation",
                {{"sep_colour", .2},
                 {"conditioning", "common_linear"},
                 {"steps", 15'000},
                 {"checkpoints", 200},
                 {"first_checkpoint", 50}},
                "Capability before prompting, as 2x2_prompted.")
        .preset("figure_underspecification", {{"mask", .5}},
                "Half of red, small without its colour; sweep mask.");
    return schema;
}

}  // namespace concept_space
