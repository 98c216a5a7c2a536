// SPDX-License-Identifier: Apache-2.0
// Experiment, sources and probe without a host: what is published is what was declared, files come out as
// they went in, and what cannot be is said.
#include <QtTest>
#include <cmath>
#include <latent/latent.hpp>
#include <numeric>

#include "data/cube.hpp"
#include "data/hdf5_cube.hpp"
#include "experiments/ask.hpp"
#include "experiments/parameters.hpp"
#include "experiments/remove.hpp"
#include "experiments/sources.hpp"
#include "learn/fake_job.hpp"

using namespace hyperspectral_shadows;

namespace {

using Values = std::vector<std::pair<std::string, nlohmann::json>>;

struct FakeReply final : latent::abi::IReply1 {
    std::map<std::string, std::vector<double>> arrays;
    std::map<std::string, std::vector<int64_t>> shapes;
    nlohmann::json said;

    int32_t array(const latent::abi::Text* name, const latent::abi::Array* a,
                  latent::abi::ISink*) noexcept override {
        latent::abi::Array copy = *a;
        copy.release = nullptr;
        const latent::Array view(copy);
        arrays[std::string(latent::abi::view(*name))] = view.toDoubles();
        shapes[std::string(latent::abi::view(*name))] = view.shape();
        return latent::abi::kOk;
    }
    int32_t values(const latent::abi::Text* json, latent::abi::ISink*) noexcept override {
        said = nlohmann::json::parse(latent::abi::view(*json));
        return latent::abi::kOk;
    }
    void flush() noexcept override {}
    int32_t cancelled() noexcept override { return 0; }
    int32_t input(const latent::abi::Text*, latent::abi::Array*) noexcept override {
        return latent::abi::kNothing;
    }
};

/// A job that also knows its input, and keeps the slabs of large arrays.
struct Job final : latent::abi::IJob1 {
    FakeJob kept;
    std::map<std::string, std::vector<float>> large;
    int32_t environment(latent::abi::ISink* s) noexcept override { return kept.environment(s); }
    void progress(uint64_t, uint64_t, const latent::abi::Text*) noexcept override {}
    void log(int32_t, const latent::abi::Text*) noexcept override {}
    void metric(const latent::abi::Text*, int64_t, double) noexcept override {}
    int32_t publish(const latent::abi::Text* n, const latent::abi::Array* a,
                    latent::abi::ISink* e) noexcept override {
        return kept.publish(n, a, e);
    }
    int32_t create(const latent::abi::Text*, latent::abi::ISink*) noexcept override {
        return latent::abi::kOk;
    }
    int32_t write(const latent::abi::Text* n, const int64_t*, const latent::abi::Array* a,
                  latent::abi::ISink*) noexcept override {
        latent::abi::Array copy = *a;
        copy.release = nullptr;
        const latent::Array view(copy);
        auto& to = large[std::string(latent::abi::view(*n))];
        to.insert(to.end(), view.as<float>().begin(), view.as<float>().end());
        return latent::abi::kOk;
    }
    int32_t figure(const latent::abi::Text*, latent::abi::ISink*) noexcept override {
        return latent::abi::kOk;
    }
    int32_t stopRequested() noexcept override { return kept.stopRequested(); }
    int32_t checkpointDue() noexcept override { return 0; }
    int32_t checkpoint(int64_t s, const latent::abi::Text* j, const latent::abi::NamedArray* n, uint64_t c,
                       int32_t k, latent::abi::ISink* e) noexcept override {
        return kept.checkpoint(s, j, n, c, k, e);
    }
    int32_t resumedState(latent::abi::ISink* s) noexcept override { return kept.resumedState(s); }
    int32_t resumedArray(const latent::abi::Text* n, latent::abi::Array* o,
                         latent::abi::ISink* e) noexcept override {
        return kept.resumedArray(n, o, e);
    }
    int32_t input(const latent::abi::Text*, latent::abi::ISink* json, latent::abi::ISink*) noexcept override {
        latent::boundary::send(json, R"({"path":"x","sha256":"0"})");
        return latent::abi::kOk;
    }
    latent::abi::IRun1* inputRun(const latent::abi::Text*, latent::abi::ISink*) noexcept override {
        return nullptr;
    }
};

latent::Parameters with(const latent::Schema& schema, const Values& values) {
    nlohmann::json json = latent::Parameters::defaultsOf(schema).json();
    for (const auto& [name, value] : values) {
        if (!json.contains(name)) qFatal("no parameter %s", name.c_str());
        json[name] = value;
    }
    return latent::Parameters::fromJson(json);
}

latent::Parameters removal(Values more = {}) {
    Values values = {{"lines", 40}, {"samples", 36}, {"bands", 24}, {"training_pixels", 1500}};
    values.insert(values.end(), more.begin(), more.end());
    return with(Remove::parameters(), values);
}

/// Names whose published shape is not the declared one, and names that were published without a declaration.
QStringList wrong(const latent::Outputs& outputs, const std::map<std::string, std::vector<int64_t>>& shapes,
                  bool all) {
    QStringList list;
    std::map<std::string, nlohmann::json> declared;
    const nlohmann::json json = outputs.toJson();
    for (const auto& array : json.at("arrays")) declared[array.at("name").get<std::string>()] = array;
    for (const auto& [name, shape] : shapes) {
        if (!declared.count(name)) {
            list << QString::fromStdString(name) + " is not declared";
            continue;
        }
        const auto& dims = declared[name].at("dims");
        bool fits = shape.size() == dims.size();
        for (std::size_t d = 0; fits && d < shape.size(); ++d)
            fits = dims[d].at("size").is_null() || dims[d].at("size") == shape[d];
        if (!fits) list << QString::fromStdString(name);
    }
    for (const auto& [name, array] : declared)
        if (all && !shapes.count(name) && !array.value("large", false))
            list << QString::fromStdString(name) + " is missing";
    return list;
}

std::map<std::string, std::vector<int64_t>> shapesOf(const FakeJob& job) {
    std::map<std::string, std::vector<int64_t>> shapes;
    for (const auto& [name, kept] : job.published) shapes[name] = kept.shape;
    return shapes;
}

template <class T>
std::vector<T> published(const FakeJob& job, const std::string& name) {
    const auto& bytes = job.published.at(name).bytes;
    return {reinterpret_cast<const T*>(bytes.data()),
            reinterpret_cast<const T*>(bytes.data()) + bytes.size() / sizeof(T)};
}

template <class Body>
QString refusal(Body body) {
    try {
        body();
    } catch (const latent::RunError& error) {
        return error.what();
    }
    return {};
}

/// A finished run of shadows/remove, for the probe.
struct FakeRun final : latent::abi::IRun1 {
    latent::Parameters p;
    int32_t describe(latent::abi::ISink* json, latent::abi::ISink*) noexcept override {
        latent::boundary::send(
            json,
            nlohmann::json{{"id", "run"}, {"parameters", p.json()}, {"arrays", nlohmann::json::object()}}
                .dump());
        return latent::abi::kOk;
    }
    int32_t read(const latent::abi::Text*, const int64_t*, const int64_t*, latent::abi::Array*,
                 latent::abi::ISink*) noexcept override {
        return latent::abi::kNothing;
    }
};

}  // namespace

