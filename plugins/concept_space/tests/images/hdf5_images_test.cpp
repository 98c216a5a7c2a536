// SPDX-License-Identifier: Apache-2.0
// A user's own images in HDF5: every layout that is read, and what is refused.
#include <hdf5_hl.h>

#include <QtTest>
#include <fstream>
#include <latent/error.hpp>

#include "data/hdf5_images.hpp"
#include "data/own_images.hpp"

using namespace concept_space;

namespace {

using Extent = std::vector<hsize_t>;

hsize_t countOf(const Extent& extent) {
    hsize_t n = 1;
    for (const hsize_t length : extent) n *= length;
    return n;
}

template <class T>
void put(hid_t file, const char* name, const Extent& extent, hid_t type, const std::vector<T>& values,
         const Extent& chunk = {}) {
    const hid_t space = H5Screate_simple(static_cast<int>(extent.size()), extent.data(), nullptr),
                list = H5Pcreate(H5P_DATASET_CREATE);
    if (!chunk.empty()) {
        H5Pset_chunk(list, static_cast<int>(chunk.size()), chunk.data());
        H5Pset_deflate(list, 1);
    }
    const hid_t made = H5Pcreate(H5P_LINK_CREATE);
    H5Pset_create_intermediate_group(made, 1);
    const hid_t set = H5Dcreate2(file, name, type, space, made, list, H5P_DEFAULT);
    if (!values.empty()) H5Dwrite(set, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data());
    H5Dclose(set), H5Pclose(made), H5Pclose(list), H5Sclose(space);
}

constexpr hsize_t kImages = 40, kHeight = 6, kWidth = 8;

/// Image i: class i % 4, red i, green 100 + i, blue the column.
std::vector<std::uint8_t> pictures(hsize_t channels) {
    std::vector<std::uint8_t> values;
    for (hsize_t i = 0; i < kImages; ++i)
        for (hsize_t p = 0; p < kHeight * kWidth; ++p)
            for (hsize_t c = 0; c < channels; ++c)
                values.push_back(static_cast<std::uint8_t>(c == 0 ? i : c == 1 ? 100 + i : p % kWidth));
    return values;
}
std::vector<int> attribute(hsize_t bit, int no = 0) {
    std::vector<int> values;
    for (hsize_t i = 0; i < kImages; ++i) values.push_back(i % 4 & bit ? 1 : no);
    return values;
}

}  // namespace

class Hdf5ImagesTest : public QObject {
    Q_OBJECT
    QTemporaryDir m_dir;
    std::filesystem::path m_path;

    /// A file that `fill` fills.
    void make(const std::function<void(hid_t)>& fill) {
        m_path = m_dir.filePath("own.h5").toStdString();
        const hid_t file = H5Fcreate(m_path.c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT);
        fill(file);
        H5Fclose(file);
    }
    static void putAttributes(hid_t file, const char* first = "Hat", const char* second = "Smile") {
        put(file, first, {kImages}, H5T_NATIVE_INT, attribute(2, -1));
        put(file, second, {kImages}, H5T_NATIVE_INT, attribute(1));
    }
    OwnImages read(const char* first = "Hat", const char* second = "Smile", int side = 6,
                   int most = 9) const {
        return readOwnImages({.folder = {},
                              .file = m_path,
                              .first = first,
                              .second = second,
                              .side = side,
                              .mostPerClass = most});
    }
    QString refusal(const std::function<void(hid_t)>& fill, const char* first = "Hat", int side = 6) {
        make(fill);
        return refusal(first, side);
    }
    QString refusal(const char* first = "Hat", int side = 6) const {
        try {
            read(first, "Smile", side);
            return {};
        } catch (const std::exception& e) {
            return QString::fromUtf8(e.what());
        }
    }

