// SPDX-License-Identifier: Apache-2.0
// Results come back in the layout of their input, and read as what was written.
#include <QtTest>
#include <cmath>

#include "cube_files.hpp"
#include "data/hdf5_cube.hpp"
#include "data/hdf5_image.hpp"
#include "data/hdf5_output.hpp"
#include "data/result_writer.hpp"
#include "model/scene/scene.hpp"

using namespace hyperspectral_shadows;

class WriterTest : public QObject {
    Q_OBJECT
    QTemporaryDir m_folder, m_results;
    std::string in(const std::string& name) const {
        return m_folder.filePath(QString::fromStdString(name)).toStdString();
    }
    std::string out(const std::string& name) const {
        return m_results.filePath(QString::fromStdString(name)).toStdString();
    }

    /// A cube of whole numbers in this interleave; the path of its data.
    std::string envi(const std::string& name, const std::string& interleave, const std::string& more = {}) {
        writeFile(in(name + ".hdr"), "ENVI\nsamples = 4\nlines = 3\nbands = 5\ndata type = 2\ninterleave = " +
                                         interleave + "\nbyte order = 0\n" + more);
        writeFile(in(name + ".img"), cubeBytes<std::int16_t>(interleave, 3, 4, 5, false));
        return in(name + ".img");
    }
    /// A cube with its bands last or first ("yxc", "cxy"), and what `beside` adds to it; its path.
    std::string netcdf(const std::string& name, const std::string& order,
                       const std::function<void(TestH5&)>& beside = nullptr) {
        TestH5 file(in(name));
        for (const auto& [scale, size] : {std::pair{"y", 3}, {"x", 4}, {"w1", 5}})
            file.scale(scale, static_cast<hsize_t>(size));
        const bool straight = order == "yxc";
        file.put(
            "Band1/Radiance",
            straight ? std::vector<std::string>{"y", "x", "w1"} : std::vector<std::string>{"w1", "x", "y"},
            straight ? std::vector<hsize_t>{3, 4, 5} : std::vector<hsize_t>{5, 4, 3},
            [&](const std::vector<hsize_t>& i) {
                return valueAt(static_cast<int>(i[straight ? 0 : 2]), static_cast<int>(i[1]),
                               static_cast<int>(i[straight ? 2 : 0]));
            });
        if (beside) beside(file);
        return in(name);
    }
    /// Uncertainty of the shape of the radiance, or of its bands only.
    static void uncertainty(TestH5& file, bool same) {
        if (same)
            file.put("Band1/RadianceUncertainty", {"y", "x", "w1"}, {3, 4, 5},
                     [](const std::vector<hsize_t>&) { return .1F; });
        else
            file.put("Band1/RadianceUncertainty", {"w1"}, {5},
                     [](const std::vector<hsize_t>& i) { return .1F * static_cast<float>(i[0]); });
    }

    /// Writes twice the input line by line in two slabs, and returns what the result reads as.
    std::vector<float> doubled(const std::string& input) {
        const auto cube = openCube(input);
        std::vector<float> twice = whole(*cube);
        for (float& v : twice) v *= 2;
        const auto writer = ResultWriter::make(input, *cube, m_results.path().toStdString());
        writer->lines(0, 2, twice.data(), nullptr);
        writer->lines(2, 1, twice.data() + 2 * cube->header().valuesPerLine(), nullptr);
        std::vector<float> coverage(cube->header().pixels());
        for (std::size_t i = 0; i < coverage.size(); ++i) coverage[i] = .05F * static_cast<float>(i);
        writer->image("Coverage", coverage, "1");
        writer->finish("{\"why\":\"test\"}");
        const auto again = openCube(writer->path());
        return whole(*again) == twice ? twice : std::vector<float>{};
    }

  private Q_SLOTS:
    void rawCubes() {
        for (const std::string interleave : {"bsq", "bil", "bip"}) {
            QVERIFY(!doubled(envi(interleave, interleave, "wavelength = {1600, 1601, 1602, 1603, 1604.25}\n"))
                         .empty());
            const auto again = openCube(out(interleave + "_unshadowed.hdr"));
            QCOMPARE(again->header().format, "ENVI " + interleave);
            QCOMPARE(again->header().wavelengthNm.back(), 1604.25);
            QCOMPARE((*readMask(out(interleave + "_shadow.nc"), "Shadow/Coverage", 3, 4))[3], .15F);
        }
        std::string header = "{'descr': '<f4', 'fortran_order': False, 'shape': (3, 4, 5), }";
        while ((header.size() + 11) % 64 != 0) header += ' ';
        header += '\n';
        writeFile(in("n.npy"), std::string("\x93NUMPY\1", 7) + '\0' + static_cast<char>(header.size()) +
                                   '\0' + header + cubeBytes<float>("bip", 3, 4, 5, false));
        QVERIFY(!doubled(in("n.npy")).empty());
    }

