// SPDX-License-Identifier: Apache-2.0
#include "experiments/diffusion.hpp"

#include <algorithm>
#include <cmath>
#include <latent/learn/arrays/numpy_writer.hpp>
#include <latent/learn/parallel.hpp>
#include <latent/learn/unet/weights_file.hpp>
#include <optional>

#include "data/png_image.hpp"
#include "experiments/diffusion_plan.hpp"
#include "experiments/diffusion_record.hpp"
#include "model/diffusion/concept_probe.hpp"
#include "model/diffusion/snapshots.hpp"

namespace concept_space {
namespace {

namespace unet = latent::learn::unet;

constexpr int kLossSamples = 64, kProbeTests = 50;
constexpr std::uint64_t kTestNumbers = std::uint64_t{1}
                                       << 42;  // of held-out samples, drawn for the test loss only

/// Everything that a run holds besides its record.
class Study {
  public:
    Study(const latent::Parameters& p, latent::Job& job)
        : m_plan(DiffusionPlan::of(p)),
          m_job(job),
          m_set(std::make_shared<const ConceptSet>(m_plan.makeSet())),
          m_record(m_plan, *m_set),
          m_goOn([this] { return !m_job.stopRequested(); }),
          m_snapshots(m_plan.training.shape, m_plan.training.schedule) {
        if (!m_plan.vectors)
            m_probe.emplace(
                m_plan.own ? ProbeImages::of(*m_set, m_plan.firstSeed) : ProbeImages::drawn(m_plan.image),
                m_plan.probeSteps, job.threads());
        const int seeds = m_plan.seeds;
        m_beside = std::min(seeds, std::max(1, job.threads()));
        for (int s = 0; s < seeds; ++s)
            m_trainings.push_back(std::make_unique<DiffusionTraining>(m_set, m_plan.trainingOf(s),
                                                                      std::max(1, job.threads() / m_beside)));
        makeLossSamples();
    }

    void restore(const latent::Resumed& resumed) {
        const std::size_t seeds = m_trainings.size(), checkpoints = m_plan.checkpoints.size();
        m_checkpoint = count(resumed, "checkpoint", checkpoints);
        m_assessed = count(resumed, "assessed", seeds);
        m_patched = count(resumed, "patched", m_checkpoint < checkpoints ? 0 : seeds * checkpoints);
        m_begun = count(resumed, "begun", 1) == 1;
        if (m_plan.averaged && !resumed.values().contains("averages"))
            refuse(
                "an earlier version began it, which measured the moving average in place of the weights "
                "themselves");
        if (m_probe) m_probe->restore(resumed);
        for (std::size_t s = 0; s < seeds; ++s) m_trainings[s]->restore(resumed, name(s));
        m_record.restore(resumed);
        const std::int64_t steps = m_trainings.front()->stepsDone(),
                           due = m_plan.checkpoints[std::min(m_checkpoint, checkpoints - 1)];
        for (const auto& training : m_trainings)
            if (training->stepsDone() != steps || steps > due || (m_assessed > 0 && steps != due))
                refuse("its trainings are not where its record is");
        const std::size_t kept = m_plan.patching ? m_checkpoint * seeds + m_assessed : 0;
        if (kept == 0) return;
        m_snapshots.restore(resumed, kept);
    }

    void save() {
        latent::State state;
        state.values = {{"checkpoint", m_checkpoint},
                        {"assessed", m_assessed},
                        {"patched", m_patched},
                        {"begun", m_begun ? 1 : 0}};
        if (m_plan.averaged) state.values["averages"] = 1;
        if (m_probe) m_probe->save(state);
        for (std::size_t s = 0; s < m_trainings.size(); ++s) m_trainings[s]->save(state, name(s));
        m_record.save(state);
        m_snapshots.save(state);
        m_job.checkpoint(m_trainings.front()->stepsDone(), state);
    }

    /// False: asked to stop, and saved.
    bool run() {
        const ProbeCache cache = ProbeCache::ofUser();
        if (m_probe && m_probe->take(cache))
            m_job.log("The learned probe was trained on these data before, and is taken from the cache.");
        while (m_probe && !m_probe->isTrained()) {
            if (!m_probe->train()) m_probe->keep(cache);
            if (!look()) return false;
        }
        if (!m_begun) {
            m_record.begin(m_job, m_probe ? m_probe->accuracy(kProbeTests) : analyticAccuracy());
            m_begun = true;
        }
        while (m_checkpoint < m_plan.checkpoints.size()) {
            const std::int64_t due = m_plan.checkpoints[m_checkpoint];
            while (m_trainings.front()->stepsDone() < due) {
                step();
                if (!look()) return false;
            }
            while (m_assessed < m_trainings.size())
                if (!assessSeed(m_assessed)) return save(), false;
            m_record.publish(m_job);
            m_assessed = 0;
            ++m_checkpoint;
        }
        if (m_plan.patching && !patch()) return save(), false;
        m_record.publish(m_job);
        m_record.end(m_job);
        unet::writeWeights(m_job.file("weights.safetensors"), m_trainings[0]->weights());
        if (m_plan.averaged)
            unet::writeWeights(m_job.file("weights-ema.safetensors"), m_trainings[0]->averagedWeights());
        return true;
    }

