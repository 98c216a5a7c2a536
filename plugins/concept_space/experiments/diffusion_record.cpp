// SPDX-License-Identifier: Apache-2.0
#include "experiments/diffusion_record.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "experiments/expected_path.hpp"
#include "model/diffusion/curves.hpp"

namespace concept_space {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr double kSaturated = .01;  // mean squared distance of the trained classes from their corners

std::int64_t extent(std::size_t n) { return static_cast<std::int64_t>(n); }

std::vector<double> namedTimes(const std::vector<std::optional<double>>& times) {
    std::vector<double> all;
    for (const auto& t : times) all.push_back(t.value_or(kNan));
    return all;
}

}  // namespace

DiffusionRecord::DiffusionRecord(const DiffusionPlan& plan, const ConceptSet& set)
    : m_plan(plan),
      m_set(set),
      m_seeds(static_cast<std::size_t>(plan.seeds)),
      m_classes(static_cast<std::size_t>(set.classes())),
      m_steps(plan.checkpoints.size()),
      m_concepts(static_cast<std::size_t>(set.concepts())),
      m_raw{std::vector<double>(m_seeds * m_classes * m_steps * m_concepts, kNan),
            std::vector<double>(m_seeds * m_classes * m_steps, kNan)},
      m_ema(plan.averaged ? m_raw : Places{}),
      m_analytic(m_raw.coordinates),
      m_capability(kMethodCount * m_seeds * m_steps, kNan),
      m_choice(m_capability),
      m_validation(m_seeds * m_steps, kNan),
      m_test(m_validation),
      m_theory(plan.theoryPath()) {}

void DiffusionRecord::begin(latent::Job& job, const std::vector<double>& probeAccuracy) const {
    std::vector<std::int64_t> seeds;
    for (std::size_t s = 0; s < m_seeds; ++s)
        seeds.push_back(static_cast<std::int64_t>(m_plan.firstSeed + s));
    job.publish("seed", seeds);
    job.publish("class", placesOf(m_classes));
    job.publish("concept", placesOf(m_concepts));
    job.publish("method", placesOf(kMethodCount));
    job.publish("step", m_plan.checkpoints);
    job.publish("concept_signal", m_set.signal());
    job.publish("probe_accuracy", probeAccuracy);
}

void DiffusionRecord::take(std::size_t checkpoint, std::size_t seed, const Assessment& a,
                           double validationLoss, double testLoss) {
    take(checkpoint, seed, a, m_raw);
    for (std::size_t c = 0; c < m_classes; ++c)
        for (std::size_t k = 0; k < m_concepts; ++k)
            m_analytic[((seed * m_classes + c) * m_steps + checkpoint) * m_concepts + k] =
                a.analytic[c * m_concepts + k];
    for (std::size_t m = 0; m < kMethodCount; ++m) {
        capability(m, seed, checkpoint) = a.capability[m];
        m_choice[(m * m_seeds + seed) * m_steps + checkpoint] = a.choice[m];
    }
    m_validation[seed * m_steps + checkpoint] = validationLoss;
    m_test[seed * m_steps + checkpoint] = testLoss;
}

void DiffusionRecord::take(std::size_t checkpoint, std::size_t seed, const Placement& placement,
                           Places& to) const {
    for (std::size_t c = 0; c < m_classes; ++c) {
        const std::size_t at = (seed * m_classes + c) * m_steps + checkpoint;
        to.accuracy[at] = placement.accuracy[c];
        for (std::size_t k = 0; k < m_concepts; ++k)
            to.coordinates[at * m_concepts + k] = placement.coordinates[c * m_concepts + k];
    }
}

void DiffusionRecord::show(latent::Job& job, std::size_t checkpoint, const Placement& placement,
                           const Placement* average) const {
    const std::int64_t step = m_plan.checkpoints[checkpoint];
    job.publish("shown_step", latent::ArrayView(&step, {1}));
    const auto publish = [&](const char* name, std::vector<float> shown) {
        if (m_set.isImages())
            for (float& v : shown) v = std::clamp(v, 0.0F, 1.0F);
        job.publish(
            name,
            {shown, {1, extent(m_classes), m_plan.tiles, m_set.height(), m_set.width(), m_set.channels()}});
    };
    publish("samples", placement.shown);
    if (average) publish("samples_ema", average->shown);
}

std::vector<double> DiffusionRecord::meanOf(const std::vector<double>& coordinates) const {
    std::vector<double> mean(m_classes * m_steps * m_concepts);
    for (std::size_t i = 0; i < coordinates.size(); ++i)
        mean[i % mean.size()] += coordinates[i] / static_cast<double>(m_seeds);
    return mean;
}

std::vector<double> DiffusionRecord::trajectory(std::size_t seed, std::size_t itsClass) const {
    const auto begin = m_raw.coordinates.begin() +
                       static_cast<std::ptrdiff_t>((seed * m_classes + itsClass) * m_steps * m_concepts);
    return {begin, begin + static_cast<std::ptrdiff_t>(m_steps * m_concepts)};
}

