// SPDX-License-Identifier: Apache-2.0
#include "experiments/train.hpp"

#include "experiments/paper_config.hpp"
#include "experiments/train_plan.hpp"
#include "experiments/train_record.hpp"
#include "latent/learn/transformer/weights_file.hpp"
#include "latent/torch_part.hpp"
#include "model/device/device_trainer.hpp"

namespace markov_mixtures {
namespace {

/// A stop before the first step of an attempt: the state that it began with.
void leaveAsItWas(latent::State state, const Training& training,
                  const std::optional<latent::Resumed>& resumed, latent::Job& job) {
    state.values["checkpoints"] = resumed ? resumed->values().at("checkpoints").get<std::int64_t>() : 0;
    latent::Array fits;
    if (state.values["checkpoints"] > 0) {
        fits = resumed->array("checkpoint_fits");
        state.arrays.push_back({"checkpoint_fits", {fits.data(), fits.dtype(), fits.shape()}});
    }
    job.checkpoint(training.stepsDone(), state);
}

}  // namespace

latent::Schema Train::parameters() { return trainParameters(); }
latent::Outputs Train::outputs(const latent::Parameters& p) { return trainOutputs(p); }

std::unique_ptr<Training> makeTraining(const Mixture& mixture, const TrainingSpec& spec, latent::Job& job) {
    if (job.device() == "cpu") return std::make_unique<MixtureTraining>(mixture, spec, job.threads());
    const std::unique_ptr<DeviceTrainer> trainer = latent::openTorchPart<DeviceTrainer>();
    std::unique_ptr<Training> training = trainer->make(mixture, spec, job);
    job.log("The steps are computed by " + trainer->description(job) + ".");
    return training;
}

void Train::run(const latent::Parameters& p, latent::Job& job) { runWith(p, job, makeTraining); }

void Train::runWith(const latent::Parameters& p, latent::Job& job, const MakeTraining& make) {
    TrainPlan plan = TrainPlan::of(p);
    const auto resumed = job.resumed();
    if (!resumed) loadInitialWeights(p, plan.training);
    const AlgorithmBank bank(std::make_shared<const Mixture>(mixtureOf(p)), bankOptionsOf(p));
    const std::unique_ptr<Training> made = make(bank.mixture(), plan.training, job);
    Training& training = *made;
    if (resumed) {
        requireSameChains(p, bank.mixture(), *resumed);
        training.restore(*resumed);
    }
    const auto state = [&] {
        latent::State all = training.save();
        keepChains(p, bank.mixture(), all);
        return all;
    };

    const Effort effort{job.threads(), [&] { return !job.stopRequested(); }};
    job.progress(training.stepsDone(), plan.training.steps, "steps");
    const std::optional<Reference> reference = Reference::make(bank, plan.evaluation, plan.reference, effort);
    if (!reference) return leaveAsItWas(state(), training, resumed, job);
    TrainRecord record(plan, *reference);
    if (resumed) record.restore(*resumed);
    record.begin(job);
    const auto checkpoint = [&] {
        record.publishLosses(job);
        latent::State all = state();
        record.save(all);
        job.checkpoint(training.stepsDone(), all);
    };

    // Not runLoop(): an explanation may be left in the middle and then comes first after a resume, before the next step.
    for (;;) {
        const std::int64_t done = training.stepsDone();
        if (record.isDue(done)) {
            const TransformerPredictor model = training.predictor();
            const std::optional<Snapshot> snapshot = explain(model, *reference, effort);
            if (!snapshot) return checkpoint();
            record.add(job, model, *snapshot);
            if (plan.keepsAllWeights || done == plan.training.steps)
                record.publishWeights(job, training.weights(), done);
            if (done == plan.training.steps) {
                writeWeights(job.file("weights.safetensors"), training.weights());
                writePaperConfig(job.file("config.yaml"), plan, bank.mixture());
            }
        }
        if (done == plan.training.steps) break;
        const double loss = training.step();
        record.loss(job, done + 1, loss, training.gradientNorm());
        job.progress(done + 1, plan.training.steps, "steps");
        if (job.stopRequested()) return checkpoint();
        if (job.checkpointDue()) checkpoint();
    }
    record.publishLosses(job);
    record.end(job);
}

}  // namespace markov_mixtures
