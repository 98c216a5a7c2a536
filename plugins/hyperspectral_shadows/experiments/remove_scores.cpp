// SPDX-License-Identifier: Apache-2.0
// The measures of a run where the truth is known.
#include <algorithm>
#include <cmath>

#include "experiments/remove.hpp"
#include "experiments/remove_record.hpp"
#include "model/no_number.hpp"
#include "pipeline/separability.hpp"

namespace hyperspectral_shadows {

void RemoveRecord::prepareMethane(const Sample& sample) {
    const auto* scene = dynamic_cast<const SceneCube*>(&m_cube);
    if (!scene || scene->spec().plumes == 0 || !m_bands.all || !m_truth) return;
    m_methaneTrue = *m_cube.image("methane");
    std::vector<float> background;
    std::size_t count = 0;
    for (std::size_t i = 0; i < sample.size() && count < 6000; ++i) {
        if ((*m_truth)[sample.pixel[i]] >= kLitBelow || m_methaneTrue[sample.pixel[i]] != 0) continue;
        background.insert(background.end(),
                          sample.x.begin() + static_cast<std::ptrdiff_t>(i * sample.channels),
                          sample.x.begin() + static_cast<std::ptrdiff_t>((i + 1) * sample.channels));
        ++count;
    }
    if (count > 2 * sample.channels)
        m_filter = std::make_unique<MatchedFilter>(background.data(), count, sample.channels,
                                                   scene->methaneSignature());
}

void RemoveRecord::publishScores(const Sample& sample, const ShadowModel& model) {
    const CubeHeader& header = m_cube.header();
    m_job.publish("coverage_true", {*m_truth, {header.lines, header.samples}});
    if (m_trueMean.size() == header.pixels())
        m_job.publish("true_mean", {m_trueMean, {header.lines, header.samples}});
    std::vector<double> score(kScores, kNoNumber);
    const CoverageScore c = scoreCoverage(m_coverage, *m_truth);
    score[kCoverageRmse] = c.rmse, score[kCoverageRmseMixed] = c.rmseMixed, score[kCoverageMae] = c.mae,
    score[kCoverageBias] = c.bias, score[kCoverageCorrelation] = c.correlation;
    std::vector<std::uint8_t> shadow;
    for (const float a : *m_truth) shadow.push_back(a > kMaskAbove ? 1 : 0);
    const Classification k = classify(m_coverage, shadow);
    score[kAccuracy] = k.accuracy, score[kBalancedAccuracy] = k.balancedAccuracy,
    score[kPrecision] = k.precision, score[kRecall] = k.recall, score[kF1] = k.f1, score[kIou] = k.iou,
    score[kAuc] = k.auc;
    const FalseShadow wrong = falseShadow(m_coverage, *m_truth, sample.meanImage);
    score[kFalseLit] = wrong.ofLit, score[kFalseDark] = wrong.ofDarkest,
    score[kLitChange] = m_measures.litChange();
    const std::vector<double> bias = m_measures.borderBias(), angle = m_measures.spectralAngle();
    score[kBorderBiasInput] = bias[0], score[kBorderBiasHard] = bias[1],
    score[kBorderBiasCorrected] = bias[2];
    score[kAngleCoreInput] = angle[0], score[kAngleCoreCorrected] = angle[4],
    score[kAngleBorderHard] = angle[3], score[kAngleBorderCorrected] = angle[5];
    if (m_filter) {
        const MethaneScore before = scoreMethane(m_methaneInput, m_methaneTrue, *m_truth),
                           after = scoreMethane(m_methaneCorrected, m_methaneTrue, *m_truth);
        score[kMethaneSlopeInput] = before.slope, score[kMethaneSlopeCorrected] = after.slope,
        score[kMethaneBiasInput] = before.bias, score[kMethaneBiasCorrected] = after.bias;
        score[kMethaneFalseInput] = before.falseEnhancement,
        score[kMethaneFalseCorrected] = after.falseEnhancement;
        score[kMethaneSlopeTruth] = scoreMethane(m_methaneLit, m_methaneTrue, *m_truth).slope;
        std::vector<float> light(m_truth->size());
        for (std::size_t i = 0; i < light.size(); ++i) light[i] = (*m_truth)[i] < kLitBelow ? 1.0F : 0.0F;
        score[kMethaneFalseLitInput] = scoreMethane(m_methaneInput, m_methaneTrue, light).falseEnhancement;
        score[kMethaneFalseLitCorrected] =
            scoreMethane(m_methaneCorrected, m_methaneTrue, light).falseEnhancement;
    }
    m_job.publish("score", counted(kScores));
    m_job.publish("score_value", score);
    m_job.publish("state", counted(kStates));
    m_job.publish("area", counted(kAreas));
    m_job.publish("relative_rmse", {m_measures.relativeRmse(), {kStates, kAreas}});
    m_job.publish("calibration_found", c.calibrationFound);
    m_job.publish("calibration_true", c.calibrationTrue);
    m_job.publish("separator", counted(kSeparators));
    Separability apart{std::vector<double>(kSeparators, kNoNumber), {}};
    try {
        apart = measureSeparability(sample, labelsFromCoverage(*m_truth), model.options, 1);
    } catch (const latent::RunError& error) {
        m_job.log(std::string("Separability was not measured. ") + error.what(), latent::Level::Warning);
    }
    apart.byRounds.resize(static_cast<std::size_t>(m_p.integer("rounds")), kNoNumber);
    m_job.publish("separability", apart.balancedAccuracy);
    m_job.publish("separability_rounds", apart.byRounds);
}

}  // namespace hyperspectral_shadows
