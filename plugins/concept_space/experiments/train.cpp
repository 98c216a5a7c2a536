// SPDX-License-Identifier: Apache-2.0
#include "experiments/train.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <latent/learn/loop.hpp>
#include <limits>
#include <numeric>

#include "experiments/measurements.hpp"
#include "experiments/train_plan.hpp"
#include "model/mlp/ensemble.hpp"
#include "model/theory/metrics.hpp"

namespace concept_space {
namespace {

/// Everything that a run publishes, NaN where training has not come yet; it is also the record part of a checkpoint.
struct Record {
    explicit Record(const TrainPlan& plan)
        : trainLoss(size(plan, plan.steps), std::numeric_limits<float>::quiet_NaN()),
          oodLoss(size(plan, plan.oodStates()), std::numeric_limits<double>::quiet_NaN()),
          nodeLoss(size(plan, plan.frames.size() * plan.nodes()), std::numeric_limits<float>::quiet_NaN()),
          output(size(plan, plan.frames.size() * concepts(plan)), std::numeric_limits<float>::quiet_NaN()),
          matrix(size(plan, plan.frames.size() * concepts(plan) * concepts(plan)),
                 std::numeric_limits<float>::quiet_NaN()) {}

    static std::size_t concepts(const TrainPlan& plan) {
        return static_cast<std::size_t>(plan.clusters.concepts());
    }
    static std::size_t size(const TrainPlan& plan, std::size_t each) {
        return static_cast<std::size_t>(plan.seeds) * each;
    }

    /// Puts what one seed recorded since the last time into its rows.
    void take(const TrainPlan& plan, std::size_t seed, const mlp::Records& r) {
        std::copy(r.trainLoss.begin(), r.trainLoss.end(),
                  trainLoss.begin() + static_cast<std::ptrdiff_t>(seed * plan.steps + r.firstStep));
        for (std::size_t i = 0; i < r.oodStep.size(); ++i)
            oodLoss[seed * plan.oodStates() + r.oodStep[i] / plan.oodEvery] = r.oodLoss[i];
        for (std::size_t i = 0; i < r.frame.size(); ++i) {
            const auto at = static_cast<std::size_t>(
                std::lower_bound(plan.frames.begin(), plan.frames.end(), r.frame[i]) - plan.frames.begin());
            const std::size_t frame = seed * plan.frames.size() + at;
            copyRow(r.nodeLoss, i, nodeLoss, frame, plan.nodes());
            copyRow(r.output, i, output, frame, concepts(plan));
            copyRow(r.matrix, i, matrix, frame, concepts(plan) * concepts(plan));
        }
    }

    std::vector<float> trainLoss;  // [seed, step]
    std::vector<double> oodLoss;   // [seed, ood_step]
    std::vector<float> nodeLoss;   // [seed, time, node]
    std::vector<float> output;     // [seed, time, coordinate]
    std::vector<float> matrix;     // [seed, time, row, col]

  private:
    static void copyRow(const std::vector<float>& from, std::size_t i, std::vector<float>& to, std::size_t j,
                        std::size_t width) {
        std::copy_n(from.begin() + static_cast<std::ptrdiff_t>(i * width), width,
                    to.begin() + static_cast<std::ptrdiff_t>(j * width));
    }
};

/// Seeds in training, and how they are saved and published.
class Ensemble {
  public:
    Ensemble(const latent::Parameters& p, latent::Job& job)
        : m_plan(TrainPlan::of(p)),
          m_job(job),
          m_learned(p.number("learned")),
          m_record(m_plan),
          m_runs(mlp::buildRuns(m_plan.seeds, job.threads(),
                                [this](int seed) { return m_plan.makeSeed(seed); })) {}

    const TrainPlan& plan() const { return m_plan; }

    void advance(std::uint64_t step) {
        mlp::advanceAll(m_runs, step, m_job.threads());
        double train = 0, ood = 0;
        std::uint64_t oodAt = 0;
        for (std::size_t seed = 0; seed < m_runs.size(); ++seed) {
            const mlp::Records r = m_runs[seed]->take();
            m_record.take(m_plan, seed, r);
            warnOfDivergence(seed, r);
            if (!r.trainLoss.empty()) train += static_cast<double>(r.trainLoss.back());
            if (r.oodLoss.empty()) continue;
            ood += r.oodLoss.back();
            oodAt = r.oodStep.back();
        }
        const double seeds = static_cast<double>(m_runs.size());
        m_job.metric("train_loss", static_cast<std::int64_t>(step) - 1, train / seeds);
        if (oodAt > 0) m_job.metric("ood_loss", static_cast<std::int64_t>(oodAt), ood / seeds);
    }

