// SPDX-License-Identifier: Apache-2.0
#pragma once
// What concept/diffusion publishes while it goes on, and the part of it that a checkpoint keeps.
//
// Curves have their final size from the start, NaN where training has not come yet; each is published whole.
// Rows of the growing arrays (samples, weights) are published once. One thread, that of run().
//
//     DiffusionRecord record(plan, set);
//     record.begin(job, probeAccuracy);
//     record.take(checkpoint, seed, assessment);  record.publish(job);
//     record.end(job);                                             // learning times, turns, survival

#include <latent/latent.hpp>

#include "experiments/diffusion_plan.hpp"

namespace concept_space {

class DiffusionRecord {
  public:
    DiffusionRecord(const DiffusionPlan& plan, const ConceptSet& set);

    void begin(latent::Job& job, const std::vector<double>& probeAccuracy) const;
    void take(std::size_t checkpoint, std::size_t seed, const Assessment& assessment, double validationLoss,
              double testLoss);
    void takePatch(std::size_t checkpoint, std::size_t seed, double score) {
        capability(kPatch, seed, checkpoint) = score;
    }
    /// By the moving average of the weights.
    void takeAverage(std::size_t checkpoint, std::size_t seed, const Placement& placement) {
        take(checkpoint, seed, placement, m_ema);
    }
    /// The first seed's samples, once for each checkpoint; those of the average too where there is one.
    void show(latent::Job& job, std::size_t checkpoint, const Placement& placement,
              const Placement* average) const;
    void publish(latent::Job& job) const;
    void end(latent::Job& job) const;

    void save(latent::State& state);
    void restore(const latent::Resumed& resumed);

  private:
    /// Of one kind of weights.
    struct Places {
        std::vector<double> coordinates;  // [seed, class, step, concept]
        std::vector<double> accuracy;     // [seed, class, step]
    };
    void take(std::size_t checkpoint, std::size_t seed, const Placement& placement, Places& to) const;
    std::vector<double> meanOf(const std::vector<double>& coordinates) const;  ///< over seeds
    std::vector<std::pair<std::string, std::vector<double>*>> saved();
    double& capability(std::size_t method, std::size_t seed, std::size_t checkpoint) {
        return m_capability[(method * m_seeds + seed) * m_steps + checkpoint];
    }
    std::vector<double> trajectory(std::size_t seed, std::size_t itsClass) const;  ///< [step, concept]
    void publishSaturation(latent::Job& job, const std::vector<double>& steps) const;
    void publishTheory(latent::Job& job, const std::vector<double>& mean) const;
    void publishTimes(latent::Job& job, const std::vector<double>& steps) const;
    void publishConceptTimes(latent::Job& job, const std::vector<double>& steps) const;

    const DiffusionPlan& m_plan;
    const ConceptSet& m_set;
    std::size_t m_seeds, m_classes, m_steps, m_concepts;
    Places m_raw, m_ema;                         // the second empty without an average
    std::vector<double> m_analytic;              // [seed, class, step, concept]
    std::vector<double> m_capability, m_choice;  // [method, seed, step]
    std::vector<double> m_validation, m_test;    // [seed, step]
    std::vector<double> m_theory;                // [frame, concept], 0 … 1
};

}  // namespace concept_space