  private:
    [[noreturn]] static void refuse(const std::string& why) {
        throw latent::RunError("The checkpoint does not fit this run: " + why + ". Start the run anew.");
    }
    /// A whole number of the checkpoint, 0 … most.
    static std::size_t count(const latent::Resumed& resumed, const char* key, std::size_t most) {
        const auto found = resumed.values().find(key);
        if (found == resumed.values().end() || !found->is_number_unsigned() ||
            found->get<std::uint64_t>() > most)
            refuse("its '" + std::string(key) + "' is not a number from 0 to " + std::to_string(most));
        return found->get<std::size_t>();
    }
    static std::string name(std::size_t seed) { return "seed" + std::to_string(seed); }

    void makeLossSamples() {
        for (std::size_t i = 0; i < kLossSamples; ++i) {
            const std::size_t at = m_set->trainSize() + i % (m_set->size() - m_set->trainSize());
            const auto x = m_set->x(at), condition = m_set->condition(at);
            m_validation.first.insert(m_validation.first.end(), x.begin(), x.end());
            m_validation.second.insert(m_validation.second.end(), condition.begin(), condition.end());
            const auto held = m_set->sampleWithCondition(m_set->heldOut(), kTestNumbers + i);
            m_test.first.insert(m_test.first.end(), held.first.begin(), held.first.end());
            m_test.second.insert(m_test.second.end(), held.second.begin(), held.second.end());
        }
    }

    bool look() {
        const std::int64_t probe = m_probe ? m_plan.probeSteps : 0;
        m_job.progress((m_probe ? m_probe->stepsDone() : 0) + m_trainings.front()->stepsDone(),
                       probe + m_plan.steps(),
                       m_probe && !m_probe->isTrained() ? "training the probe" : "steps");
        if (m_job.stopRequested()) return save(), false;
        if (m_job.checkpointDue()) save();
        return true;
    }

    void step() {
        std::vector<StepLoss> losses(m_trainings.size());
        latent::learn::forEachIndex(m_trainings.size(), m_beside,
                                    [&](std::size_t s) { losses[s] = m_trainings[s]->step(); });
        StepLoss mean;
        const double n = static_cast<double>(losses.size());
        double clip = 0;
        for (const StepLoss& l : losses) {
            mean.diffusion += l.diffusion / n;
            mean.latent += l.latent / n;
            mean.reconstruction += l.reconstruction / n;
            mean.gradientNorm += l.gradientNorm / n;
            clip += l.clip / n;
        }
        const std::int64_t at = m_trainings.front()->stepsDone();
        if (!std::isfinite(mean.diffusion + mean.latent + mean.reconstruction + mean.gradientNorm))
            throw latent::RunError("After " + std::to_string(at) +
                                   " steps the loss is not a number any more: the training has diverged. "
                                   "Lower 'learning_rate' or 'init_scale', or set 'clip'.");
        m_job.metric("diffusion_loss", at, mean.diffusion);
        if (!m_plan.training.regression) {
            m_job.metric("latent_loss", at, mean.latent);
            m_job.metric("reconstruction_loss", at, mean.reconstruction);
        }
        m_job.metric("gradient_norm", at, mean.gradientNorm);
        m_job.metric("clip_factor", at, clip);
    }

    DrawOptions drawOptions() const {
        DrawOptions options = m_plan.draw;
        options.seed = m_plan.firstSeed;
        options.threads = m_job.threads();
        return options;
    }
    Reader reader() const {
        if (m_probe) return [this](std::span<const float> images, int n) { return m_probe->read(images, n); };
        return [this](std::span<const float> x, int n) { return m_set->readAll(x, n); };
    }

    /// Of true vectors, which need no learned probe.
    std::vector<double> analyticAccuracy() const {
        std::vector<double> shares;
        for (int c = 0; c < m_set->classes(); ++c) {
            std::vector<float> samples;
            for (std::uint64_t i = 0; i < kProbeTests; ++i) {
                const std::vector<float> x = m_set->sample(c, kTestNumbers + i);
                samples.insert(samples.end(), x.begin(), x.end());
            }
            shares.push_back(scoreOf(*m_set, reader()(samples, kProbeTests), c));
        }
        return shares;
    }

