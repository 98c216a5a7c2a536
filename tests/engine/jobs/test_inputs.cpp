// SPDX-License-Identifier: Apache-2.0
// What files resolve to for a request: hashed whole, long ones stamped by length, time and pieces; and which changes that sees.
#include <QTemporaryDir>
#include <QTest>
#include <fstream>
#include <latent/schema.hpp>

#include "engine/files/sha256.hpp"
#include "engine/jobs/inputs.hpp"
#include "engine/sweep/cell_hash.hpp"

using namespace latent::engine;
namespace fs = std::filesystem;

class Inputs : public QObject {
    Q_OBJECT
    QTemporaryDir m_dir;
    fs::path at(const char* name) const { return fs::path(m_dir.path().toStdString()) / name; }
    static constexpr std::uintmax_t kLong = (std::uintmax_t{5} << 30) + 17;

    /// A file that takes no room on the disk.
    fs::path hole(const char* name) const {
        std::ofstream(at(name), std::ios::binary) << "head";
        fs::resize_file(at(name), kLong);
        return at(name);
    }
    static void put(const fs::path& path, std::uintmax_t where) {
        const auto before = fs::last_write_time(path);
        std::fstream file(path, std::ios::binary | std::ios::in | std::ios::out);
        file.seekp(static_cast<std::streamoff>(where));
        file << 'x';
        file.close();
        fs::last_write_time(path, before);
    }
    nlohmann::json resolved(const fs::path& path) const {
        const auto schema = SchemaModel::fromJson(
            latent::Schema{}.add(latent::path("file").help("A file.")).toJson(), "The parameters");
        if (!schema) qFatal("%s", schema.error().message.c_str());
        const auto inputs = resolveInputs(*schema, {{"file", path.string()}}, at("runs"));
        if (!inputs) qFatal("%s", inputs.error().message.c_str());
        return inputs->at("file");
    }

  private Q_SLOTS:
    void shortFilesAreHashedWhole() {
        std::ofstream(at("short")) << "abc";
        const nlohmann::json input = resolved(at("short"));
        QCOMPARE(input.at("sha256").get<std::string>(), sha256Hex("abc"));
        QCOMPARE(input.at("bytes").get<int>(), 3);
        QVERIFY(!input.contains("sampled_sha256"));
        QCOMPARE(stampOf(input), sha256Hex("abc"));
    }

    void longFilesAreStampedAndSaidToBe() {
        const fs::path file = hole("long");
        const nlohmann::json input = resolved(file);
        QVERIFY(!input.contains("sha256"));  // nobody may take the stamp for a hash of the content
        QVERIFY(isSha256Hex(input.at("sampled_sha256").get<std::string>()));
        QCOMPARE(input.at("bytes").get<std::uintmax_t>(), kLong);
        QCOMPARE(resolved(file), input);
        QCOMPARE(stampOf(input), "sampled:" + input.at("sampled_sha256").get<std::string>());
    }

    void whatIsNoHashOfTheContentSaysSo() {
        QCOMPARE(stampOf({{"sha256", "a"}, {"request_sha256", "b"}}), std::string("a"));
        QCOMPARE(stampOf({{"request_sha256", "b"}}), std::string("request:b"));
        QCOMPARE(stampOf({{"path", "/data"}, {"folder", true}}), std::string());
    }

    void aFileThatCannotBeReadIsRefused() {
        const auto gone = sampledSha256(at("none"));
        QVERIFY(!gone && gone.error().message.find("none") != std::string::npos);
        // A folder opens but has no bytes.
        QVERIFY(!sampledSha256(m_dir.path().toStdString()));
    }

    void aStampSeesLengthTimeAndPieces() {
        const fs::path file = hole("long");
        const std::string first = *sampledSha256(file);
        put(file, 4);  // in the first piece
        const std::string head = *sampledSha256(file);
        put(file, kLong - 1);  // the last byte
        const std::string tail = *sampledSha256(file);
        QVERIFY(first != head && head != tail);
        fs::last_write_time(file, fs::last_write_time(file) + std::chrono::seconds(1));
        const std::string later = *sampledSha256(file);
        QVERIFY(later != tail);
        const auto time = fs::last_write_time(file);
        fs::resize_file(file, kLong + 1);
        fs::last_write_time(file, time);
        QVERIFY(*sampledSha256(file) != later);
        const std::string longer = *sampledSha256(file);
        put(file, 3u << 20);  // between two pieces, with length and time kept: what its name warns of
        QCOMPARE(*sampledSha256(file), longer);
        QVERIFY(!sampledSha256(at("none")));
    }

    void cellsOfAnotherStampAreOtherCells() {
        const auto hash = [](const nlohmann::json& input) {
            return *cellHash(nlohmann::json::object(), nlohmann::json::object(), 0, {{"file", input}});
        };
        QVERIFY(hash({{"sampled_sha256", "a"}}) != hash({{"sampled_sha256", "b"}}));
        QVERIFY(hash({{"sampled_sha256", "a"}}) != hash(nlohmann::json::object()));
        QVERIFY(hash({{"sha256", "a"}}) != hash({{"sha256", "b"}}));
        QVERIFY(hash({{"sha256", "a"}}) != hash({{"sampled_sha256", "a"}}));          // the stamp is no hash
        QVERIFY(hash({{"request_sha256", "a"}}) != hash({{"request_sha256", "b"}}));  // a run still going on
    }
};

QTEST_APPLESS_MAIN(Inputs)
#include "test_inputs.moc"
