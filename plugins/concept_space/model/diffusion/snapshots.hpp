// SPDX-License-Identifier: Apache-2.0
#pragma once
// Networks as they were at checkpoints, each with its noise schedule: what embedding patching needs at the
// end of a training.
//
// Kept in memory and in every checkpoint of the run, one after the other in the order in which they were
// added. One thread.
//
//     Snapshots kept(shape, scheduleOptions);
//     kept.add(training.weights(), training.schedule());
//     const unet::Model early(kept.weights(0));  kept.schedule(0);

#include <latent/job.hpp>
#include <latent/learn/diffusion/schedule.hpp>
#include <latent/learn/unet/weights.hpp>

namespace concept_space {

class Snapshots {
  public:
    Snapshots(const latent::learn::unet::Shape& shape,
              const latent::learn::diffusion::ScheduleOptions& schedule)
        : m_shape(shape), m_schedule(schedule) {}

    void add(const latent::learn::unet::Weights& weights, const latent::learn::diffusion::Schedule& schedule);
    std::size_t size() const { return m_lines.size() / 2; }
    latent::learn::unet::Weights weights(std::size_t i) const;
    latent::learn::diffusion::Schedule schedule(std::size_t i) const;

    /// Arrays `snapshots` [n, parameter] and `snapshot_lines` [n, 2], borrowed.
    void save(latent::State& state) const;
    /// `n` of them. Throws RunError with a sentence when the checkpoint holds others.
    void restore(const latent::Resumed& resumed, std::size_t n);

  private:
    latent::learn::unet::Shape m_shape;
    latent::learn::diffusion::ScheduleOptions m_schedule;
    std::vector<float> m_weights;
    std::vector<double> m_lines;  // b and w of γ = b + |w|·t
};

}  // namespace concept_space
