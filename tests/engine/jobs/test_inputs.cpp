// SPDX-License-Identifier: Apache-2.0
// What files resolve to for a request: hashed whole, long ones stamped by length, time and pieces; and which changes that sees.
#include <QTemporaryDir>
#include <QTest>
#include <fstream>
#include <latent/schema.hpp>

#include "engine/files/sha256.hpp"
#include "engine/jobs/asked_inputs.hpp"
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

    /// Whatever folder a request is computed from, it reads what it was asked with, or nothing.
    void parametersNameTheirPlace() {
        nlohmann::json values{{"file", "short"}, {"base", "RUN"}, {"x", 1}};
        nameByPlace(values, {{"file", {{"path", "/data/short"}, {"sha256", "a"}}},
                             {"base", {{"path", "/runs/RUN"}, {"request_sha256", "b"}}},
                             {"unknown", {{"path", "/data/other"}}}});
        QCOMPARE(values, (nlohmann::json{{"file", "/data/short"}, {"base", "RUN"}, {"x", 1}}));
        nameByPlace(values, {{"file", 3}, {"base", {{"path", 4}}}});  // of somebody else's request
        QCOMPARE(values.at("file"), nlohmann::json("/data/short"));
    }

    void whatHasChangedIsRefused() {
        const auto said = [](const nlohmann::json& input, AskedBy whose) {
            const Status status = checkUnchanged({{"file", input}}, whose);
            if (status) return std::string();
            return status.error().exit == Exit::RefusedInput ? status.error().message : "another exit code";
        };
        for (const bool isLong : {false, true}) {
            const fs::path file = isLong ? hole("long-one") : at("short-one");
            if (!isLong) std::ofstream(file) << "abc";
            const nlohmann::json input = resolved(file);
            const std::string name = "The parameter 'file' names the file " + file.string();
            const std::string back =
                std::string("Put back what it held") + (isLong ? " and the time of its last change," : "");
            QCOMPARE(said(input, AskedBy::Run), std::string());
            put(file, 1);
            QCOMPARE(said(input, AskedBy::Run), name + ", which has changed since the run was asked for. " +
                                                    back + " and resume the run, or make a new run.");
            QCOMPARE(said(input, AskedBy::Sweep),
                     name + ", which has changed since the sweep was planned. " + back +
                         " and resume the sweep with --retry-failed, or make the sweep anew.");
            fs::remove(file);
            QCOMPARE(
                said(input, AskedBy::Run),
                name + ", which is not there any more. Put it back and resume the run, or make a new run.");
        }
    }

    void ofAFolderItIsSeenThatItIsThere() {
        fs::create_directory(at("folder"));
        const nlohmann::json inputs{{"file", resolved(at("folder"))}};
        std::ofstream(at("folder") / "more") << "abc";
        QVERIFY(checkUnchanged(inputs, AskedBy::Run));
        fs::remove_all(at("folder"));
        const Status gone = checkUnchanged(inputs, AskedBy::Run);
        QVERIFY(!gone &&
                gone.error().message.find("the folder " + at("folder").string()) != std::string::npos);
    }

    void aRunThatHadNotEndedMayGoOn() {
        const auto request = [&](int x) {
            return *Request::make({{"experiment", "a/b"}, {"parameters", {{"x", x}}}, {"seed", 0}});
        };
        const auto inputOf = [&](const fs::path& run) {
            return nlohmann::json{
                {"base", {{"path", run.string()}, {"request_sha256", request(1).sha256()}}}};
        };
        const fs::path run = at("going-on"), other = at("another");
        for (const fs::path& folder : {run, other}) fs::create_directory(folder);
        QVERIFY(writeRequest(run, request(1)) && writeRequest(other, request(2)));
        QVERIFY(checkUnchanged(inputOf(run), AskedBy::Run));
        std::ofstream(run / "run.h5") << "what it found since";
        QVERIFY(checkUnchanged(inputOf(run), AskedBy::Run));
        QVERIFY(!checkUnchanged(inputOf(other), AskedBy::Run));
        // One that had ended is what it was then.
        nlohmann::json ended = inputOf(run);
        ended["base"]["sha256"] = sha256Hex("what it found since");
        QVERIFY(checkUnchanged(ended, AskedBy::Run));
        fs::remove(run / "run.h5");
        const Status goesOn = checkUnchanged(ended, AskedBy::Run);
        QVERIFY(!goesOn && goesOn.error().message.find("the run " + run.string() + ", which has changed") !=
                               std::string::npos);
    }

    void inputsThatMakeNoSenseAreRefused() {
        for (const nlohmann::json& inputs :
             {nlohmann::json("x"), nlohmann::json{{"file", 3}}, nlohmann::json{{"file", {{"path", 3}}}}}) {
            const Status status = checkUnchanged(inputs, AskedBy::Run);
            QVERIFY(!status && status.error().exit == Exit::RefusedInput);
        }
        QVERIFY(checkUnchanged(nlohmann::json::object(), AskedBy::Run));
        QVERIFY(checkUnchanged(
            *Request::make({{"experiment", "a/b"}, {"parameters", nlohmann::json::object()}, {"seed", 0}})));
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
