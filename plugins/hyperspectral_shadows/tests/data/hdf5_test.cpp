// SPDX-License-Identifier: Apache-2.0
// NetCDF4 and HDF5: the order of dimensions comes from their names; flags, fills and columns without a place are missing.
#include <QtTest>
#include <cmath>
#include <limits>

#include "data/hdf5_cube.hpp"
#include "data/hdf5_image.hpp"
#include "hdf5_files.hpp"

using namespace hyperspectral_shadows;

class Hdf5Test : public QObject {
    Q_OBJECT
    QTemporaryDir m_folder;
    std::string path(const char* name) const { return m_folder.filePath(name).toStdString(); }
    bool refusedWith(const std::string& file, const char* words, const OpenOptions& options = {}) const {
        const std::string sentence = refusal([&] {
            const auto cube = openCube(file, options);
            whole(*cube);
        });
        if (QString::fromStdString(sentence).contains(words)) return true;
        qWarning("%s", sentence.c_str());
        return false;
    }

  private Q_SLOTS:
    void everyOrderOfDimensionsIsReadRight() {
        for (const std::string order : {"yxc", "xyc", "cyx", "ycx", "xcy", "cxy"})
            for (const Layout& names : {Layout{"y", "x", "w1", order},
                                        {"jmx", "imx", "wmx_1", order},
                                        {"atrack", "xtrack", "spectral_channel", order},
                                        {"downtrack", "crosstrack", "bands", order},
                                        {"nframe", "nrow", "ncol", order}}) {
                {
                    Writer writer(path("order.nc"), names);
                    writer.cube("Band1/Radiance", plain);
                    writer.cube("Band1/Wavelength", [](hsize_t y, hsize_t x, hsize_t c) {
                        return static_cast<float>(1600 + c) + .01F * static_cast<float>(x) + (y == 9 ? 1 : 0);
                    });
                }
                const auto cube = openCube(path("order.nc"));
                QCOMPARE(cube->header().format, std::string("MethaneAIR/MethaneSAT L1B"));
                QCOMPARE(cube->header().lines, std::int64_t{kLines});
                const std::vector<float> all = whole(*cube);
                for (hsize_t y = 0; y < kLines; ++y)
                    for (hsize_t x = 0; x < kSamples; ++x)
                        for (hsize_t c = 0; c < kBands; ++c) QCOMPARE(at(all, y, x, c), plain(y, x, c));
                QVERIFY(std::abs(cube->header().wavelengthNm[1] - 1601.02) < 1e-3);  // of the middle column
                QVERIFY(!cube->header().notes.empty());  // that pixels differ is said
            }
    }

    void flagsFillsAndColumnsWithoutAPlaceAreMissing() {
        {
            Writer writer(path("flags.nc"), {"y", "x", "w1", "yxc"});
            writer.cube("Band1/Radiance", [](hsize_t y, hsize_t x, hsize_t c) {
                return y == 0 && x == 0 && c == 3 ? -999.0F : plain(y, x, c);
            });
            writer.file.fill("Band1/Radiance", -999);
            writer.file.text("Band1/Radiance", "units", "photons s-1 cm-2 nm-1 sr-1");
            writer.cube("Band1/RadianceFlag", [](hsize_t y, hsize_t x, hsize_t c) {
                return y == 1 && x == 1 && c == 2 ? 4.0F : 0.0F;
            });
            writer.file.put("Geolocation/Longitude", {"y", "x"}, {kLines, kSamples},
                            [](const std::vector<hsize_t>& i) { return i[1] == 3 ? NAN : -100.0F; });
            writer.file.put("Truth/alpha", {"y", "x"}, {kLines, kSamples}, [](const std::vector<hsize_t>& i) {
                return .1F * static_cast<float>(i[1]) + .01F * static_cast<float>(i[0]);
            });
        }
        const auto cube = openCube(path("flags.nc"));
        QCOMPARE(cube->header().unit, std::string("photons s-1 cm-2 nm-1 sr-1"));
        const std::vector<float> all = whole(*cube);
        QVERIFY(std::isnan(at(all, 0, 0, 3)) && std::isnan(at(all, 1, 1, 2)) && std::isnan(at(all, 2, 3, 0)));
        QCOMPARE(std::count_if(all.begin(), all.end(), [](float v) { return std::isnan(v); }),
                 std::ptrdiff_t{2 + kLines * kBands});
        QCOMPARE((*cube->image("coverage"))[1 * kSamples + 2], .21F);
        QVERIFY(!cube->image("hard_mask"));
    }

