// SPDX-License-Identifier: Apache-2.0
#include "experiments/model.hpp"

#include <algorithm>
#include <cmath>

#include "experiments/model_claims.hpp"
#include "experiments/model_decoder.hpp"
#include "experiments/replicate.hpp"
#include "measures/baselines.hpp"

namespace icl_graphs {
namespace {

/// One row of a growing array.
void row(latent::Job& job, const char* name, const std::vector<double>& values,
         std::vector<std::int64_t> shape) {
    shape.insert(shape.begin(), 1);
    job.publish(name, {values, shape});
}

void publish(latent::Job& job, const ModelPlan& plan, const ReplicateResult& r) {
    const auto contexts = static_cast<std::int64_t>(plan.contexts.size());
    const auto number = static_cast<std::int32_t>(r.number);
    job.publish("replicate", latent::ArrayView(&number, {1}));
    job.publish("placement", {r.placement, {1, plan.study.nodes()}});
    publishGeometry(job, plan.axes(), r.layers, r.shuffled, r.second);
    if (plan.study.isMixture()) {
        row(job, "accuracy_by_graph", r.byGraph, {contexts, 2});
        row(job, "accuracy_other_graph", r.otherGraph, {contexts});
    }
    job.publish("accuracy", {r.accuracy, {1, plan.study.spec.length}});
    row(job, "accuracy_context", r.accuracyContext, {contexts});
    row(job, "accuracy_shuffled", r.shuffledContext, {contexts});
    row(job, "accuracy_permuted", r.permutedContext, {contexts, 3});
    row(job, "accuracy_nodes", r.nodesContext, {contexts});
    row(job, "accuracy_induction", r.inductionContext, {contexts});
    row(job, "accuracy_unigram", r.unigramContext, {contexts});
    row(job, "giant_component", r.giant, {contexts});
    sendOnset(r.onset, {1},
              [&](const char* name, const latent::ArrayView& view) { job.publish(name, view); });
    for (const auto& [name, value] : {std::pair{"half_accuracy", r.halfAccuracy},
                                      {"half_energy", r.halfEnergy},
                                      {"rayleigh_beyond", r.beyond},
                                      {"planted_beyond", r.planted},
                                      {"beyond_explained", r.explained},
                                      {"induction_even", r.heads.inductionEven},
                                      {"previous_token_even", r.heads.previousEven}})
        job.publish(name, latent::ArrayView(&value, {1}));
    row(job, "induction_score", r.heads.induction, {plan.config.layers, plan.config.heads});
    row(job, "induction_score_null", r.heads.inductionNull, {plan.config.layers, plan.config.heads});
    row(job, "previous_token_score", r.heads.previous, {plan.config.layers, plan.config.heads});
    if (plan.ablatedHeads > 0) {
        row(job, "ablation_accuracy", r.ablationAccuracy, {static_cast<std::int64_t>(kArms)});
        row(job, "ablation_rayleigh", r.ablationRayleigh, {static_cast<std::int64_t>(kArms)});
    }
    if (plan.moves) {
        row(job, "move_target_mass", r.moveTarget, {static_cast<std::int64_t>(kMoves)});
        row(job, "move_own_mass", r.moveOwn, {static_cast<std::int64_t>(kMoves)});
    }
    if (plan.hasCycle()) {
        publishCalendar(job, r.calendar, {plan.config.layers + 1}, contexts);
        row(job, "calendar_null", r.calendarNull, {plan.options.draws});
        job.publish("graph_later", latent::ArrayView(&r.graphLater, {1}));
        row(job, "graph_later_null", r.graphLaterNull, {plan.options.draws});
    }
}

void publishOnce(latent::Job& job, const ModelPlan& plan) {
    const Send send = [&](const char* name, const latent::ArrayView& view) { job.publish(name, view); };
    if (const std::string edit = editOf(plan.study.graph()); !edit.empty()) job.log(edit);
    describeGraph(plan.study.graph(), send);
    describeSecondGraph(plan.study, send);
    if (plan.study.isMixture()) job.publish("turn_of", counted(2));
    sendMemorisation(plan.study.nodes(), plan.contexts, send);
    job.publish("context", plan.contexts);
    job.publish("component", counted(static_cast<std::size_t>(plan.options.components)));
    job.publish("band", counted(3));
    job.publish("layer", counted(static_cast<std::size_t>(plan.config.layers) + 1));
    job.publish("block", counted(static_cast<std::size_t>(plan.config.layers)));
    job.publish("head", counted(static_cast<std::size_t>(plan.config.heads)));
    job.publish("position", positionsOf(plan.study.spec.length));
    if (plan.ablatedHeads > 0) job.publish("arm", counted(kArms));
    if (plan.moves) job.publish("move", counted(kMoves));
    if (plan.hasCycle()) job.publish("draw", counted(static_cast<std::size_t>(plan.options.draws)));
    std::vector<double> walk;
    const WalkMemorisation real = walkMemorisation(plan.study.graphs, plan.study.spec, 500, plan.study.seed);
    for (const std::int64_t c : plan.contexts) walk.push_back(real.once[static_cast<std::size_t>(c) - 1]);
    job.publish("walk_once", walk);
    job.publish("model_summary", std::vector<double>{static_cast<double>(plan.config.parameterCount()),
                                                     static_cast<double>(plan.weightBytes),
                                                     static_cast<double>(plan.config.layers),
                                                     static_cast<double>(plan.config.width)});
}

}  // namespace

latent::Schema Model::parameters() { return modelParameters(); }
std::vector<latent::Claim> Model::claims() { return modelClaims(); }
latent::Outputs Model::outputs(const latent::Parameters& p) { return modelOutputs(p); }
void Model::measure(const latent::RunSet& runs, latent::Evidence& out) { measureModelClaims(runs, out); }

void Model::run(const latent::Parameters& p, latent::Job& job) {
    ModelPlan plan = ModelPlan::of(p);
    plan.threads = job.threads();
    plan.device = job.device();
    const OpenModel model = openModel(plan, job);
    std::int64_t done = 0;
    if (const auto resumed = job.resumed()) {
        done = resumed->values().at("replicates").get<std::int64_t>();
    } else {
        publishOnce(job, plan);
        job.log(describedModel(plan.config) + " Reading takes about " +
                std::to_string(memoryFor(plan) >> 20) + " MB" +
                (plan.device == "cpu" ? "."
                                      : ", and " + std::to_string(deviceMemoryFor(plan) >> 20) + " MB of " +
                                            plan.device + ", in " + nameOf(plan.precision()) + "."));
        if (plan.study.spec.length > plan.config.context)
            job.log("The walk is longer than the " + std::to_string(plan.config.context) +
                        " tokens that the model was trained for.",
                    latent::Level::Warning);
    }
    const std::int64_t passes = passesOf(plan);
    for (; done < plan.replicates; ++done) {
        const auto result = runReplicate(
            plan, *model.decoder, model.vocabulary, done, [&] { return !job.stopRequested(); },
            [&](int pass, int) { job.progress(done * passes + pass, plan.replicates * passes, "passes"); });
        if (result) publish(job, plan, *result);
        const std::int64_t now = done + (result ? 1 : 0);
        if (now < plan.replicates && (!result || job.stopRequested() || job.checkpointDue()))
            job.checkpoint(now, {{{"replicates", now}}, {}});
        if (!result || (now < plan.replicates && job.stopRequested())) return;
    }
}

}  // namespace icl_graphs
