// SPDX-License-Identifier: Apache-2.0
// What the paper claims of trained perceptrons; train_evidence.cpp measures it. The unit is the seed, which
// draws data, rotation and initial weights.
//
// The control of negative minors that the exact model has (theory_claims.cpp) has no counterpart here: a
// trained network starts from weights of both signs in every layer, which no change of sign of one of them
// takes away.

#include "experiments/measurements.hpp"
#include "experiments/train.hpp"

namespace concept_space {
namespace {

constexpr const char* kPaper = "arXiv:2410.08309";

}  // namespace

std::vector<latent::Claim> Train::claims() {
    using namespace latent;
    return {
        Claim("trained_order_by_signal",
              "Trained perceptrons learn concepts in the order of the strength of their signals.")
            .source(kPaper, "figure 2(a)")
            .unit("fraction")
            .each(Replication::Seed)
            .estimand(
                "fraction of seeds in which every run passes one half of its targets in the order of a_p")
            .by(Interval::Proportion)
            .greaterThan(0.5, 0)
            .atLeast(10)
            .control(Control("exchanged_signals",
                             "With the signals exchanged, the same seeds learn in the exchanged order.")
                         .by(Interval::Proportion)
                         .greaterThan(0.5)),
        Claim("trained_order_reverses",
              "More diversity of the weaker concept reverses the order in which it is learned.")
            .source(kPaper, "figure 2(b)")
            .unit("fraction")
            .each(Replication::Seed)
            .sweeps("variance", 2)
            .estimand("fraction of seeds whose order follows the signals at low and at high diversity")
            .by(Interval::Proportion)
            .greaterThan(0.5, 0)
            .atLeast(10)
            .control(Control("stronger_concept",
                             "The same diversity given to the stronger concept leaves the order as it was.")
                         .by(Interval::Proportion)
                         .greaterThan(0.5)),
        Claim("trained_slowdown", "Near the target trained perceptrons slow down.")
            .source(kPaper, "section 3")
            .unit("1")
            .each(Replication::Seed)
            .estimand("mean speed of the output in the last tenth of training over its peak, speeds over "
                      "hundredths of it")
            .by(Interval::Mean)
            .lessThan(0.1)
            .atLeast(10)
            .control(Control("beginning", "In the first tenth of training they are not slow.")
                         .by(Interval::Mean)
                         .greaterThan(0.1)),
        Claim(
            "trained_swing_by",
            "Deeper linear perceptrons swing by on the way to the unseen combination, one-layer ones do not.")
            .source(kPaper, "figure 3")
            .unit("loss")
            .each(Replication::Seed)
            .sweeps("layers", 2)
            .estimand("largest rise of the OOD loss after an earlier minimum, several layers minus one")
            .by(Interval::PairedMedian)
            .greaterThan(0, kLeastRise)
            .atLeast(10)
            .control(Control("one_layer",
                             "One-layer networks do not rise: minibatch noise stays below the threshold.")
                         .by(Interval::Median)
                         .equals(0, kLeastRise))
            .control(
                Control("equal_signals", "Trained on equally strong concepts, deep networks do not rise.")
                    .by(Interval::Median)
                    .equals(0, kLeastRise)),
        Claim("trained_descents_follow_concepts",
              "The more concepts, the more descents of the OOD loss of deeper linear perceptrons.")
            .source(kPaper, "figures 8 and 9, for trained networks")
            .unit("descents per concept")
            .each(Replication::Seed)
            .sweeps("mu", 3)
            .estimand("slope of the number of descents on the number of concepts, networks of several layers")
            .by(Interval::Mean)
            .greaterThan(0, 0.25)
            .atLeast(10)
            .control(Control("one_layer", "In one-layer networks of the same seeds the number does not grow.")
                         .by(Interval::Mean)
                         .lessThan(0.25)),
        Claim("trained_follows_theory", "One-layer perceptrons take the time that the theory says.")
            .source(kPaper, "theorem 4.1")
            .unit("1")
            .each(Replication::Seed)
            .estimand(
                "epochs until the slowest concept is learned, trained over theory (with biases), without "
                "momentum, weight decay and truncation; seeds that start as if learned have none")
            .by(Interval::PairedRatio)
            .equals(1, 0.25)
            .atLeast(10)
            .control(Control("without_biases", "The theory without biases is seen to be too fast.")
                         .by(Interval::PairedRatio)
                         .greaterThan(1, 0.25)),
        Claim("trained_compositional_order",
              "Losses of combinations respect the order of subsets while training.")
            .source(kPaper, "figure 7")
            .unit("fraction")
            .each(Replication::Seed)
            .estimand(
                "share of ordered pairs and of the time in which a part has a larger loss than the whole")
            .by(Interval::Mean)
            .lessThan(0.05)
            .atLeast(10)
            .control(Control("complements",
                             "With each combination exchanged for its complement the order is broken.")
                         .by(Interval::Mean)
                         .greaterThan(0.05))};
}

}  // namespace concept_space
