// SPDX-License-Identifier: Apache-2.0
// What the paper claims of the exact dynamics; theory_evidence.cpp measures it. The unit is the
// initialisation: one draw of W0, whatever it is scaled by and whatever else is swept over it.

#include "experiments/measurements.hpp"
#include "experiments/theory.hpp"

namespace concept_space {
namespace {

constexpr const char* kPaper = "arXiv:2410.08309";

}  // namespace

std::vector<latent::Claim> Theory::claims() {
    using namespace latent;
    const auto swing = [](std::string id, ClaimKind kind, const std::string& with) {
        return Claim(std::move(id),
                     "The symmetric two-layer model swings by on its way to the unseen combination (" + with +
                         "); the one-layer model does not, from the same initial weights.")
            .kind(kind)
            .source(kPaper, "section 4.3, figure 5")
            .unit("loss")
            .each(Replication::Initialisation)
            .estimand("largest rise of the OOD loss after an earlier minimum, two-layer minus one-layer")
            .by(Interval::PairedMedian)
            .greaterThan(0, kLeastRise)
            .atLeast(20)
            .control(
                Control("negative_minors", "With negative weights between the concepts there is no rise.")
                    .by(Interval::Median)
                    .equals(0, kLeastRise))
            .control(Control("equal_signals", "With equally strong concepts there is no rise.")
                         .by(Interval::Median)
                         .equals(0, kLeastRise));
    };
    const auto fraction = [](std::string id, ClaimKind kind, const std::string& with) {
        return Claim(std::move(id), "Most initialisations show the swing-by (" + with + ").")
            .kind(kind)
            .source(kPaper, "section 4.3")
            .unit("fraction")
            .each(Replication::Initialisation)
            .estimand("fraction of initialisations whose OOD loss rises by more than 1e-4 in every cell")
            .by(Interval::Proportion)
            .greaterThan(0.5)
            .atLeast(20)
            .control(Control("negative_minors", "With negative weights between the concepts most do not.")
                         .by(Interval::Proportion)
                         .lessThan(0.5));
    };
    return {
        Claim("order_by_signal", "Concepts are learned in the order of the strength of their signals.")
            .source(kPaper, "section 3, theorem 4.1")
            .unit("fraction")
            .each(Replication::Initialisation)
            .estimand(
                "fraction of initialisations in which every cell learns its concepts in the order of a_p")
            .by(Interval::Proportion)
            .greaterThan(0.5, 0.25)
            .atLeast(20)
            .control(Control("exchanged_signals",
                             "With the signals exchanged, from the same weights, the order is exchanged.")
                         .by(Interval::Proportion)
                         .greaterThan(0.5)),
        Claim("order_reverses_with_diversity",
              "More diversity of the weaker concept reverses the order of learning.")
            .source(kPaper, "figure 2(b)")
            .unit("fraction")
            .each(Replication::Initialisation)
            .sweeps("sigma", 2)
            .estimand("fraction of initialisations in which the stronger signal is first at low and second "
                      "at high diversity")
            .by(Interval::Proportion)
            .greaterThan(0.5, 0.25)
            .atLeast(20)
            .control(Control("stronger_concept",
                             "The same diversity given to the stronger concept leaves the order as it was.")
                         .by(Interval::Proportion)
                         .greaterThan(0.5)),
        Claim("terminal_slowdown",
              "Near the target the output slows down exponentially, at the rate of the weakest signal.")
            .source(kPaper, "section 4.2")
            .unit("1")
            .each(Replication::Initialisation)
            .estimand(
                "late decay rate of the speed over its prediction (2 a_min, or a_min in the one-layer model)")
            .by(Interval::Mean)
            .equals(1, 0.1)
            .atLeast(20)
            .control(
                Control("one_layer", "In the one-layer model, where the answer is known, the ratio is 1.")
                    .by(Interval::Mean)
                    .equals(1, 0.1)),
        swing("swing_by", ClaimKind::PaperClaim, "theory, exponent 1"),
        fraction("swing_by_fraction", ClaimKind::PaperClaim, "theory, exponent 1"),
        swing("swing_by_figure", ClaimKind::FigureReplication, "A² in place of A, as the figures were made"),
        fraction("swing_by_figure_fraction", ClaimKind::FigureReplication,
                 "A² in place of A, as the figures were made"),
        Claim("descents_follow_concepts", "The more concepts, the more descents of the OOD loss.")
            .source(kPaper, "figures 8 and 9")
            .unit("descents per concept")
            .each(Replication::Initialisation)
            .sweeps("mu", 3)
            .estimand("slope of the number of descents on the number of concepts (entries of mu)")
            .by(Interval::Mean)
            .greaterThan(0, 0.25)
            .atLeast(20)
            .control(Control("one_layer",
                             "In the one-layer model, from the same weights, the number does not grow.")
                         .by(Interval::Mean)
                         .lessThan(0.25)),
        Claim("compositional_order", "Losses of combinations respect the order of subsets while learning.")
            .source(kPaper, "figure 7")
            .unit("fraction")
            .each(Replication::Initialisation)
            .estimand(
                "share of ordered pairs and of the time in which a part has a larger loss than the whole")
            .by(Interval::Mean)
            .lessThan(0.05)
            .atLeast(20)
            .control(Control("complements",
                             "With each combination exchanged for its complement the order is broken.")
                         .by(Interval::Mean)
                         .greaterThan(0.05))};
}

}  // namespace concept_space
