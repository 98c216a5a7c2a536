// SPDX-License-Identifier: Apache-2.0
#include "experiments/diffusion.hpp"

#include <algorithm>
#include <cmath>
#include <latent/learn/parallel.hpp>
#include <latent/learn/unet/weights_file.hpp>
#include <optional>

#include "experiments/diffusion_plan.hpp"
#include "experiments/diffusion_record.hpp"
#include "model/diffusion/concept_probe.hpp"

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
          m_goOn([this] { return !m_job.stopRequested(); }) {
        if (!m_plan.vectors) m_probe.emplace(m_plan.image, m_plan.probeSteps, job.threads());
        const int seeds = m_plan.seeds;
        m_beside = std::min(seeds, std::max(1, job.threads()));
        for (int s = 0; s < seeds; ++s)
            m_trainings.push_back(std::make_unique<DiffusionTraining>(m_set, m_plan.trainingOf(s),
                                                                      std::max(1, job.threads() / m_beside)));
        makeLossSamples();
    }

    void restore(const latent::Resumed& resumed) {
        m_checkpoint = resumed.values().at("checkpoint").get<std::size_t>();
        m_assessed = resumed.values().at("assessed").get<std::size_t>();
        m_patched = resumed.values().at("patched").get<std::size_t>();
        m_begun = resumed.values().at("begun").get<bool>();
        if (m_probe) m_probe->restore(resumed);
        for (std::size_t s = 0; s < m_trainings.size(); ++s) m_trainings[s]->restore(resumed, name(s));
        m_record.restore(resumed);
        if (m_checkpoint + m_assessed == 0 || !m_plan.patching) return;
        const latent::Array kept = resumed.array("snapshots");
        const auto values = kept.as<float>();
        m_snapshots.assign(values.begin(), values.end());
    }

    void save() {
        latent::State state;
        state.values = {{"checkpoint", m_checkpoint},
                        {"assessed", m_assessed},
                        {"patched", m_patched},
                        {"begun", m_begun}};
        if (m_probe) m_probe->save(state);
        for (std::size_t s = 0; s < m_trainings.size(); ++s) m_trainings[s]->save(state, name(s));
        m_record.save(state);
        if (!m_snapshots.empty()) state.arrays.push_back({"snapshots", latent::ArrayView(m_snapshots)});
        m_job.checkpoint(m_trainings.front()->stepsDone(), state);
    }

    /// False: asked to stop, and saved.
    bool run() {
        while (m_probe && !m_probe->isTrained()) {
            m_probe->train();
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
        unet::writeWeights(m_job.file("weights.safetensors"), weightsOf(0));
        return true;
    }

  private:
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
        if (!std::isfinite(mean.diffusion) || !std::isfinite(mean.gradientNorm))
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

    unet::Weights weightsOf(std::size_t seed) const {
        return m_plan.averaged ? m_trainings[seed]->averagedWeights() : m_trainings[seed]->weights();
    }
    DrawOptions drawOptions() const {
        DrawOptions options = m_plan.draw;
        options.seed = m_plan.firstSeed;
        options.threads = m_job.threads();
        return options;
    }
    Reader reader() const {
        if (m_probe) return [this](std::span<const float> images, int n) { return m_probe->read(images, n); };
        return [this](std::span<const float> x, int n) {
            std::vector<double> all;
            for (int i = 0; i < n; ++i) {
                const std::vector<double> one =
                    m_set->read(x.data() + static_cast<std::size_t>(i) * m_set->each());
                all.insert(all.end(), one.begin(), one.end());
            }
            return all;
        };
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
        const unet::Weights weights = weightsOf(seed);
        const unet::Model model(weights);
        const Drawer drawer(*m_set, model, training.schedule(), drawOptions());
        const auto assessment =
            assess(*m_set, drawer, m_plan.assessment, reader(), training.spec().seed, m_plan.tiles, m_goOn);
        if (!assessment) return false;
        const auto loss = [&](const auto& samples) {
            return lossOf(*m_set, model, training.schedule(), m_plan.training.regression, samples.first,
                          samples.second, kLossSamples, m_job.threads());
        };
        m_record.take(m_checkpoint, seed, *assessment, loss(m_validation), loss(m_test));
        if (m_plan.patching)
            m_snapshots.insert(m_snapshots.end(), weights.flat().begin(), weights.flat().end());
        const std::int64_t step = m_plan.checkpoints[m_checkpoint];
        if (seed == 0) {
            m_record.show(m_job, m_checkpoint, *assessment);
            if (m_plan.keepsAllWeights || step == m_plan.steps()) {
                const auto line = training.schedule();
                const std::vector<double> gamma{line.intercept(), line.slope()};
                m_job.publish("weights_step", latent::ArrayView(&step, {1}));
                m_job.publish("weights_line", {gamma, {1, 2}});
                m_job.publish("weights",
                              latent::ArrayView(weights.flat().data(),
                                                {1, static_cast<std::int64_t>(weights.flat().size())}));
            }
        }
        ++m_assessed;
        return true;
    }

    /// Every checkpoint's network with the embedding of the last one. Not with a learned schedule: its
    /// networks have each their own.
    bool patch() {
        const std::size_t seeds = m_trainings.size(), checkpoints = m_plan.checkpoints.size();
        const std::size_t parameters = m_snapshots.size() / (seeds * checkpoints);
        const auto snapshot = [&](std::size_t checkpoint, std::size_t seed) {
            unet::Weights weights(m_plan.training.shape);
            const auto from =
                m_snapshots.begin() + static_cast<std::ptrdiff_t>((checkpoint * seeds + seed) * parameters);
            std::copy(from, from + static_cast<std::ptrdiff_t>(parameters), weights.flat().begin());
            return weights;
        };
        for (; m_patched < seeds * checkpoints; ++m_patched) {
            const std::size_t seed = m_patched % seeds, checkpoint = m_patched / seeds;
            const unet::Model model(snapshot(checkpoint, seed)), last(snapshot(checkpoints - 1, seed));
            const Drawer drawer(*m_set, model, m_trainings[seed]->schedule(), drawOptions());
            const std::vector<float> embedding = last.embed(m_set->meanCondition(m_set->heldOut()), 1);
            const auto score =
                patchScore(*m_set, drawer, embedding, m_plan.assessment.scanSamples, reader(), m_goOn);
            if (!score) return false;
            m_record.takePatch(checkpoint, seed, *score);
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
    std::vector<float> m_snapshots;  // [checkpoint, seed, parameter]
};

}  // namespace

latent::Schema Diffusion::parameters() { return diffusionParameters(); }
latent::Outputs Diffusion::outputs(const latent::Parameters& p) { return diffusionOutputs(p); }

void Diffusion::run(const latent::Parameters& p, latent::Job& job) {
    Study study(p, job);
    if (const auto resumed = job.resumed()) study.restore(*resumed);
    study.run();
}

}  // namespace concept_space