    bool assessSeed(std::size_t seed) {
        const DiffusionTraining& training = *m_trainings[seed];
        const unet::Weights weights = training.weights();
        const unet::Model model(weights);
        const Drawer drawer(*m_set, model, training.schedule(), drawOptions());
        const auto assessment =
            assess(*m_set, drawer, m_plan.assessment, reader(), training.spec().seed, m_plan.tiles, m_goOn);
        if (!assessment) return false;
        std::optional<Placement> average;
        if (m_plan.averaged) {
            const unet::Model averaged(training.averagedWeights());
            const Drawer itsDrawer(*m_set, averaged, training.schedule(), drawOptions());
            average = place(*m_set, itsDrawer, m_plan.assessment, reader(), m_plan.tiles, m_goOn);
            if (!average) return false;
            m_record.takeAverage(m_checkpoint, seed, *average);
        }
        const auto loss = [&](const auto& samples) {
            return lossOf(*m_set, model, training.schedule(), m_plan.training.regression, samples.first,
                          samples.second, kLossSamples, m_job.threads());
        };
        m_record.take(m_checkpoint, seed, *assessment, loss(m_validation), loss(m_test));
        if (m_plan.patching) m_snapshots.add(weights, training.schedule());
        const std::int64_t step = m_plan.checkpoints[m_checkpoint];
        if (seed == 0) {
            m_record.show(m_job, m_checkpoint, *assessment, average ? &*average : nullptr);
            if (step == m_plan.steps()) writeSamples(*assessment);
            if (m_plan.keepsAllWeights || step == m_plan.steps()) keepWeights(step, weights, training);
        }
        ++m_assessed;
        return true;
    }

    /// Of the first seed. The average comes before the weights: a run that has some `weights` and no `weights_ema` has none.
    void keepWeights(std::int64_t step, const unet::Weights& weights, const DiffusionTraining& training) {
        const std::string ending = "-" + std::to_string(step) + ".safetensors";
        const auto publish = [this](const char* name, const unet::Weights& all) {
            m_job.publish(name, latent::ArrayView(all.flat().data(),
                                                  {1, static_cast<std::int64_t>(all.flat().size())}));
        };
        const std::vector<double> gamma{training.schedule().intercept(), training.schedule().slope()};
        m_job.publish("weights_step", latent::ArrayView(&step, {1}));
        m_job.publish("weights_line", {gamma, {1, 2}});
        if (m_plan.averaged) {
            const unet::Weights average = training.averagedWeights();
            publish("weights_ema", average);
            if (m_plan.keepsAllWeights) unet::writeWeights(m_job.file("weights-ema" + ending), average);
        }
        publish("weights", weights);
        if (m_plan.keepsAllWeights) unet::writeWeights(m_job.file("weights" + ending), weights);
    }

    /// The last samples of every class for programs that read no run: [class, tile, y, x, channel].
    void writeSamples(const Assessment& a) const {
        latent::learn::writeNpz(
            m_job.file("samples.npz"),
            {{"samples",
              {a.shown,
               {m_set->classes(), m_plan.tiles, m_set->height(), m_set->width(), m_set->channels()}}},
             {"coordinates", {a.coordinates, {m_set->classes(), m_set->concepts()}}}});
        if (m_set->isImages() && hasPng())
            writePng(m_job.file("samples.png"),
                     sheetOf(a.shown, m_set->classes(), m_plan.tiles, m_set->height()));
    }

    /// Every checkpoint's network, on its own noise schedule, with the embedding of the last one.
    bool patch() {
        const std::size_t seeds = m_trainings.size(), checkpoints = m_plan.checkpoints.size();
        for (; m_patched < seeds * checkpoints; ++m_patched) {
            const std::size_t seed = m_patched % seeds;
            const unet::Model model(m_snapshots.weights(m_patched)),
                last(m_snapshots.weights((checkpoints - 1) * seeds + seed));
            const Drawer drawer(*m_set, model, m_snapshots.schedule(m_patched), drawOptions(), &last);
            const auto score = promptScore(*m_set, drawer, m_plan.assessment.scanSamples, reader(), m_goOn);
            if (!score) return false;
            m_record.takePatch(m_patched / seeds, seed, *score);
        }
        return true;
    }

    DiffusionPlan m_plan;
    latent::Job& m_job;
    std::shared_ptr<const ConceptSet> m_set;
    DiffusionRecord m_record;
    std::function<bool()> m_goOn;
    std::optional<ConceptProbe> m_probe;
    std::vector<std::unique_ptr<DiffusionTraining>> m_trainings;
    int m_beside = 1;
    std::pair<std::vector<float>, std::vector<float>> m_validation, m_test;  // x, conditions
    std::size_t m_checkpoint = 0, m_assessed = 0, m_patched = 0;
    bool m_begun = false;
    Snapshots m_snapshots;  // [checkpoint, seed]
};

}  // namespace

latent::Schema Diffusion::parameters() { return diffusionParameters(); }
latent::Outputs Diffusion::outputs(const latent::Parameters& p) { return diffusionOutputs(p); }

void Diffusion::run(const latent::Parameters& p, latent::Job& job) {
    tellOwnImages(p, job);
    Study study(p, job);
    if (const auto resumed = job.resumed()) study.restore(*resumed);
    study.run();
}

}  // namespace concept_space