class ExperimentsTest : public QObject {
    Q_OBJECT
    QTemporaryDir m_folder;

    /// The picture `before` or `after`, in the unit of the radiance.
    static std::vector<double> picture(const FakeReply& reply, const char* which = "after") {
        const std::vector<double>& lit = reply.arrays.at("lit_spectrum");
        std::vector<double> shown = reply.arrays.at(which);
        for (double& v : shown)
            v *= std::accumulate(lit.begin(), lit.end(), 0.0) / static_cast<double>(lit.size());
        return shown;
    }
    static bool near(double a, double b) { return std::abs(a / b - 1) < 1e-5; }

  private Q_SLOTS:
    void removalPublishesWhatItDeclares() {
        for (const Values& more :
             {Values{},
              {{"labels", "truth"}, {"preprocessing", "per_spectrum"}, {"correction", "transport"}},
              {{"preprocessing", "fraction"},
               {"labels", "truth"},
               {"rounds", 2},
               {"plumes", 1},
               {"keep_uncertainty", true}},
              {{"first_used_nm", 1620}, {"keep_uncertainty", true}, {"covariance", "transport"}},
              {{"labels", "sunlight"}, {"materials", 3}}}) {
            const latent::Parameters p = removal(more);
            Job host;
            latent::Job job(&host);
            Remove().run(p, job);
            QCOMPARE(wrong(Remove().outputs(p), shapesOf(host.kept), true), QStringList());
            QCOMPARE(host.large.at("corrected").size(), std::size_t{40 * 36 * 24});
            if (p.flag("keep_uncertainty"))
                QCOMPARE(host.large.at("corrected_sigma").size(), std::size_t{40 * 36 * 24});
            const auto coverage = published<float>(host.kept, "coverage");
            QVERIFY(std::all_of(coverage.begin(), coverage.end(), [](float a) { return a >= 0 && a <= 1; }));
            if (p.choice("preprocessing") != "fraction")
                QVERIFY(published<double>(host.kept, "score_value")[kCoverageCorrelation] > .85);
        }
    }

