// SPDX-License-Identifier: Apache-2.0
#include "experiments/remove_record.hpp"

#include <Eigen/Eigenvalues>
#include <algorithm>
#include <cmath>
#include <latent/learn/random.hpp>
#include <limits>
#include <numbers>

#include "experiments/remove.hpp"
#include "pipeline/separability.hpp"

namespace hyperspectral_shadows {
namespace {

constexpr double kNoNumber = std::numeric_limits<double>::quiet_NaN();

float percentile(std::vector<float> values, double share) {
    values.erase(std::remove_if(values.begin(), values.end(), [](float v) { return !std::isfinite(v); }), values.end());
    if (values.empty()) return 0;
    const auto at = static_cast<std::ptrdiff_t>(share * static_cast<double>(values.size() - 1));
    std::nth_element(values.begin(), values.begin() + at, values.end());
    return values[static_cast<std::size_t>(at)];
}

}  // namespace

RemoveRecord::RemoveRecord(const latent::Parameters& p, CubeReader& cube, const Bands& bands, latent::Job& job) : m_p(p), m_cube(cube), m_bands(bands), m_job(job), m_truth(cube.image("coverage")) {
    const CubeHeader& header = cube.header();
    const std::int64_t shown = std::min<std::int64_t>(kShownBands, header.bands);
    for (std::int64_t i = 0; i < shown; ++i) m_shownBands.push_back(static_cast<std::size_t>(i) * (bands.kept.size() - 1) / static_cast<std::size_t>(std::max<std::int64_t>(1, shown - 1)));
    m_shown.resize(m_shownBands.size() * header.pixels());
    if (p.has("output_folder")) {
        const bool file = p.choice("source") == "file";
        m_writer = ResultWriter::make(file ? p.path("input") : "scene_seed" + std::to_string(p.seed()) + ".img", cube, p.path("output_folder"));
    }
    for (const char* name : {"corrected", "corrected_sigma"})
        if (p.flag(std::string(name) == "corrected" ? "keep_cube" : "keep_uncertainty")) job.create(name);
}

std::vector<double> RemoveRecord::expanded(const std::vector<double>& kept) const {
    std::vector<double> all(static_cast<std::size_t>(m_cube.header().bands), kNoNumber);
    for (std::size_t c = 0; c < kept.size(); ++c) all[m_bands.kept[c]] = kept[c];
    return all;
}

void RemoveRecord::publishModel(const Sample& sample, const ShadowModel& model) {
    const CubeHeader& header = m_cube.header();
    const std::int64_t bands = header.bands, rounds = model.ilr.basis.cols();
    m_job.publish("wavelength_nm", axisOf(header));
    m_job.publish("class", counted(2));
    std::vector<double> basis, accuracy, balanced, objective;
    std::vector<std::int32_t> round;
    for (std::int64_t d = 0; d < rounds; ++d) {
        const Eigen::VectorXd u = model.ilr.basis.col(d);
        const std::vector<double> wide = expanded({u.data(), u.data() + u.size()});
        basis.insert(basis.end(), wide.begin(), wide.end());
        const IlrRound& it = model.ilr.rounds[static_cast<std::size_t>(d)];
        round.push_back(static_cast<std::int32_t>(d) + 1), accuracy.push_back(it.accuracy), balanced.push_back(it.balancedAccuracy), objective.push_back(it.objective);
    }
    m_job.publish("round", round);
    m_job.publish("basis", {basis, {rounds, bands}});
    m_job.publish("round_accuracy", accuracy);
    m_job.publish("round_balanced_accuracy", balanced);
    m_job.publish("round_objective", objective);
    const std::int64_t q = model.plcg->features(), most = (model.spectra.brightness() ? 1 : 0) + m_p.integer("rounds");
    std::vector<double> means(static_cast<std::size_t>(2 * most), kNoNumber), covariances(static_cast<std::size_t>(2 * most * most), kNoNumber);
    for (std::int64_t k = 0; k < 2; ++k)
        for (std::int64_t i = 0; i < q; ++i) {
            means[static_cast<std::size_t>(k * most + i)] = (k == 0 ? model.plcg->pure().meanLit : model.plcg->pure().meanShadow)(i);
            for (std::int64_t j = 0; j < q; ++j) covariances[static_cast<std::size_t>((k * most + i) * most + j)] = (k == 0 ? model.plcg->pure().covarianceLit : model.plcg->pure().covarianceShadow)(i, j);
        }
    m_job.publish("means", {means, {2, most}});
    m_job.publish("covariances", {covariances, {2, most, most}});
    std::vector<double> spectra = expanded(model.meanLit), shadow = expanded(model.meanShadow), ratio;
    for (std::size_t c = 0; c < spectra.size(); ++c) ratio.push_back(shadow[c] / spectra[c]);
    spectra.insert(spectra.end(), shadow.begin(), shadow.end());
    m_job.publish("mean_spectrum", {spectra, {2, bands}});
    m_job.publish("spectrum_ratio", ratio);
    publishScatter(sample, model);
    publishBound(model);
    if (const auto* scene = dynamic_cast<const SceneCube*>(&m_cube); scene && scene->spec().plumes > 0 && m_bands.all && m_truth) {
        m_methaneTrue = *m_cube.image("methane");
        std::vector<float> background;
        std::size_t count = 0;
        for (std::size_t i = 0; i < sample.size() && count < 6000; ++i)
            if ((*m_truth)[sample.pixel[i]] < .05F && m_methaneTrue[sample.pixel[i]] == 0) {
                background.insert(background.end(), sample.x.begin() + static_cast<std::ptrdiff_t>(i * sample.channels), sample.x.begin() + static_cast<std::ptrdiff_t>((i + 1) * sample.channels));
                ++count;
            }
        if (count > 2 * sample.channels) m_filter = std::make_unique<MatchedFilter>(background.data(), count, sample.channels, scene->methaneSignature());
    }
}

void RemoveRecord::publishScatter(const Sample& sample, const ShadowModel& model) {
    const Eigen::MatrixXd q = model.features(sample.x.data(), sample.size(), nullptr, nullptr);
    const std::int64_t rounds = m_p.integer("rounds");
    const Eigen::Index first = model.spectra.brightness() ? 1 : 0;  // of the projections; without brightness the first stands across
    std::vector<double> x(2 * kScatter, kNoNumber), y(static_cast<std::size_t>(rounds) * x.size(), kNoNumber);
    std::size_t count[2] = {0, 0}, all[2] = {0, 0}, seen[2] = {0, 0};
    for (const std::int8_t label : sample.labels)
        if (label >= 0) ++all[label];
    for (std::size_t i = 0; i < sample.size(); ++i) {
        const int k = sample.labels[i];
        if (k < 0 || seen[k]++ % std::max<std::size_t>(1, (all[k] + kScatter - 1) / kScatter) != 0 || count[k] == kScatter) continue;
        const std::size_t at = static_cast<std::size_t>(k) * kScatter + count[k]++;
        x[at] = q(static_cast<Eigen::Index>(i), 0);
        for (Eigen::Index r = 0; r + first < q.cols(); ++r) y[static_cast<std::size_t>(r) * x.size() + at] = q(static_cast<Eigen::Index>(i), r + first);
    }
    std::vector<std::int32_t> projection = counted(rounds);
    for (std::int32_t& r : projection) ++r;
    m_job.publish("projection", projection);
    m_job.publish("scatter_x", {x, {2, kScatter}});
    m_job.publish("scatter_y", {y, {rounds, 2, kScatter}});
    std::vector<double> level, ex, ey, rx, ry;
    for (int l = 0; l < kEllipses; ++l) level.push_back(l / (kEllipses - 1.0));
    for (std::int64_t r = 0; r < rounds; ++r) {
        const Eigen::Index second = r + first;
        const bool kept = second < q.cols();
        for (const double a : level) {
            Eigen::Vector2d centre = Eigen::Vector2d::Constant(kNoNumber);
            Eigen::Matrix2d root = Eigen::Matrix2d::Zero();
            if (kept) {
                const Eigen::MatrixXd s = model.plcg->covarianceAt(a);
                Eigen::Matrix2d plane;
                plane << s(0, 0), s(0, second), s(second, 0), s(second, second);
                root = squareRoot(plane);
                centre << model.plcg->meanAt(a)(0), model.plcg->meanAt(a)(second);
            }
            for (int i = 0; i < kEllipse; ++i) {
                const double t = 2 * std::numbers::pi * i / (kEllipse - 1);
                const Eigen::Vector2d at = centre + 2 * root * Eigen::Vector2d(std::cos(t), std::sin(t));
                ex.push_back(at(0)), ey.push_back(at(1));
            }
        }
        for (int i = 0; i < kRidge; ++i) ry.push_back(kept ? model.plcg->meanAt(i / (kRidge - 1.0))(second) : kNoNumber);
    }
    for (int i = 0; i < kRidge; ++i) rx.push_back(model.plcg->meanAt(i / (kRidge - 1.0))(0));
    m_job.publish("level", level);
    m_job.publish("ellipse_x", {ex, {rounds, kEllipses, kEllipse}});
    m_job.publish("ellipse_y", {ey, {rounds, kEllipses, kEllipse}});
    m_job.publish("ridge_x", rx);
    m_job.publish("ridge_y", {ry, {rounds, kRidge}});
}

void RemoveRecord::publishBound(const ShadowModel& model) {
    constexpr Eigen::Index kDraws = 2000;
    latent::learn::RandomStream random(1, "remove/bound");
    std::vector<double> coverage, bound, rmse, bias;
    for (int i = 0; i < kRidge; ++i) {
        const double a = i / (kRidge - 1.0);
        const Eigen::MatrixXd root = squareRoot(model.plcg->covarianceAt(a));
        const Eigen::VectorXd mean = model.plcg->meanAt(a);
        Eigen::MatrixXd q(kDraws, mean.size());
        Eigen::VectorXd e(mean.size());
        for (Eigen::Index r = 0; r < kDraws; ++r) {
            for (Eigen::Index k = 0; k < e.size(); ++k) e(k) = random.normal();
            q.row(r) = (mean + root * e).transpose();
        }
        double square = 0, sum = 0;
        for (const float found : model.plcg->coverage(q, model.options.threads).a) square += (found - a) * (found - a), sum += found - a;
        coverage.push_back(a), bound.push_back(1 / std::sqrt(model.plcg->information(a))), rmse.push_back(std::sqrt(square / kDraws)), bias.push_back(sum / kDraws);
    }
    m_job.publish("bound_coverage", coverage);
    m_job.publish("cramer_rao", bound);
    m_job.publish("simulated_rmse", rmse);
    m_job.publish("simulated_bias", bias);
}

void RemoveRecord::add(const Removed& slab, const ShadowModel& model) {
    const CubeHeader& header = m_cube.header();
    const std::size_t channels = m_bands.kept.size(), bands = static_cast<std::size_t>(header.bands), before = static_cast<std::size_t>(slab.first * header.samples);
    const auto append = [](auto& to, const auto& from) { to.insert(to.end(), from.begin(), from.end()); };
    append(m_coverage, slab.coverage->a), append(m_sigma, slab.coverage->sigma), append(m_ratio, slab.coverage->ratio), append(m_lit, slab.coverage->litLikelihood);
    m_flags.insert(m_flags.end(), slab.flags, slab.flags + slab.pixels);
    std::vector<float> statistics(2 * slab.pixels);
    const auto means = [&](const float* x, std::vector<float>& to) {
        bestKernels().project(x, slab.pixels, channels, nullptr, 0, statistics.data());
        for (std::size_t i = 0; i < slab.pixels; ++i) to.push_back(statistics[2 * i]);
    };
    means(slab.corrected, m_corrected);
    means(slab.hardCorrected, m_hard);
    for (std::size_t i = 0; i < slab.pixels; ++i) {
        m_mask.push_back(slab.coverage->a[i] > .5F ? 1 : 0);
        for (std::size_t b = 0; b < m_shownBands.size(); ++b) m_shown[b * header.pixels() + before + i] = slab.x[i * channels + m_shownBands[b]];
    }
    const std::size_t size = slab.pixels * bands;
    const bool sigma = m_p.flag("keep_uncertainty") || m_writer, knowsSigma = (sigma || m_truth) && (m_sigmaLines.resize(size), m_cube.readUncertainty(slab.first, slab.count, m_sigmaLines.data()));
    const auto kept = [&](std::vector<float>& lines) {
        if (m_bands.all) return lines.data();
        m_kept.resize(slab.pixels * channels);
        compact(lines.data(), slab.pixels, bands, m_bands, m_kept.data());
        lines.assign(m_kept.begin(), m_kept.end());
        return lines.data();
    };
    const float* noise = knowsSigma ? kept(m_sigmaLines) : nullptr;
    if (m_truth) {
        m_truthLines.resize(size);
        if (m_cube.readUnshadowed(slab.first, slab.count, m_truthLines.data())) {
            const float* truth = kept(m_truthLines);
            m_measures.add(slab, channels, truth, noise, m_truth->data() + before);
            means(truth, m_trueMean);
        }
    }
    if (m_filter) {
        m_methaneInput.resize(before + slab.pixels), m_methaneCorrected.resize(before + slab.pixels);
        m_filter->apply(slab.x, slab.pixels, m_methaneInput.data() + before);
        m_filter->apply(slab.corrected, slab.pixels, m_methaneCorrected.data() + before);
    }
    const auto wide = [&](const float* lines) {
        if (m_bands.all) return lines;
        m_all.resize(size);
        expand(lines, slab.pixels, bands, m_bands, m_all.data());
        return static_cast<const float*>(m_all.data());
    };
    const std::vector<std::int64_t> offset = {slab.first, 0, 0}, shape = {slab.count, header.samples, header.bands};
    const float* corrected = wide(slab.corrected);
    if (m_p.flag("keep_cube")) m_job.write("corrected", offset, latent::ArrayView(corrected, shape));
    if (m_writer) m_writer->lines(slab.first, slab.count, corrected, nullptr);
    if (!sigma) return;
    std::vector<float> uncertain(slab.pixels * channels);
    model.correction->uncertainty(slab.x, noise, slab.coverage->a.data(), slab.coverage->sigma.data(), slab.pixels, uncertain.data());
    const float* all = wide(uncertain.data());
    if (m_p.flag("keep_uncertainty")) m_job.write("corrected_sigma", offset, latent::ArrayView(all, shape));
    if (m_writer) m_writer->lines(slab.first, slab.count, corrected == m_all.data() ? wide(slab.corrected) : corrected, m_bands.all ? all : nullptr);
}

void RemoveRecord::finish(const Sample& sample, const ShadowModel& model) {
    const CubeHeader& header = m_cube.header();
    const std::vector<std::int64_t> image = {header.lines, header.samples};
    std::vector<std::int32_t> label(header.pixels(), 0);
    for (std::size_t i = 0; i < sample.size(); ++i) label[sample.pixel[i]] = sample.labels[i] + 1;
    m_job.publish("label", {label, image});
    m_job.publish("mean_radiance", {sample.meanImage, image});
    m_job.publish("coverage", {m_coverage, image});
    m_job.publish("coverage_sigma", {m_sigma, image});
    m_job.publish("likelihood_ratio", {m_ratio, image});
    m_job.publish("lit_likelihood", {m_lit, image});
    m_job.publish("hard_mask", {m_mask, image});
    m_job.publish("flags", {m_flags, image});
    m_job.publish("corrected_mean", {m_corrected, image});
    m_job.publish("hard_corrected_mean", {m_hard, image});
    std::vector<double> shown;
    for (const std::size_t b : m_shownBands) shown.push_back(axisOf(header)[m_bands.kept[b]]);
    m_job.publish("shown_band", shown);
    m_job.publish("input_bands", {m_shown, {static_cast<std::int64_t>(shown.size()), header.lines, header.samples}});
    std::vector<float> rgb(3 * header.pixels());
    for (std::size_t k = 0; k < 3; ++k) {
        const auto from = m_shown.begin() + static_cast<std::ptrdiff_t>((shown.size() - 1) * (2 - k) / 2 * header.pixels());  // red is the longest
        const std::vector<float> band(from, from + static_cast<std::ptrdiff_t>(header.pixels()));
        const float low = percentile(band, .02), high = std::max(percentile(band, .98), low + 1e-30F);
        for (std::size_t i = 0; i < band.size(); ++i) rgb[3 * i + k] = std::isfinite(band[i]) ? std::clamp((band[i] - low) / (high - low), 0.0F, 1.0F) : std::numeric_limits<float>::quiet_NaN();
    }
    m_job.publish("rgb", {rgb, {header.lines, header.samples, 3}});
    if (m_truth) publishScores(sample, model);
    if (!m_writer) return;
    m_writer->image("Coverage", m_coverage, "1");
    m_writer->image("CoverageUncertainty", m_sigma, "1");
    m_writer->image("LikelihoodRatio", m_ratio, "1");
    m_writer->image("HardMask", {m_mask.begin(), m_mask.end()}, "", true);
    m_writer->image("Flags", {m_flags.begin(), m_flags.end()}, "", true);
    nlohmann::json provenance{{"program", "Latent Workbench"}, {"experiment", "shadows/remove"}, {"method", "arXiv:2312.15386"}, {"parameters", m_p.json()}, {"rounds", model.ilr.basis.cols()}, {"bands", m_bands.words}};
    if (m_p.choice("source") == "file") provenance["input"] = m_job.input("input");
    m_writer->finish(provenance.dump());
    m_job.log("The result is in " + m_writer->path() + ".");
}

void RemoveRecord::publishScores(const Sample& sample, const ShadowModel& model) {
    const CubeHeader& header = m_cube.header();
    m_job.publish("coverage_true", {*m_truth, {header.lines, header.samples}});
    if (m_trueMean.size() == header.pixels()) m_job.publish("true_mean", {m_trueMean, {header.lines, header.samples}});
    std::vector<double> score(kScores, kNoNumber);
    const CoverageScore c = scoreCoverage(m_coverage, *m_truth);
    score[kCoverageRmse] = c.rmse, score[kCoverageRmseMixed] = c.rmseMixed, score[kCoverageMae] = c.mae, score[kCoverageBias] = c.bias, score[kCoverageCorrelation] = c.correlation;
    std::vector<std::uint8_t> shadow;
    std::vector<float> litBrightness;
    for (std::size_t i = 0; i < m_truth->size(); ++i) {
        shadow.push_back((*m_truth)[i] > .5F ? 1 : 0);
        if ((*m_truth)[i] < .05F) litBrightness.push_back(sample.meanImage[i]);
    }
    const Classification k = classify(m_coverage, shadow);
    score[kAccuracy] = k.accuracy, score[kBalancedAccuracy] = k.balancedAccuracy, score[kPrecision] = k.precision, score[kRecall] = k.recall, score[kF1] = k.f1, score[kIou] = k.iou, score[kAuc] = k.auc;
    const float dark = percentile(litBrightness, .1);
    double lit = 0, litFalse = 0, darkest = 0, darkestFalse = 0;
    for (std::size_t i = 0; i < m_truth->size(); ++i) {
        if (!((*m_truth)[i] < .05F)) continue;
        const double wrong = m_coverage[i] > .5F ? 1 : 0;
        lit += 1, litFalse += wrong;
        if (sample.meanImage[i] <= dark) darkest += 1, darkestFalse += wrong;
    }
    score[kFalseLit] = litFalse / lit, score[kFalseDark] = darkestFalse / darkest, score[kLitChange] = m_measures.litChange();
    const std::vector<double> bias = m_measures.borderBias(), angle = m_measures.spectralAngle();
    score[kBorderBiasInput] = bias[0], score[kBorderBiasHard] = bias[1], score[kBorderBiasCorrected] = bias[2];
    score[kAngleCoreInput] = angle[0], score[kAngleCoreCorrected] = angle[4], score[kAngleBorderHard] = angle[3], score[kAngleBorderCorrected] = angle[5];
    if (m_filter) {
        const MethaneScore before = scoreMethane(m_methaneInput, m_methaneTrue, *m_truth), after = scoreMethane(m_methaneCorrected, m_methaneTrue, *m_truth);
        score[kMethaneSlopeInput] = before.slope, score[kMethaneSlopeCorrected] = after.slope, score[kMethaneBiasInput] = before.bias, score[kMethaneBiasCorrected] = after.bias;
        score[kMethaneFalseInput] = before.falseEnhancement, score[kMethaneFalseCorrected] = after.falseEnhancement;
    }
    m_job.publish("score", counted(kScores));
    m_job.publish("score_value", score);
    m_job.publish("state", counted(kStates));
    m_job.publish("area", counted(kAreas));
    m_job.publish("relative_rmse", {m_measures.relativeRmse(), {kStates, kAreas}});
    m_job.publish("calibration_found", c.calibrationFound);
    m_job.publish("calibration_true", c.calibrationTrue);
    m_job.publish("separator", counted(kSeparators));
    try {
        const Separability s = measureSeparability(sample, labelsFromCoverage(*m_truth), model.options, 1);
        m_job.publish("separability", s.balancedAccuracy);
        m_job.publish("separability_rounds", s.byRounds);
    } catch (const latent::RunError& error) {
        m_job.log(std::string("Separability was not measured. ") + error.what(), latent::Level::Warning);
        m_job.publish("separability", std::vector<double>(kSeparators, kNoNumber));
    }
}

}  // namespace hyperspectral_shadows
