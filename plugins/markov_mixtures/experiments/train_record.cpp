// SPDX-License-Identifier: Apache-2.0
#include "experiments/train_record.hpp"

#include <cmath>
#include <cstring>
#include <type_traits>

#include "experiments/published.hpp"
#include "model/algorithms/algorithm.hpp"

namespace markov_mixtures {
namespace {

constexpr std::size_t kScored = 16;         // sequences of each half on which heads are scored
constexpr std::size_t kLossesAtOnce = 500;  // rows of the loss that wait before they are published
constexpr std::size_t kNumbersOfFit = sizeof(CheckpointFit) / sizeof(double);
static_assert(std::is_trivially_copyable_v<CheckpointFit> && sizeof(CheckpointFit) == 13 * sizeof(double));

/// One row of a growing array.
void row(latent::Job& job, const std::string& name, const std::vector<double>& values,
         std::vector<std::int64_t> shape = {}) {
    if (shape.empty() && values.size() > 1) shape = {static_cast<std::int64_t>(values.size())};
    shape.insert(shape.begin(), 1);
    job.publish(name, {values, shape});
}

}  // namespace

TrainRecord::TrainRecord(const TrainPlan& plan, const Reference& reference)
    : m_plan(plan), m_reference(reference) {
    const auto& fresh = reference.set(kOod).replicates;
    for (std::size_t r = 0; r < fresh.size(); ++r) {
        const std::span<const Token> tokens = fresh[r].contexts.sequence(0);
        auto& half = m_scored[fresh[r].half(r)];
        if (tokens.size() >= 2 && half.size() < kScored) half.emplace_back(tokens.begin(), tokens.end());
    }
    const std::span<const Token> first = fresh.front().contexts.sequence(0);
    m_example.assign(first.begin(), first.begin() + plan.attentionLength);
}

void TrainRecord::begin(latent::Job& job) const {
    const auto publishScalar = [&](const char* name, double value) {
        job.publish(name, latent::ArrayView(&value, {}));
    };
    job.publish("set", counted(kModelSets.size()));
    job.publish("algorithm", counted(kFour.size()));
    job.publish("context_length", std::vector<std::int32_t>(m_plan.evaluation.contextLength.begin(),
                                                            m_plan.evaluation.contextLength.end()));
    std::vector<std::int32_t> scoreLength;
    for (const std::size_t m : proximityPlaces(m_plan.evaluation.contextLength))
        scoreLength.push_back(m_plan.evaluation.contextLength[m]);
    job.publish("score_length", scoreLength);
    job.publish("half", counted(2));
    job.publish("layer", counted(static_cast<std::size_t>(m_plan.training.shape.layers)));
    job.publish("head", counted(static_cast<std::size_t>(m_plan.training.shape.heads)));
    job.publish("account", counted(accountNames().size()));
    for (const char* name : {"query", "key"}) job.publish(name, counted(m_example.size()));
    job.publish("example", std::vector<std::int32_t>(m_example.begin(), m_example.end()));
    double rate = 0, unigram = 0;
    const Mixture& mixture = m_reference.mixture();
    if (m_plan.keepsChains) {
        job.publish("transition",
                    {mixture.transition, {extent(mixture.chains()), mixture.states, mixture.states}});
        job.publish("prior", mixture.prior);
    }
    for (std::size_t n = 0; n < mixture.chains(); ++n) {
        const Chain chain = mixture.chain(n);
        rate += mixture.prior[n] * entropyRate(chain);
        unigram += mixture.prior[n] * stationaryEntropy(chain);
    }
    publishScalar("entropy_rate", rate);
    publishScalar("unigram_entropy", unigram);
    publishScalar("guess_entropy", std::log(static_cast<double>(m_reference.states())));
    std::vector<double> matrix, position, floorMatrix, floorPosition;
    for (std::size_t set = 0; set < kModelSets.size(); ++set) {
        const ReferenceSet& of = m_reference.set(set);
        floorMatrix.push_back(of.unigramMatrix);
        floorPosition.push_back(of.unigramPosition);
        matrix.insert(matrix.end(), of.klMatrix.begin(), of.klMatrix.end());
        position.insert(position.end(), of.klPosition.begin(), of.klPosition.end());
    }
    const std::vector<std::int64_t> shape{extent(kModelSets.size()), 4, extent(m_reference.lengths())};
    job.publish("algorithm_kl_matrix", {matrix, shape});
    job.publish("algorithm_kl_position", {position, shape});
    job.publish("unigram_floor_matrix", floorMatrix);
    job.publish("unigram_floor_position", floorPosition);

    std::vector<std::int64_t> offset, rows, columns;
    for (const auto& tensor : tensorsOf(m_plan.training.shape)) {
        offset.push_back(extent(tensor.offset));
        rows.push_back(tensor.shape.size() == 2 ? tensor.shape[0] : 0);
        columns.push_back(tensor.shape.back());
    }
    job.publish("tensor", counted(offset.size()));
    job.publish("tensor_offset", offset);
    job.publish("tensor_rows", rows);
    job.publish("tensor_columns", columns);
}

void TrainRecord::add(latent::Job& job, const TransformerPredictor& model, const Snapshot& s) {
    const std::int64_t step = m_plan.checkpoints[m_fits.size()], sets = extent(kModelSets.size()),
                       lengths = extent(m_reference.lengths());
    publishLosses(job);
    job.publish("checkpoint_step", latent::ArrayView(&step, {1}));
    row(job, "kl_matrix", s.klMatrix, {sets, lengths});
    row(job, "kl_matrix_sem", s.klMatrixSem, {sets, lengths});
    row(job, "kl_position", s.klPosition, {sets, lengths});
    row(job, "kl_position_sem", s.klPositionSem, {sets, lengths});
    row(job, "kl_matrix_half", s.klMatrixHalf, {2, sets, lengths});
    row(job, "kl_position_half", s.klPositionHalf, {2, sets, lengths});
    row(job, "kl_to_algorithm", s.klToAlgorithm, {sets, 4, lengths});
    row(job, "kl_to_algorithm_half", s.klToAlgorithmHalf, {2, sets, 4, lengths});

    std::vector<double> weights, unigram, rmse, condition, kl, raw, clipped;
    for (const Lia& lia : s.lia) {
        weights.insert(weights.end(), lia.weights.begin(), lia.weights.end());
        unigram.push_back(lia.unigram());
        rmse.push_back(lia.rmse);
        condition.push_back(lia.condition);
        kl.push_back(lia.klModelLia);
    }
    for (const Utilisation& u : s.utilisation) {
        raw.push_back(u.raw);
        clipped.push_back(u.clipped);
    }
    row(job, "lia_weights", weights, {lengths, 4});
    const std::pair<const char*, const std::vector<double>*> byLength[]{
        {"lia_unigram", &unigram},        {"lia_rmse", &rmse},
        {"lia_condition", &condition},    {"kl_to_lia", &kl},
        {"lia_forecast", &s.forecast},    {"utilisation", &raw},
        {"utilisation_clipped", &clipped}};
    for (const auto& [name, values] : byLength) row(job, name, *values, {lengths});
    row(job, "lia_joint", {s.joint.weights.begin(), s.joint.weights.end()}, {4});
    std::vector<double> halves(s.half[0].weights.begin(), s.half[0].weights.end());
    halves.insert(halves.end(), s.half[1].weights.begin(), s.half[1].weights.end());
    row(job, "lia_joint_half", halves, {2, 4});
    for (const auto& [name, value] : {std::pair{"lia_joint_unigram", s.joint.unigram()},
                                      {"lia_joint_rmse", s.joint.rmse},
                                      {"lia_joint_condition", s.joint.condition},
                                      {"kl_to_lia_joint", s.joint.klModelLia}})
        row(job, name, {value});
    const std::size_t scored = proximityPlaces(m_plan.evaluation.contextLength).size();
    std::vector<double> nearer(scored, kNan), low(scored, kNan), high(scored, kNan);
    for (std::size_t m = 0; m < s.proximity.size(); ++m)
        nearer[m] = s.proximity[m].fraction, low[m] = s.proximity[m].low, high[m] = s.proximity[m].high;
    row(job, "proximity", nearer, {extent(scored)});
    row(job, "proximity_low", low, {extent(scored)});
    row(job, "proximity_high", high, {extent(scored)});
    publishHeads(job, model);

    const std::size_t last = m_reference.lengths() - 1;
    CheckpointFit fit{
        s.lia[last].weights, {}, s.klMatrix[kOod * m_reference.lengths() + last], s.joint.weights};
    for (std::size_t a = 0; a < 4; ++a)
        fit.klToAlgorithm[a] = s.klToAlgorithm[(kId * 4 + a) * m_reference.lengths() + last];
    m_fits.push_back(fit);
    job.metric("kl_matrix_id", step, s.klMatrix[kId * m_reference.lengths() + last]);
    job.metric("kl_matrix_ood", step, s.klMatrix[kOod * m_reference.lengths() + last]);
}

void TrainRecord::publishHeads(latent::Job& job, const TransformerPredictor& model) const {
    const std::int64_t layers = model.shape().layers, heads = model.shape().heads,
                       length = extent(m_example.size());
    const std::vector<float> attention = model.attention(m_example, 1);
    job.publish("attention", {attention, {1, layers, heads, length, length}});
    std::vector<double> previous, induction;
    std::vector<std::vector<Token>> all;
    for (const auto& half : m_scored) {
        HeadScores scores = headScores(model, half);
        if (half.empty()) {
            scores.previousToken.assign(static_cast<std::size_t>(layers * heads), kNan);
            scores.induction = scores.previousToken;
        }
        previous.insert(previous.end(), scores.previousToken.begin(), scores.previousToken.end());
        induction.insert(induction.end(), scores.induction.begin(), scores.induction.end());
        all.insert(all.end(), half.begin(), half.end());
    }
    const HeadScores both = headScores(model, all);
    row(job, "previous_token_score", both.previousToken, {layers, heads});
    row(job, "induction_score", both.induction, {layers, heads});
    row(job, "previous_token_half", previous, {2, layers, heads});
    row(job, "induction_half", induction, {2, layers, heads});
    job.publish("previous_token_chance", latent::ArrayView(&both.previousTokenChance, {}));
    job.publish("induction_chance", latent::ArrayView(&both.inductionChance, {}));
}

void TrainRecord::loss(latent::Job& job, std::int64_t step, double loss, double gradientNorm) {
    job.metric("train_loss", step, loss);
    job.metric("gradient_norm", step, gradientNorm);
    m_step.push_back(step);
    m_loss.push_back(static_cast<float>(loss));
    if (m_step.size() >= kLossesAtOnce ||
        std::chrono::steady_clock::now() - m_shown > std::chrono::seconds(2))
        publishLosses(job);
}

void TrainRecord::publishLosses(latent::Job& job) {
    m_shown = std::chrono::steady_clock::now();
    if (m_step.empty()) return;
    job.publish("step", m_step);
    job.publish("train_loss", m_loss);
    m_step.clear();
    m_loss.clear();
}

void TrainRecord::publishWeights(latent::Job& job, const latent::learn::transformer::Weights& weights,
                                 std::int64_t step) const {
    job.publish("weights_step", latent::ArrayView(&step, {1}));
    job.publish("weights", latent::ArrayView(weights.flat().data(), {1, extent(weights.flat().size())}));
}

void TrainRecord::end(latent::Job& job) const {
    const ForecastReport report = forecastOver(m_reference, m_fits);
    std::vector<CheckpointFit> joint = m_fits;
    for (CheckpointFit& fit : joint) fit.weights = fit.joint;
    const Account allLengths = forecastOver(m_reference, joint, 0).lia;
    std::vector<double> error, rank;
    for (const Account* account :
         {&report.lia, &report.singleBest, &report.staticWeights, &report.contextFree}) {
        error.push_back(account->meanAbsoluteError);
        rank.push_back(account->rankCorrelation);
    }
    error.insert(error.end(), {report.randomMeanError, report.randomBestError, allLengths.meanAbsoluteError});
    rank.insert(rank.end(), {kNan, kNan, allLengths.rankCorrelation});
    job.publish("forecast_error", error);
    job.publish("forecast_rank", rank);
}

void TrainRecord::save(latent::State& state) const {
    if (!m_fits.empty())
        state.arrays.push_back({"checkpoint_fits",
                                {reinterpret_cast<const double*>(m_fits.data()),
                                 {extent(m_fits.size()), extent(kNumbersOfFit)}}});
    state.values["checkpoints"] = m_fits.size();
}

void TrainRecord::restore(const latent::Resumed& resumed) {
    m_fits.clear();
    const auto count = resumed.values().at("checkpoints").get<std::size_t>();
    if (count == 0) return;
    const std::vector<double> saved = resumed.array("checkpoint_fits").toDoubles();
    if (saved.size() != count * kNumbersOfFit)
        throw latent::RunError(
            "The checkpoint holds a record of another version of markov/train; start the run anew.");
    m_fits.resize(count);
    std::memcpy(static_cast<void*>(m_fits.data()), saved.data(), saved.size() * sizeof(double));
}

}  // namespace markov_mixtures