    void netcdfKeepsItsOrderAndAllElse() {
        for (const std::string order : {"yxc", "cxy"}) {
            QVERIFY(!doubled(netcdf(order + ".nc", order, [](TestH5& file) {
                         file.put(
                             "Geolocation/SurfaceAltitude", {"y", "x"}, {3, 4},
                             [](const std::vector<hsize_t>& i) { return static_cast<float>(i[0] + i[1]); });
                     })).empty());
            const Hdf5File result(out(order + "_unshadowed.nc"));
            QVERIFY(result.has("Geolocation/SurfaceAltitude") && result.has("Shadow/Coverage"));
            QCOMPARE(result.open("Band1/Radiance").shape(),
                     Hdf5File(in(order + ".nc")).open("Band1/Radiance").shape());
            QVERIFY(H5Aexists(result.id(), "shadow_provenance") > 0);
        }
    }

    void whatTheEnviHeaderSaysBesidesStays() {
        const std::string map =
            "map info = {UTM, 1, 1, 500000, 4000000, 5, 5, 33, North}\ncoordinate system string =\n"
            "Fwhm = {1.5, 1.5,\n 1.5, 1.5, 1.5}\nwavelength units = Micrometers\nwavelength = {1.6, 1.601, "
            "1.602, "
            "1.603, 1.604}\nband names = {a, b, c = d, e, f}";
        QVERIFY(!doubled(envi("map", "bil",
                              map + "\ndata ignore value = -1\nreflectance scale factor = 2\nmajor frame "
                                    "offsets = {0, 0}\n"))
                     .empty());
        std::ifstream file(out("map_unshadowed.hdr"));
        const std::string header{std::istreambuf_iterator<char>(file), {}};
        for (const char* kept : {"map info = {UTM, 1, 1, 500000, 4000000, 5, 5, 33, North}\n",
                                 "Fwhm = {1.5, 1.5,\n 1.5, 1.5, 1.5}\n", "wavelength units = Micrometers\n",
                                 "band names = {a, b, c = d, e, f}\n"})
            QVERIFY2(header.find(kept) != std::string::npos, kept);
        for (const char* gone : {"data ignore value", "reflectance scale factor", "major frame offsets",
                                 "data type = 2", "Nanometers"})
            QVERIFY2(header.find(gone) == std::string::npos, gone);
        QCOMPARE(openCube(out("map_unshadowed.hdr"))->header().wavelengthNm[1], 1601.0);
    }

    void wholeNumbersBecomeFractions() {
        const std::string input = netcdf("counts.nc", "yxc", [](TestH5& file) {
            file.put(
                "counts", {"y", "x", "w1"}, {3, 4, 5},
                [](const std::vector<hsize_t>& i) {
                    return i[0] + i[1] + i[2] == 0 ? -1
                                                   : valueAt(static_cast<int>(i[0]), static_cast<int>(i[1]),
                                                             static_cast<int>(i[2]));
                },
                H5T_STD_I16LE);
            file.put(
                "RadianceUncertainty", {"y", "x", "w1"}, {3, 4, 5},
                [](const std::vector<hsize_t>&) { return 2.0F; }, H5T_STD_U8LE);
            file.fill("counts", -1);
            file.text("counts", "units", "DN");
            const std::int16_t numbers[] = {3, 1};
            H5LTset_attribute_short(file.id(), "counts", "valid", numbers, 2);
        });
        const auto cube = openCube(input, {.dataset = "counts", .axes = ""});
        std::vector<float> values = whole(*cube), sigma(60, 2.25F);
        for (float& v : values) v *= 1.25F;
        const auto writer = ResultWriter::make(input, *cube, m_results.path().toStdString());
        writer->lines(0, 2, values.data(), sigma.data());
        writer->lines(2, 1, values.data() + 40, sigma.data() + 40);
        writer->finish("{}");
        const auto again = openCube(writer->path(), {.dataset = "counts", .axes = ""});
        std::vector<float> found = whole(*again), foundSigma(60);
        QVERIFY(std::isnan(found[0]) && std::isnan(values[0]));
        found[0] = values[0] = 0;
        QCOMPARE(found, values);
        QVERIFY(again->readUncertainty(0, 3, foundSigma.data()));
        QCOMPARE(foundSigma, sigma);
        QCOMPARE(again->header().unit, std::string("DN"));
        const Hdf5File file(writer->path());
        QCOMPARE(file.open("counts").dimensions(), (std::vector<std::string>{"y", "x", "w1"}));
        std::int16_t numbers[2] = {};
        QVERIFY(H5LTget_attribute_short(file.id(), "counts", "valid", numbers) >= 0);
        QVERIFY(numbers[0] == 3 && numbers[1] == 1 && !file.has("counts.float32"));
        // One that has a place for fractions stays as it is.
        Hdf5Output copy(out("floats.nc"), input);
        copy.makeFloat("Band1/Radiance");
        copy.finish();
        QCOMPARE(whole(*openCube(out("floats.nc"), {.dataset = "Band1/Radiance", .axes = ""})),
                 whole(*openCube(input, {.dataset = "Band1/Radiance", .axes = ""})));
    }

