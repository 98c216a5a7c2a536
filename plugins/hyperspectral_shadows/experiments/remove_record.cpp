// SPDX-License-Identifier: Apache-2.0
#include "experiments/remove_record.hpp"

#include <algorithm>
#include <cmath>

#include "experiments/remove.hpp"
#include "model/no_number.hpp"

namespace hyperspectral_shadows {

RemoveRecord::RemoveRecord(const latent::Parameters& p, CubeReader& cube, const Bands& bands,
                           latent::Job& job)
    : m_p(p), m_cube(cube), m_bands(bands), m_job(job), m_truth(cube.image("coverage")) {
    const CubeHeader& header = cube.header();
    const std::int64_t shown = std::min<std::int64_t>(kShownBands, header.bands);
    for (std::int64_t i = 0; i < shown; ++i)
        m_shownBands.push_back(static_cast<std::size_t>(i) * (bands.kept.size() - 1) /
                               static_cast<std::size_t>(std::max<std::int64_t>(1, shown - 1)));
    m_shown.resize(m_shownBands.size() * header.pixels());
    m_judged = m_truth && cube.readUnshadowed(0, 0, nullptr);
    if (p.has("output_folder")) {
        const std::string name = p.choice("source") == "file" ? p.path("input") : sceneName(p) + ".img";
        m_writer = ResultWriter::make(name, cube, p.path("output_folder"), p.flag("keep_uncertainty"));
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
        round.push_back(static_cast<std::int32_t>(d) + 1), accuracy.push_back(it.accuracy),
            balanced.push_back(it.balancedAccuracy), objective.push_back(it.objective);
    }
    m_job.publish("round", round);
    m_job.publish("basis", {basis, {rounds, bands}});
    m_job.publish("round_accuracy", accuracy);
    m_job.publish("round_balanced_accuracy", balanced);
    m_job.publish("round_objective", objective);
    const std::int64_t q = model.plcg->features(),
                       most = (model.spectra.brightness() ? 1 : 0) + m_p.integer("rounds");
    std::vector<double> means(static_cast<std::size_t>(2 * most), kNoNumber),
        covariances(static_cast<std::size_t>(2 * most * most), kNoNumber);
    for (std::int64_t k = 0; k < 2; ++k)
        for (std::int64_t i = 0; i < q; ++i) {
            means[static_cast<std::size_t>(k * most + i)] =
                (k == 0 ? model.plcg->pure().meanLit : model.plcg->pure().meanShadow)(i);
            for (std::int64_t j = 0; j < q; ++j)
                covariances[static_cast<std::size_t>((k * most + i) * most + j)] =
                    (k == 0 ? model.plcg->pure().covarianceLit : model.plcg->pure().covarianceShadow)(i, j);
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
    prepareMethane(sample);
}

void RemoveRecord::add(const Removed& slab, const ShadowModel& model) {
    const CubeHeader& header = m_cube.header();
    const std::size_t channels = m_bands.kept.size(), bands = static_cast<std::size_t>(header.bands),
                      before = static_cast<std::size_t>(slab.first * header.samples);
    const auto append = [](auto& to, const auto& from) { to.insert(to.end(), from.begin(), from.end()); };
    append(m_coverage, slab.coverage->a), append(m_sigma, slab.coverage->sigma),
        append(m_ratio, slab.coverage->ratio), append(m_lit, slab.coverage->litLikelihood);
    m_flags.insert(m_flags.end(), slab.flags, slab.flags + slab.pixels);
    m_corrected.insert(m_corrected.end(), slab.correctedMean, slab.correctedMean + slab.pixels);
    m_hard.insert(m_hard.end(), slab.hardCorrectedMean, slab.hardCorrectedMean + slab.pixels);
    m_shadowCorrected.resize(channels, 0.0);
    for (std::size_t i = 0; i < slab.pixels; ++i) {
        if (!(slab.coverage->a[i] > kShadowAbove)) continue;
        m_shadowPixels += 1;
        for (std::size_t c = 0; c < channels; ++c) m_shadowCorrected[c] += slab.corrected[i * channels + c];
    }
    for (std::size_t i = 0; i < slab.pixels; ++i) {
        m_mask.push_back(slab.coverage->a[i] > kMaskAbove ? 1 : 0);
        for (std::size_t b = 0; b < m_shownBands.size(); ++b)
            m_shown[b * header.pixels() + before + i] = slab.x[i * channels + m_shownBands[b]];
    }
    const bool sigma = m_p.flag("keep_uncertainty") || (m_writer && m_writer->takesSigma()),
               knowsNoise = (sigma || m_judged) && readBeside(m_cube, &CubeReader::readUncertainty, m_bands,
                                                              slab.first, slab.count, m_sigmaLines);
    const float* noise = knowsNoise ? m_sigmaLines.data() : nullptr;
    if (m_judged) {
        readBeside(m_cube, &CubeReader::readUnshadowed, m_bands, slab.first, slab.count, m_truthLines);
        const float* truth = m_truthLines.data();
        m_measures.add(slab, channels, truth, noise, m_truth->data() + before);
        append(m_trueMean, meanRadiance(truth, slab.pixels, channels));
        if (m_filter) {
            m_methaneLit.resize(before + slab.pixels);
            m_filter->apply(truth, slab.pixels, m_methaneLit.data() + before);
        }
    }
    if (m_filter) {
        m_methaneInput.resize(before + slab.pixels), m_methaneCorrected.resize(before + slab.pixels);
        m_filter->apply(slab.x, slab.pixels, m_methaneInput.data() + before);
        m_filter->apply(slab.corrected, slab.pixels, m_methaneCorrected.data() + before);
    }
    // Each has a buffer of its own: the writer gets both at once.
    const auto wide = [&](const float* lines, std::vector<float>& buffer) -> const float* {
        if (m_bands.all) return lines;
        buffer.resize(slab.pixels * bands);
        expand(lines, slab.pixels, bands, m_bands, buffer.data());
        return buffer.data();
    };
    const std::vector<std::int64_t> offset = {slab.first, 0, 0},
                                    shape = {slab.count, header.samples, header.bands};
    const float *corrected = wide(slab.corrected, m_all), *deviation = nullptr;
    if (sigma) {
        m_uncertain.resize(slab.pixels * channels);
        model.correction->uncertainty(slab.x, noise, slab.coverage->a.data(), slab.coverage->sigma.data(),
                                      slab.pixels, m_uncertain.data());
        deviation = wide(m_uncertain.data(), m_allSigma);
    }
    if (m_p.flag("keep_cube")) m_job.write("corrected", offset, latent::ArrayView(corrected, shape));
    if (m_p.flag("keep_uncertainty"))
        m_job.write("corrected_sigma", offset, latent::ArrayView(deviation, shape));
    if (m_writer) m_writer->lines(slab.first, slab.count, corrected, deviation);
}

void RemoveRecord::finish(const Sample& sample, const ShadowModel& model) {
    const CubeHeader& header = m_cube.header();
    const std::vector<std::int64_t> image = {header.lines, header.samples};
    std::vector<std::int32_t> label(header.pixels(), 0);
    for (std::size_t i = 0; i < label.size(); ++i) label[i] = sample.image[i] + 1;
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
    // Pictures: no few bright or dark pixels decide their colours, and those that are compared have the same.
    const float darkest = percentile(sample.meanImage, .02), brightest = percentile(sample.meanImage, .98);
    const double lit = model.litLevel();
    const auto each = [&](const std::vector<float>& from, const auto& change) {
        std::vector<float> to(from.size());
        std::transform(from.begin(), from.end(), to.begin(), change);
        return to;
    };
    const auto level = [&](float v) { return static_cast<float>(v / lit); };
    m_job.publish(
        "mean_stretched",
        {each(sample.meanImage,
              [&](float v) { return level(std::isfinite(v) ? std::clamp(v, darkest, brightest) : v); }),
         image});
    m_job.publish("input_level", {each(sample.meanImage, level), image});
    m_job.publish("hard_level", {each(m_hard, level), image});
    m_job.publish("corrected_level", {each(m_corrected, level), image});
    std::vector<double> corrected;
    for (std::size_t c = 0; c < m_shadowCorrected.size(); ++c)
        corrected.push_back(m_shadowPixels > 0 ? m_shadowCorrected[c] / m_shadowPixels : kNoNumber);
    std::vector<double> wide = expanded(corrected), ratio = expanded(model.meanLit);
    for (std::size_t c = 0; c < wide.size(); ++c) ratio[c] = wide[c] / ratio[c];
    m_job.publish("corrected_spectrum", wide);
    m_job.publish("corrected_ratio", ratio);
    std::vector<double> shown;
    for (const std::size_t b : m_shownBands) shown.push_back(axisOf(header)[m_bands.kept[b]]);
    m_job.publish("shown_band", shown);
    m_job.publish("input_bands",
                  {m_shown, {static_cast<std::int64_t>(shown.size()), header.lines, header.samples}});
    std::vector<float> rgb(3 * header.pixels());
    for (std::size_t k = 0; k < 3; ++k) {
        const auto from =
            m_shown.begin() + static_cast<std::ptrdiff_t>((shown.size() - 1) * (2 - k) / 2 *
                                                          header.pixels());  // red is the longest
        const std::vector<float> band(from, from + static_cast<std::ptrdiff_t>(header.pixels()));
        const float low = percentile(band, .02), high = std::max(percentile(band, .98), low + 1e-30F);
        for (std::size_t i = 0; i < band.size(); ++i)
            rgb[3 * i + k] =
                std::isfinite(band[i]) ? std::clamp((band[i] - low) / (high - low), 0.0F, 1.0F) : kNoNumber;
    }
    m_job.publish("rgb", {rgb, {header.lines, header.samples, 3}});
    if (m_truth) publishScores(sample, model);
    if (!m_writer) return;
    m_writer->image("Coverage", m_coverage, "1");
    m_writer->image("CoverageUncertainty", m_sigma, "1");
    m_writer->image("LikelihoodRatio", m_ratio, "1");
    m_writer->image("HardMask", {m_mask.begin(), m_mask.end()}, "", true);
    m_writer->image("Flags", {m_flags.begin(), m_flags.end()}, "", true);
    nlohmann::json provenance{{"program", "Latent Workbench"},    {"experiment", "shadows/remove"},
                              {"method", "arXiv:2312.15386"},     {"parameters", m_p.json()},
                              {"rounds", model.ilr.basis.cols()}, {"bands", m_bands.words}};
    if (m_p.choice("source") == "file") provenance["input"] = m_job.input("input");
    m_writer->finish(provenance.dump());
    m_job.log("The result is in " + m_writer->path() + ".");
    if (m_writer->replacedAnother())
        m_job.log(
            "Another run finished a result of the same input there while this one ran; this one has "
            "replaced it. Give each its own 'output_folder' to keep both.");
}

}  // namespace hyperspectral_shadows
