// SPDX-License-Identifier: Apache-2.0
#include "experiments/algorithms.hpp"

#include <cmath>

#include "experiments/published.hpp"
#include "experiments/study.hpp"
#include "model/algorithms/divergence.hpp"
#include "model/algorithms/evaluate.hpp"
#include "model/lia/scores.hpp"

namespace markov_mixtures {
namespace {

/// All that a run publishes and a checkpoint keeps; sets that have not been evaluated hold NaN.
class Record {
  public:
    Record(const Study& study, std::size_t lengths)
        : m_replicates(static_cast<std::size_t>(study.replicates)), m_lengths(lengths) {
        for (auto* chains : {&m_matrixChain, &m_positionChain})
            chains->assign(kSets * kAlgorithms * m_replicates * lengths, kNan);
        for (auto* floor : {&m_matrixFloor, &m_positionFloor, &m_drawn}) floor->assign(kSets, kNan);
        m_rate.assign(kSets * m_replicates, kNan);
        m_number.assign(kSets * m_replicates, -1);
        for (auto* score : {&m_proximity, &m_low, &m_high}) score->assign(kAlgorithms, kNan);
    }

    void keep(std::size_t set, const SetCurves& curves, const AlgorithmBank& bank, const Study& study) {
        std::copy(curves.klMatrixChain.begin(), curves.klMatrixChain.end(),
                  m_matrixChain.begin() + static_cast<std::ptrdiff_t>(set * curves.klMatrixChain.size()));
        std::copy(curves.klPositionChain.begin(), curves.klPositionChain.end(),
                  m_positionChain.begin() + static_cast<std::ptrdiff_t>(set * curves.klPositionChain.size()));
        m_drawn[set] = curves.meanDrawn;
        m_matrixFloor[set] = m_positionFloor[set] = 0;
        const auto k = static_cast<std::size_t>(bank.states());
        for (std::size_t r = 0; r < m_replicates; ++r) {
            const Replicate replicate = makeReplicate(
                bank.mixture(), study.evaluation, static_cast<SetKind>(set), static_cast<std::int64_t>(r));
            std::vector<double> rows;
            for (std::size_t i = 0; i < k; ++i)
                rows.insert(rows.end(), replicate.truth.stationary.begin(), replicate.truth.stationary.end());
            m_matrixFloor[set] +=
                klMatrix(bank.states(), rows, replicate.truth.transition) / static_cast<double>(m_replicates);
            m_positionFloor[set] += (stationaryEntropy(replicate.truth) - entropyRate(replicate.truth)) /
                                    static_cast<double>(m_replicates);
            m_rate[set * m_replicates + r] = entropyRate(replicate.truth);
            m_number[set * m_replicates + r] = replicate.chainNumber;
        }
    }
    void keep(Algorithm a, const Proximity& p) {
        m_proximity[indexOf(a)] = p.fraction;
        m_low[indexOf(a)] = p.low;
        m_high[indexOf(a)] = p.high;
    }

    latent::State state(std::int64_t done) const {
        return {{{"sets", done}},
                {{"kl_matrix_chain", m_matrixChain},
                 {"kl_position_chain", m_positionChain},
                 {"matrix_floor", m_matrixFloor},
                 {"position_floor", m_positionFloor},
                 {"drawn", m_drawn},
                 {"entropy_rate", m_rate},
                 {"chain_number", m_number}}};
    }
    std::size_t restore(const latent::Resumed& resumed) {
        const auto load = [&]<class T>(const char* name, std::vector<T>& to) {
            const latent::Array from = resumed.array(name);
            const std::span<const T> values = from.as<T>();
            to.assign(values.begin(), values.end());
        };
        load("kl_matrix_chain", m_matrixChain);
        load("kl_position_chain", m_positionChain);
        load("matrix_floor", m_matrixFloor);
        load("position_floor", m_positionFloor);
        load("drawn", m_drawn);
        load("entropy_rate", m_rate);
        load("chain_number", m_number);
        return resumed.values().at("sets").get<std::size_t>();
    }

