// SPDX-License-Identifier: Apache-2.0
// What a run of icl/model publishes, and the figures over it.
#include "experiments/calendar.hpp"
#include "experiments/model_plan.hpp"
#include "experiments/onset_record.hpp"

namespace icl_graphs {

using namespace latent;

Outputs modelOutputs(const Parameters& p) {
    const ModelPlan plan = ModelPlan::of(p);
    const Dimension replicate = grows("replicate"), context = fixed("context", plan.contexts.size()),
                    position = fixed("position", plan.study.spec.length),
                    layer = fixed("layer", plan.config.layers + 1),
                    block = fixed("block", plan.config.layers), head = fixed("head", plan.config.heads);
    const view::Where here{{"replicate", view::cursor("replicate")}};
    const auto scores = [&](const char* name, const char* title, const char* caption, const char* array) {
        return view::heatmap(name)
            .title(title)
            .caption(caption)
            .group("Heads")
            .z(array, here)
            .across("head")
            .down("block")
            .upwards()
            .colours({.limits = {0.0, 1.0}, .title = "attention"})
            .cursor("replicate", "replicate");
    };
    Outputs o;
    declareGraph(o, plan.study.graph(), plan.study.words(0));
    declareSecondGraph(o, plan.study);
    o.array("replicate", I32, {replicate}).label("placement");
    o.array("layer", I32, {layer})
        .label("layer")
        .description("0: the embedding; i: the residual stream after i blocks.");
    o.array("position", I32, {position}).units("words").label("words read");
    o.array("block", I32, {block}).label("block");
    o.array("head", I32, {head}).label("head");
    o.array("placement", I32, {replicate, fixed("node", plan.study.nodes())})
        .label("word of each node")
        .categories(plan.study.list)
        .description(
            "By its place in the list of words. The names in figures are those of the first placement.");
    declareGeometry(o, plan.axes());
    o.array("accuracy", F32, {replicate, position})
        .units("1")
        .label("probability of valid neighbours")
        .description(
            "Full softmax over the vocabulary, mean over prompts; no number where no neighbour ought to "
            "come. Of two graphs the neighbours in the one that makes the step.");
    for (const auto& [name, label] :
         {std::pair{"accuracy_context", "probability of valid neighbours"},
          {"accuracy_shuffled", "probability of the word's neighbours, tokens in random order"},
          {"accuracy_nodes", "probability of any word of the graph"},
          {"accuracy_induction", "learner that repeats what followed"},
          {"accuracy_unigram", "learner that counts words"}})
        o.array(name, F64, {replicate, context})
            .units("1")
            .label(label)
            .description("Mean over the 30 positions before each context, and over prompts.");
    o.array("accuracy_permuted", F64, {replicate, context, fixed("band", 3)})
        .units("1")
        .label("probability of the word's neighbours, permuted labels");
    if (plan.study.isMixture()) {
        const Dimension turn = fixed("turn_of", 2);
        o.array("turn_of", I32, {turn}).label("turn of").categories({"first graph", "second graph"});
        o.array("accuracy_by_graph", F64, {replicate, context, turn})
            .units("1")
            .label("probability of valid neighbours, by the graph that makes the step")
            .description(
                "Which graph makes the next step is drawn, so that right after a change nobody can know it. "
                "Mean over "
                "the 30 positions before each context, and over prompts.");
        o.array("accuracy_other_graph", F64, {replicate, context})
            .units("1")
            .label("probability of neighbours in the graph that does not make the step")
            .description("Neighbours in both graphs are in both numbers.");
    }
    o.array("giant_component", F64, {replicate, context})
        .units("1")
        .label("nodes in the largest component of the edges seen")
        .description("Of either graph, where there are two.");
    declareMemorisation(o, plan.contexts.size());
    o.array("walk_once", F64, {context})
        .units("1")
        .label("p₁ on real sequences")
        .description("Mean over 500 of them.");
    declareOnset(o, {replicate});
    for (const auto& [name, label, unit] :
         {std::tuple{"half_accuracy", "half of the change of accuracy", "words"},
          {"half_energy", "half of the change of the Rayleigh quotient", "words"},
          {"rayleigh_beyond",
           "Rayleigh quotient beyond neighbour mixing, noise taken out, last 200 words of each prompt", "1"},
          {"planted_beyond", "the same of states that are nothing but mixing and as much noise", "1"},
          {"beyond_explained", "share explained by the word before, judged layer", "1"}})
        o.array(name, F64, {replicate}).units(unit).label(label);
    o.array("induction_score", F64, {replicate, block, head})
        .units("1")
        .label("attention to what followed this word before")
        .description("Mean over the second half of a prompt.");
    o.array("induction_score_null", F64, {replicate, block, head})
        .units("1")
        .label("the same, words shuffled")
        .description("The same attention, judged as if the words stood in another order.");
    o.array("previous_token_score", F64, {replicate, block, head})
        .units("1")
        .label("attention to the previous token");
    for (const auto& [name, label] :
         {std::pair{"induction_even", "induction score of attention that is spread evenly"},
          {"previous_token_even", "previous-token score of attention that is spread evenly"}})
        o.array(name, F64, {replicate}).units("1").label(label);
    if (plan.ablatedHeads > 0) {
        o.array("arm", I32, {fixed("arm", kArms)})
            .label("heads taken away")
            .categories({"none", "induction", "others in their layers", "previous token",
                         "others in their layers (previous)", "induction, mean", "others, mean",
                         "previous token, mean", "others (previous), mean"})
            .description(
                "Their output is zero, or (mean) what it is on average over the words of another prompt.");
        o.array("ablation_accuracy", F64, {replicate, fixed("arm", kArms)})
            .units("1")
            .label("probability of valid neighbours")
            .description("Second half of another prompt than the one that heads were chosen on.");
        o.array("ablation_rayleigh", F64, {replicate, fixed("arm", kArms)})
            .units("1")
            .label("mean Rayleigh quotient")
            .description(
                "Judged layer, the last 200 words of that prompt; on the scale of the whole graph where "
                "words "
                "were not seen.");
    }
    if (plan.moves) {
        o.array("move", I32, {fixed("move", kMoves)})
            .label("how words are moved")
            .categories({"not", "along the graph's components", "in a random subspace, as far"});
        o.array("move_target_mass", F64, {replicate, fixed("move", kMoves)})
            .units("1")
            .label("probability of the target's neighbours")
            .description(
                "Each word of the last 100 is moved, in the judged layer, towards another node that shares "
                "no neighbour with it. Mean over those that can be moved: both nodes were seen, and the "
                "(first) graph "
                "makes the next step.");
        o.array("move_own_mass", F64, {replicate, fixed("move", kMoves)})
            .units("1")
            .label("probability of the word's own neighbours");
    }
    if (plan.hasCycle()) {
        o.array("draw", I32, {fixed("draw", plan.options.draws)}).label("permutation");
        declareCalendar(o, {replicate, layer}, plan.contexts.size());
        o.array("calendar_null", F64, {replicate, fixed("draw", plan.options.draws)})
            .units("1")
            .label("the smaller one with permuted labels")
            .description("Judged layer, longest context.");
        o.array("graph_later", F64, {replicate})
            .units("1")
            .label("smaller cosine to the graph, best two of the components after the second");
        o.array("graph_later_null", F64, {replicate, fixed("draw", plan.options.draws)})
            .units("1")
            .label("the same choice with permuted labels");
    }
    o.array("model_summary", F64, {fixed("number", 4)}).label("parameters, bytes of weights, layers, width");

    o.figure(view::text("weights").title("Which model").words(describedModel(plan.config)));
    addGeometryFigures(o, plan.axes());
    o.figure(
        view::lines("accuracy_curve")
            .title("Does it predict a neighbour?")
            .caption("Full softmax. Memorising learners: p₁ and p₂ of the paper; a learner that repeats what "
                     "followed this word before.")
            .group("Prediction")
            .x("context", {.title = "context length", .unit = "words", .scale = view::Log})
            .y({.title = "probability", .limits = {0.0, 1.0}})
            .series(view::series("accuracy_context", here).label("valid neighbours"))
            .series(view::series("accuracy_nodes", here)
                        .label("any word of the graph")
                        .role(view::Role::Secondary))
            .series(view::series("accuracy_induction", here)
                        .label("repeats what followed")
                        .role(view::Role::Reference)
                        .style(view::Style::Dashed))
            .series(view::series("accuracy_shuffled", here)
                        .label("tokens in random order")
                        .role(view::Role::Muted)
                        .style(view::Style::Dotted))
            .series(view::series("accuracy_permuted", {{"replicate", view::cursor("replicate")}, {"band", 0}})
                        .band({"accuracy_permuted", {{"replicate", view::cursor("replicate")}, {"band", 1}}},
                              {"accuracy_permuted", {{"replicate", view::cursor("replicate")}, {"band", 2}}})
                        .label("permuted labels")
                        .role(view::Role::Muted)
                        .style(view::Style::Dashed))
            .series(view::series("accuracy_unigram", here)
                        .label("counts words")
                        .role(view::Role::Muted)
                        .style(view::Style::Dashed))
            .series(
                view::series("memorised_once").label("p₁").role(view::Role::Muted).style(view::Style::Dotted))
            .series(view::series("memorised_twice")
                        .label("p₂")
                        .role(view::Role::Muted)
                        .style(view::Style::Dotted))
            .referenceX(view::Selection("critical_context", here), "critical context")
            .cursor("replicate", "replicate", true)
            .cursor("context", "context"));
    addOnsetFigure(o);
    if (plan.study.isMixture()) {
        const view::Selector cursor = view::cursor("replicate");
        o.figure(
            view::lines("accuracy_two_graphs")
                .title("Which of the two graphs does it follow?")
                .caption(
                    "Where the line over all turns lies above the dashed one, more is given to the graph "
                    "whose "
                    "turn it is than to the other. A graph with more edges has more neighbours in its turns.")
                .group("Prediction")
                .x("context", {.title = "context length", .unit = "words", .scale = view::Log})
                .y({.title = "probability", .limits = {0.0, 1.0}})
                .series(view::series("accuracy_context", here).label("valid neighbours, all turns"))
                .series(view::series("accuracy_by_graph", {{"replicate", cursor}, {"turn_of", 0}})
                            .label("turn of the first graph")
                            .role(view::Role::Secondary))
                .series(view::series("accuracy_by_graph", {{"replicate", cursor}, {"turn_of", 1}})
                            .label("turn of the second graph")
                            .role(view::Role::Accent))
                .series(view::series("accuracy_other_graph", here)
                            .label("neighbours in the other graph")
                            .role(view::Role::Reference)
                            .style(view::Style::Dashed))
                .cursor("replicate", "replicate")
                .cursor("context", "context"));
    }
    o.figure(view::lines("accuracy_positions")
                 .title("Each position")
                 .group("Prediction")
                 .x("position", {.title = "words read", .scale = view::Log})
                 .y({.title = "probability of valid neighbours", .limits = {0.0, 1.0}})
                 .series(view::series("accuracy", here)
                             .label("mean over prompts")
                             .smoothed(view::Smoothing::Gaussian, 30))
                 .cursor("replicate", "replicate"));
    o.figure(view::lines("placements")
                 .title("Every placement")
                 .group("Prediction")
                 .x("context", {.title = "context length", .unit = "words", .scale = view::Log})
                 .y({.title = "probability of valid neighbours", .limits = {0.0, 1.0}})
                 .series(view::series("accuracy_context").family("replicate").label("placement"))
                 .cursor("context", "context"));
    o.figure(
        view::lines("observed")
            .title("How much of the graph has been shown")
            .group("Prediction")
            .x("context", {.title = "context length", .unit = "words", .scale = view::Log})
            .y({.title = "share", .limits = {0.0, 1.0}})
            .series(view::series("giant_component", here)
                        .label("nodes in the largest component of the edges seen"))
            .series(view::series("walk_once").label("nodes seen, on real sequences"))
            .series(
                view::series("memorised_once").label("p₁").role(view::Role::Muted).style(view::Style::Dotted))
            .cursor("replicate", "replicate"));
    addGeometryMaps(o, plan.axes());
    const view::Gesture attention = view::pick("icl/attend")
                                        .bind("index.block", "block")
                                        .bind("index.head", "head")
                                        .label("Attention of this head");
    o.figure(scores("induction_heads", "Induction heads",
                    "Attention to the word that followed an earlier occurrence of this one.",
                    "induction_score")
                 .gesture(attention));
    o.figure(scores(
        "induction_heads_null", "Induction heads, words shuffled",
        "The same attention, judged as if the words stood in another order. A walk steps back more often "
        "than such an order does, so that heads which look one word back (on grids also three) score more "
        "than this "
        "without any induction.",
        "induction_score_null"));
    o.figure(view::text("even_attention")
                 .group("Heads")
                 .words("Attention that is spread evenly has an induction score of {induction} and a "
                        "previous-token score "
                        "of {previous}.")
                 .value("induction", view::Selection("induction_even", here))
                 .value("previous", view::Selection("previous_token_even", here))
                 .cursor("replicate", "replicate"));
    o.figure(scores("previous_heads", "Previous-token heads", "Attention to the word before, whatever it is.",
                    "previous_token_score")
                 .gesture(attention));
    if (plan.ablatedHeads > 0) {
        o.figure(view::table("ablation")
                     .title("Without some heads")
                     .caption("Heads chosen on one prompt, judged on another; beside each kind as many "
                              "others of the same "
                              "layers.")
                     .group("Heads")
                     .column({"ablation_accuracy", here}, "valid neighbours", view::Format::Fixed, 3)
                     .column({"ablation_rayleigh", here}, "Rayleigh", view::Format::Fixed, 3));
    }
    if (plan.moves)
        o.figure(view::table("moved")
                     .title("Words moved along the graph")
                     .group("Heads")
                     .column({"move_target_mass", here}, "target's neighbours", view::Format::Fixed, 4)
                     .column({"move_own_mass", here}, "own neighbours", view::Format::Fixed, 4));
    if (plan.hasCycle())
        addCalendarFigure(o, {{"replicate", view::cursor("replicate")}, {"layer", view::cursor("layer")}});
    return o;
}

}  // namespace icl_graphs