    void fillValuesAreMissingEverywhere() {
        {
            Writer writer(path("fills.nc"), {"y", "x", "w1", "yxc"});
            writer.cube("Band1/Radiance", plain);
            writer.cube("Band1/RadianceFlag", [](hsize_t y, hsize_t x, hsize_t c) {
                return y == 2 && x == 0 && c == 1 ? 255.0F : 0.0F;
            });
            writer.file.fill("Band1/RadianceFlag", 255);
            writer.file.put("Geolocation/Longitude", {"y", "x"}, {kLines, kSamples},
                            [](const std::vector<hsize_t>& i) { return i[1] == 3 ? -9999.0F : -100.0F; });
            writer.file.fill("Geolocation/Longitude", -9999);
            writer.file.put("Truth/alpha", {"y", "x"}, {kLines, kSamples},
                            [](const std::vector<hsize_t>& i) { return i[1] == 1 ? -1.0F : .5F; });
            writer.file.fill("Truth/alpha", -1);
            writer.file.put("cloud_mask", {"y", "x"}, {kLines, kSamples},
                            [](const std::vector<hsize_t>& i) { return i[1] == 2 ? 127.0F : 1.0F; });
            writer.file.fill("cloud_mask", 127);
        }
        const auto cube = openCube(path("fills.nc"));
        const std::vector<float> all = whole(*cube), alpha = *cube->image("coverage"),
                                 mask = *readMask(path("fills.nc"), "cloud_mask", kLines, kSamples);
        QVERIFY(std::isnan(at(all, 0, 3, 0)) &&
                std::isnan(at(all, 2, 3, 4)));  // a column whose longitudes are all filled
        QVERIFY(std::isnan(at(all, 2, 0, 1)) &&
                !std::isnan(at(all, 2, 0, 2)));  // a flag that was never written, with a number above 0
        QVERIFY(std::isnan(alpha[1]) && alpha[2] == .5F);
        QVERIFY(std::isnan(mask[2]) && mask[1] == 1);
        {
            Writer writer(path("zero.nc"), {"y", "x", "w1", "yxc"});
            writer.cube("radiance", plain);
            writer.cube("RadianceFlag", [](hsize_t, hsize_t, hsize_t) { return 0.0F; });
            writer.file.fill("RadianceFlag",
                             0);  // says of good values that they were never written; they count as 0
        }
        const std::vector<float> good = whole(*openCube(path("zero.nc")));
        QVERIFY(std::all_of(good.begin(), good.end(), [](float v) { return std::isfinite(v); }));
        {
            Writer writer(path("lost.nc"), {"y", "x", "w1", "yxc"});
            writer.cube("radiance", plain);
            writer.file.put("wavelength", {"w1"}, {kBands}, [](const std::vector<hsize_t>& i) {
                return i[0] == 2 ? 0.5F : 1600.0F + static_cast<float>(i[0]);
            });
            writer.file.fill("wavelength", .5F);
        }
        QVERIFY(refusedWith(path("lost.nc"), "no numbers above 0 at band 2"));
    }