    void resultsOfTwoInputsOfOneName() {
        const auto name = [](const std::string& path) { return QString::fromStdString(path); };
        for (const char* folder : {"one", "two", "many"}) QVERIFY(QDir(m_folder.path()).mkpath(folder));
        netcdf("one/same.nc", "yxc"), netcdf("two/same.nc", "cxy");
        envi("one/same", "bil"), envi("two/same", "bip");
        for (const std::string ending : {".nc", ".img"}) {
            const std::string first = in("one/same" + ending), second = in("two/same" + ending);
            const auto make = [&](const std::string& input) {
                return ResultWriter::make(input, *openCube(input), in("many"));
            };
            const auto write = [&](ResultWriter& writer, const std::string& input) {
                writer.lines(0, 3, whole(*openCube(input)).data(), nullptr);
                writer.finish("{}");
            };
            // Both at once: each to a file of its own, until the first has the name.
            const auto a = make(first), b = make(second);
            write(*a, first);
            const QString late = name(refusal([&] { write(*b, second); }));
            QVERIFY2(late.contains(name(second)) && late.contains(name(first)), qPrintable(late));
            const QString said = name(refusal([&] { make(second); }));
            QVERIFY2(said.contains("the result of " + name(first)) && said.contains("'output_folder'"),
                     qPrintable(said));
            QCOMPARE(whole(*openCube(a->path())), whole(*openCube(first)));
            // The same input again, however its path is written.
            const std::string again = in("two/../one/same" + ending);
            write(*make(again), again);
        }
        QCOMPARE(QDir(name(in("many"))).entryList(QDir::Files),
                 (QStringList{"same_shadow.nc", "same_unshadowed.hdr", "same_unshadowed.img",
                              "same_unshadowed.nc"}));
    }

    void twoRunsOnOneInputDoNotMeet() {
        netcdf("shared.nc", "cxy"), envi("shared", "bsq");
        for (const std::string ending : {".nc", ".img"}) {
            const std::string input = in("shared" + ending);
            QTemporaryDir folder;
            const auto files = [&] { return QDir(folder.path()).entryList(QDir::Files); };
            const auto make = [&] {
                return ResultWriter::make(input, *openCube(input), folder.path().toStdString());
            };
            const std::vector<float> values = whole(*openCube(input));
            std::vector<float> twice = values;
            for (float& v : twice) v *= 2;
            // In turn, line by line, each writes its own numbers.
            const auto a = make(), b = make();
            const std::size_t line = openCube(input)->header().valuesPerLine();
            for (std::int64_t y = 0; y < 3; ++y) {
                a->lines(y, 1, values.data() + static_cast<std::size_t>(y) * line, nullptr);
                b->lines(y, 1, twice.data() + static_cast<std::size_t>(y) * line, nullptr);
            }
            a->finish("{}");
            QVERIFY(!a->replacedAnother());
            QCOMPARE(whole(*openCube(a->path())), values);
            b->finish("{}");
            QVERIFY(b->replacedAnother());
            QCOMPARE(whole(*openCube(b->path())), twice);
            QVERIFY2(files().filter("partial").isEmpty(), qPrintable(files().join(' ')));
            const auto later = make();  // one result after another is no meeting
            later->lines(0, 3, values.data(), nullptr);
            later->finish("{}");
            QVERIFY(!later->replacedAnother());
        }
    }