    latent::State save() {
        m_parameters.clear();
        m_velocity.clear();
        std::int64_t each = 0;
        for (const auto& run : m_runs) {
            const mlp::TrainerState state = run->trainer().state();
            m_parameters.insert(m_parameters.end(), state.parameters.begin(), state.parameters.end());
            m_velocity.insert(m_velocity.end(), state.velocity.begin(), state.velocity.end());
            each = static_cast<std::int64_t>(state.parameters.size());
        }
        const std::int64_t seeds = m_plan.seeds;
        latent::State state;
        state.values["step"] = m_runs.front()->trainer().stepsDone();
        state.arrays = {{"parameters", {m_parameters, {seeds, each}}},
                        {"train_loss", {m_record.trainLoss}},
                        {"ood_loss", {m_record.oodLoss}},
                        {"node_loss", {m_record.nodeLoss}},
                        {"output", {m_record.output}},
                        {"matrix", {m_record.matrix}}};
        if (!m_velocity.empty()) state.arrays.push_back({"velocity", {m_velocity, {seeds, each}}});
        return state;
    }

    void restore(const latent::Resumed& resumed) {
        const latent::Array parameters = resumed.array("parameters");
        std::optional<latent::Array> velocity;
        if (m_plan.sgd.momentum != 0) velocity = resumed.array("velocity");
        const auto each = static_cast<std::size_t>(parameters.extent(1));
        for (std::size_t seed = 0; seed < m_runs.size(); ++seed) {
            const auto part = [&](const latent::Array& all) {
                const std::span<const float> row = all.as<float>().subspan(seed * each, each);
                return std::vector<float>(row.begin(), row.end());
            };
            m_runs[seed]->restore({resumed.values().at("step").get<std::uint64_t>(), part(parameters),
                                   velocity ? part(*velocity) : std::vector<float>{}});
        }
        const auto load = [&]<class T>(const char* name, std::vector<T>& to) {
            const latent::Array from = resumed.array(name);
            const std::span<const T> values = from.as<T>();
            to.assign(values.begin(), values.end());
        };
        load("train_loss", m_record.trainLoss);
        load("ood_loss", m_record.oodLoss);
        load("node_loss", m_record.nodeLoss);
        load("output", m_record.output);
        load("matrix", m_record.matrix);
        const auto done = resumed.values().at("step").get<std::size_t>();
        for (std::size_t seed = 0; seed < m_runs.size(); ++seed)  // said before
            m_diverged[seed] = done > 0 && !std::isfinite(m_record.trainLoss[seed * m_plan.steps + done - 1]);
    }

    void publishFrame() const {
        std::vector<std::int64_t> seeds(static_cast<std::size_t>(m_plan.seeds)), steps(m_plan.steps), frames,
            oodSteps(m_plan.oodStates());
        std::vector<double> time, epoch;
        std::iota(seeds.begin(), seeds.end(), static_cast<std::int64_t>(m_plan.firstSeed));
        std::iota(steps.begin(), steps.end(), 0);
        for (std::size_t i = 0; i < oodSteps.size(); ++i)
            oodSteps[i] = static_cast<std::int64_t>(i * m_plan.oodEvery);
        for (std::uint64_t frame : m_plan.frames) {
            frames.push_back(static_cast<std::int64_t>(frame));
            time.push_back(static_cast<double>(frame) * m_plan.timePerStep());
            epoch.push_back(static_cast<double>(frame) / static_cast<double>(m_plan.stepsPerEpoch));
        }
        std::vector<std::int32_t> nodes(m_plan.nodes());
        std::iota(nodes.begin(), nodes.end(), 0);
        m_job.publish("seed", seeds);
        m_job.publish("step", steps);
        m_job.publish("frame_step", frames);
        m_job.publish("ood_step", oodSteps);
        m_job.publish("time", time);
        m_job.publish("epoch", epoch);
        m_job.publish("node", nodes);
        std::vector<std::int32_t> concepts(static_cast<std::size_t>(m_plan.clusters.concepts()));
        std::iota(concepts.begin(), concepts.end(), 0);
        m_job.publish("concept", concepts);
        publishTheory(time);
    }

