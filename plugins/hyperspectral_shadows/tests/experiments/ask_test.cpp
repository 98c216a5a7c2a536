// SPDX-License-Identifier: Apache-2.0
// The probe behind the pictures: it corrects as its run does, answers pixels and paint, and says what it cannot.
#include <hdf5.h>

#include <QTemporaryDir>
#include <QtTest>
#include <cmath>
#include <numeric>

#include "experiments/ask.hpp"
#include "experiments/parameters.hpp"
#include "fake_host.hpp"

using namespace hyperspectral_shadows;

class AskTest : public QObject {
    Q_OBJECT

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

    void linesThatAreStoredTogetherKeepTheirPlaces() {
        // The same cube in chunks of seven lines, thinned or not: kept lines begin and end chunks anywhere.
        QTemporaryDir folder;
        const std::string path = folder.filePath("chunks.h5").toStdString();
        FakeRun raw, stored;
        raw.p = removal();
        stored.p = removal({{"source", "file"}, {"input", path}, {"axes", "y,x,band"}});
        SceneCube scene(sceneOf(raw.p));
        {
            const hsize_t shape[] = {40, 36, 24}, chunk[] = {7, 36, 24};
            std::vector<float> x(40 * 36 * 24);
            scene.read(0, 40, x.data());
            const hid_t file = H5Fcreate(path.c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT);
            const hid_t list = H5Pcreate(H5P_DATASET_CREATE), space = H5Screate_simple(3, shape, nullptr);
            H5Pset_chunk(list, 3, chunk);
            const hid_t set =
                H5Dcreate2(file, "radiance", H5T_IEEE_F32LE, space, H5P_DEFAULT, list, H5P_DEFAULT);
            H5Dwrite(set, H5T_NATIVE_FLOAT, H5S_ALL, H5S_ALL, H5P_DEFAULT, x.data());
            H5Dclose(set), H5Sclose(space), H5Pclose(list), H5Fclose(file);
        }
        QCOMPARE(openInput(stored.p)->header().linesTogether, std::int64_t{7});
        for (const std::size_t share : {1U, 2U, 5U}) {
            FakeReply replies[2];
            for (const bool fromFile : {false, true}) {
                const latent::Run run(fromFile ? &stored : &raw);
                Ask probe((40 * 36 + 200) * 24 * sizeof(float) / share);
                probe.open(&run);
                latent::Reply reply(&replies[fromFile]);
                probe.answer(with(Ask::parameters(), {{"rounds", 2}}), reply);
            }
            for (const char* name : {"y", "mean_radiance", "label", "coverage"})
                QCOMPARE(replies[1].arrays.at(name), replies[0].arrays.at(name));
        }
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

    void everyBandIsShownNotOnlyThoseThatARunKeeps() {
        for (const std::size_t share : {1U, 5U})
            for (const bool some :
                 {false, true}) {  // without the bands below 1620 nm there is one less to pick
                FakeRun raw;
                raw.p = removal(
                    {{"labels", "truth"}, {"first_used_nm", some ? nlohmann::json(1620) : nlohmann::json()}});
                const latent::Run run(&raw);
                Ask probe((40 * 36 + 200) * 24 * sizeof(float) / share);
                probe.open(&run);
                SceneCube scene(sceneOf(raw.p));
                std::vector<float> all(40 * 36 * 24);
                scene.read(0, 40, all.data());
                const std::vector<double>& axis = scene.header().wavelengthNm;
                for (std::size_t band = 0; band < axis.size(); ++band) {
                    FakeReply fake;
                    latent::Reply reply(&fake);
                    const latent::Parameters asked = with(Ask::parameters(), {{"band", axis[band] + .4}});
                    probe.answer(asked, reply);
                    QCOMPARE(wrong(probe.outputs(asked), fake.shapes, true), QStringList());
                    const std::size_t shown = some ? std::max<std::size_t>(band, 8) : band;
                    QCOMPARE(fake.said.at("shown_band").get<double>(), axis[shown]);
                    const std::vector<double>& image = fake.arrays.at("band");
                    const std::size_t step = fake.said.value("every_nth_pixel", std::size_t{1}),
                                      width = (36 + step - 1) / step;
                    for (std::size_t i = 0; i < image.size(); ++i)
                        QCOMPARE(image[i], static_cast<double>(
                                               all[(i / width * step * 36 + i % width * step) * 24 + shown]));
                }
            }
        // Spectra of the run and of the probe lead there.
        const auto leads = [](const nlohmann::json& outputs, const char* name) {
            for (const auto& figure : outputs.at("figures"))
                if (figure.at("name") == name && figure.contains("gestures"))
                    for (const auto& gesture : figure.at("gestures"))
                        if (gesture.at("bind").value("x", "") == "band") return true;
            return false;
        };
        const nlohmann::json made = Remove().outputs(removal()).toJson();
        for (const char* name : {"spectra", "basis", "ratio"}) QVERIFY2(leads(made, name), name);
        QVERIFY(leads(Ask().outputs(with(Ask::parameters(), {})).toJson(), "spectra"));
    }

    void aFailedQuestionLeavesTheOneBefore() {
        FakeRun raw;
        raw.p = removal({{"labels", "truth"}});
        const latent::Run run(&raw);
        Ask probe;
        probe.open(&run);
        FakeReply before, after;
        latent::Reply first(&before), again(&after);
        const latent::Parameters plain = with(Ask::parameters(), {});
        probe.answer(plain, first);
        // One pixel of shadow is no class: the fit fails half way.
        const Values few = {{"shadow_polygon", {{-.5, -.5}, {.5, -.5}, {.5, .5}, {-.5, .5}}}};
        QVERIFY(refusal([&] { probe.answer(with(Ask::parameters(), few), again); }) != QString());
        probe.answer(plain, again);
        QCOMPARE(after.arrays, before.arrays);
        QCOMPARE(after.said, before.said);  // also the seconds: nothing was learnt anew
        QVERIFY(refusal([&] { probe.answer(with(Ask::parameters(), few), again); }) != QString());
    }

    void aRunFromBeforeAParameterIsAsked() {
        FakeRun now, old;
        now.p = old.p = removal({{"labels", "truth"}});
        nlohmann::json values = old.p.json();
        for (const char* later : {"stop_patience", "least_ratio", "materials", "prior"}) values.erase(later);
        old.p = latent::Parameters::fromJson(values);
        FakeReply replies[2];
        for (const bool before : {false, true}) {
            const latent::Run run(before ? &old : &now);
            Ask probe;
            probe.open(&run);
            latent::Reply reply(&replies[before]);
            probe.answer(with(Ask::parameters(), {}), reply);
        }
        QCOMPARE(replies[1].arrays, replies[0].arrays);
    }

    void withoutARunOfItsOwnItSaysWhatItNeeds() {
        Ask probe;
        FakeReply fake;
        latent::Reply reply(&fake);
        const auto says = [&](const auto& body) { return refusal(body).contains("a run of shadows/remove"); };
        QVERIFY(says([&] { probe.open(nullptr); }));
        QVERIFY(says([&] { probe.answer(with(Ask::parameters(), {}), reply); }));
        FakeRun raw;
        raw.p = removal();
        const latent::Run run(&raw);
        probe.open(&run);
        probe.answer(with(Ask::parameters(), {}), reply);
        raw.experiment = "sim/theory";
        const latent::Run other(&raw);
        QVERIFY(says([&] { probe.open(&other); }));
        QVERIFY(says([&] { probe.answer(with(Ask::parameters(), {}), reply); }));  // nor does it mix the two
    }
};

QTEST_APPLESS_MAIN(AskTest)
#include "ask_test.moc"