    void whatAKilledRunLeftIsRemovedADayLater() {
        const std::string input = netcdf("killed.nc", "yxc");
        QTemporaryDir folder;
        const auto files = [&] { return QDir(folder.path()).entryList(QDir::Files); };
        const auto make = [&](const std::string& of) {
            return ResultWriter::make(of, *openCube(of), folder.path().toStdString());
        };
        QString own, others;
        {
            const auto writer = make(input);
            own = files().value(0);
        }
        QVERIFY(QDir(m_folder.path()).mkpath("elsewhere"));
        {
            const auto writer = make(netcdf("elsewhere/killed.nc", "yxc"));
            others = files().value(0);
        }
        QVERIFY(own.endsWith(".partial") && others.endsWith(".partial") && own != others);
        for (const QString& name : {own, others}) {
            QFile file(folder.filePath(name));
            QVERIFY(file.open(QIODevice::WriteOnly));
        }
        { const auto writer = make(input); }
        QCOMPARE(files().size(), 2);  // both may still be written to
        for (const QString& name : {own, others}) {
            QFile file(folder.filePath(name));
            QVERIFY(file.open(QIODevice::ReadWrite) &&
                    file.setFileTime(QDateTime::currentDateTime().addDays(-2),
                                     QFileDevice::FileModificationTime));
        }
        { const auto writer = make(input); }
        QCOMPARE(files(), QStringList{others});  // of another input: not ours to remove
    }

    void aResultNeverReplacesItsInput() {
        const std::string input = netcdf("own.nc", "yxc");
        const auto cube = openCube(input);
        QFile::copy(QString::fromStdString(input), QString::fromStdString(out("again.nc")));
        QVERIFY(QString::fromStdString(refusal([&] {
                    ResultWriter::make(input, *cube, in("no_such_folder"));
                })).contains("is not there"));
        // Left unfinished, nothing stays behind.
        { const auto writer = ResultWriter::make(out("again.nc"), *cube, m_results.path().toStdString()); }
        QVERIFY(!QFile::exists(QString::fromStdString(out("again_unshadowed.nc"))) &&
                QDir(m_results.path()).entryList({"again*.partial"}).isEmpty());
        // And a result under the name of its input is refused before a byte is written.
        const std::vector<float> before = whole(*cube);
        QVERIFY(QString::fromStdString(refusal([&] {
                    Hdf5Output(input, input);
                })).contains("would replace its own input"));
        QCOMPARE(whole(*openCube(input)), before);
        QVERIFY(QDir(m_folder.path()).entryList({"own.nc*.partial"}).isEmpty());
    }

    void aRawResultIsWholeOrNotThere() {
        envi("left", "bil");
        QTemporaryDir folder;
        const auto names = [&] { return QDir(folder.path()).entryList(QDir::Files); };
        {
            const auto cube = openCube(in("left.img"));
            const auto writer = ResultWriter::make(in("left.img"), *cube, folder.path().toStdString());
            const std::vector<float> values = whole(*cube);
            writer->lines(0, 3, values.data(), nullptr);
            QVERIFY(!names().contains(
                "left_unshadowed.hdr"));  // a header would make a half-written cube look whole
        }
        QCOMPARE(names(), QStringList());
        {
            const auto cube = openCube(in("left.img"));
            const auto writer = ResultWriter::make(in("left.img"), *cube, folder.path().toStdString());
            writer->lines(0, 3, whole(*cube).data(), nullptr);
            writer->finish("{}");
        }
        QCOMPARE(names(), (QStringList{"left_shadow.nc", "left_unshadowed.hdr", "left_unshadowed.img"}));
    }

    void aRawResultThatFailsAtTheEndLeavesNothing() {
        // A folder stands where one of its files would go: found out when names are taken, at the very end.
        for (const char* place : {"late_unshadowed.hdr", "late_unshadowed.img", "late_shadow.nc"}) {
            envi("late", "bip");
            QTemporaryDir folder;
            QVERIFY(QDir(folder.path()).mkpath(QString(place) + "/in the way"));
            {
                const auto cube = openCube(in("late.img"));
                const auto writer = ResultWriter::make(in("late.img"), *cube, folder.path().toStdString());
                writer->lines(0, 3, whole(*cube).data(), nullptr);
                const QString why = QString::fromStdString(refusal([&] { writer->finish("{}"); }));
                QVERIFY2(why.contains(place), qPrintable(why));
            }
            QCOMPARE(QDir(folder.path()).entryList(QDir::Files), QStringList());
        }
    }