  private Q_SLOTS:
    void bytesBecomeClasses() {
        for (const Extent& chunk : {Extent{}, Extent{1, kHeight, kWidth, 3}, Extent{7, 4, 3, 3}}) {
            make([&](hid_t file) {
                put(file, "images", {kImages, kHeight, kWidth, 3}, H5T_NATIVE_UINT8, pictures(3), chunk);
                putAttributes(file);
            });
            const OwnImages own = read();
            QVERIFY(own.attributes ==
                    ownAttributes({.file = m_path, .first = "hat", .second = "SMILE", .side = 6}));
            for (std::size_t c = 0; c < 4; ++c) {
                QCOMPARE(own.classes[c].size(), std::size_t{9});
                for (std::size_t i = 0; i < 9; ++i) {
                    const std::vector<float>& image = own.classes[c][i];
                    const auto number = static_cast<float>(4 * i + c);
                    QVERIFY(std::abs(image[0] - number / 255) < 1e-6F &&
                            std::abs(image[1] - (100 + number) / 255) < 1e-6F);
                    QVERIFY(std::abs(image[3 * 6 + 2] - 1.0F / 255) <
                            1e-6F);  // the middle begins at column 1
                }
            }
            QVERIFY(read("Smile", "Hat").classes[1] == own.classes[2]);
        }
    }

    void floatsAndGreyAreRead() {
        std::vector<float> values;
        for (hsize_t i = 0; i < kImages; ++i)
            values.insert(values.end(), kHeight * kWidth, static_cast<float>(i) / 64);
        for (const bool last : {false, true}) {
            make([&](hid_t file) {
                put(file, "faces",
                    last ? Extent{kImages, kHeight, kWidth, 1} : Extent{kImages, kHeight, kWidth},
                    H5T_NATIVE_FLOAT, values);
                putAttributes(file);
            });
            const OwnImages own = read();
            for (std::size_t c = 0; c < 3; ++c) QCOMPARE(own.classes[3][2][c], 11.0F / 64);
        }
    }

    /// NumPy's booleans, in groups, however the name is spelt.
    void attributesInGroupsAndAsBooleans() {
        make([&](hid_t file) {
            put(file, "images", {kImages, kHeight, kWidth, 3}, H5T_NATIVE_UINT8, pictures(3));
            const hid_t boolean = H5Tenum_create(H5T_NATIVE_INT8);
            for (const std::int8_t v : {std::int8_t{0}, std::int8_t{1}})
                H5Tenum_insert(boolean, v ? "TRUE" : "FALSE", &v);
            const std::vector<int> wide = attribute(2);
            put(file, "labels/Wearing_Hat", {kImages}, boolean,
                std::vector<std::int8_t>(wide.begin(), wide.end()));
            const std::vector<int> other = attribute(1);
            put(file, "attributes/Smile", {kImages}, H5T_NATIVE_DOUBLE,
                std::vector<double>(other.begin(), other.end()));
            H5Tclose(boolean);
        });
        QCOMPARE(read("wearing hat").classes[2][0][0], 2.0F / 255);
    }

    void attributesAsColumns() {
        std::vector<int> columns;
        for (hsize_t i = 0; i < kImages; ++i)
            for (const int v : {1, static_cast<int>(i % 4 & 2) / 2, i % 4 & 1 ? 1 : -1}) columns.push_back(v);
        const auto file = [&](const std::function<void(hid_t)>& name) {
            return [&, name](hid_t f) {
                put(f, "images", {kImages, kHeight, kWidth, 3}, H5T_NATIVE_UINT8, pictures(3));
                put(f, "y", {kImages, 3}, H5T_NATIVE_INT, columns);
                name(f);
            };
        };
        make(file([](hid_t f) { H5LTset_attribute_string(f, "y", "names", "Old, Hat,Smile"); }));
        QCOMPARE(read().classes[2][1][0], 6.0F / 255);
        const auto texts = [](const std::string& old) {  // as h5py writes a list of them
            return [old](hid_t f) {
                const hid_t text = H5Tcopy(H5T_C_S1);
                H5Tset_size(text, H5T_VARIABLE);
                H5Tset_cset(text, H5T_CSET_UTF8);
                const hsize_t three = 3;
                const hid_t space = H5Screate_simple(1, &three, nullptr);
                const hid_t set = H5Dopen2(f, "y", H5P_DEFAULT),
                            it = H5Acreate2(set, "names", text, space, H5P_DEFAULT, H5P_DEFAULT);
                const char* names[] = {old.c_str(), "Hat", "Smile"};
                H5Awrite(it, text, names);
                H5Aclose(it), H5Dclose(set), H5Sclose(space), H5Tclose(text);
            };
        };
        make(file(texts("Old")));
        QCOMPARE(read().classes[1][1][0], 5.0F / 255);
        const QString nameless = refusal(file([](hid_t) {}));
        QVERIFY(nameless.contains("fewer than two attributes") &&
                nameless.contains("its dataset 'y' has 3 columns and no attribute 'names'"));
        QVERIFY(refusal(file([](hid_t f) {
                    H5LTset_attribute_string(f, "y", "names", "Hat,Smile");
                })).contains("2 names"));
        // A name is no longer than 2^16 characters.
        QCOMPARE(refusal(file(texts(std::string((1 << 16) - 1, 'x')))), QString());
        QVERIFY(refusal(file(texts(std::string(1 << 16, 'x')))).contains("'names' 0 names"));
    }