void DiffusionRecord::publish(latent::Job& job) const {
    const std::vector<double> steps(m_plan.checkpoints.begin(), m_plan.checkpoints.end());
    const std::vector<std::int64_t> path{extent(m_seeds), extent(m_classes), extent(m_steps),
                                         extent(m_concepts)},
        curve{extent(m_seeds), extent(m_steps)};
    job.publish("coordinates", {m_raw.coordinates, path});
    job.publish("coordinates_analytic", {m_analytic, path});
    job.publish("accuracy", {m_raw.accuracy, {path[0], path[1], path[2]}});
    job.publish("capability", {m_capability, {extent(kMethodCount), extent(m_seeds), extent(m_steps)}});
    job.publish("choice", {m_choice, {extent(kMethodCount), extent(m_seeds), extent(m_steps)}});
    job.publish("validation_loss", {m_validation, curve});
    job.publish("test_loss", {m_test, curve});
    const std::vector<double> mean = meanOf(m_raw.coordinates);
    if (m_plan.averaged) {
        job.publish("coordinates_ema", {m_ema.coordinates, path});
        job.publish("accuracy_ema", {m_ema.accuracy, {path[0], path[1], path[2]}});
        job.publish("coordinates_ema_mean", {meanOf(m_ema.coordinates), {path[1], path[2], path[3]}});
    }
    std::vector<double> capability(kMethodCount * m_steps), mse, speed;
    for (std::size_t i = 0; i < m_capability.size(); ++i)
        capability[i / (m_seeds * m_steps) * m_steps + i % m_steps] +=
            m_capability[i] / static_cast<double>(m_seeds);
    for (std::size_t s = 0; s < m_seeds; ++s) {
        const std::vector<double> held = trajectory(s, m_classes - 1),
                                  distance = conceptMse(held, m_concepts),
                                  velocity = speedOf(steps, held, m_concepts);
        mse.insert(mse.end(), distance.begin(), distance.end());
        speed.insert(speed.end(), velocity.begin(), velocity.end());
    }
    job.publish("coordinates_mean", {mean, {path[1], path[2], path[3]}});
    job.publish("capability_mean", {capability, {extent(kMethodCount), extent(m_steps)}});
    job.publish("concept_mse", {mse, curve});
    job.publish("speed", {speed, curve});
    publishSaturation(job, steps);
    publishTheory(job, mean);
}

/// From when on the trained classes are where they belong, as far as the training has come.
void DiffusionRecord::publishSaturation(latent::Job& job, const std::vector<double>& steps) const {
    std::vector<std::optional<double>> times(m_seeds);
    for (std::size_t s = 0; s < m_seeds; ++s)
        for (std::size_t i = 0; i < m_steps && !times[s]; ++i) {
            double distance = 0, count = 0;
            for (std::size_t c = 0; c < m_classes; ++c) {
                if (isHeldOut(static_cast<int>(c))) continue;
                for (std::size_t k = 0; k < m_concepts; ++k, ++count)
                    distance +=
                        std::pow(m_raw.coordinates[((s * m_classes + c) * m_steps + i) * m_concepts + k] -
                                     m_set.conceptOf(static_cast<int>(c), static_cast<int>(k)),
                                 2);
            }
            if (distance / count < kSaturated) times[s] = steps[i];
        }
    const double median = medianTime(times, steps.back()).value_or(kNan);
    job.publish("saturation_step", namedTimes(times));
    job.publish("saturation_median", latent::ArrayView(&median, {}));
}

/// From where the untrained model draws the held-out class.
void DiffusionRecord::publishTheory(latent::Job& job, const std::vector<double>& mean) const {
    if (m_theory.empty()) return;
    std::vector<double> start;
    for (std::size_t k = 0; k < m_concepts; ++k)
        start.push_back(mean[(m_classes - 1) * m_steps * m_concepts + k]);
    job.publish("theory_path", {laidFrom(m_theory, start), {kPathFrames, extent(m_concepts)}});
}