    void aFillValueThatIsAMaskValueCounts() {
        for (const float fill : {0.0F, 1.0F, 255.0F}) {
            {
                Writer writer(path("mask.nc"), {"y", "x", "w1", "yxc"});
                writer.cube("Band1/Radiance", plain);
                for (const char* name : {"cloud_shadow_mask", "Truth/hard_mask", "Truth/alpha"}) {
                    writer.file.put(name, {"y", "x"}, {kLines, kSamples}, [](const std::vector<hsize_t>& i) {
                        return i[1] == 0 ? 255.0F : i[1] == 1 ? 1.0F : 0.0F;
                    });
                    writer.file.fill(name, fill);
                }
                writer.file.put("Geolocation/Longitude", {"y", "x"}, {kLines, kSamples},
                                [](const std::vector<hsize_t>& i) { return i[1] == 2 ? 0.0F : -100.0F; });
                writer.file.fill("Geolocation/Longitude", 0);
            }
            const auto cube = openCube(path("mask.nc"));
            for (const auto& mask : {*readMask(path("mask.nc"), "cloud_shadow_mask", kLines, kSamples),
                                     *cube->image("hard_mask"), *cube->image("coverage")}) {
                QVERIFY(mask[1] == 1 && mask[2] == 0);
                QCOMPARE(std::isnan(mask[0]), fill == 255);
            }
            QVERIFY(std::isnan(at(whole(*cube), 1, 2, 1)));  // a longitude of 0 that is none stays missing
        }
    }

    void fillValuesOfMoreDigitsThanTheValues() {
        {
            TestH5 file(path("digits.nc"));
            file.put("w", {}, {3}, [](const std::vector<hsize_t>& i) {
                return i[0] == 1 ? -999.9F : static_cast<float>(i[0]);
            });
            const double fill = -999.9;  // of which the float32 in the file is not the nearest double
            H5LTset_attribute_double(file.id(), "w", "_FillValue", &fill, 1);
            file.put(
                "d", {}, {2}, [](const std::vector<hsize_t>& i) { return i[0] ? 1.0F : 2.0F; },
                H5T_IEEE_F64LE);
            const double near = 1 + 1e-12;  // as float32 it would be 1
            H5LTset_attribute_double(file.id(), "d", "_FillValue", &near, 1);
        }
        const Hdf5File file(path("digits.nc"));
        std::vector<float> single(3);
        file.open("w").read({0}, {3}, single.data());
        const std::vector<double> wide = file.open("w").readDoubles(), exact = file.open("d").readDoubles();
        QVERIFY(std::isnan(single[1]) && std::isnan(wide[1]) && wide[2] == 2);
        QCOMPARE(exact, (std::vector<double>{2, 1}));
    }

    void fillValuesAtTheEndOfTheRangeAreMissing() {
        constexpr float kMost = std::numeric_limits<float>::max();
        for (const double fill :
             {-3.4028235e38, -3.40282347e38, -double{kMost}, std::numeric_limits<double>::lowest()}) {
            {
                TestH5 file(path("most.nc"));
                file.put("w", {}, {3}, [](const std::vector<hsize_t>& i) {
                    return i[0] == 1 ? -kMost : static_cast<float>(i[0]);
                });
                const hsize_t size = 3;
                const double wide[] = {0, fill, 2};
                H5LTmake_dataset_double(file.id(), "d", 1, &size, wide);
                for (const char* name : {"w", "d"})
                    H5LTset_attribute_double(file.id(), name, "_FillValue", &fill, 1);
            }
            const Hdf5File file(path("most.nc"));
            for (const char* name : {"w", "d"}) {
                std::vector<float> single(3);
                file.open(name).read({0}, {3}, single.data());
                const std::vector<double> all = file.open(name).readDoubles();
                QVERIFY2(std::isnan(single[1]) && single[0] == 0 && single[2] == 2, name);
                QVERIFY2(std::isnan(all[1]) && all[0] == 0 && all[2] == 2, name);
            }
        }
    }

