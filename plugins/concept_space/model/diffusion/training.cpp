// SPDX-License-Identifier: Apache-2.0
#include "model/diffusion/training.hpp"

#include <algorithm>
#include <cmath>
#include <latent/error.hpp>
#include <latent/learn/adamw.hpp>
#include <latent/learn/diffusion/losses.hpp>
#include <latent/learn/parallel.hpp>
#include <latent/learn/random.hpp>

namespace concept_space {

namespace diffusion = latent::learn::diffusion;
namespace unet = latent::learn::unet;
using latent::learn::RandomStream;

std::vector<float> nullCondition(const ConceptSet& set) {
    return std::vector<float>(static_cast<std::size_t>(set.conditions()), -1.0F);
}

DiffusionTraining::DiffusionTraining(std::shared_ptr<const ConceptSet> set, const TrainingSpec& spec,
                                     int threads)
    : m_set(std::move(set)),
      m_spec(spec),
      m_threads(threads),
      m_schedule(spec.schedule),
      m_trainer(unet::initialise(spec.shape, spec.seed, spec.initScale), spec.optimiser, threads) {
    const auto n = static_cast<std::size_t>(spec.batch);
    m_x.resize(n * m_set->each());
    m_z.resize(m_x.size());
    m_targets.resize(m_x.size());
    m_times.resize(n);
    m_conditions.resize(n * static_cast<std::size_t>(m_set->conditions()));
    m_weights.resize(n);
    m_trainer.keepInputGradients(spec.schedule.kind == diffusion::ScheduleKind::LearnedLinear &&
                                 !spec.regression);
}

StepLoss DiffusionTraining::step() {
    const auto n = static_cast<std::size_t>(m_spec.batch);
    const auto number = static_cast<std::uint64_t>(stepsDone());
    RandomStream stream(m_spec.seed, "concept/batch", number);
    const std::vector<double> times = diffusion::antitheticTimes(stream.uniform(), n);
    const std::vector<float> null = nullCondition(*m_set);
    const std::size_t d = m_set->each(), k = static_cast<std::size_t>(m_set->conditions());
    std::vector<std::size_t> chosen(n);
    for (std::size_t i = 0; i < n; ++i) {
        chosen[i] = static_cast<std::size_t>(stream.below(m_set->trainSize()));
        const bool drops = m_spec.dropCondition > 0 && stream.uniform() < m_spec.dropCondition;
        const std::span<const float> condition =
            drops ? std::span<const float>(null) : m_set->condition(chosen[i]);
        std::copy(condition.begin(), condition.end(),
                  m_conditions.begin() + static_cast<std::ptrdiff_t>(i * k));
        const diffusion::Noise noise = m_schedule.at(times[i]);
        m_times[i] = m_spec.regression ? 0.0F : static_cast<float>(noise.input);
        m_weights[i] = m_spec.regression ? 1.0F : static_cast<float>(diffusion::weightOf(noise));
    }
    latent::learn::forEachIndex(std::min<std::size_t>(8, n), m_threads, [&](std::size_t piece) {
        const std::size_t pieces = std::min<std::size_t>(8, n);
        for (std::size_t i = n * piece / pieces; i < n * (piece + 1) / pieces; ++i) {
            const std::span<const float> x = m_set->x(chosen[i]);
            std::copy(x.begin(), x.end(), m_x.begin() + static_cast<std::ptrdiff_t>(i * d));
            const std::span<float> target = std::span(m_targets).subspan(i * d, d),
                                   z = std::span(m_z).subspan(i * d, d);
            if (m_spec.regression) {
                std::copy(x.begin(), x.end(), target.begin());
                continue;  // z stays zero
            }
            RandomStream(m_spec.seed, "concept/noise", number * n + i).fillNormal(target);
            diffusion::diffuse(m_schedule.at(times[i]), x, target, z);
        }
    });
    StepLoss loss;
    loss.diffusion = m_trainer.gradient({m_z, m_times, m_conditions, m_targets, m_weights});
    loss.gradientNorm = m_trainer.gradientNorm();
    // What has diverged is left as it is for the caller to tell: nothing is updated with it.
    const auto diverged = [&] { return !std::isfinite(loss.diffusion + loss.gradientNorm); };
    if (m_spec.regression) {
        if (!diverged()) loss.clip = m_trainer.update();
        return loss;
    }
    for (std::size_t i = 0; i < n; ++i)
        loss.latent +=
            diffusion::latentLoss(m_schedule, std::span(m_x).subspan(i * d, d)) / static_cast<double>(n);
    loss.reconstruction = diffusion::reconstructionLoss(m_schedule, m_spec.dataDeviation);
    double others = 0;
    const bool learns = m_spec.schedule.kind == diffusion::ScheduleKind::LearnedLinear;
    if (learns) {
        diffusion::LineGradient line;
        for (std::size_t i = 0; i < n; ++i) {
            const std::span<const float> x = std::span(m_x).subspan(i * d, d),
                                         eps = std::span(m_targets).subspan(i * d, d);
            line.add(m_schedule, times[i], x, eps, m_trainer.losses()[i],
                     m_trainer.inputGradient().subspan(i * d, d),
                     static_cast<double>(m_trainer.timeGradient()[i]), n);
            line.addEnds(m_schedule, x, m_spec.dataDeviation, n);
        }
        m_lineGradient = {line.intercept, line.slope};
        others = line.intercept * line.intercept + line.slope * line.slope;
        loss.gradientNorm = std::sqrt(loss.gradientNorm * loss.gradientNorm + others);
    }
    if (diverged()) return loss;
    loss.clip = m_trainer.update(others);
    if (learns) updateLine(loss.gradientNorm);
    return loss;
}

/// AdamW on b and w, clipped together with the network.
void DiffusionTraining::updateLine(double norm) {
    const auto factors = latent::learn::adamwFactors(m_spec.optimiser, norm, stepsDone());
    std::array<double, 2> line{m_schedule.intercept(), m_schedule.slope()};
    for (std::size_t i = 0; i < 2; ++i)
        line[i] = latent::learn::adamwUpdate(m_spec.optimiser, factors, m_lineGradient[i], line[i],
                                             m_lineFirst[i], m_lineSecond[i]);
    m_schedule.setLine(line[0], line[1]);
}

void DiffusionTraining::save(latent::State& state, const std::string& prefix) {
    state.add(m_trainer.save(prefix));
    if (m_spec.schedule.kind == diffusion::ScheduleKind::LearnedLinear)
        state.values[prefix + ".line"] = {m_schedule.intercept(), m_schedule.slope(), m_lineFirst[0],
                                          m_lineFirst[1],         m_lineSecond[0],    m_lineSecond[1]};
}

void DiffusionTraining::restore(const latent::Resumed& resumed, const std::string& prefix) {
    m_trainer.restore(resumed, prefix);
    if (m_spec.schedule.kind != diffusion::ScheduleKind::LearnedLinear) return;
    const auto kept = resumed.values().find(prefix + ".line");
    std::vector<double> line;
    if (kept != resumed.values().end() && kept->is_array())
        for (const auto& value : *kept)
            if (value.is_number() && std::isfinite(value.get<double>())) line.push_back(value.get<double>());
    if (line.size() != 6)
        throw latent::RunError("The checkpoint does not hold the learned noise schedule of '" + prefix +
                               "'. Start the run anew.");
    m_schedule.setLine(line[0], line[1]);
    m_lineFirst = {line[2], line[3]};
    m_lineSecond = {line[4], line[5]};
}

}  // namespace concept_space
