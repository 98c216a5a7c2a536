// SPDX-License-Identifier: Apache-2.0
// How well shadow is found and removed in a folder of scenes with known truth (those of the independent script
// plugins/hyperspectral_shadows/tests/scenes/make_scenes.py): a JSON line for each kind of scene, rule for the labels and option, with
// the median over its scenes and the 10th and 90th percentile. Nothing is fitted to these scenes but what each run fits to its own.
//
//     bench_shadows_scenes --folder scenes --options none,least_ratio --threads 2
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <latent/error.hpp>
#include <map>
#include <sstream>
#include <string>

#include "pipeline/measures.hpp"
#include "pipeline/separability.hpp"

using namespace hyperspectral_shadows;

namespace {

using Numbers = std::map<std::string, double>;

/// The defaults of the form, and what each option changes.
FitOptions defaults(int threads) {
    FitOptions o;
    o.classWeights = true, o.deadBand = 3, o.mostPixels = 20'000, o.refinements = 2, o.threads = threads;
    return o;
}
const std::vector<std::pair<std::string, std::function<void(FitOptions&)>>> kOptions = {
    {"none", [](FitOptions&) {}},
    {"per_spectrum", [](FitOptions& o) { o.preprocessing = Preprocessing::PerSpectrum; }},
    {"fraction", [](FitOptions& o) { o.preprocessing = Preprocessing::Fraction; }},
    {"interpolated", [](FitOptions& o) { o.covariance = MixedCovariance::Interpolated; }},
    {"prior", [](FitOptions& o) { o.prior = 5; }},
    {"trim", [](FitOptions& o) { o.gaussians.trim = .01; }},
    {"least_ratio", [](FitOptions& o) { o.leastRatio = 20; }},
    {"materials", [](FitOptions& o) { o.materials = 8, o.leastRatio = 20; }},
    {"sunlight", [](FitOptions& o) { o.sunlight = true; }},
    {"sunlight_materials", [](FitOptions& o) { o.sunlight = true, o.materials = 8, o.leastRatio = 20; }},
    {"sunlight_once", [](FitOptions& o) { o.sunlight = true, o.refinements = 0; }},
    {"sunlight_materials_once",
     [](FitOptions& o) { o.sunlight = true, o.materials = 8, o.leastRatio = 20, o.refinements = 0; }},
    {"sunlight_per_spectrum",
     [](FitOptions& o) { o.sunlight = true, o.preprocessing = Preprocessing::PerSpectrum; }},
    {"transport", [](FitOptions& o) { o.correction = CorrectionKind::Transport; }},
};

Numbers judged(CubeReader& cube, FitOptions o, bool trueLabels) {
    const Bands bands = chooseBands(cube);
    const std::vector<float> coverage = *cube.image("coverage");
    if (trueLabels) o.refinements = 0;
    const std::optional<Labels> known =
        trueLabels ? std::optional<Labels>(labelsFromCoverage(coverage)) : std::nullopt;
    const Sample sample = *takeSample(cube, bands, known, o);
    const ShadowModel model = fitModel(sample, o);
    Measures measures;
    std::vector<float> found, truth;
    removeShadow(cube, bands, model, HardMask::Cube, [&](const Removed& r) {
        readBeside(cube, &CubeReader::readUnshadowed, bands, r.first, r.count, truth);
        measures.add(r, bands.kept.size(), truth.data(), nullptr,
                     coverage.data() + r.first * cube.header().samples);
        found.insert(found.end(), r.coverage->a.begin(), r.coverage->a.end());
        return true;
    });
    const FalseShadow wrong = falseShadow(found, coverage, sample.meanImage);
    const std::vector<double> rmse =
        measures.relativeRmse();  // [input, hard, corrected, noise] × [core, border, lit]
    Numbers n{{"coverage_rmse", scoreCoverage(found, coverage).rmse},
              {"lit_called_shadow", wrong.ofLit},
              {"darkest_called_shadow", wrong.ofDarkest},
              {"border_hard", rmse[4]},
              {"border", rmse[7]},
              {"border_ratio", rmse[7] / rmse[4]},
              {"core", rmse[6]},
              {"lit_change", measures.litChange()}};
    FitOptions shapes = o;
    shapes.preprocessing = Preprocessing::PerSpectrum;  // as the claims have it
    try {
        const std::vector<double> apart =
            measureSeparability(sample, labelsFromCoverage(coverage), shapes, 1).balancedAccuracy;
        n["separates"] = apart[0], n["beats_brightness"] = apart[0] - apart[1],
        n["beats_pca"] = apart[0] - apart[2];
    } catch (const latent::RunError&) {  // one class only in a part of the blocks
    }
    return n;
}

double share(std::vector<double> v, double at) {
    std::sort(v.begin(), v.end());
    const double place = at * static_cast<double>(v.size() - 1);
    const auto low = static_cast<std::size_t>(place);
    return v[low] + (place - static_cast<double>(low)) * (v[std::min(low + 1, v.size() - 1)] - v[low]);
}

}  // namespace

int main(int argc, char** argv) {
    std::string folder = ".", chosen = "none", labels = "truth,brightness";
    int threads = 1;
    for (int i = 1; i + 1 < argc; i += 2) {
        const std::string name = argv[i];
        if (name == "--folder") folder = argv[i + 1];
        if (name == "--options") chosen = argv[i + 1];
        if (name == "--labels") labels = argv[i + 1];
        if (name == "--threads") threads = std::atoi(argv[i + 1]);
    }
    std::map<std::string, std::vector<std::filesystem::path>> kinds;  // "dark_sza60" → its scenes
    for (const auto& entry : std::filesystem::directory_iterator(folder)) {
        const std::string stem = entry.path().stem().string();
        if (entry.path().extension() == ".nc") kinds[stem.substr(0, stem.rfind('_'))].push_back(entry.path());
    }
    for (const auto& [option, change] : kOptions) {
        if (("," + chosen + ",").find("," + option + ",") == std::string::npos) continue;
        for (const std::string rule : {"truth", "brightness"}) {
            if (labels.find(rule) == std::string::npos ||
                (rule == "truth" && option.rfind("sunlight", 0) == 0))
                continue;
            for (const auto& [kind, files] : kinds) {
                std::map<std::string, std::vector<double>> all;
                int failed = 0;
                for (const auto& file : files) {
                    FitOptions o = defaults(threads);
                    change(o);
                    try {
                        for (const auto& [name, value] : judged(*openCube(file.string()), o, rule == "truth"))
                            if (std::isfinite(value)) all[name].push_back(value);
                    } catch (const latent::RunError& error) {
                        ++failed;
                        std::fprintf(stderr, "%s, %s, %s: %s\n", file.filename().c_str(), rule.c_str(),
                                     option.c_str(), error.what());
                    }
                }
                std::ostringstream line;
                line << "{\"kind\":\"" << kind << "\",\"labels\":\"" << rule << "\",\"option\":\"" << option
                     << "\",\"scenes\":" << files.size() << ",\"failed\":" << failed;
                for (const auto& [name, v] : all)
                    line << ",\"" << name << "\":[" << share(v, .5) << "," << share(v, .1) << ","
                         << share(v, .9) << "," << v.size() << "]";
                std::printf("%s}\n", line.str().c_str());
                std::fflush(stdout);
            }
        }
    }
}
