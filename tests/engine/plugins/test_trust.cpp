// SPDX-License-Identifier: Apache-2.0
// Whose code may run: trust by hash, quarantine by hash, and the files that hold both.
#include <sys/resource.h>
#include <unistd.h>

#include <QTest>

#include "engine/plugins/state_file.hpp"
#include "plugin_home.hpp"

using namespace latent::engine;
using namespace latent::test;

class TestTrust : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    void trustingAdmitsAtOnce();
    void aRebuiltLibraryHasToBeTrustedAgain();
    void oursNeedNoTrustUntilTheyChange();
    void aListThatOthersMayChangeIsIgnored();
    void trustDoesNotReplaceTheChecks();
    void filesOfOthersAndLinksAreRefused();
    void releasingTriesAgain();
    void aNewBuildLeavesTheQuarantine();
    void unknownDataIsKept();
    void damagedFilesAreSetAside();
    void aReadThatFailsOnceLosesNothing();
    void theOwnerOfAnIdIsMeantAlsoWhenItIsRefused();
    void aFolderWhoseNameIsNotUtf8();
};

namespace {

json trustFile(const PluginHome& home) { return json::parse(textOf(home.state() / "trust.json")); }

/// Another build of the same plugin: the loader ignores bytes after the end.
void rebuild(const PluginHome& home, const std::string& id) {
    std::ofstream(home.library(id), std::ios::binary | std::ios::app) << "another build";
}

}  // namespace

void TestTrust::trustingAdmitsAtOnce() {
    const PluginHome home;
    home.copy("raw_healthy", home.user());
    PluginCatalog catalog = home.scan();
    QCOMPARE(stateOf(catalog, "raw_healthy").substr(0, 10), std::string("untrusted:"));
    QCOMPARE(catalog.childrenStarted(), 0);  // no code of it has run
    QVERIFY(catalog.trust("raw_healthy"));
    QCOMPARE(stateOf(catalog, "raw_healthy"), std::string("usable"));
    const json record = trustFile(home)["trusted"]["raw_healthy"];
    QCOMPARE(record["sha256"].get<std::string>(), sha256Hex(textOf(home.library("raw_healthy"))));
    QCOMPARE(record["path"].get<std::string>(), home.library("raw_healthy").string());
    const auto nobody = catalog.trust("raw_healty");
    QVERIFY(!nobody);
    QVERIFY(nobody.error().message.find("did you mean \"raw_healthy\"") != std::string::npos);
}

void TestTrust::aRebuiltLibraryHasToBeTrustedAgain() {
    const PluginHome home;
    home.add("raw_healthy");
    QCOMPARE(stateOf(home.scan(), "raw_healthy"), std::string("usable"));
    rebuild(home, "raw_healthy");
    PluginCatalog catalog = home.scan();
    QCOMPARE(stateOf(catalog, "raw_healthy"),
             "untrusted: The plugin \"raw_healthy\" at " + home.library("raw_healthy").string() +
                 " has changed since you trusted it; if that is right, run \"latent plugins trust raw_healthy\".");
    QVERIFY(catalog.trust("raw_healthy"));
    QCOMPARE(stateOf(catalog, "raw_healthy"), std::string("usable"));
}

void TestTrust::oursNeedNoTrustUntilTheyChange() {
    const PluginHome home;
    home.bundle("raw_healthy");
    PluginCatalog catalog = home.scan();
    QCOMPARE(stateOf(catalog, "raw_healthy"), std::string("usable"));
    QVERIFY((*catalog.find("raw_healthy"))->ours);
    std::ofstream(home.bundled() / "raw_healthy.so", std::ios::binary | std::ios::app) << "x";
    QCOMPARE(stateOf(home.scan(), "raw_healthy").substr(0, 10), std::string("untrusted:"));
    // The list counts in its own folder only.
    const PluginHome other;
    other.copy("raw_healthy", other.user());
    put(other.user() / "plugins.sha256", sha256Hex(textOf(other.library("raw_healthy"))) + "  raw_healthy.so\n");
    QCOMPARE(stateOf(other.scan(), "raw_healthy").substr(0, 10), std::string("untrusted:"));
}

void TestTrust::aListThatOthersMayChangeIsIgnored() {
    const PluginHome home;
    home.bundle("raw_healthy");
    fs::permissions(home.bundled() / "plugins.sha256", kReadable | fs::perms::others_write);
    const PluginCatalog catalog = home.scan();
    QCOMPARE(stateOf(catalog, "raw_healthy").substr(0, 10), std::string("untrusted:"));
    QCOMPARE(catalog.messages().size(), std::size_t(1));
    QVERIFY(catalog.messages()[0].find("plugins.sha256 can be changed by other users") != std::string::npos);
}