    void whatNetcdfNeverWroteIsMissing() {
        constexpr float kNetcdf = 9.96921e36F;
        {
            TestH5 file(path("default.nc"));
            for (const auto& [name, size] : {std::pair{"y", kLines}, {"x", kSamples}, {"w1", kBands}})
                file.scale(name, size);
            file.put(
                "radiance", {"y", "x", "w1"}, {kLines, kSamples, kBands},
                [](const std::vector<hsize_t>& i) { return i[1] == 2 ? kNetcdf : plain(i[0], i[1], i[2]); },
                H5T_IEEE_F32LE, &kNetcdf);
        }
        const std::vector<float> all = whole(*openCube(path("default.nc")));
        QVERIFY(std::isnan(at(all, 1, 2, 3)));
        QCOMPARE(std::count_if(all.begin(), all.end(), [](float v) { return std::isnan(v); }),
                 std::ptrdiff_t{kLines * kBands});
    }

    void matlabArraysHaveTheirLastIndexFirst() {
        {
            // As MATLAB does: 512 bytes of its own before HDF5, the class as an attribute, cells of others in a group.
            TestH5 file(path("cube.mat"), 512);
            file.put(
                "cube", {}, {kBands, kSamples, kLines},
                [](const std::vector<hsize_t>& i) { return plain(i[2], i[1], i[0]); }, H5T_IEEE_F64LE);
            file.text("cube", "MATLAB_class", "double");
            file.put("wavelength", {}, {kBands, 1},
                     [](const std::vector<hsize_t>& i) { return 1600.0F + static_cast<float>(i[0]); });
            file.put("#refs#/a", {}, {1, 1}, [](const std::vector<hsize_t>&) { return 0.0F; });
        }
        const auto cube = openCube(path("cube.mat"));
        QCOMPARE(cube->header().format, std::string("MATLAB 7.3"));
        QCOMPARE(cube->header().wavelengthNm, (std::vector<double>{1600, 1601, 1602, 1603, 1604}));
        QCOMPARE(cube->header().lines, std::int64_t{kLines});
        QCOMPARE(at(whole(*cube), 2, 1, 4), plain(2, 1, 4));
        QCOMPARE(at(whole(*openCube(path("cube.mat"), {"cube", "band,x,y"})), 1, 3, 2), plain(1, 3, 2));
        writeFile(path("old.mat"), "MATLAB 5.0 MAT-file, Platform: GLNXA64");
        QVERIFY(refusedWith(path("old.mat"), "-v7.3"));
    }

    void squareImagesFollowTheirCube() {
        constexpr hsize_t kSide = 4;
        const auto value = [](hsize_t y, hsize_t x) { return static_cast<float>(10 * y + x); };
        {
            TestH5 file(path("square.mat"), 512);
            file.put(
                "cube", {}, {kBands, kSide, kSide},
                [](const std::vector<hsize_t>& i) { return plain(i[2], i[1], i[0]); }, H5T_IEEE_F64LE);
            file.put("mask", {}, {kSide, kSide},
                     [&](const std::vector<hsize_t>& i) { return value(i[1], i[0]); });
            file.put("plain", {}, {kSide, kSide},
                     [&](const std::vector<hsize_t>& i) { return value(i[1], i[0]); });
            for (const char* name : {"cube", "mask"}) file.text(name, "MATLAB_class", "double");
        }
        const auto cube = openCube(path("square.mat"), {"cube", ""});
        QCOMPARE((*cube->image("mask"))[1 * kSide + 3], value(1, 3));
        QCOMPARE((*cube->image("plain"))[1 * kSide + 3], value(1, 3));  // as the cube beside it
        QCOMPARE((*readMask(path("square.mat"), "mask", kSide, kSide))[1 * kSide + 3], value(1, 3));
        {
            TestH5 file(path("named.nc"));
            for (const char* name : {"y", "x", "w1"}) file.scale(name, name[0] == 'w' ? kBands : kSide);
            file.put("radiance", {"w1", "x", "y"}, {kBands, kSide, kSide},
                     [](const std::vector<hsize_t>& i) { return plain(i[2], i[1], i[0]); });
            file.put("Truth/alpha", {"y", "x"}, {kSide, kSide},
                     [&](const std::vector<hsize_t>& i) { return value(i[0], i[1]); });
        }
        // Names go before the order of the cube.
        QCOMPARE((*openCube(path("named.nc"))->image("coverage"))[1 * kSide + 3], value(1, 3));
    }