    void litPixelsStayBitIdentical() {
        const latent::Parameters p = removal({{"labels", "truth"}});
        Job host;
        latent::Job job(&host);
        Remove().run(p, job);
        const auto coverage = published<float>(host.kept, "coverage");
        SceneCube scene(sceneOf(p));
        std::vector<float> x(40 * 36 * 24);
        scene.read(0, 40, x.data());
        std::size_t untouched = 0;
        for (std::size_t i = 0; i < coverage.size(); ++i) {
            const bool same = std::memcmp(x.data() + 24 * i, host.large.at("corrected").data() + 24 * i,
                                          24 * sizeof(float)) == 0;
            QCOMPARE(same, coverage[i] == 0);
            untouched += same;
        }
        QVERIFY(untouched > 500);
    }

    void scenesGoToFilesAndComeBack() {
        const std::string folder = m_folder.path().toStdString();
        const latent::Parameters scene =
            with(SceneSource::parameters(),
                 {{"lines", 40}, {"samples", 36}, {"bands", 24}, {"output_folder", folder}});
        Job made;
        latent::Job job(&made);
        SceneSource().run(scene, job);
        QCOMPARE(wrong(SceneSource().outputs(scene), shapesOf(made.kept), true), QStringList());
        const std::string file = folder + "/scene_easy_sun30_seed0.nc";
        // The file gives what the scene gives.
        const latent::Parameters fromFile = removal(
                                     {{"source", "file"}, {"input", file}, {"output_folder", folder}}),
                                 fromScene = removal();
        Job a, b;
        latent::Job jobA(&a), jobB(&b);
        Remove().run(fromFile, jobA);
        Remove().run(fromScene, jobB);
        QCOMPARE(published<float>(a.kept, "coverage"), published<float>(b.kept, "coverage"));
        QCOMPARE(a.large.at("corrected"), b.large.at("corrected"));
        const auto result = openCube(folder + "/scene_easy_sun30_seed0_unshadowed.nc");
        std::vector<float> corrected(40 * 36 * 24);
        result->read(0, 40, corrected.data());
        QCOMPARE(corrected, a.large.at("corrected"));
        QCOMPARE(*readMask(folder + "/scene_easy_sun30_seed0_unshadowed.nc", "Shadow/Coverage", 40, 36),
                 published<float>(a.kept, "coverage"));
        // Its preview is its run, for a small file.
        const latent::Parameters open = with(OpenSource::parameters(), {{"input", file}});
        FakeReply fake;
        latent::Reply reply(&fake);
        OpenSource().preview(open, reply);
        QCOMPARE(wrong(OpenSource().outputs(open), fake.shapes, true), QStringList());
        QCOMPARE(fake.said.at("format").get<std::string>(), std::string("MethaneAIR/MethaneSAT L1B"));
        // Labels from a mask that lies in a file.
        const latent::Parameters masked = removal({{"source", "file"},
                                                   {"input", file},
                                                   {"labels", "mask"},
                                                   {"mask", file},
                                                   {"mask_name", "Truth/hard_mask"}});
        Job c;
        latent::Job jobC(&c);
        Remove().run(masked, jobC);
        QVERIFY(published<double>(c.kept, "score_value")[kCoverageCorrelation] > .9);
    }

