// SPDX-License-Identifier: Apache-2.0
// What icl/model claims beside the claims over the context. Margins were written before any run was seen; the controls of
// the calendar, of later components, of scaling and of other heads were written or replaced after the first ones.
#include "experiments/claims.hpp"
#include "experiments/model_claims.hpp"

namespace icl_graphs {

using namespace latent;

namespace {
constexpr const char* kCritique = "The induction critique of 2026 (ablation of heads)";
}  // namespace

std::vector<Claim> modelClaims() {
    std::vector<Claim> all = contextClaims();
    all.push_back(
        Claim("induction_heads_carry_accuracy",
              "Without its strongest induction heads the model follows the graph worse than without as many "
              "other heads of the same layers.")
            .source(kCritique, "accuracy")
            .estimand("probability of valid neighbours, others of the same layers ablated minus induction "
                      "heads ablated")
            .unit("1")
            .each(Replication::Walk)
            .by(Interval::PairedMean)
            .greaterThan(0, .05)
            .atLeast(5)
            .chosenBy("heads with the largest induction scores", Guard::HeldOut)
            .control(Control("other_heads_are_harmless",
                             "As many other heads of the same layers cost less than a tenth of the accuracy.")
                         .by(Interval::Mean)
                         .equals(0, .1)));
    all.push_back(
        Claim("induction_heads_spare_geometry", "Without its strongest induction heads the map stays.")
            .source(kCritique, "geometry")
            .estimand("Rayleigh quotient over the isotropic one, induction heads ablated minus as many "
                      "others of the same layers ablated")
            .unit("1")
            .each(Replication::Walk)
            .by(Interval::PairedMean)
            .equals(0, .05)
            .atLeast(5)
            .chosenBy("heads with the largest induction scores", Guard::HeldOut)
            .control(
                Control("other_heads_leave_the_map",
                        "As many other heads of the same layers move the quotient by less than the margin.")
                    .by(Interval::PairedMean)
                    .equals(0, .05)));
    all.push_back(
        Claim("previous_token_heads_carry_geometry",
              "Without its strongest previous-token heads the map goes.")
            .source(kCritique, "geometry")
            .estimand("Rayleigh quotient over the isotropic one, previous-token heads ablated minus as many "
                      "others of the same layers ablated")
            .unit("1")
            .each(Replication::Walk)
            .by(Interval::PairedMean)
            .greaterThan(0, .05)
            .atLeast(5)
            .chosenBy("heads with the largest previous-token scores", Guard::HeldOut)
            .control(
                Control("other_heads_leave_the_map",
                        "As many other heads of the same layers move the quotient by less than the margin.")
                    .by(Interval::PairedMean)
                    .equals(0, .05)));
    all.push_back(Claim("components_are_used",
                        "The components that carry the graph are used: words moved along them are continued "
                        "as the words they are moved to.")
                      .source(kPaper, "appendix, causal intervention")
                      .estimand("probability of the target's neighbours, moved along the components minus "
                                "moved as far in a random subspace")
                      .unit("1")
                      .each(Replication::Walk)
                      .by(Interval::PairedMean)
                      .greaterThan(0, .02)
                      .atLeast(5)
                      .control(Control("random_subspace_is_harmless",
                                       "A move in a random subspace does not raise the target's neighbours.")
                                   .by(Interval::PairedMean)
                                   .equals(0, .02)));
    all.push_back(
        Claim("calendar_takes_the_first_components",
              "With days of the week on a new ring, the first two components hold the calendar.")
            .source(kPaper, "Fig. 3")
            .estimand(
                "smaller cosine between components 1 and 2 and the calendar's plane, above permuted labels")
            .unit("1")
            .each(Replication::Walk)
            .by(Interval::Mean)
            .greaterThan(0, .2)
            .atLeast(5)
            .chosenBy("components by their variance", Guard::MatchedNull)
            .control(Control("permuted_labels",
                             "One draw with permuted labels does not stand out from the others.")
                         .by(Interval::Mean)
                         .equals(0, .3)));
    all.push_back(Claim("graph_is_in_later_components", "… and the ring of the context is in later ones.")
                      .source(kPaper, "Fig. 3")
                      .estimand("smaller cosine between the best two of the components after the second and "
                                "the plane of the ring, above the same choice with permuted labels")
                      .unit("1")
                      .each(Replication::Walk)
                      .by(Interval::Mean)
                      .greaterThan(0, .1)
                      .atLeast(5)
                      .chosenBy("best pair of later components", Guard::MatchedNull)
                      .control(Control("permuted_labels",
                                       "One draw with permuted labels does not stand out from the others.")
                                   .by(Interval::Mean)
                                   .equals(0, .3)));
    all.push_back(Claim("critical_context_grows", "The critical context grows with the graph as a power law.")
                      .source(kPaper, "Fig. 8")
                      .estimand("exponent of the critical context over the number of nodes")
                      .unit("1")
                      .each(Replication::Walk)
                      .by(Interval::Mean)
                      .greaterThan(0, .1)
                      .atLeast(5)
                      .sweeps("nodes", 3)
                      .control(Control("memorisation_grows_linearly",
                                       "The knee of the memorisation curve of equation 4, found by the same "
                                       "steps in the same contexts, grows with exponent 1.")
                                   .by(Interval::Mean)
                                   .equals(1, .2)));
    return all;
}

}  // namespace icl_graphs