    void publishCurves() const {
        const std::int64_t seeds = m_plan.seeds, frames = static_cast<std::int64_t>(m_plan.frames.size()),
                           s = m_plan.clusters.concepts();
        m_job.publish("train_loss", {m_record.trainLoss, {seeds, static_cast<std::int64_t>(m_plan.steps)}});
        m_job.publish("ood_loss", {m_record.oodLoss, {seeds, static_cast<std::int64_t>(m_plan.oodStates())}});
        m_job.publish("ood_loss_mean", meanOverSeeds(m_record.oodLoss));
        const std::vector<double> meanOutput = meanOverSeeds(m_record.output);
        m_job.publish("output_mean", {meanOutput, {frames, s}});
        m_job.publish("node_loss",
                      {m_record.nodeLoss, {seeds, frames, static_cast<std::int64_t>(m_plan.nodes())}});
        m_job.publish("output", {m_record.output, {seeds, frames, s}});
        const bool linear = !m_plan.network.relu || m_plan.network.layers == 1;
        m_job.publish(linear ? "weights" : "jacobian", {m_record.matrix, {seeds, frames, s, s}});
    }

    /// The tables that need whole curves.
    void publishSummary() const {
        const std::size_t frames = m_plan.frames.size(), s = Record::concepts(m_plan);
        const std::int64_t seeds = m_plan.seeds, concepts = m_plan.clusters.concepts();
        std::vector<double> epoch, learned, half, order, swing, descents;
        for (std::uint64_t frame : m_plan.frames)
            epoch.push_back(static_cast<double>(frame) / static_cast<double>(m_plan.stepsPerEpoch));
        for (std::size_t seed = 0; seed < m_runs.size(); ++seed) {
            const auto begin = m_record.output.begin() + static_cast<std::ptrdiff_t>(seed * frames * s);
            const std::vector<double> output(begin, begin + static_cast<std::ptrdiff_t>(frames * s));
            appendTimes(theory::learningTimes(epoch, output, m_plan.clusters.mu, m_learned), learned);
            appendTimes(theory::learningTimes(epoch, output, m_plan.clusters.mu, 0.5), half);
            // Between frames, so that concepts learned within one epoch have an order too.
            appendPlaces(theory::learningTimes(epoch, output, m_plan.clusters.mu, m_learned,
                                               theory::Crossing::Interpolated),
                         order);
            const std::span<const double> loss =
                std::span(m_record.oodLoss).subspan(seed * m_plan.oodStates(), m_plan.oodStates());
            const bool seen = m_plan.showsRises() && allFinite(loss);
            swing.push_back(seen ? theory::swingBy(loss).magnitude : std::nan(""));
            descents.push_back(seen ? theory::countDescents(loss, kLeastRise) : std::nan(""));
        }
        const std::vector<double> middle = medianTimes(learned, s), first{learnedFirst(order, s)};
        m_job.publish("learning_time", {learned, {seeds, concepts}});
        m_job.publish("half_learning_time", {half, {seeds, concepts}});
        m_job.publish("learning_time_median", middle);
        m_job.publish("learning_order", {order, {seeds, concepts}});
        m_job.publish("first_learned", latent::ArrayView(first.data(), {}));
        m_job.publish("swing_by", swing);
        m_job.publish("descents", descents);
    }

  private:
    /// Once for each seed.
    void warnOfDivergence(std::size_t seed, const mlp::Records& r) {
        if (m_diverged[seed]) return;
        const auto lost = std::find_if(r.trainLoss.begin(), r.trainLoss.end(),
                                       [](float loss) { return !std::isfinite(loss); });
        if (lost == r.trainLoss.end()) return;
        m_diverged[seed] = true;
        m_job.log("Seed " + std::to_string(m_plan.firstSeed + seed) +
                      " diverged: its training loss is not a finite number at step " +
                      std::to_string(r.firstStep + static_cast<std::uint64_t>(lost - r.trainLoss.begin())) +
                      ", nor is what comes after it. Claims that count it are not measured; lower learning_rate.",
                  latent::Level::Warning);
    }

