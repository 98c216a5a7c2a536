// SPDX-License-Identifier: Apache-2.0
#pragma once
// One seed of concept/diffusion: a conditional U-Net trained to predict noise (arXiv 2107.00630), or the
// deterministic regressor of the paper's control, which maps a condition to its image.
//
// Everything that a step draws comes from streams numbered by the step, so weights, moments and the step are
// all that a checkpoint needs. The loss of an image is ½·γ'(t)/ln 2 times its squared error: bits per
// dimension. With a learned schedule b and w of γ = b + |w|·t are trained by the same rule, and clipped
// together with the network. One thread owns it; a step starts helpers.
//
//     DiffusionTraining training(set, spec, threads);
//     const StepLoss loss = training.step();               // loss.diffusion, bits per dimension
//     const unet::Model model(training.weights());  training.schedule();

#include <array>
#include <latent/job.hpp>
#include <latent/learn/diffusion/schedule.hpp>
#include <latent/learn/unet/trainer.hpp>
#include <memory>

#include "model/diffusion/concept_set.hpp"

namespace concept_space {

struct TrainingSpec {
    latent::learn::unet::Shape shape;
    latent::learn::unet::AdamW optimiser;
    latent::learn::diffusion::ScheduleOptions schedule;
    int batch = 64;
    double initScale = 1;
    double dropCondition = 0;     ///< chance that a condition is replaced by the null one, for guidance
    double dataDeviation = .001;  ///< s of the reconstruction loss
    bool regression = false;      ///< the control: image from condition, no noise
    std::uint64_t seed = 0;
};

/// Means over a batch.
struct StepLoss {
    double diffusion = 0;  ///< bits per dimension; the squared error of a regressor
    double latent = 0, reconstruction = 0;
    double gradientNorm = 0;  ///< before clipping
    double clip = 1;          ///< what the gradient was multiplied by
};

/// The condition that stands for none: all −1, as the paper's code.
std::vector<float> nullCondition(const ConceptSet& set);

class DiffusionTraining {
  public:
    DiffusionTraining(std::shared_ptr<const ConceptSet> set, const TrainingSpec& spec, int threads);

    /// One update; none where the loss or the gradient is not finite, which the result tells.
    StepLoss step();
    std::int64_t stepsDone() const { return m_trainer.stepsDone(); }
    latent::learn::unet::Weights weights() const { return m_trainer.weights(); }
    latent::learn::unet::Weights averagedWeights() const { return m_trainer.averagedWeights(); }
    const latent::learn::diffusion::Schedule& schedule() const { return m_schedule; }
    const TrainingSpec& spec() const { return m_spec; }

    /// Values and arrays of a checkpoint under a prefix; views stay valid until the next call.
    void save(latent::State& state, const std::string& prefix);
    void restore(const latent::Resumed& resumed, const std::string& prefix);

  private:
    void updateLine(double norm);

    std::shared_ptr<const ConceptSet> m_set;
    TrainingSpec m_spec;
    int m_threads;
    latent::learn::diffusion::Schedule m_schedule;
    latent::learn::unet::Trainer m_trainer;
    std::vector<float> m_x, m_z, m_targets, m_times, m_conditions, m_weights;
    std::array<double, 2> m_lineGradient{}, m_lineFirst{}, m_lineSecond{};
};

}  // namespace concept_space
