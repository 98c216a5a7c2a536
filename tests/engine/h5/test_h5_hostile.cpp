// SPDX-License-Identifier: Apache-2.0
// Files that reach outside, or ask for more than they should, are refused with a sentence.
#include <hdf5.h>

#include <QTemporaryDir>
#include <QTest>
#include <functional>

#include "engine/files/operations.hpp"
#include "engine/h5/source.hpp"

using namespace latent::engine;

class H5Hostile : public QObject {
    Q_OBJECT
    QTemporaryDir m_dir;
    std::string make(const char* name, const std::function<void(hid_t)>& fill) {
        const std::string path = m_dir.filePath(name).toStdString();
        const hid_t file = H5Fcreate(path.c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT);
        fill(file);
        H5Fclose(file);
        return path;
    }
    void expectRefusal(const std::string& path, const char* part, h5::Limits limits = {}) {
        const auto source = h5::openReader(std::filesystem::path(path), limits);
        QVERIFY(!source);
        QCOMPARE(source.error().exit, Exit::RefusedInput);
        QVERIFY2(source.error().message.find(part) != std::string::npos, source.error().message.c_str());
        QVERIFY2(source.error().message.find(path) != std::string::npos, source.error().message.c_str());
    }

  private Q_SLOTS:
    void links() {
        expectRefusal(
            make("ext.h5", [](hid_t f) { H5Lcreate_external("/etc/passwd", "/x", f, "out", 0, 0); }), "out");
        expectRefusal(make("soft.h5", [](hid_t f) { H5Lcreate_soft("/nowhere", f, "soft", 0, 0); }), "soft");
    }
    void cyclesOfGroups() {
        expectRefusal(make("cycle.h5",
                           [](hid_t f) {
                               const hid_t g = H5Gcreate2(f, "g", 0, 0, 0);
                               H5Lcreate_hard(f, "g", g, "again", 0, 0);
                               H5Gclose(g);
                           }),
                      "linked twice");
    }
    void externalStorage() {
        expectRefusal(make("raw.h5",
                           [](hid_t f) {
                               const hsize_t n = 10;
                               const hid_t s = H5Screate_simple(1, &n, nullptr),
                                           p = H5Pcreate(H5P_DATASET_CREATE);
                               H5Pset_external(p, "/etc/passwd", 0, 40);
                               H5Dclose(H5Dcreate2(f, "x", H5T_NATIVE_INT, s, 0, p, 0));
                           }),
                      "other files");
    }
    void virtualStorage() {
        expectRefusal(make("vds.h5",
                           [](hid_t f) {
                               const hsize_t n = 10;
                               const hid_t s = H5Screate_simple(1, &n, nullptr),
                                           p = H5Pcreate(H5P_DATASET_CREATE);
                               H5Pset_virtual(p, s, "other.h5", "/x", s);
                               H5Dclose(H5Dcreate2(f, "x", H5T_NATIVE_INT, s, 0, p, 0));
                           }),
                      "other files");
    }
    void typesThatRunsDoNotUse() {
        expectRefusal(make("vlen.h5",
                           [](hid_t f) {
                               const hid_t t = H5Tvlen_create(H5T_NATIVE_INT), s = H5Screate(H5S_SCALAR);
                               H5Dclose(H5Dcreate2(f, "v", t, s, 0, 0, 0));
                           }),
                      "type that runs do not use");
        expectRefusal(make("ref.h5",
                           [](hid_t f) {
                               const hid_t s = H5Screate(H5S_SCALAR);
                               H5Dclose(H5Dcreate2(f, "r", H5T_STD_REF_OBJ, s, 0, 0, 0));
                           }),
                      "type that runs do not use");
    }
    void limits() {
        const std::string path = make("many.h5", [](hid_t f) {
            for (int i = 0; i < 20; ++i) H5Gclose(H5Gcreate2(f, std::to_string(i).c_str(), 0, 0, 0));
        });
        h5::Limits few;
        few.objects = 10;
        expectRefusal(path, "too many objects", few);
        expectRefusal(make("rank.h5",
                           [](hid_t f) {
                               const std::vector<hsize_t> ones(20, 1);
                               const hid_t s = H5Screate_simple(20, ones.data(), nullptr);
                               H5Dclose(H5Dcreate2(f, "x", H5T_NATIVE_INT, s, 0, 0, 0));
                           }),
                      "too many axes");
    }
    void aBombIsNotAllocated() {
        const std::string path = make("bomb.h5", [](hid_t f) {
            const hsize_t n[2] = {1ull << 30, 1ull << 12}, c[2] = {1024, 1024};
            const hid_t s = H5Screate_simple(2, n, nullptr), p = H5Pcreate(H5P_DATASET_CREATE);
            H5Pset_chunk(p, 2, c);
            H5Pset_deflate(p, 9);
            H5Dclose(H5Dcreate2(f, "x", H5T_NATIVE_DOUBLE, s, 0, p, 0));
        });
        const auto source = h5::openReader(std::filesystem::path(path));
        QVERIFY2(bool(source), source ? "" : source.error().message.c_str());
        const auto all = (*source)->readAll("x");
        QVERIFY(!all);
        QVERIFY(all.error().message.find("read it in pieces") != std::string::npos);
        QVERIFY(bool((*source)->read("x", {0, 0}, {10, 10})));
    }
    void notHdf5() {
        const std::string path = m_dir.filePath("text.h5").toStdString();
        QVERIFY(bool(writeNew(path, "this is not HDF5")));
        expectRefusal(path, "Cannot read");
        QVERIFY(!h5::openReader(std::string_view("junk"), "junk"));
    }
    void pluginsStayOff() {
        QVERIFY(bool(h5::openReader(std::filesystem::path(make("ok.h5", [](hid_t) {})))));
        unsigned mask = 1;
        QVERIFY(H5PLget_loading_state(&mask) >= 0);
        QCOMPARE(mask, 0u);
    }
};
QTEST_APPLESS_MAIN(H5Hostile)
#include "test_h5_hostile.moc"