void DiffusionRecord::publishTimes(latent::Job& job, const std::vector<double>& steps) const {
    std::vector<double> times, unlearned, median, p;
    std::vector<std::optional<double>> naive;
    for (std::size_t m = 0; m < kMethodCount; ++m) {
        std::vector<std::optional<double>> each;
        for (std::size_t s = 0; s < m_seeds; ++s)
            each.push_back(learningTime(steps,
                                        std::span(m_capability).subspan((m * m_seeds + s) * m_steps, m_steps),
                                        m_plan.threshold));
        if (m == kNaive) naive = each;
        const auto begin = m_capability.begin() + static_cast<std::ptrdiff_t>(m * m_seeds * m_steps);
        if (std::all_of(begin, begin + static_cast<std::ptrdiff_t>(m_seeds * m_steps),
                        [](double v) { return std::isnan(v); })) {  // was not asked
            times.insert(times.end(), m_seeds, kNan);
            unlearned.insert(unlearned.end(), m_steps, kNan);
            median.push_back(kNan);
            p.push_back(kNan);
            continue;
        }
        const std::vector<double> named = namedTimes(each), survival = kaplanMeier(each, steps.back(), steps);
        times.insert(times.end(), named.begin(), named.end());
        unlearned.insert(unlearned.end(), survival.begin(), survival.end());
        median.push_back(medianTime(each, steps.back()).value_or(kNan));
        p.push_back(logRank(each, naive, steps.back()).p);
    }
    job.publish("learning_time", {times, {extent(kMethodCount), extent(m_seeds)}});
    job.publish("unlearned", {unlearned, {extent(kMethodCount), extent(m_steps)}});
    job.publish("median_time", median);
    job.publish("log_rank_p", p);
    std::vector<double> classTimes;
    for (std::size_t c = 0; c < m_classes; ++c)
        for (std::size_t s = 0; s < m_seeds; ++s)
            classTimes.push_back(
                learningTime(steps, std::span(m_raw.accuracy).subspan((s * m_classes + c) * m_steps, m_steps),
                             m_plan.threshold)
                    .value_or(kNan));
    job.publish("class_time", {classTimes, {extent(m_classes), extent(m_seeds)}});
}

/// When the concepts of the held-out class were learned. Of the first and the second also as single numbers, of which a
/// sweep makes maps over the strengths of the signals.
void DiffusionRecord::publishConceptTimes(latent::Job& job, const std::vector<double>& steps) const {
    std::vector<std::vector<std::optional<double>>> times(m_concepts);
    for (std::size_t s = 0; s < m_seeds; ++s) {
        const std::vector<double> held = trajectory(s, m_classes - 1);
        for (std::size_t k = 0; k < m_concepts; ++k) {
            std::vector<double> curve;
            for (std::size_t i = 0; i < m_steps; ++i) curve.push_back(held[i * m_concepts + k]);
            times[k].push_back(learningTime(steps, curve, m_plan.threshold));
        }
    }
    const auto publish = [&job](const char* name, double value) {
        job.publish(name, latent::ArrayView(&value, {}));
    };
    std::vector<double> speeds;
    for (const auto& ofConcept : times) speeds.push_back(meanLearningSpeed(ofConcept));
    job.publish("learning_speed", speeds);
    publish("first_time", medianTime(times[0], steps.back()).value_or(kNan));
    publish("second_time", medianTime(times[1], steps.back()).value_or(kNan));
    publish("first_speed", speeds[0]);
    publish("second_speed", speeds[1]);
    publish("first_lead", meanLead(times[0], times[1], steps.back()).value_or(kNan));
}

void DiffusionRecord::end(latent::Job& job) const {
    const std::vector<double> steps(m_plan.checkpoints.begin(), m_plan.checkpoints.end());
    publishTimes(job, steps);
    publishConceptTimes(job, steps);
    std::vector<double> turn, angle;
    for (std::size_t s = 0; s < m_seeds; ++s) {
        const Turn sharpest = sharpestTurn(steps, trajectory(s, m_classes - 1), m_concepts);
        turn.push_back(sharpest.step.value_or(kNan));
        angle.push_back(sharpest.step ? sharpest.angle : kNan);
    }
    for (const auto& [name, method] :
         {std::pair{"final_accuracy", kNaive}, {"final_elicited", kOverPrompt}}) {
        double mean = 0;
        for (std::size_t s = 0; s < m_seeds; ++s)
            mean +=
                m_capability[(method * m_seeds + s) * m_steps + m_steps - 1] / static_cast<double>(m_seeds);
        job.publish(name, latent::ArrayView(&mean, {}));
    }
    job.publish("turn_step", turn);
    job.publish("turn_angle", angle);
}

std::vector<std::pair<std::string, std::vector<double>*>> DiffusionRecord::saved() {
    std::vector<std::pair<std::string, std::vector<double>*>> all{{"coordinates", &m_raw.coordinates},
                                                                  {"analytic", &m_analytic},
                                                                  {"accuracy", &m_raw.accuracy},
                                                                  {"capability", &m_capability},
                                                                  {"choice", &m_choice},
                                                                  {"validation", &m_validation},
                                                                  {"test", &m_test}};
    if (m_plan.averaged)
        all.insert(all.end(), {{"coordinates_ema", &m_ema.coordinates}, {"accuracy_ema", &m_ema.accuracy}});
    return all;
}

void DiffusionRecord::save(latent::State& state) {
    for (const auto& [name, values] : saved())
        state.arrays.push_back({"record." + name, latent::ArrayView(*values)});
}

void DiffusionRecord::restore(const latent::Resumed& resumed) {
    for (const auto& [name, values] : saved()) {
        const std::vector<double> kept = resumed.array("record." + name).toDoubles();
        if (kept.size() != values->size())
            throw latent::RunError(
                "The checkpoint holds a record of another version of concept/diffusion; start the run anew.");
        *values = kept;
    }
}

}  // namespace concept_space
