// SPDX-License-Identifier: Apache-2.0
// What the papers claim of diffusion models in concept space. diffusion_evidence.cpp measures it.
#include "experiments/diffusion.hpp"

namespace concept_space {
namespace {

using latent::Claim;
using latent::Control;
using latent::Guard;
using latent::Interval;

constexpr const char* kHidden = "arXiv:2406.19370";
constexpr const char* kSwingBy = "arXiv:2410.08309";
constexpr double kRise = .01;  // of the concept MSE, from which it counts
constexpr double kSome = .05;  // of the training, or of a coordinate: what may be chance

Claim of(const char* id, const char* statement, const char* paper, const char* where, const char* unit,
         const char* estimand) {
    return Claim(id, statement)
        .source(paper, where)
        .unit(unit)
        .each(latent::Replication::Seed)
        .estimand(estimand)
        .atLeast(5);
}

std::vector<Claim> onSignals() {
    return {
        of("signal_sets_speed", "The stronger the signal of a concept, the sooner it is learned.", kHidden,
           "section 4.1", "fraction of the training",
           "restricted mean time until the held-out class is blue, weakest colour minus strongest")
            .by(Interval::PairedMean)
            .greaterThan(0, kSome)
            .sweeps("sep_colour", 2)
            .control(Control("size_is_not_sooner",
                             "A stronger colour does not speed up everything: the held-out class is not "
                             "small sooner (weakest colour minus strongest).")
                         .by(Interval::PairedMean)
                         .lessThan(kSome)),
        of("signal_sets_order", "Which concept is learned first follows from the strengths of their signals.",
           kHidden, "figure 4", "fraction of the training",
           "the smaller of two leads: of small over blue at the weakest colour, of blue over small at the "
           "strongest; restricted times of the held-out class, seeds in which one of the two was learned at "
           "both colours")
            .by(Interval::Mean)
            .greaterThan(0)
            .sweeps("sep_colour", 2)
            .control(Control("trained_are_learned",
                             "The training is long enough for every trained class, at both colours (time of "
                             "the slowest).")
                         .by(Interval::Mean)
                         .lessThan(1 - kSome)),
        of("bend_changes_side",
           "The trajectory bends towards the faster concept and changes side along the colour sweep.",
           kSwingBy, "figure 6(a)", "1",
           "mean of (blue − small) over the trajectory of the held-out class, the untrained model left out, "
           "strongest colour minus weakest")
            .by(Interval::PairedMean)
            .greaterThan(0, kSome)
            .sweeps("sep_colour", 2)
            .control(Control("trained_ends_are_opposite",
                             "The probe does not lean with the colour: at the end, (blue − small) of blue, "
                             "big and of red, small add up to the same at both.")
                         .by(Interval::PairedMean)
                         .equals(0, .1)),
        of("masking_delays", "Conditions that lack the colour of red, small delay the held-out class.",
           kHidden, "section 5", "fraction of the training",
           "restricted mean time until the held-out class is blue, most masked minus least")
            .by(Interval::PairedMean)
            .greaterThan(0)
            .sweeps("mask", 2)
            .control(Control("blue_big", "A class whose conditions are whole is learned as fast.")
                         .by(Interval::PairedMean)
                         .equals(0, .2)),
    };
}

std::vector<Claim> onCapabilities() {
    return {
        of("memorised_first",
           "With a weak colour the held-out class is first drawn as the trained class that shares its size.",
           kHidden, "figure 3", "1",
           "distance to its own corner minus distance to that of red, small, when red, small is learned; "
           "weakest colour")
            .by(Interval::Mean)
            .greaterThan(0)
            .control(Control("trained_class", "Red, small itself is nearer to its own corner then.")
                         .by(Interval::Mean)
                         .greaterThan(0)),
        of("turn_at_capability",
           "The sudden turn of the trajectory coincides with the emergence of the capability.", kHidden,
           "section 4.3", "decades",
           "|log10 t_turn − log10 t_capability| (over-prompting), less that of turns and capabilities of "
           "different seeds; weakest colour")
            .by(Interval::Mean)
            .lessThan(0)
            .chosenBy("sharpest turn of the trajectory; the same in the null", Guard::MatchedNull)
            .control(Control("seeds_differ",
                             "Capabilities of different seeds lie apart, so that the null can tell.")
                         .by(Interval::Mean)
                         .lessThan(0)),
        of("capability_is_consistent",
           "Seeds agree on when the capability emerges more than on when prompting shows it.", kHidden,
           "figure 6", "decades²",
           "squared deviation of log10 t_naive from its mean minus that of log10 t_capability "
           "(over-prompting); weakest colour, seeds that reach both")
            .by(Interval::PairedMean)
            .greaterThan(0)
            .control(Control("prompting_varies", "Seeds differ in when prompting shows it.")
                         .by(Interval::Mean)
                         .greaterThan(0)),
        of("capability_precedes_prompting",
           "The model can draw the held-out class before its own prompt shows it.", kHidden, "figure 6",
           "fraction of the training",
           "restricted mean time until the prompt draws the held-out class, minus until over-prompting does; "
           "weakest colour, all seeds")
            .by(Interval::PairedMean)
            .greaterThan(0)
            .chosenBy("best of five prompts at each checkpoint, on the even samples", Guard::HeldOut)
            .control(Control("random_direction",
                             "The best of several strengths along a random direction is not sooner than the "
                             "prompt.")
                         .by(Interval::PairedMean)
                         .lessThan(kSome)),
    };
}

std::vector<Claim> onDynamics() {
    return {
        of("mse_bends_at_weak_colour",
           "The concept MSE is non-monotone with a weak colour and monotone with a strong one.", kSwingBy,
           "figure 6(b)", "1",
           "rise of the held-out class's concept MSE between two checkpoints, weakest colour minus strongest")
            .by(Interval::PairedMean)
            .greaterThan(0, kRise)
            .sweeps("sep_colour", 2)
            .chosenBy("the two checkpoints between which it rises most, on the other seeds", Guard::HeldOut)
            .control(Control("monotone_at_strong_colour", "With the strongest colour it does not rise.")
                         .by(Interval::Mean)
                         .lessThan(kRise)),
        of("late_speed_falls", "Late in training the speed in concept space falls.", kSwingBy, "figure 6(c)",
           "decades",
           "least-squares slope of log10 speed over the second half of the training, per length of the "
           "training, less what the spacing of the checkpoints gives to equal displacements")
            .by(Interval::Mean)
            .lessThan(0)
            .control(Control("constant_displacement",
                             "The same path with displacements of one length has no slope.")
                         .by(Interval::Mean)
                         .equals(0, .5)),
    };
}

}  // namespace

std::vector<Claim> Diffusion::claims() {
    std::vector<Claim> all;
    for (auto&& some : {onSignals(), onCapabilities(), onDynamics()})
        all.insert(all.end(), some.begin(), some.end());
    return all;
}

}  // namespace concept_space