    void publish(latent::Job& job) const {
        const auto sets = static_cast<std::int64_t>(kSets),
                   algorithms = static_cast<std::int64_t>(kAlgorithms),
                   lengths = static_cast<std::int64_t>(m_lengths),
                   replicates = static_cast<std::int64_t>(m_replicates);
        const std::vector<double> matrix = publishMetric(job, "kl_matrix", m_matrixChain);
        publishMetric(job, "kl_position", m_positionChain);
        job.publish("unigram_floor_matrix", m_matrixFloor);
        job.publish("unigram_floor_position", m_positionFloor);
        job.publish("sequences_drawn", m_drawn);
        job.publish("entropy_rate", {m_rate, {sets, replicates}});
        job.publish("chain_number", {m_number, {sets, replicates}});
        std::vector<double> raw, clipped;
        for (std::size_t a = 0; a < kAlgorithms; ++a)
            for (std::size_t m = 0; m < m_lengths; ++m) {
                const auto on = [&](SetKind set, std::size_t algorithm) {
                    return matrix[(static_cast<std::size_t>(set) * kAlgorithms + algorithm) * m_lengths + m];
                };
                const Utilisation u = utilisation(on(SetKind::Shuffled, a), on(SetKind::Ood, a),
                                                  on(SetKind::Ood, indexOf(Algorithm::UniInf)),
                                                  on(SetKind::Ood, indexOf(Algorithm::BiInf)));
                raw.push_back(u.raw);
                clipped.push_back(u.clipped);
            }
        job.publish("utilisation", {raw, {algorithms, lengths}});
        job.publish("utilisation_clipped", {clipped, {algorithms, lengths}});
        job.publish("proximity", m_proximity);
        job.publish("proximity_low", m_low);
        job.publish("proximity_high", m_high);
    }

  private:
    /// Mean, standard error and band of a metric from its values by chain; returns the mean [set, algorithm, m].
    std::vector<double> publishMetric(latent::Job& job, const std::string& name,
                                      const std::vector<double>& chains) const {
        const std::vector<std::int64_t> shape{static_cast<std::int64_t>(kSets),
                                              static_cast<std::int64_t>(kAlgorithms),
                                              static_cast<std::int64_t>(m_lengths)};
        std::vector<double> mean, sem, low, high;
        const std::size_t each = kAlgorithms * m_replicates * m_lengths;
        for (std::size_t set = 0; set < kSets; ++set) {
            std::vector<double> m, s;
            summarise(std::span(chains).subspan(set * each, each), m_replicates, m_lengths, m, s);
            mean.insert(mean.end(), m.begin(), m.end());
            sem.insert(sem.end(), s.begin(), s.end());
        }
        for (std::size_t i = 0; i < mean.size(); ++i) {
            low.push_back(mean[i] - 1.96 * sem[i]);
            high.push_back(mean[i] + 1.96 * sem[i]);
        }
        job.publish(name, {mean, shape});
        job.publish(name + "_sem", {sem, shape});
        job.publish(name + "_low", {low, shape});
        job.publish(name + "_high", {high, shape});
        job.publish(name + "_chain",
                    {chains, {shape[0], shape[1], static_cast<std::int64_t>(m_replicates), shape[2]}});
        return mean;
    }