    void uncertaintyIsWrittenWhateverTheBands() {
        const std::string folder = m_folder.path().toStdString();
        Job made;
        latent::Job job(&made);
        SceneSource().run(
            with(SceneSource::parameters(),
                 {{"lines", 40}, {"samples", 36}, {"bands", 24}, {"seed", 7}, {"output_folder", folder}}),
            job);
        const std::string file = folder + "/scene_easy_sun30_seed7.nc";
        for (const bool some : {false, true}) {
            Values values = {{"source", "file"},
                             {"input", file},
                             {"labels", "truth"},
                             {"output_folder", folder},
                             {"keep_uncertainty", true}};
            if (some) values.push_back({"first_used_nm", 1620});
            const latent::Parameters p = removal(values);
            Job host;
            latent::Job removing(&host);
            Remove().run(p, removing);
            const auto result = openCube(folder + "/scene_easy_sun30_seed7_unshadowed.nc"),
                       input = openCube(file);
            std::vector<float> radiance(40 * 36 * 24), sigma(radiance.size()), before(radiance.size());
            result->read(0, 40, radiance.data());
            QVERIFY(result->readUncertainty(0, 40, sigma.data()) &&
                    input->readUncertainty(0, 40, before.data()));
            const auto same = [](float a, float b) { return a == b || (std::isnan(a) && std::isnan(b)); };
            QVERIFY(std::equal(radiance.begin(), radiance.end(), host.large.at("corrected").begin(), same));
            QVERIFY(std::equal(sigma.begin(), sigma.end(), host.large.at("corrected_sigma").begin(), same));
            const auto coverage = published<float>(host.kept, "coverage");
            for (std::size_t i = 0; i < sigma.size(); ++i) {
                const bool used =
                    !some ||
                    i % 24 >= 8;  // of 24 bands from 1592 to 1680 nm the ninth is the first above 1620
                QCOMPARE(std::isnan(sigma[i]), !used);
                QCOMPARE(std::isnan(radiance[i]), !used);
                // Brightening makes noise larger; what is not touched keeps its own.
                if (used)
                    QVERIFY(coverage[i / 24] > .9F ? sigma[i] > 2 * before[i]
                                                   : sigma[i] >= before[i] * .999F);
            }
        }
    }

    void theProbeCorrectsAsTheRunDoes() {
        for (const char* kind : {"gain", "transport", "whitening"}) {
            FakeRun raw;
            raw.p = removal({{"labels", "truth"}, {"correction", kind}});
            const latent::Run run(&raw);
            Ask probe;
            probe.open(&run);
            FakeReply fake;
            latent::Reply reply(&fake);
            probe.answer(with(Ask::parameters(), {}), reply);
            const std::vector<double> after = picture(fake), coverage = fake.arrays.at("coverage");
            const auto darkest = static_cast<std::int64_t>(
                std::max_element(coverage.begin(), coverage.end()) - coverage.begin());
            probe.answer(with(Ask::parameters(), {{"x", darkest % 36}, {"y", darkest / 36}}), reply);
            const std::vector<double>& spectrum = fake.arrays.at("corrected_spectrum");
            const double mean = std::accumulate(spectrum.begin(), spectrum.end(), 0.0) / 24;
            QVERIFY(coverage[static_cast<std::size_t>(darkest)] > .9);
            QVERIFY2(std::abs(mean / after[static_cast<std::size_t>(darkest)] - 1) < 1e-4, kind);
        }
    }

