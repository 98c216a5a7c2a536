// SPDX-License-Identifier: Apache-2.0
// Results come back in the layout of their input, and read as what was written.
#include <QtTest>

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
            writeFile(in(interleave + ".hdr"),
                      "ENVI\nsamples = 4\nlines = 3\nbands = 5\ndata type = 2\ninterleave = " + interleave +
                          "\nbyte order = 0\nwavelength = {1600, 1601, 1602, 1603, 1604.25}\n");
            writeFile(in(interleave + ".img"), cubeBytes<std::int16_t>(interleave, 3, 4, 5, false));
            QVERIFY(!doubled(in(interleave + ".img")).empty());
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
            {
                TestH5 file(in(order + ".nc"));
                for (const auto& [name, size] : {std::pair{"y", 3}, {"x", 4}, {"w1", 5}})
                    file.scale(name, static_cast<hsize_t>(size));
                const std::vector<std::string> names = order == "yxc"
                                                           ? std::vector<std::string>{"y", "x", "w1"}
                                                           : std::vector<std::string>{"w1", "x", "y"};
                const std::vector<hsize_t> shape =
                    order == "yxc" ? std::vector<hsize_t>{3, 4, 5} : std::vector<hsize_t>{5, 4, 3};
                file.put("Band1/Radiance", names, shape, [&](const std::vector<hsize_t>& i) {
                    return order == "yxc" ? valueAt(static_cast<int>(i[0]), static_cast<int>(i[1]),
                                                    static_cast<int>(i[2]))
                                          : valueAt(static_cast<int>(i[2]), static_cast<int>(i[1]),
                                                    static_cast<int>(i[0]));
                });
                file.put("Geolocation/SurfaceAltitude", {"y", "x"}, {3, 4},
                         [](const std::vector<hsize_t>& i) { return static_cast<float>(i[0] + i[1]); });
            }
            QVERIFY(!doubled(in(order + ".nc")).empty());
            const Hdf5File result(out(order + "_unshadowed.nc"));
            QVERIFY(result.has("Geolocation/SurfaceAltitude") && result.has("Shadow/Coverage"));
            QCOMPARE(result.open("Band1/Radiance").shape(),
                     Hdf5File(in(order + ".nc")).open("Band1/Radiance").shape());
            QVERIFY(H5Aexists(result.id(), "shadow_provenance") > 0);
        }
    }

    void aResultNeverReplacesItsInput() {
        const auto cube = openCube(in("yxc.nc"));
        QFile::copy(QString::fromStdString(in("yxc.nc")), QString::fromStdString(out("again.nc")));
        QVERIFY(QString::fromStdString(refusal([&] {
                    ResultWriter::make(in("yxc.nc"), *cube, in("no_such_folder"));
                })).contains("is not there"));
        // Left unfinished, nothing stays behind.
        { const auto writer = ResultWriter::make(out("again.nc"), *cube, m_results.path().toStdString()); }
        QVERIFY(!QFile::exists(QString::fromStdString(out("again_unshadowed.nc"))) &&
                !QFile::exists(QString::fromStdString(out("again_unshadowed.nc.partial"))));
        // And a result under the name of its input is refused before a byte is written.
        const std::vector<float> before = whole(*cube);
        QVERIFY(QString::fromStdString(refusal([&] {
                    Hdf5Output(in("yxc.nc"), in("yxc.nc"));
                })).contains("would replace its own input"));
        QCOMPARE(whole(*openCube(in("yxc.nc"))), before);
        QVERIFY(!QFile::exists(QString::fromStdString(in("yxc.nc.partial"))));
    }

    void aRawResultIsWholeOrNotThere() {
        writeFile(
            in("left.hdr"),
            "ENVI\nsamples = 4\nlines = 3\nbands = 5\ndata type = 2\ninterleave = bil\nbyte order = 0\n");
        writeFile(in("left.img"), cubeBytes<std::int16_t>("bil", 3, 4, 5, false));
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
            writeFile(
                in("late.hdr"),
                "ENVI\nsamples = 4\nlines = 3\nbands = 5\ndata type = 2\ninterleave = bip\nbyte order = 0\n");
            writeFile(in("late.img"), cubeBytes<std::int16_t>("bip", 3, 4, 5, false));
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
        const auto cube = openCube(in("left.img"));
        const std::string folder = m_results.path().toStdString();
        QVERIFY(!ResultWriter::make(in("left.img"), *cube, folder)->takesSigma());
        QVERIFY(ResultWriter::make(in("left.img"), *cube, folder, true)->takesSigma());
        const auto netcdf = openCube(in("yxc.nc"));
        QVERIFY(!ResultWriter::make(in("yxc.nc"), *netcdf, folder)->takesSigma());
        QVERIFY(ResultWriter::make(in("yxc.nc"), *netcdf, folder, true)->takesSigma());
    }

    void uncertaintyOfAnotherShapeStaysAsItIs() {
        for (const bool same : {true, false}) {
            {
                TestH5 file(in("sigma.nc"));
                for (const auto& [name, size] : {std::pair{"y", 3}, {"x", 4}, {"w1", 5}})
                    file.scale(name, static_cast<hsize_t>(size));
                file.put("Band1/Radiance", {"y", "x", "w1"}, {3, 4, 5},
                         [](const std::vector<hsize_t>&) { return 1.0F; });
                if (same)
                    file.put("Band1/RadianceUncertainty", {"y", "x", "w1"}, {3, 4, 5},
                             [](const std::vector<hsize_t>&) { return .1F; });
                else
                    file.put("Band1/RadianceUncertainty", {"w1"}, {5},
                             [](const std::vector<hsize_t>& i) { return .1F * static_cast<float>(i[0]); });
            }
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