    /// Tables of something else, as the places of eyes and noses, are left alone.
    void otherTablesAreLeftAlone() {
        make([](hid_t file) {
            put(file, "images", {kImages, kHeight, kWidth, 3}, H5T_NATIVE_UINT8, pictures(3));
            putAttributes(file);
            put(file, "landmarks", {kImages, 10}, H5T_NATIVE_INT, std::vector<int>(kImages * 10, 5));
        });
        QCOMPARE(read().classes[2].size(), std::size_t{9});
    }

    void theFirstFreeAttributesAreTaken() {
        make([](hid_t file) {
            put(file, "images", {kImages, kHeight, kWidth, 3}, H5T_NATIVE_UINT8, pictures(3));
            putAttributes(file);
        });
        const std::array<std::string, 2> there{"Hat", "Smile"}, back{"Smile", "Hat"};
        QVERIFY(read("", "").attributes == there && read("", "Smile").attributes == there);
        QVERIFY(read("", "Hat").attributes == back && read("Smile", "").attributes == back);
    }

    /// What a filter packed that is not there now is told of, also where nothing else says that these are the images.
    void missingFiltersAreSaid() {
        const H5Z_class2_t filter{H5Z_CLASS_T_VERS,
                                  300,
                                  1,
                                  1,
                                  "of a test",
                                  nullptr,
                                  nullptr,
                                  [](unsigned, std::size_t, const unsigned*, std::size_t bytes, std::size_t*,
                                     void**) { return bytes; }};
        const auto packed = [&](const char* name, const Extent& extent) {
            return [=](hid_t file) {
                const hid_t list = H5Pcreate(H5P_DATASET_CREATE),
                            space = H5Screate_simple(static_cast<int>(extent.size()), extent.data(), nullptr);
                H5Pset_chunk(list, static_cast<int>(extent.size()), extent.data());
                H5Pset_filter(list, 300, 0, 0, nullptr);
                H5Dclose(H5Dcreate2(file, name, H5T_NATIVE_UINT8, space, H5P_DEFAULT, list, H5P_DEFAULT));
                H5Sclose(space), H5Pclose(list);
            };
        };
        const auto why = [&](const std::function<void(hid_t)>& fill) {
            H5Zregister(&filter);
            make(fill);
            H5Zunregister(300);
            return refusal();
        };
        const QString images = why([&](hid_t file) {
            packed("faces", {kImages, kHeight, kWidth})(file);
            putAttributes(file);
        });
        QVERIFY2(
            images.contains("no dataset 'images'") &&
                images.contains("its dataset 'faces' is compressed by a filter that is not part of HDF5"),
            qPrintable(images));
        const QString attributes = why([&](hid_t file) {
            put(file, "images", {kImages, kHeight, kWidth, 3}, H5T_NATIVE_UINT8, pictures(3));
            packed("Hat", {kImages})(file);
            put(file, "Smile", {kImages}, H5T_NATIVE_INT, attribute(1));
        });
        QVERIFY2(
            attributes.contains("fewer than two") && attributes.contains("'Hat' is compressed by a filter"),
            qPrintable(attributes));
    }