    static void appendTimes(const std::vector<std::optional<double>>& times, std::vector<double>& to) {
        for (const auto& t : times) to.push_back(t.value_or(std::numeric_limits<double>::quiet_NaN()));
    }

    /// The place of each concept in the order of learning, 1 for the first; NaN where it was never learned.
    static void appendPlaces(const std::vector<std::optional<double>>& times, std::vector<double>& to) {
        const std::size_t begin = to.size();
        to.resize(begin + times.size(), std::numeric_limits<double>::quiet_NaN());
        double place = 0;
        for (int p : theory::learningOrder(times))
            if (times[static_cast<std::size_t>(p)]) to[begin + static_cast<std::size_t>(p)] = ++place;
    }

    /// Of an array with the seeds first; NaN where one of them has not come yet.
    template <class T>
    std::vector<double> meanOverSeeds(const std::vector<T>& values) const {
        const std::size_t seeds = m_runs.size(), each = values.size() / seeds;
        std::vector<double> mean(each, 0.0);
        for (std::size_t i = 0; i < values.size(); ++i)
            mean[i % each] += static_cast<double>(values[i]) / static_cast<double>(seeds);
        return mean;
    }

    void publishTheory(const std::vector<double>& time) const {
        if (!m_plan.theoryDescribes()) return;
        const theory::Relaxation overlay = m_plan.theoryOverlay();
        const Eigen::Map<const Eigen::VectorXd> target(m_plan.clusters.mu.data(), m_plan.clusters.concepts());
        std::vector<double> output, loss;
        for (double t : time) {
            const Eigen::MatrixXd theta = overlay.at(t);
            Eigen::VectorXd f = theta.leftCols(target.size()) * target;
            if (theta.cols() > target.size()) f += theta.rightCols(1);
            output.insert(output.end(), f.data(), f.data() + f.size());
            loss.push_back(0.5 * (f - target).squaredNorm());
        }
        m_job.publish("theory_output", {output, {static_cast<std::int64_t>(time.size()), target.size()}});
        m_job.publish("theory_ood_loss", loss);
    }

    TrainPlan m_plan;
    latent::Job& m_job;
    double m_learned;
    Record m_record;
    std::vector<std::unique_ptr<mlp::SeedRun>> m_runs;
    std::vector<bool> m_diverged = std::vector<bool>(m_runs.size());  // and that it was said
    std::vector<float> m_parameters, m_velocity;                      // what save() gives views of
};

}  // namespace

latent::Schema Train::parameters() { return trainParameters(); }
latent::Outputs Train::outputs(const latent::Parameters& p) { return trainOutputs(p); }

void Train::run(const latent::Parameters& p, latent::Job& job) {
    using Clock = std::chrono::steady_clock;
    Ensemble ensemble(p, job);
    const TrainPlan& plan = ensemble.plan();
    ensemble.publishFrame();
    if (!plan.showsRises())
        job.log("swing_by and descents are left out: the OOD loss is recorded " +
                std::to_string(plan.oodStates()) + " times, and rises are read off every step or " +
                std::to_string(kLeastRecords) + " records at least. Lower ood_every.");
    if (!plan.theoryDescribes())
        job.log("The theory is left out: it knows of no momentum, weight_decay and truncation.");

    // Long enough that starting threads costs nothing, short enough that a pause is answered at once; a fixed number, so
    // that the metrics do not depend on the machine.
    const std::uint64_t stride = std::max<std::uint64_t>(1, plan.stepsPerEpoch / 4);
    const std::uint64_t strides = (plan.steps + stride - 1) / stride;
    auto shown = Clock::now();
    latent::learn::Loop loop;
    loop.steps = static_cast<std::int64_t>(strides);
    loop.units = static_cast<std::int64_t>(plan.steps);
    loop.step = [&](std::int64_t i) {
        ensemble.advance(std::min(plan.steps, (static_cast<std::uint64_t>(i) + 1) * stride));
        if (Clock::now() - shown < std::chrono::seconds(2)) return;
        ensemble.publishCurves();
        shown = Clock::now();
    };
    loop.save = [&] { return ensemble.save(); };
    loop.restore = [&](const latent::Resumed& resumed) { ensemble.restore(resumed); };
    if (latent::learn::runLoop(job, loop) == latent::learn::Ended::Left) return;
    ensemble.publishCurves();
    ensemble.publishSummary();
}

}  // namespace concept_space