    void onlyResultsWithAPlaceTakeUncertainty() {
        const std::string folder = m_results.path().toStdString();
        const auto takes = [&](const std::string& input, bool asked) {
            return ResultWriter::make(input, *openCube(input), folder, asked)->takesSigma();
        };
        const std::string raw = envi("without", "bil"), none = netcdf("without.nc", "yxc"),
                          own = netcdf("with.nc", "yxc", [](TestH5&file) { uncertainty(file, true); }),
                          other = netcdf("other.nc", "yxc", [](TestH5&file) { uncertainty(file, false); });
        for (const std::string& input : {raw, none, other})
            QVERIFY2(!takes(input, false) && takes(input, true), input.c_str());
        QVERIFY(takes(own, false) && takes(own, true));
    }

    void uncertaintyOfAnotherShapeStaysAsItIs() {
        for (const bool same : {true, false}) {
            netcdf("sigma.nc", "yxc", [&](TestH5& file) { uncertainty(file, same); });
            const auto cube = openCube(in("sigma.nc"));
            const auto writer = ResultWriter::make(in("sigma.nc"), *cube, m_results.path().toStdString());
            const std::vector<float> values(60, 2.0F), sigma(60, .7F);
            writer->lines(0, 3, values.data(), sigma.data());
            writer->finish("{}");
            std::vector<float> found(same ? 60 : 5);
            const Hdf5File result(writer->path());
            const Hdf5Dataset set = result.open("Band1/RadianceUncertainty");
            set.read(std::vector<std::int64_t>(set.shape().size(), 0), set.shape(), found.data());
            QCOMPARE(found[3], same ? .7F : .3F);
        }
    }

    void uncertaintyOfAnotherOrderStaysInIt() {
        const auto third = [](std::int64_t y, std::int64_t x, std::int64_t c) {
            return valueAt(y, x, c) / 3;
        };
        const std::string input = netcdf("turned.nc", "yxc", [&](TestH5& file) {
            file.put("Band1/RadianceUncertainty", {"w1", "x", "y"}, {5, 4, 3},
                     [](const std::vector<hsize_t>&) { return .1F; });
        });
        const auto cube = openCube(input);
        const auto writer = ResultWriter::make(input, *cube, m_results.path().toStdString());
        std::vector<float> sigma, found(60);
        for (std::int64_t i = 0; i < 60; ++i) sigma.push_back(third(i / 20, i / 5 % 4, i % 5));
        const std::vector<float> values = whole(*cube);
        writer->lines(0, 2, values.data(), sigma.data());
        writer->lines(2, 1, values.data() + 40, sigma.data() + 40);
        writer->finish("{}");
        Hdf5File(writer->path()).open("Band1/RadianceUncertainty").read({0, 0, 0}, {5, 4, 3}, found.data());
        for (std::int64_t c = 0; c < 5; ++c)
            for (std::int64_t x = 0; x < 4; ++x)
                for (std::int64_t y = 0; y < 3; ++y)
                    QCOMPARE(found[static_cast<std::size_t>((c * 4 + x) * 3 + y)], third(y, x, c));
    }

    void scenesAreL1b() {
        SceneCube scene({.lines = 9, .samples = 8, .bands = 10, .seed = 3});
        QVERIFY(writeScene(scene, out("scene.nc")));
        const auto cube = openCube(out("scene.nc"));
        QCOMPARE(cube->header().format, std::string("MethaneAIR/MethaneSAT L1B"));
        QCOMPARE(whole(*cube), whole(scene));
        QCOMPARE(*cube->image("coverage"), *scene.image("coverage"));
        std::vector<float> a(9 * 80), b(9 * 80);
        QVERIFY(cube->readUnshadowed(0, 9, a.data()) && scene.readUnshadowed(0, 9, b.data()));
        QCOMPARE(a, b);
        QVERIFY(!writeScene(scene, out("stopped.nc"), [](std::int64_t) { return false; }));
        QVERIFY(!QFile::exists(QString::fromStdString(out("stopped.nc"))));
    }
};

QTEST_APPLESS_MAIN(WriterTest)
#include "writer_test.moc"