    void theProbeKnowsDarkSurfacesAsTheRunDoes() {
        // Also where the light, not brightness, tells what a dark pixel is; and what is painted is not
        // labelled anew.
        const Values values = {{"tier", "dark"},
                               {"zenith", 60},
                               {"seed", 2},
                               {"lines", 64},
                               {"samples", 64},
                               {"bands", 64},
                               {"labels", "sunlight"},
                               {"preprocessing", "per_spectrum"},
                               {"training_pixels", 20000}};
        const latent::Parameters p = removal(values);
        Job host;
        latent::Job job(&host);
        Remove().run(p, job);
        FakeRun raw;
        raw.p = p;
        const latent::Run run(&raw);
        Ask probe;
        probe.open(&run);
        FakeReply fake;
        latent::Reply reply(&fake);
        probe.answer(with(Ask::parameters(), {}), reply);
        const auto truth = *SceneCube(sceneOf(p)).image("coverage");
        const auto calledShadow = [&](const auto& coverage) {
            double lit = 0, wrong = 0;
            for (std::size_t i = 0; i < truth.size(); ++i)
                if (truth[i] < .05F) lit += 1, wrong += coverage[i] > .5 ? 1 : 0;
            return wrong / lit;
        };
        const double byRun = calledShadow(published<float>(host.kept, "coverage")),
                     byProbe = calledShadow(fake.arrays.at("coverage"));
        QVERIFY2(byRun < .02 && byProbe < .02, qPrintable(QString("%1 %2").arg(byRun).arg(byProbe)));
    }

    void whatIsPaintedIsNotLabelledAnew() {
        // The same paint gives the same coverage, whether the run's own rule would refine its labels or not.
        std::vector<double> found[2];
        for (const bool refines : {false, true}) {
            FakeRun raw;
            raw.p = removal({{"tier", "dark"},
                             {"seed", 2},
                             {"labels", refines ? "brightness" : "truth"},
                             {"refinements", 2}});
            const auto truth = *SceneCube(sceneOf(raw.p)).image("coverage");
            std::vector<std::vector<double>> lit(40, std::vector<double>(36, 0)), shadow = lit;
            for (std::size_t i = 0; i < truth.size(); ++i)
                lit[i / 36][i % 36] = truth[i]<.05F, shadow[i / 36][i % 36] = truth[i]> .95F;
            const latent::Run run(&raw);
            Ask probe;
            probe.open(&run);
            FakeReply fake;
            latent::Reply reply(&fake);
            probe.answer(with(Ask::parameters(), {{"paint_lit", lit}, {"paint_shadow", shadow}}), reply);
            found[refines] = fake.arrays.at("coverage");
        }
        QCOMPARE(found[1], found[0]);
    }