    void oneBandHasOneWavelength() {
        for (const std::vector<hsize_t>& shape : {std::vector<hsize_t>{1}, {1, 1}, {1, 7}, {7}}) {
            {
                TestH5 file(path("one.nc"));
                for (const auto& [name, size] : {std::pair{"y", kLines}, {"x", kSamples}, {"w1", hsize_t{1}}})
                    file.scale(name, size);
                file.put("radiance", {"y", "x", "w1"}, {kLines, kSamples, 1},
                         [](const std::vector<hsize_t>& i) { return plain(i[0], i[1], i[2]); });
                file.put("wavelength", {}, shape, [](const std::vector<hsize_t>&) { return 1600.0F; });
            }
            if (shape.back() == 7)
                QVERIFY(refusedWith(path("one.nc"), "fit neither the bands nor the cube"));
            else
                QCOMPARE(openCube(path("one.nc"))->header().wavelengthNm, (std::vector<double>{1600}));
        }
    }

    void chunksSayWhichLinesLieTogether() {
        {
            TestH5 file(path("chunks.nc"));
            for (const auto& [name, size] : {std::pair{"y", kLines}, {"x", kSamples}, {"w1", kBands}})
                file.scale(name, size);
            const hsize_t shape[] = {kBands, kLines, kSamples}, chunk[] = {1, 2, kSamples};
            const hid_t list = H5Pcreate(H5P_DATASET_CREATE), space = H5Screate_simple(3, shape, nullptr);
            H5Pset_chunk(list, 3, chunk);
            const hid_t set =
                H5Dcreate2(file.id(), "radiance", H5T_IEEE_F32LE, space, H5P_DEFAULT, list, H5P_DEFAULT);
            unsigned axis = 0;
            for (const char* name : {"w1", "y", "x"}) {
                const hid_t scale = H5Dopen2(file.id(), name, H5P_DEFAULT);
                H5DSattach_scale(set, scale, axis++);
                H5Dclose(scale);
            }
            H5Dclose(set), H5Sclose(space), H5Pclose(list);
        }
        const CubeHeader chunks = openCube(path("chunks.nc"))->header();
        QCOMPARE(chunks.linesTogether, std::int64_t{2});
        QCOMPARE((std::vector<std::int64_t>{chunks.piece.lines, chunks.piece.samples, chunks.piece.bands}),
                 (std::vector<std::int64_t>{2, kSamples, 1}));
        {
            Writer writer(path("straight.nc"), {"y", "x", "w1", "yxc"});
            writer.cube("radiance", plain);
        }
        QCOMPARE(openCube(path("straight.nc"))->header().linesTogether, std::int64_t{1});
    }

    void emitAndUnnamedCubes() {
        {
            Writer writer(path("emit.nc"), {"downtrack", "crosstrack", "bands", "yxc"});
            writer.cube("radiance", plain);
            writer.file.put(
                "sensor_band_parameters/wavelengths", {"bands"}, {kBands},
                [](const std::vector<hsize_t>& i) { return 400.0F + 7.4F * static_cast<float>(i[0]); });
        }
        const auto emit = openCube(path("emit.nc"));
        QCOMPARE(emit->header().format, std::string("EMIT/AVIRIS-NG"));
        QCOMPARE(emit->header().wavelengthNm[0], 400.0);
        {
            TestH5 file(path("plain.h5"));
            for (const char* name : {"first", "second"})
                file.put(name, {}, {kBands, kLines, kSamples},
                         [](const std::vector<hsize_t>& i) { return plain(i[1], i[2], i[0]); });
        }
        QVERIFY(refusedWith(path("plain.h5"), "'dataset': first, second"));
        QVERIFY(refusedWith(path("plain.h5"), "'axes'", {"second", ""}));
        QVERIFY(refusedWith(path("plain.h5"), "It has first, second.", {"third", ""}));
        const auto cube = openCube(path("plain.h5"), {"second", "band,y,x"});
        QCOMPARE(at(whole(*cube), 2, 1, 4), plain(2, 1, 4));
    }