void TestTrust::trustDoesNotReplaceTheChecks() {
    const PluginHome home;
    home.add("raw_healthy");
    fs::permissions(home.user(), fs::perms::owner_all | fs::perms::group_write);
    PluginCatalog catalog = home.scan();
    QCOMPARE(stateOf(catalog, "raw_healthy"), "refused: " + home.user().string() +
                                                  " can be changed by other users (mode 0720); run \"chmod go-w " +
                                                  home.user().string() + "\".");
    QVERIFY(!catalog.trust("raw_healthy"));
    fs::permissions(home.user(), fs::perms::owner_all);
    QCOMPARE(stateOf(home.scan(), "raw_healthy"), std::string("usable"));
}

void TestTrust::filesOfOthersAndLinksAreRefused() {
    const PluginHome home;
    home.add("raw_healthy");
    const fs::path real = home.root() / "elsewhere.so";
    fs::rename(home.library("raw_healthy"), real);
    fs::create_symlink(real, home.library("raw_healthy"));
    QCOMPARE(stateOf(home.scan(), "raw_healthy"),
             "refused: " + home.library("raw_healthy").string() +
                 " is a link; put the library itself there, or search its own folder.");
    fs::remove(home.library("raw_healthy"));
    fs::create_directory(home.library("raw_healthy"));
    QCOMPARE(stateOf(home.scan(), "raw_healthy"),
             "refused: " + home.library("raw_healthy").string() + " is not a regular file.");
    if (::geteuid() != 0) QSKIP("Only root can give a file away.");
    fs::remove(home.library("raw_healthy"));
    fs::rename(real, home.library("raw_healthy"));
    QCOMPARE(::chown(home.library("raw_healthy").c_str(), 65534, 65534), 0);
    QCOMPARE(stateOf(home.scan(), "raw_healthy"),
             "refused: " + home.library("raw_healthy").string() +
                 " belongs to another user, who could change it; copy it to a folder of your own.");
}

void TestTrust::releasingTriesAgain() {
    const PluginHome home;
    home.add("segfault_on_load");
    PluginCatalog catalog = home.scan();
    QCOMPARE(catalog.childrenStarted(), 1);
    QCOMPARE(home.scan().childrenStarted(), 0);
    QVERIFY(catalog.release("segfault_on_load"));
    QCOMPARE(catalog.childrenStarted(), 1);
    QCOMPARE(stateOf(catalog, "segfault_on_load").substr(0, 12), std::string("quarantined:"));
    const auto none = catalog.release("raw_healthy");
    QVERIFY(!none);
    QCOMPARE(none.error().message, std::string("No plugin \"raw_healthy\" is quarantined."));
}

void TestTrust::aNewBuildLeavesTheQuarantine() {
    const PluginHome home;
    home.add("segfault_on_load");
    home.scan();
    // Mended: other bytes under the same name.
    fs::remove(home.library("segfault_on_load"));
    fs::copy_file(kFixtures / "missing_symbol" / "missing_symbol.so", home.library("segfault_on_load"));
    fs::permissions(home.library("segfault_on_load"), kReadable);
    home.trust("segfault_on_load");
    QCOMPARE(stateOf(home.scan(), "segfault_on_load").substr(0, 8), std::string("refused:"));
}

void TestTrust::unknownDataIsKept() {
    const PluginHome home;
    home.copy("raw_healthy", home.user());
    home.add("segfault_on_load");
    json all = trustFile(home);
    all["from_the_future"] = {{"a", 1}};
    all["trusted"]["absent_plugin"] = {{"sha256", std::string(64, 'a')}, {"signed_by", "somebody"}};
    all["disabled"] = {"absent_plugin"};
    put(home.state() / "trust.json", all.dump());
    put(home.state() / "quarantine.json", R"({"note":"mine","quarantined":{"odd":17}})");

    PluginCatalog catalog = home.scan();
    QVERIFY(catalog.trust("raw_healthy"));
    QVERIFY(catalog.disable("raw_healthy"));
    QVERIFY(catalog.enable("raw_healthy"));
    QVERIFY(catalog.release("segfault_on_load"));
    const json after = trustFile(home);
    QCOMPARE(after["from_the_future"].dump(), std::string("{\"a\":1}"));
    QCOMPARE(after["trusted"]["absent_plugin"]["signed_by"].get<std::string>(), std::string("somebody"));
    QCOMPARE(after["disabled"].dump(), std::string("[\"absent_plugin\"]"));
    const json quarantine = json::parse(textOf(home.state() / "quarantine.json"));
    QCOMPARE(quarantine["note"].get<std::string>(), std::string("mine"));
    QCOMPARE(quarantine["quarantined"]["odd"].get<int>(), 17);
}

