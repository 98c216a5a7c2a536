// SPDX-License-Identifier: Apache-2.0
// What lies beside the radiance may have its dimensions in another order.
#include <QtTest>
#include <cmath>

#include "hdf5_files.hpp"

using namespace hyperspectral_shadows;

class Hdf5BesideTest : public QObject {
    Q_OBJECT
    QTemporaryDir m_folder;
    std::string path(const char* name) const { return m_folder.filePath(name).toStdString(); }

  private Q_SLOTS:
    void whatLiesBesideMayHaveAnotherOrder() {
        const auto flag = [](hsize_t y, hsize_t x, hsize_t c) {
            return y == 2 && x == 1 && c == 3 ? 1.0F : 0.0F;
        };
        const auto third = [](hsize_t y, hsize_t x, hsize_t c) { return plain(y, x, c) / 3; };
        const auto half = [](hsize_t y, hsize_t x, hsize_t c) { return plain(y, x, c) / 2; };
        const auto axis = [](hsize_t, hsize_t, hsize_t c) { return 1600.0F + static_cast<float>(c); };
        for (const char* radiance : {"yxc", "cxy"})
            for (const std::string order : {"yxc", "xyc", "cyx", "ycx", "xcy", "cxy"})
                for (const bool named : {true, false}) {  // all sizes differ: they alone leave one order
                    {
                        Writer writer(path("beside.nc"), {"y", "x", "w1", radiance});
                        writer.cube("Band1/Radiance", plain);
                        writer.layout.order = order;
                        if (!named) writer.layout.y = writer.layout.x = writer.layout.c = "";
                        writer.cube("Band1/RadianceFlag", flag);
                        writer.cube("Band1/RadianceUncertainty", third);
                        writer.cube("Band1/Wavelength", axis);
                        writer.cube("Truth/radiance_unshadowed", half);
                        writer.file.put("Truth/hard_mask", {}, {kSamples, kLines},
                                        [](const std::vector<hsize_t>& i) {
                                            return i[0] == 3 && i[1] == 1 ? 1.0F : 0.0F;
                                        });
                    }
                    const auto cube = openCube(path("beside.nc"));
                    QVERIFY(cube->header().notes.empty());
                    QCOMPARE(cube->header().wavelengthNm,
                             (std::vector<double>{1600, 1601, 1602, 1603, 1604}));
                    const std::vector<float> all = whole(*cube), mask = *cube->image("hard_mask");
                    std::vector<float> sigma(all.size()), lit(all.size());
                    QVERIFY(cube->readUncertainty(0, kLines, sigma.data()) &&
                            cube->readUnshadowed(0, kLines, lit.data()));
                    QVERIFY(cube->readUnshadowed(0, 0, nullptr));
                    for (hsize_t y = 0; y < kLines; ++y)
                        for (hsize_t x = 0; x < kSamples; ++x)
                            for (hsize_t c = 0; c < kBands; ++c) {
                                QCOMPARE(std::isnan(at(all, y, x, c)), flag(y, x, c) > 0);
                                QCOMPARE(at(sigma, y, x, c), third(y, x, c));
                                QCOMPARE(at(lit, y, x, c), half(y, x, c));
                                QCOMPARE(mask[y * kSamples + x], y == 1 && x == 3 ? 1.0F : 0.0F);
                            }
                }
    }

    void flagsOfEqualSizesFollowTheirNames() {
        constexpr hsize_t kSide = 4;
        {
            TestH5 file(path("equal.nc"));
            for (const char* name : {"y", "x", "w1"}) file.scale(name, kSide);
            file.put("radiance", {"y", "x", "w1"}, {kSide, kSide, kSide},
                     [](const std::vector<hsize_t>& i) { return plain(i[0], i[1], i[2]); });
            file.put("RadianceFlag", {"w1", "x", "y"}, {kSide, kSide, kSide},
                     [](const std::vector<hsize_t>& i) {
                         return i[0] == 0 && i[1] == 1 && i[2] == 2 ? 1.0F : 0.0F;
                     });
        }
        const std::vector<float> all = whole(*openCube(path("equal.nc")));
        for (std::size_t i = 0; i < all.size(); ++i)
            QCOMPARE(std::isnan(all[i]), i == (2 * kSide + 1) * kSide);
        // Where a person says what the dimensions are, the same names mean the same beside the radiance.
        const std::vector<float> said = whole(*openCube(path("equal.nc"), {"radiance", "band,x,y"}));
        QCOMPARE(std::count_if(said.begin(), said.end(), [](float v) { return std::isnan(v); }),
                 std::ptrdiff_t{1});
        {
            TestH5 file(path("said.nc"));
            for (const char* name : {"y", "x", "w1"}) file.scale(name, kSide);
            for (const char* name : {"radiance", "RadianceFlag"})
                file.put(name, {"y", "x", "w1"}, {kSide, kSide, kSide}, [&](const std::vector<hsize_t>& i) {
                    return name[0] == 'r' ? plain(i[2], i[1], i[0]) : i[0] == 0 && i[1] == 1 && i[2] == 2;
                });
        }
        const std::vector<float> turned = whole(*openCube(path("said.nc"), {"radiance", "band,x,y"}));
        for (std::size_t i = 0; i < all.size(); ++i)
            QCOMPARE(std::isnan(turned[i]), i == (2 * kSide + 1) * kSide);
    }

    void aFlagOfAPixelHoldsForItsBands() {
        for (const bool turned : {false, true}) {
            {
                Writer writer(path("pixels.nc"), {"y", "x", "w1", "yxc"});
                writer.cube("Band1/Radiance", plain);
                const auto bad = [](hsize_t y, hsize_t x) { return y == 2 && x == 1 ? 4.0F : 0.0F; };
                if (turned)
                    writer.file.put("Band1/RadianceFlag", {"x", "y"}, {kSamples, kLines},
                                    [&](const std::vector<hsize_t>& i) { return bad(i[1], i[0]); });
                else
                    writer.file.put("Band1/RadianceFlag", {"y", "x"}, {kLines, kSamples},
                                    [&](const std::vector<hsize_t>& i) { return bad(i[0], i[1]); });
                writer.file.fill("Band1/RadianceFlag",
                                 4);  // a flag that was never written counts by its number
            }
            const std::vector<float> all = whole(*openCube(path("pixels.nc")));
            for (std::size_t i = 0; i < all.size(); ++i)
                QCOMPARE(std::isnan(all[i]), i / kBands == 2 * kSamples + 1);
        }
        {
            Writer writer(path("misfit.nc"), {"y", "x", "w1", "yxc"});
            writer.cube("Band1/Radiance", plain);
            writer.file.put("Band1/RadianceFlag", {}, {kLines, kBands},
                            [](const std::vector<hsize_t>&) { return 1.0F; });
        }
        const auto cube = openCube(path("misfit.nc"));
        QVERIFY(!cube->readUnshadowed(0, 0, nullptr));
        QVERIFY(std::any_of(cube->header().notes.begin(), cube->header().notes.end(),
                            [](const std::string& note) {
                                return QString::fromStdString(note).contains("'Band1/RadianceFlag'");
                            }));
        const std::vector<float> all = whole(*cube);
        QVERIFY(std::none_of(all.begin(), all.end(), [](float v) { return std::isnan(v); }));
    }
};

QTEST_APPLESS_MAIN(Hdf5BesideTest)
#include "hdf5_beside_test.moc"
