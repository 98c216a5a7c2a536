// SPDX-License-Identifier: Apache-2.0
// Arrays and figures of concept/diffusion.
#include <array>

#include "experiments/diffusion_plan.hpp"
#include "experiments/expected_path.hpp"

namespace concept_space {
namespace {

using namespace latent;

/// Of the weights themselves (`samples`) or of their moving average (`samples_ema`).
void addSamples(Outputs& o, const DiffusionPlan& plan, const std::string& array) {
    const bool ofAverage = array != "samples";
    const std::string ending = ofAverage ? "_ema" : "",
                      title = std::string("Samples of every class") +
                              (ofAverage ? ", by the moving average of the weights" : "");
    if (!plan.vectors) {
        o.figure(view::imageGrid("grid" + ending)
                     .title(title)
                     .caption(std::string("Always from the same noise; ") +
                              (plan.concepts() > 2 ? "rows in which two concepts or more are changed are"
                                                   : "the last row is") +
                              " held out of training.")
                     .group("Samples")
                     .z(array, {{"shown_step", view::cursor("shown")}})
                     .table("class", "tile")
                     .across("x")
                     .down("y")
                     .channel("channel")
                     .cursor("shown", "shown_step", true));
        return;
    }
    const auto coordinate = [&array](int itsClass, int channel) {
        return view::Selection(array, {{"shown_step", view::cursor("shown")},
                                       {"class", itsClass},
                                       {"y", 0},
                                       {"x", 0},
                                       {"channel", channel}});
    };
    const std::vector<std::string> names = plan.classNames();
    view::Points cloud = view::points("cloud" + ending);
    for (int c = 0; c < plan.classes(); ++c)
        cloud.series(view::xy(coordinate(c, 0), coordinate(c, 1))
                         .label(names[static_cast<std::size_t>(c)])
                         .category(c));
    o.figure(cloud.title(title)
                 .caption("The two coordinates are the concepts; of the first seed.")
                 .group("Samples")
                 .xAxis({.title = "x₁, the first concept"})
                 .yAxis({.title = "x₂, the second concept"})
                 .cursor("shown", "shown_step", true));
}

/// One series a class and, dashed and in the same colour, one of the moving average. Beside dashes the others are told apart by
/// markers, as a figure of several lines would dash them too.
template <class Figure, class SeriesOf>
void addClasses(Figure& figure, const DiffusionPlan& plan, const SeriesOf& seriesOf) {
    constexpr std::array kMarkers{view::Marker::Circle, view::Marker::Square, view::Marker::Triangle,
                                  view::Marker::Diamond};
    const std::vector<std::string> names = plan.classNames();
    for (int c = 0; c < plan.classes(); ++c) {
        const std::string& name = names[static_cast<std::size_t>(c)];
        view::Series raw = seriesOf("", c).label(name + (isHeldOut(c) ? " (held out)" : "")).category(c);
        if (plan.averaged) raw.marker(kMarkers[static_cast<std::size_t>(c) % kMarkers.size()]);
        figure.series(raw);
    }
    for (int c = 0; c < plan.classes() && plan.averaged; ++c)
        figure.series(seriesOf("_ema", c)
                          .label("EMA: " + names[static_cast<std::size_t>(c)])
                          .category(c)
                          .style(view::Style::Dashed));
}

/// Both probes side by side, on the held-out class of the first seed. Of vectors they are one.
void addProbes(Outputs& o, const DiffusionPlan& plan) {
    const std::vector<std::string> titles = plan.conceptTitles();
    view::Lines probes = view::lines("probes");
    for (int k = 0; k < plan.concepts(); ++k) {
        const view::Where where{{"seed", 0}, {"class", plan.classes() - 1}, {"concept", k}};
        const std::string title = titles[static_cast<std::size_t>(k)];
        probes.series(view::series("coordinates", where)
                          .label(title + ", learned probe")
                          .category(k)
                          .marker(view::Marker::Circle));
        probes.series(view::series("coordinates_analytic", where)
                          .label(title + ", analytic probe")
                          .category(k)
                          .style(view::Style::Dashed));
    }
    o.figure(probes.title("Two probes of the held-out class (first seed)")
                 .caption("The analytic one reads colour, size and ground off the pixels; of own images, "
                          "where an image lies between the means with and without the attribute.")
                 .group("Concept space")
                 .x("step", {.title = "training steps"})
                 .y({.title = "concept coordinate", .limits = {0, 1}})
                 .cursor("checkpoint", "step"));
}

void addFigures(Outputs& o, const DiffusionPlan& plan) {
    const int held = plan.classes() - 1;
    const view::Axis step{.title = "training steps"};
    const std::string average = plan.averaged ? " Dashed, EMA: by the moving average of the weights." : "";
    addSamples(o, plan, "samples");
    if (plan.averaged) addSamples(o, plan, "samples_ema");
    view::Trajectory square = view::trajectory("concept_space");
    addClasses(square, plan, [](const std::string& ending, int c) {
        const std::string array = "coordinates" + ending + "_mean";
        return view::xy(view::Selection(array, {{"class", c}, {"concept", 0}}),
                        view::Selection(array, {{"class", c}, {"concept", 1}}))
            .markAt(view::cursor("checkpoint"));
    });
    square.series(view::xy(view::Selection("coordinates", {{"class", held}, {"concept", 0}}),
                           view::Selection("coordinates", {{"class", held}, {"concept", 1}}))
                      .family("seed")
                      .label("held out, by seed")
                      .role(view::Role::Muted));
    if (!plan.own)
        square.series(view::xy(view::Selection("theory_path", {{"concept", 0}}),
                               view::Selection("theory_path", {{"concept", 1}}))
                          .label("held out, SIM theory")
                          .role(view::Role::Reference)
                          .style(view::Style::Dashed));
    o.figure(
        square.title("Concept space")
            .caption("Where samples of each class lie, " +
                     std::string(plan.vectors ? "read off their coordinates" : "by the learned probe") +
                     ", mean over seeds. A model that composes the concepts ends at (1, 1) with the "
                     "held-out class." +
                     (plan.own
                          ? ""
                          : " Dashed, SIM theory: the path of the two-layer theory for these separations, "
                            "nothing fitted.") +
                     average)
            .group("Concept space")
            .xAxis({.title = "P(" + plan.conceptTitles()[0] + ")", .limits = {0, 1}})
            .yAxis({.title = "P(" + plan.conceptTitles()[1] + ")", .limits = {0, 1}})
            .equalAspect()
            .cursor("checkpoint", "step", true));
    if (!plan.vectors) addProbes(o, plan);
    view::Lines elicited = view::lines("elicitation");
    elicited.x("step", step).y({.title = "accuracy on the held-out class", .limits = {0, 1}});
    for (std::size_t m = 0; m < kMethodCount; ++m)
        elicited.series(view::series("capability_mean", {{"method", m}})
                            .label(kMethods[m])
                            .category(static_cast<int>(m))
                            .style(m < kRandom ? view::Style::Solid : view::Style::Dashed));
    o.figure(elicited.title("What the model can do, and when")
                 .caption("Mean over seeds. Prompts and strengths are chosen on one half of the samples and "
                          "scored on the other; dashed: controls.")
                 .group("Capability")
                 .referenceY(plan.threshold, "learned")
                 .referenceX(view::Selection("saturation_median"), "trained classes saturate")
                 .cursor("checkpoint", "step"));
    view::Lines byClass = view::lines("accuracies");
    byClass.x("step", step).y({.title = "accuracy", .limits = {0, 1}});
    addClasses(byClass, plan, [](const std::string& ending, int c) {
        return view::series("accuracy" + ending, {{"seed", 0}, {"class", c}});
    });
    if (plan.averaged) byClass.caption(average.substr(1));
    o.figure(byClass.title("Accuracy of every class (first seed)")
                 .group("Capability")
                 .cursor("checkpoint", "step"));
    view::Lines unlearned = view::lines("unlearned_share");
    unlearned.x("step", step).y({.title = "share of seeds that have not learned", .limits = {0, 1}});
    for (std::size_t m = 0; m < kPatch + 1; ++m)
        unlearned.series(view::series("unlearned", {{"method", m}})
                             .label(kMethods[m])
                             .category(static_cast<int>(m))
                             .steps());
    o.figure(unlearned.title("Learning times (Kaplan–Meier)")
                 .caption("Seeds that never reach the threshold are censored at the end.")
                 .group("Capability"));
    o.figure(view::lines("concept_distance")
                 .title("Distance of the held-out class from its corner")
                 .caption("A rise on the way: the class is drawn as a trained one before it is its own.")
                 .group("Dynamics")
                 .x("step", {.title = "training steps", .scale = view::SymLog, .linearBelow = 10})
                 .y({.title = "concept MSE"})
                 .referenceX(view::Selection("saturation_median"), "trained classes saturate")
                 .series(view::series("concept_mse").family("seed").label("held out")));
    o.figure(view::lines("speeds")
                 .title("Speed in concept space")
                 .caption("Of the held-out class, between neighbouring checkpoints; their spacing widens, "
                          "which alone lowers it where only chance moves the class.")
                 .group("Dynamics")
                 .x("step", step)
                 .y({.title = "‖dC/dt‖", .unit = "1/step", .scale = view::Log})
                 .series(view::series("speed").family("seed").label("held out")));
    o.figure(view::lines("held_losses")
                 .title("Loss on images that were not trained on")
                 .group("Losses")
                 .x("step", step)
                 .y({.title = "loss", .unit = plan.training.regression ? "1" : "bits/dim"})
                 .series(view::series("validation_loss", {{"seed", 0}}).label("trained classes"))
                 .series(view::series("test_loss", {{"seed", 0}}).label("held-out class")));
    o.figure(
        view::lines("training")
            .title("Training loss")
            .group("Losses")
            .series(view::series("metrics/diffusion_loss")
                        .label("diffusion")
                        .smoothed(view::Smoothing::Exponential, .95))
            .yAxis(
                {.title = "loss", .unit = plan.training.regression ? "1" : "bits/dim", .scale = view::Log}));
    if (!plan.training.regression)
        o.figure(view::lines("bound")
                     .title("Ends of the bound")
                     .group("Losses")
                     .series(view::series("metrics/latent_loss").label("latent"))
                     .series(view::series("metrics/reconstruction_loss").label("reconstruction"))
                     .yAxis({.title = "loss", .unit = "bits/dim"}));
    o.figure(view::lines("health")
                 .title("Gradient")
                 .group("Losses")
                 .series(view::series("metrics/gradient_norm").label("norm before clipping"))
                 .series(view::series("metrics/clip_factor").label("clipping factor"))
                 .yAxis({.title = "1", .scale = view::Log}));
    o.figure(view::table("signals")
                 .title("Strength of the signals")
                 .group("Concept space")
                 .column("concept_signal", "mean squared difference"));
    view::Points speeds = view::points("speed_against_signal");
    for (int k = 0; k < plan.concepts(); ++k)
        speeds.series(view::xy(view::Selection("concept_signal", {{"concept", k}}),
                               view::Selection("learning_speed", {{"concept", k}}))
                          .label(plan.conceptNames()[static_cast<std::size_t>(k)])
                          .category(k));
    o.figure(speeds.title("Speed against the signal of a concept")
                 .caption("One point for a concept, and in a sweep for every cell. Speed is the mean over "
                          "seeds of 1 / learning time; a seed that does not learn counts as 0.")
                 .xAxis({.title = "concept signal"})
                 .yAxis({.title = "learning speed", .unit = "1/step"})
                 .everyCell());
    o.figure(view::table("turns")
                 .title("Turns, by seed")
                 .group("Dynamics")
                 .column("turn_step", "turn at step")
                 .column("turn_angle", "angle")
                 .column("saturation_step", "trained classes saturate"));
    o.figure(view::table("median_times")
                 .title("Median learning time")
                 .group("Capability")
                 .column("median_time", "steps")
                 .column("log_rank_p", "p against naive"));
}

}  // namespace

Outputs diffusionOutputs(const Parameters& p) {
    const DiffusionPlan plan = DiffusionPlan::of(p).nameConcepts();
    const Dimension seed = fixed("seed", plan.seeds), itsClass = fixed("class", plan.classes()),
                    step = fixed("step", plan.checkpoints.size()),
                    concept_ = fixed("concept", plan.concepts()), method = fixed("method", kMethodCount),
                    shown = grows("shown_step"), kept = grows("weights_step");
    Outputs o;
    for (const char* name : {"diffusion_loss", "latent_loss", "reconstruction_loss"}) {
        if (plan.training.regression && std::string(name) != "diffusion_loss") continue;
        o.metric(name)
            .units(plan.training.regression ? "1" : "bits/dim")
            .label(std::string(name).substr(0, std::string(name).find('_')) + " loss, mean over seeds");
    }
    o.metric("gradient_norm").units("1").label("gradient norm before clipping, mean over seeds");
    o.metric("clip_factor").units("1").label("factor of the clipping, mean over seeds");
    o.array("seed", I64, {seed}).label("seed");
    o.array("class", I32, {itsClass}).label("class").categories(plan.classNames());
    o.array("concept", I32, {concept_}).label("concept").categories(plan.conceptNames());
    o.array("method", I32, {method}).label("elicitation").categories({kMethods.begin(), kMethods.end()});
    o.array("step", I64, {step}).units("1").label("training steps");
    o.array("concept_signal", F64, {concept_})
        .units("1")
        .label("concept signal")
        .description("Mean squared difference of elements when only this concept changes.");
    o.array("learning_speed", F64, {concept_})
        .units("1/step")
        .label("learning speed of a concept, held-out class")
        .description("Mean over seeds of 1 / learning time; 0 for a seed that is censored.");
    o.array("probe_accuracy", F64, {itsClass})
        .units("1")
        .label("accuracy of the learned probe on true samples");
    o.array("coordinates", F64, {seed, itsClass, step, concept_})
        .units("1")
        .label("concept coordinate")
        .description(
            "Learned probe, mean over samples; 1: the concept's named value. For vectors the "
            "analytic one.");
    o.array("coordinates_analytic", F64, {seed, itsClass, step, concept_})
        .units("1")
        .label("concept coordinate")
        .description("Analytic probe, mean over samples.");
    o.array("coordinates_mean", F64, {itsClass, step, concept_})
        .units("1")
        .label("concept coordinate, mean over seeds");
    o.array("accuracy", F64, {seed, itsClass, step})
        .units("1")
        .label("accuracy")
        .description("Product over concepts of the share of samples on the right side of one half.");
    if (plan.averaged) {
        const std::string by =
            "By the moving average of the weights (EMA); all other measures are of the weights themselves.";
        o.array("coordinates_ema", F64, {seed, itsClass, step, concept_})
            .units("1")
            .label("concept coordinate, averaged weights")
            .description(by);
        o.array("coordinates_ema_mean", F64, {itsClass, step, concept_})
            .units("1")
            .label("concept coordinate, averaged weights, mean over seeds")
            .description(by);
        o.array("accuracy_ema", F64, {seed, itsClass, step})
            .units("1")
            .label("accuracy, averaged weights")
            .description(by);
    }
    o.array("capability", F64, {method, seed, step})
        .units("1")
        .label("accuracy on the held-out class")
        .description("By its own prompt and elicited otherwise; `random` and `trained` are controls.");
    o.array("capability_mean", F64, {method, step})
        .units("1")
        .label("accuracy on the held-out class, mean over seeds");
    for (const auto& [name, by] :
         {std::pair{"final_accuracy", "by its own prompt"}, {"final_elicited", "by over-prompting"}})
        o.array(name, F64, {})
            .units("1")
            .label(std::string("accuracy on the held-out class ") + by + ", at the end")
            .description("Mean over seeds; over a sweep of 'mask' the curve of underspecification.");
    o.array("choice", F64, {method, seed, step})
        .units("1")
        .label("chosen prompt or strength")
        .description("Chosen on the even samples; the score is of the odd ones.");
    o.array("validation_loss", F64, {seed, step})
        .units(plan.training.regression ? "1" : "bits/dim")
        .label("loss on unseen images of trained classes");
    o.array("test_loss", F64, {seed, step})
        .units(plan.training.regression ? "1" : "bits/dim")
        .label("loss on the held-out class");
    o.array("concept_mse", F64, {seed, step})
        .units("1")
        .label("concept MSE")
        .description("Mean over concepts of (coordinate − 1)² of the held-out class.");
    o.array("speed", F64, {seed, step})
        .units("1/step")
        .label("speed in concept space")
        .description("Of the held-out class.");
    o.array("learning_time", F64, {method, seed})
        .units("steps")
        .label("learning time")
        .description(
            "First of three checkpoints at or above the threshold. NaN: not within the run (censored).");
    o.array("class_time", F64, {itsClass, seed})
        .units("steps")
        .label("learning time of a class")
        .description("NaN: not within the run.");
    o.array("unlearned", F64, {method, step})
        .units("1")
        .label("share of seeds that have not learned")
        .description("Kaplan–Meier.");
    o.array("median_time", F64, {method})
        .units("steps")
        .label("median learning time")
        .description("NaN: more than half of the seeds are censored.");
    o.array("log_rank_p", F64, {method}).units("1").label("log-rank p against naive");
    const std::string firstName = plan.conceptNames()[0], secondName = plan.conceptNames()[1];
    for (const auto& [key, name] : {std::pair{"first", firstName}, {"second", secondName}}) {
        o.array(std::string(key) + "_time", F64, {})
            .units("steps")
            .label("learning time of " + name + ", held-out class")
            .description("Median over seeds (Kaplan–Meier). NaN: more than half of them are censored.");
        o.array(std::string(key) + "_speed", F64, {})
            .units("1/step")
            .label("learning speed of " + name + ", held-out class")
            .description("Mean over seeds of 1 / learning time; 0 for a seed that is censored.");
    }
    o.array("first_lead", F64, {})
        .units("steps")
        .label("time of " + secondName + " minus time of " + firstName)
        .description("Restricted mean over the seeds that learn one of them: positive where " + firstName +
                     " is learned first. NaN: no seed learns either.");
    if (!plan.own)
        o.array("theory_path", F64, {fixed("theory_frame", kPathFrames), concept_})
            .units("1")
            .label("path of SIM's theory")
            .description("Of the held-out class, from where the untrained model is.");
    o.array("turn_step", F64, {seed})
        .units("steps")
        .label("sharpest turn")
        .description("Of the held-out class's smoothed trajectory. NaN: it did not move.");
    o.array("turn_angle", F64, {seed}).units("rad").label("angle of the sharpest turn");
    o.array("saturation_step", F64, {seed})
        .units("steps")
        .label("trained classes saturate")
        .description("Mean squared distance from their corners below .01. NaN: not within the run.");
    o.array("saturation_median", F64, {})
        .units("steps")
        .label("trained classes saturate, median over seeds")
        .description("Kaplan–Meier. NaN: not within the run in more than half of them.");
    o.array("shown_step", I64, {shown}).units("1").label("training steps");
    for (const char* name : {"samples", "samples_ema"}) {
        const bool ofAverage = std::string(name) != "samples";
        if (ofAverage && !plan.averaged) continue;
        o.array(name, F32,
                {shown, itsClass, fixed("tile", plan.tiles), fixed("y", plan.side()), fixed("x", plan.side()),
                 fixed("channel", plan.channels())})
            .units("1")
            .label(std::string("samples of the first seed") + (ofAverage ? ", averaged weights" : ""));
    }
    o.array("weights_step", I64, {kept}).units("1").label("training steps");
    o.array("weights_line", F64, {kept, fixed("coefficient", 2)})
        .units("nats")
        .label("b and w of γ")
        .description("Of linear schedules.");
    o.array("weights", F32, {kept, fixed("parameter", plan.training.shape.parameterCount())})
        .units("1")
        .label("weights of the first seed")
        .description("Tensors in the order of the safetensors file.");
    if (plan.averaged)
        o.array("weights_ema", F32, {kept, fixed("parameter", plan.training.shape.parameterCount())})
            .units("1")
            .label("moving average of the weights of the first seed")
            .description("As `weights`. Decay at update n: min(average, (1 + n)/(10 + n)).");
    addFigures(o, plan);
    return o;
}

}  // namespace concept_space