    void aThinnedCubeKeepsItsPlaces() {
        FakeRun raw;
        raw.p = removal({{"labels", "truth"}});
        const latent::Run run(&raw);
        Ask probe(40 * 36 * 24 * sizeof(float) / 5);  // room for a fifth: every third line and sample
        probe.open(&run);
        FakeReply fake;
        latent::Reply reply(&fake);
        const latent::Parameters plain = with(Ask::parameters(), {{"x", 21}, {"y", 33}});
        probe.answer(plain, reply);
        QCOMPARE(wrong(probe.outputs(plain), fake.shapes, true), QStringList());
        QCOMPARE(fake.said.at("every_nth_pixel"), 3);  // said only where it is not every one
        QCOMPARE(fake.shapes.at("coverage"), (std::vector<int64_t>{14, 12}));
        for (std::size_t i = 0; i < 12; ++i) QCOMPARE(fake.arrays.at("x")[i], 3.0 * static_cast<double>(i));
        QCOMPARE(fake.arrays.at("y").back(), 39.0);
        // The spectrum is that of the place in the whole image that the coordinates name.
        SceneCube scene(sceneOf(raw.p));
        std::vector<float> line(36 * 24);
        scene.read(33, 1, line.data());
        QCOMPARE(fake.arrays.at("spectrum")[5], static_cast<double>(line[21 * 24 + 5]));
        // A lasso and a mask in places of the whole image, and a mask as large as the picture shown, all
        // label the same pixels.
        std::vector<std::vector<double>> whole(40, std::vector<double>(36, 0)),
            shown(14, std::vector<double>(12, 0));
        for (std::size_t y = 0; y < 40; ++y)
            for (std::size_t x = 0; x < 36; ++x) whole[y][x] = y >= 12 && y <= 30 && x >= 9 && x <= 21;
        for (std::size_t y = 0; y < 14; ++y)
            for (std::size_t x = 0; x < 12; ++x) shown[y][x] = whole[3 * y][3 * x];
        std::vector<std::vector<double>> labels;
        for (const auto& [name, value] :
             {std::pair<const char*, nlohmann::json>{"lit_polygon",
                                                     {{8.5, 11.5}, {21.5, 11.5}, {21.5, 30.5}, {8.5, 30.5}}},
              {"paint_lit", whole},
              {"paint_lit", shown}}) {
            probe.answer(with(Ask::parameters(), {{name, value}, {"rounds", 2}}), reply);
            labels.push_back(fake.arrays.at("label"));
        }
        QVERIFY(labels[0] == labels[1] && labels[1] == labels[2]);
        QCOMPARE(labels[0][5 * 12 + 4], 1.0);
    }

    void aPauseStartsOver() {
        const latent::Parameters p = removal();
        Job host;
        host.kept.pauseAfter = 0;
        latent::Job first(&host);
        Remove().run(p, first);
        QVERIFY(!host.kept.published.count("coverage"));
        host.kept.pauseAfter = 1'000'000;
        host.kept.resumes = true;
        latent::Job second(&host);
        Remove().run(p, second);
        QVERIFY(host.kept.published.count("coverage"));
    }