void TestTrust::damagedFilesAreSetAside() {
    const PluginHome home;
    home.add("raw_healthy");
    put(home.state() / "trust.json", "{\"trusted\": {");
    put(home.state() / "quarantine.json", "[]");
    PluginCatalog catalog = home.scan();
    QCOMPARE(stateOf(catalog, "raw_healthy").substr(0, 10), std::string("untrusted:"));
    QCOMPARE(catalog.messages().size(), std::size_t(2));
    QVERIFY2(catalog.messages()[0].find("trust.json") != std::string::npos &&
                 catalog.messages()[0].find("It was set aside as trust.json.damaged-") != std::string::npos,
             catalog.messages()[0].c_str());
    int aside = 0;
    for (const auto& file : fs::directory_iterator(home.state()))
        aside += file.path().filename().string().find(".damaged-") != std::string::npos;
    QCOMPARE(aside, 2);
    QVERIFY(catalog.trust("raw_healthy"));
    QCOMPARE(stateOf(catalog, "raw_healthy"), std::string("usable"));
    QVERIFY(catalog.messages().empty());
}

void TestTrust::aReadThatFailsOnceLosesNothing() {
    const PluginHome home;
    home.add("raw_healthy");
    const fs::path file = home.state() / "trust.json";
    const std::string before = textOf(file);
    std::vector<std::string> messages, changing;
    json all;
    rlimit usual{};
    QCOMPARE(::getrlimit(RLIMIT_NOFILE, &usual), 0);
    const rlimit none{0, usual.rlim_max};
    ::setrlimit(RLIMIT_NOFILE, &none);  // no descriptor left: open() fails, though the file is whole
    all = StateFile(file).read(messages);
    const Status changed = StateFile(file).change([](json& value) { value = json::object(); }, changing);
    ::setrlimit(RLIMIT_NOFILE, &usual);
    QVERIFY(all.is_object() && all.empty());
    QCOMPARE(messages.size(), std::size_t(1));
    QVERIFY2(messages[0].find("trust.json: ") != std::string::npos, messages[0].c_str());
    QVERIFY(!changed);
    QCOMPARE(textOf(file), before);
    QCOMPARE(stateOf(home.scan(), "raw_healthy"), std::string("usable"));
    // A file that cannot even be looked at is not taken for none.
    fs::remove(file);
    fs::create_symlink("trust.json", file);
    QVERIFY(!StateFile(file).change([](json& value) { value["a"] = 1; }, changing));
    QVERIFY(fs::is_symlink(file));
}

void TestTrust::theOwnerOfAnIdIsMeantAlsoWhenItIsRefused() {
    const PluginHome home;
    home.copy("raw_healthy", home.user());
    home.copy("raw_healthy", home.bundled());
    std::ofstream(home.bundled() / "raw_healthy.so", std::ios::binary | std::ios::app) << "another";
    fs::permissions(home.library("raw_healthy"), kReadable | fs::perms::others_write);
    PluginCatalog catalog = home.scan();
    const std::string refusal = home.library("raw_healthy").string() +
                                " can be changed by other users (mode 0646); run \"chmod go-w " +
                                home.library("raw_healthy").string() + "\".";
    QCOMPARE(stateOf(catalog, "raw_healthy"), "refused: " + refusal);
    const Status trusted = catalog.trust("raw_healthy");
    QVERIFY(!trusted);
    QCOMPARE(trusted.error().message, refusal);
    QVERIFY(!fs::exists(home.state() / "trust.json"));  // the file that is not in use is not trusted in its stead
    // What has no library, or no manifest that can be read, owns nothing.
    for (const char* ending : {".so", ".json"}) {
        const PluginHome other;
        other.copy("raw_healthy", other.user());
        other.bundle("raw_healthy");
        fs::remove(other.user() / (std::string("raw_healthy") + ending));
        QCOMPARE(stateOf(other.scan(), "raw_healthy"), std::string("usable"));
    }
}

void TestTrust::aFolderWhoseNameIsNotUtf8() {
    const PluginHome home;
    CatalogSettings settings = home.settings();
    settings.folders = {home.root() / "caf\xe9"};
    fs::create_directory(settings.folders[0]);
    fs::permissions(settings.folders[0], fs::perms::owner_all);
    for (const char* id : {"raw_healthy", "segfault_on_load"}) home.copy(id, settings.folders[0]);
    PluginCatalog catalog = PluginCatalog::scan(settings);
    for (const char* id : {"raw_healthy", "segfault_on_load"}) QVERIFY(catalog.trust(id));
    QCOMPARE(stateOf(PluginCatalog::scan(settings), "raw_healthy"), std::string("usable"));
    QCOMPARE(stateOf(PluginCatalog::scan(settings), "segfault_on_load").substr(0, 12), std::string("quarantined:"));
    QCOMPARE(PluginCatalog::scan(settings).childrenStarted(), 0);
}

QTEST_APPLESS_MAIN(TestTrust)
#include "test_trust.moc"