    /// Values of images that nobody asks for may be wrong, and are not looked at.
    void onlyWhatIsUsedIsRead() {
        const auto values = [](std::size_t wrong) {
            std::vector<float> all(kImages * kHeight * kWidth, .5F);
            all[wrong * kHeight * kWidth + 3] = 7;
            return all;
        };
        const auto fill = [&](std::size_t wrong) {
            return [&, wrong](hid_t file) {
                put(file, "images", {kImages, kHeight, kWidth}, H5T_NATIVE_FLOAT, values(wrong));
                putAttributes(file);
            };
        };
        QCOMPARE(refusal(fill(39)), QString());  // the tenth of its class
        QVERIFY(refusal(fill(35)).contains("image 35 holds 7"));
    }

    void whatDoesNotFitIsRefused() {
        const auto with = [](const char* name, const Extent& extent, hid_t type = H5T_NATIVE_UINT8) {
            return [=](hid_t file) {
                put(file, name, extent, type,
                    type == H5T_NATIVE_UINT8 && countOf(extent) < 100'000
                        ? std::vector<std::uint8_t>(countOf(extent))
                        : std::vector<std::uint8_t>());
                putAttributes(file);
            };
        };
        const Extent good{kImages, kHeight, kWidth, 3};
        QCOMPARE(refusal(with("images", good)), QString());
        QVERIFY(
            refusal(with("images", good), "Beard").contains("no attribute 'Beard'; there are: Hat, Smile"));
        QVERIFY(refusal(with("images", good), "Smile").contains("the same"));
        QVERIFY(refusal(with("images", good), "smile").contains("gives both attributes by 'Smile'"));
        QVERIFY(refusal(with("images", good), "Hat", 7).contains("8 × 6 pixels"));
        QVERIFY(refusal(with("images", {kImages, 48})).contains("three or four dimensions"));
        QVERIFY(refusal(with("other", {kImages, 48})).contains("no dataset 'images'"));
        QVERIFY(refusal(with("images", {kImages, 3, kHeight, kWidth})).contains("write them last"));
        QVERIFY(refusal(with("images", {kImages, kHeight, kWidth, 3}, H5T_NATIVE_INT64)).contains("uint8"));
        QVERIFY(refusal(with("images", {20, kHeight, kWidth, 3})).contains("fewer than two attributes"));
        QVERIFY(refusal([&](hid_t file) {
                    with("images", good)(file);
                    H5Ldelete(file, "images", H5P_DEFAULT);
                    put(file, "a", {kImages, 2, 2}, H5T_NATIVE_UINT8, std::vector<std::uint8_t>(4 * kImages));
                    put(file, "b", {kImages, 2, 2}, H5T_NATIVE_UINT8, std::vector<std::uint8_t>(4 * kImages));
                }).contains("several datasets"));
        QVERIFY(refusal([&](hid_t file) {
                    put(file, "images", good, H5T_NATIVE_UINT8, pictures(3));
                    put(file, "Smile", {kImages}, H5T_NATIVE_INT, attribute(1));
                    put(file, "Hat", {kImages}, H5T_NATIVE_INT, std::vector<int>(kImages, 2));
                }).contains("'Hat' of image 0 is neither"));
        QVERIFY(refusal([&](hid_t file) {
                    put(file, "images", good, H5T_NATIVE_UINT8, pictures(3));
                    put(file, "Smile", {kImages}, H5T_NATIVE_INT, attribute(1));
                    put(file, "Hat", {kImages}, H5T_NATIVE_INT, attribute(1));
                }).contains("has 0 images that are 'not Hat, Smile'"));
    }