    void theProbeAnswersPixelsAndPaint() {
        FakeRun raw;
        raw.p = removal();
        const latent::Run run(&raw);
        Ask probe;
        probe.open(&run);
        FakeReply fake;
        latent::Reply reply(&fake);
        const latent::Parameters plain = with(Ask::parameters(), {{"x", 3}, {"y", 5}});
        probe.answer(plain, reply);
        QCOMPARE(wrong(probe.outputs(plain), fake.shapes, true), QStringList());
        SceneCube scene(sceneOf(raw.p));
        std::vector<float> line(36 * 24);
        scene.read(5, 1, line.data());
        QCOMPARE(fake.arrays.at("spectrum")[7], static_cast<double>(line[3 * 24 + 7]));
        QVERIFY(fake.arrays.at("spectrum_low")[7] <= fake.arrays.at("spectrum")[7] &&
                fake.arrays.at("spectrum_high")[7] >= fake.arrays.at("spectrum")[7]);
        // Before is what was measured; after differs where there is shadow.
        const std::vector<double> before = picture(fake, "before"), after = picture(fake);
        const std::vector<double>& measured = fake.arrays.at("mean_radiance");
        QVERIFY(std::equal(before.begin(), before.end(), measured.begin(), near));
        std::size_t changed = 0;
        for (std::size_t i = 0; i < after.size(); ++i) changed += near(after[i], measured[i]) ? 0 : 1;
        QVERIFY(changed > 40 && changed < after.size());
        // Paint with the truth: the labels are the painted pixels, and the coverage is found from them.
        const auto truth = *scene.image("coverage");
        std::vector<std::vector<double>> lit(40, std::vector<double>(36, 0)), shadow = lit;
        for (std::size_t y = 0; y < 40; ++y)
            for (std::size_t x = 0; x < 36; ++x)
                lit[y][x] = truth[y * 36 + x] < .05F && x % 3 == 0,
                shadow[y][x] = truth[y * 36 + x] > .95F && x % 2 == 0;
        probe.answer(with(Ask::parameters(), {{"paint_lit", lit}, {"paint_shadow", shadow}}), reply);
        for (std::size_t i = 0; i < truth.size(); ++i) {
            const double label = fake.arrays.at("label")[i];
            QVERIFY(label == 0 || (label == 1 ? lit : shadow)[i / 36][i % 36] == 1);
        }
        double square = 0;
        for (std::size_t i = 0; i < truth.size(); ++i)
            square +=
                std::pow(fake.arrays.at("coverage")[i] - truth[i], 2) / static_cast<double>(truth.size());
        QVERIFY(std::sqrt(square) < .1);
        const std::vector<double> repainted = picture(fake);
        QVERIFY(
            !std::equal(repainted.begin(), repainted.end(), fake.arrays.at("mean_radiance").begin(), near));
        // A lasso does the same with corners.
        probe.answer(with(Ask::parameters(), {{"lit_polygon", {{-1, -1}, {50, -1}, {50, 50}, {-1, 50}}},
                                              {"paint_shadow", shadow}}),
                     reply);
        QVERIFY(fake.arrays.at("label")[0] == 1 || shadow[0][0] == 1);
        QVERIFY(refusal([&] {
                    probe.answer(with(Ask::parameters(), {{"x", 99}}), reply);
                }).contains("outside the image of 36 × 40"));
        QVERIFY(refusal([&] {
                    probe.answer(with(Ask::parameters(), {{"paint_lit", {{1, 0}}}}), reply);
                }).contains("'paint_lit' has 1 lines"));
    }

    void whatIsMissingIsSaidBeforeARun() {
        const auto refused = [](const Values& values) {
            return refusal([&] { Remove().outputs(removal(values)); });
        };
        QVERIFY(refused({{"source", "file"}}).contains("'input'"));
        QVERIFY(refused({{"source", "file"}, {"input", "/no/such/file.nc"}}).contains("There is no file"));
        QVERIFY(refused({{"labels", "mask"}}).contains("'mask'"));
        QVERIFY(refused({{"labels", "regions"}}).contains("'lit_regions'"));
        QVERIFY(refused({{"first_nm", 1700}}).contains("'first_nm' must be below"));
        QCOMPARE(
            refused(
                {{"labels", "regions"}, {"lit_regions", {{0, 3, 0, 3}}}, {"shadow_regions", {{4, 5, 0, 3}}}}),
            QString());
    }

    void everyPresetFitsItsOwnSchema() {
        for (const auto& [schema, outputs] :
             {std::pair<latent::Schema, std::function<void(const latent::Parameters&)>>{
                 Remove::parameters(), [](const auto& p) { Remove().outputs(p); }}}) {
            const nlohmann::json presets = schema.toJson().at("presets");
            QVERIFY(presets.size() >= 3);
            for (const auto& preset : presets) {
                nlohmann::json json = latent::Parameters::defaultsOf(schema).json();
                json.update(preset.at("values"));
                QCOMPARE(refusal([&] { outputs(latent::Parameters::fromJson(json)); }), QString());
            }
        }
        QCOMPARE(scoreNames().size(), std::size_t{kScores});
    }
};

QTEST_APPLESS_MAIN(ExperimentsTest)
#include "experiments_test.moc"