    void masksOfTheLabelledSetAreCutAsItsCodeDoes() {
        {
            TestH5 file(path("masks.nc"));
            file.put("cloud_shadow_mask", {}, {310, 210},
                     [](const std::vector<hsize_t>& i) { return i[0] == 5 && i[1] == 27 + 9 ? 1.0F : 0.0F; });
        }
        const auto mask = readMask(path("masks.nc"), "cloud_shadow_mask", 300, 172);
        QVERIFY(mask && (*mask)[5 * 172 + 9] == 1);
        QVERIFY(!readMask(path("masks.nc"), "cloud_mask", 300, 172));
        QVERIFY(QString::fromStdString(refusal([&] {
                    readMask(path("masks.nc"), "cloud_shadow_mask", 300, 173);
                })).contains("300 × 173"));
    }

    void brokenFilesAreSaid() {
        writeFile(path("cut.nc"), "\x89HDF\r\n\x1a\n and no more");
        QVERIFY(refusedWith(path("cut.nc"), "damaged"));
        { TestH5 file(path("none.nc")); }
        QVERIFY(refusedWith(path("none.nc"), "no dataset with three dimensions"));
        {
            Writer writer(path("falling.nc"), {"y", "x", "w1", "yxc"});
            writer.cube("Band1/Radiance", plain);
            writer.cube("Band1/Wavelength",
                        [](hsize_t, hsize_t, hsize_t c) { return 1700.0F - static_cast<float>(c); });
        }
        QVERIFY(refusedWith(path("falling.nc"), "decrease at band 1"));
    }

    void aMissingFilterIsNamed() {
        {
            TestH5 file(path("blosc.nc"));
            for (const auto& [name, size] : {std::pair{"y", kLines}, {"x", kSamples}, {"w1", kBands}})
                file.scale(name, size);
            const hsize_t shape[] = {kLines, kSamples, kBands};
            const hid_t list = H5Pcreate(H5P_DATASET_CREATE), space = H5Screate_simple(3, shape, nullptr);
            H5Pset_chunk(list, 3, shape);
            H5Pset_filter(list, 32001, H5Z_FLAG_OPTIONAL, 0, nullptr);
            const hid_t set =
                H5Dcreate2(file.id(), "radiance", H5T_IEEE_F32LE, space, H5P_DEFAULT, list, H5P_DEFAULT);
            unsigned axis = 0;
            for (const char* name : {"y", "x", "w1"}) {
                const hid_t scale = H5Dopen2(file.id(), name, H5P_DEFAULT);
                H5DSattach_scale(set, scale, axis++);
                H5Dclose(scale);
            }
            const hsize_t zero[] = {0, 0, 0};
            const std::string squeezed(57, 'q');
            H5DOwrite_chunk(set, H5P_DEFAULT, 0, zero, squeezed.size(), squeezed.data());
            H5Dclose(set), H5Sclose(space), H5Pclose(list);
        }
        QVERIFY(refusedWith(path("blosc.nc"), "filter 32001"));
        QVERIFY(refusedWith(path("blosc.nc"), "h5repack"));
    }

    void linksOutOfTheFileAreNotFollowed() {
        {
            Writer writer(path("target.nc"), {"y", "x", "w1", "yxc"});
            writer.cube("radiance", plain);
        }
        {
            TestH5 file(path("linked.nc"));
            H5Lcreate_external(path("target.nc").c_str(), "/radiance", file.id(), "radiance", H5P_DEFAULT,
                               H5P_DEFAULT);
        }
        QVERIFY(refusedWith(path("linked.nc"), "no dataset with three dimensions"));
    }
};

QTEST_APPLESS_MAIN(Hdf5Test)
#include "hdf5_test.moc"