    std::size_t m_replicates, m_lengths;
    std::vector<double> m_matrixChain, m_positionChain, m_matrixFloor, m_positionFloor, m_drawn, m_rate,
        m_proximity, m_low, m_high;
    std::vector<std::int32_t> m_number;
};

/// Proximity of every algorithm on new chains at the longest context. False: somebody asked to stop.
bool measureProximity(const AlgorithmBank& bank, const Study& study, latent::Job& job, Record& record) {
    EvaluationSpec spec = study.evaluation;
    spec.contextLength = {spec.contextLength.back()};
    spec.sequences = 1;
    const auto size = static_cast<std::size_t>(bank.states()) * static_cast<std::size_t>(bank.states());
    std::vector<std::vector<std::vector<double>>> inferred(kAlgorithms);
    for (std::int64_t r = 0; r < study.proximityChains; ++r) {
        const Replicate replicate = makeReplicate(bank.mixture(), spec, SetKind::Ood, r);
        std::vector<Context> windows;
        for (int j = 0; j < bank.states(); ++j)
            windows.push_back({replicate.window(0, j), replicate.tokenBefore(0, j)});
        const std::vector<double> all = bank.inferredMatrices(windows);
        for (std::size_t a = 0; a < kAlgorithms; ++a)
            inferred[a].emplace_back(all.begin() + static_cast<std::ptrdiff_t>(a * size),
                                     all.begin() + static_cast<std::ptrdiff_t>((a + 1) * size));
        if (job.stopRequested()) return false;
    }
    const auto goOn = [&] { return !job.stopRequested(); };
    const std::optional<ProximityTest> test = ProximityTest::make(bank.mixture(), spec.generator,
                                                                  {.redraws = study.redraws,
                                                                   .seed = spec.seed,
                                                                   .unigram = false,
                                                                   .confidence = .95,
                                                                   .threads = job.threads(),
                                                                   .mostControlBytes = 0},  // asked once only
                                                                  goOn);
    if (!test) return false;
    const auto all = test->ofAll(inferred, job.threads(), goOn);
    if (!all) return false;
    for (std::size_t a = 0; a < kAlgorithms; ++a) record.keep(static_cast<Algorithm>(a), (*all)[a]);
    return true;
}

}  // namespace

latent::Schema Algorithms::parameters() { return studyParameters(); }
latent::Outputs Algorithms::outputs(const latent::Parameters& p) { return studyOutputs(p); }

void Algorithms::run(const latent::Parameters& p, latent::Job& job) {
    const Study study = Study::of(p);
    const AlgorithmBank bank(std::make_shared<const Mixture>(mixtureOf(p)), bankOptionsOf(p));
    const std::vector<int>& lengths = study.evaluation.contextLength;
    Record record(study, lengths.size());
    std::size_t set = 0;
    if (const auto resumed = job.resumed()) set = record.restore(*resumed);
    job.publish("set", counted(kSets));
    job.publish("algorithm", counted(kAlgorithms));
    job.publish("replicate", counted(static_cast<std::size_t>(study.replicates)));
    job.publish("context_length", std::vector<std::int32_t>(lengths.begin(), lengths.end()));
    const std::int64_t total = static_cast<std::int64_t>(kSets) * study.replicates;
    for (; set < kSets; ++set) {
        const std::int64_t before = static_cast<std::int64_t>(set) * study.replicates;
        const SetCurves curves = evaluate(bank, study.evaluation, static_cast<SetKind>(set), study.replicates,
                                          {.threads = job.threads(), .keepGoing = [&](std::int64_t done) {
                                               job.progress(before + done, total, "chains");
                                               return !job.stopRequested();
                                           }});
        if (curves.klMatrix.empty()) {
            job.checkpoint(static_cast<std::int64_t>(set), record.state(static_cast<std::int64_t>(set)));
            return;
        }
        record.keep(set, curves, bank, study);
        if (set + 1 < kSets && job.checkpointDue())
            job.checkpoint(static_cast<std::int64_t>(set) + 1,
                           record.state(static_cast<std::int64_t>(set) + 1));
    }
    if (!measureProximity(bank, study, job, record)) {
        job.checkpoint(static_cast<std::int64_t>(kSets), record.state(static_cast<std::int64_t>(kSets)));
        return;
    }
    record.publish(job);
    job.progress(total, total, "chains");
}

}  // namespace markov_mixtures