    void hostileFilesAreRefused() {
        // A size that no memory holds, of which nothing is stored.
        QVERIFY(refusal([&](hid_t file) {
                    put(file, "images", {kImages, 100'000, 100'000, 3}, H5T_NATIVE_UINT8,
                        std::vector<std::uint8_t>(), {1, 1, 1, 3});
                    putAttributes(file);
                }).contains("more than is read here"));
        QVERIFY(refusal([&](hid_t file) {
                    put(file, "images", {kImages, 4'096, 4'096, 3}, H5T_NATIVE_UINT8,
                        std::vector<std::uint8_t>(), {30, 2'048, 2'048, 3});
                    putAttributes(file);
                }).contains("256 megabytes"));
        QVERIFY(refusal([&](hid_t file) {
                    hid_t list = H5Pcreate(H5P_DATASET_CREATE);
                    H5Pset_external(list, "/etc/hostname", 0, H5F_UNLIMITED);
                    const hsize_t extent[] = {kImages, 1, 1};
                    const hid_t space = H5Screate_simple(3, extent, nullptr);
                    H5Dclose(
                        H5Dcreate2(file, "images", H5T_NATIVE_UINT8, space, H5P_DEFAULT, list, H5P_DEFAULT));
                    H5Sclose(space), H5Pclose(list);
                    putAttributes(file);
                }).contains("lies in other files"));
        const auto withHat = [](const std::function<void(hid_t)>& more) {
            return [=](hid_t file) {
                put(file, "images", {kImages, kHeight, kWidth, 3}, H5T_NATIVE_UINT8, pictures(3));
                put(file, "Hat", {kImages}, H5T_NATIVE_INT, attribute(2));
                more(file);
            };
        };
        const QString large = refusal(withHat([](hid_t file) {
            const hsize_t extent = kImages, most = H5S_UNLIMITED, chunk = hsize_t{1} << 28;
            const hid_t list = H5Pcreate(H5P_DATASET_CREATE), space = H5Screate_simple(1, &extent, &most);
            H5Pset_chunk(list, 1, &chunk);
            H5Dclose(H5Dcreate2(file, "Smile", H5T_NATIVE_INT16, space, H5P_DEFAULT, list, H5P_DEFAULT));
            H5Sclose(space), H5Pclose(list);
        }));
        QVERIFY2(large.contains("'Smile' is stored in chunks of more than 256 megabytes"), qPrintable(large));
        // Datasets and groups of other files, and of this one by a detour.
        const auto putImages = [](hid_t file, const char* name) {
            put(file, name, {kImages, kHeight, kWidth, 3}, H5T_NATIVE_UINT8, pictures(3));
        };
        make([&](hid_t file) {
            putImages(file, "images");
            put(file, "labels/Smile", {kImages}, H5T_NATIVE_INT, attribute(1));
        });
        std::filesystem::rename(m_path, m_path.parent_path() / "other.h5");
        QVERIFY(refusal([&](hid_t file) {
                    H5Lcreate_external("other.h5", "images", file, "images", H5P_DEFAULT, H5P_DEFAULT);
                    putAttributes(file);
                }).contains("no dataset 'images'"));
        QVERIFY(refusal([&](hid_t file) {
                    putImages(file, "hidden/images");
                    H5Lcreate_soft("hidden/images", file, "images", H5P_DEFAULT, H5P_DEFAULT);
                    putAttributes(file);
                }).contains("no dataset 'images'"));
        for (const char* group : {"labels", "attributes"}) {
            QVERIFY(refusal(withHat([&](hid_t file) {
                        H5Lcreate_external("other.h5", "labels", file, group, H5P_DEFAULT, H5P_DEFAULT);
                    })).contains("fewer than two attributes"));
            QVERIFY(refusal(withHat([&](hid_t file) {
                        put(file, "hidden/Smile", {kImages}, H5T_NATIVE_INT, attribute(1));
                        H5Lcreate_soft("hidden", file, group, H5P_DEFAULT, H5P_DEFAULT);
                    })).contains("fewer than two attributes"));
        }
        make([&](hid_t file) {
            put(file, "images", {kImages, kHeight, kWidth, 3}, H5T_NATIVE_UINT8, pictures(3),
                {4, kHeight, kWidth, 3});
            putAttributes(file);
        });
        std::filesystem::resize_file(m_path, std::filesystem::file_size(m_path) / 2);
        QVERIFY_EXCEPTION_THROWN(read(), latent::RunError);
        m_path = "/dev/null";
        QVERIFY(refusal().contains("no ordinary file"));
        m_path = m_dir.filePath("own.h5").toStdString();
        std::ofstream(m_path) << "no HDF5";
        try {
            read();
            QFAIL("text is no HDF5");
        } catch (const latent::RunError& e) {
            QVERIFY(QString::fromUtf8(e.what()).contains("own.h5' is no HDF5 file"));
        }
    }
};

QTEST_APPLESS_MAIN(Hdf5ImagesTest)
#include "hdf5_images_test.moc"
