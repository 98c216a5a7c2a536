// SPDX-License-Identifier: Apache-2.0
// What the catalog finds and in which order, and how little a warm start does.
#include <QTest>
#include <cstdlib>

#include "engine/plugins/search.hpp"
#include "plugin_home.hpp"

using namespace latent::engine;
using namespace latent::test;

class TestCatalog : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    void aWarmCacheStartsNoChildAndReadsNoLibrary();
    void aDamagedCacheIsMadeAgain();
    void aFreshFileIsHashedAgain();
    void theFirstPluginOfAnIdWins();
    void aManifestAloneOwnsNoId();
    void theFirstContributionOfAnIdWins();
    void disablingWithdrawsContributions();
    void safeModeTakesOnlyOurs();
    void manifestsAndLibrariesWithoutEachOther();
    void hostileManifests_data();
    void hostileManifests();
    void manifestsSayWhatProbesOpen();
    void unknownNamesSuggestNearOnes();
    void theSearchPathHasNoRelativeFolders();
};

void TestCatalog::aWarmCacheStartsNoChildAndReadsNoLibrary() {
    const PluginHome home;
    home.add("raw_healthy");
    home.bundle("misbehave");
    home.add("wrong_abi");
    const PluginCatalog first = home.scan();
    QCOMPARE(first.childrenStarted(), 3);
    QCOMPARE(first.librariesRead(), 3);

    CatalogSettings settings = home.settings();
    settings.admission.program = "/nonexistent/latent";
    const PluginCatalog second = PluginCatalog::scan(settings);
    QCOMPARE(second.childrenStarted(), 0);
    QCOMPARE(second.librariesRead(), 0);
    QCOMPARE(stateOf(second, "wrong_abi"), stateOf(first, "wrong_abi"));
    const auto before = first.experiment("misbehave/slow");
    const auto after = second.experiment("misbehave/slow");
    QVERIFY(before && after);
    QCOMPARE(after->contribution->description->dump(), before->contribution->description->dump());
    QCOMPARE(after->plugin->descriptor.sdkVersion, before->plugin->descriptor.sdkVersion);
    QVERIFY(after->plugin->ours);
    // Another LibTorch or another manifest asks again.
    settings = home.settings();
    settings.admission.torchVersion = "2.13.0";
    QCOMPARE(PluginCatalog::scan(settings).childrenStarted(), 3);
    const fs::path manifest = home.user() / "raw_healthy.json";
    put(manifest, textOf(manifest) + "\n");
    QCOMPARE(home.scan().childrenStarted(), 1);
}

void TestCatalog::aDamagedCacheIsMadeAgain() {
    const PluginHome home;
    home.add("raw_healthy");
    home.scan();
    for (const auto& file : fs::directory_iterator(home.cache() / "plugins"))
        put(file.path(), "{\"contributions\": 3");
    const PluginCatalog catalog = home.scan();
    QCOMPARE(stateOf(catalog, "raw_healthy"), std::string("usable"));
    QCOMPARE(catalog.childrenStarted(), 1);
    QCOMPARE(home.scan().childrenStarted(), 0);
}

void TestCatalog::aFreshFileIsHashedAgain() {
    const PluginHome home;
    home.add("raw_healthy");
    CatalogSettings settings = home.settings();
    settings.hashSettle = std::chrono::hours(1);
    QCOMPARE(PluginCatalog::scan(settings).librariesRead(), 1);
    QCOMPARE(PluginCatalog::scan(settings).librariesRead(),
             1);  // it might have changed within one tick of the clock
}

void TestCatalog::theFirstPluginOfAnIdWins() {
    const PluginHome home;
    home.add("raw_healthy");
    home.bundle("raw_healthy");
    const PluginCatalog catalog = home.scan();
    QCOMPARE(catalog.plugins().size(), std::size_t(2));
    QVERIFY(catalog.plugins()[0].state == PluginState::Usable);
    QCOMPARE(catalog.plugins()[0].library, home.library("raw_healthy"));
    QVERIFY(catalog.plugins()[1].state == PluginState::Refused);
    QCOMPARE(catalog.plugins()[1].sentence, (home.bundled() / "raw_healthy.so").string() +
                                                " is not used, because " +
                                                home.library("raw_healthy").string() + " was found first.");
}

/// What a build that was left half done leaves in an earlier folder.
void TestCatalog::aManifestAloneOwnsNoId() {
    const PluginHome home;
    home.bundle("raw_healthy");
    home.add("raw_healthy");
    std::filesystem::remove(home.library("raw_healthy"));
    const PluginCatalog catalog = home.scan();
    QCOMPARE(catalog.plugins().size(), std::size_t(2));
    QVERIFY(catalog.plugins()[0].state == PluginState::Refused);
    const auto found = catalog.find("raw_healthy");
    QVERIFY(found);
    QCOMPARE((*found)->library, home.bundled() / "raw_healthy.so");
    QVERIFY((*found)->state == PluginState::Usable);
}

void TestCatalog::theFirstContributionOfAnIdWins() {
    const PluginHome home;
    home.add("raw_healthy");
    home.add("same_experiment");
    PluginCatalog catalog = home.scan();
    QCOMPARE(stateOf(catalog, "same_experiment"), std::string("usable"));
    QCOMPARE(catalog.experiment("raw_healthy/only")->plugin->id, std::string("raw_healthy"));
    const auto second = catalog.find("same_experiment");
    QVERIFY(second);
    QCOMPARE(
        (*second)->contributions.at(0).refusal,
        std::string("\"raw_healthy/only\" of the plugin \"same_experiment\" is not used, because the plugin "
                    "\"raw_healthy\" has one of that name and was found first."));
    QVERIFY(catalog.disable("raw_healthy"));
    QCOMPARE(catalog.experiment("raw_healthy/only")->plugin->id, std::string("same_experiment"));
}

void TestCatalog::disablingWithdrawsContributions() {
    const PluginHome home;
    home.add("raw_healthy");
    PluginCatalog catalog = home.scan();
    QVERIFY(catalog.disable("raw_healthy"));
    QCOMPARE(
        stateOf(catalog, "raw_healthy"),
        std::string(
            "disabled: The plugin \"raw_healthy\" is disabled; \"latent plugins enable raw_healthy\" brings "
            "it back."));
    QVERIFY(catalog.contributions().empty());
    const auto gone = catalog.experiment("raw_healthy/only");
    QVERIFY(!gone);
    QCOMPARE(
        gone.error().message,
        std::string(
            "The experiment \"raw_healthy/only\" is part of the plugin \"raw_healthy\", which cannot be "
            "used now: The plugin \"raw_healthy\" is disabled; \"latent plugins enable raw_healthy\" brings "
            "it back."));
    QVERIFY(gone.error().exit == Exit::BadRequest);
    QCOMPARE(stateOf(home.scan(), "raw_healthy").substr(0, 9), std::string("disabled:"));
    QVERIFY(catalog.enable("raw_healthy"));
    QCOMPARE(stateOf(catalog, "raw_healthy"), std::string("usable"));
    QCOMPARE(catalog.childrenStarted(), 0);
    QVERIFY(!catalog.enable("raw_healthy"));
    QVERIFY(!catalog.disable("nobody"));
}

void TestCatalog::safeModeTakesOnlyOurs() {
    const PluginHome home;
    home.add("raw_healthy");  // hides the bundled one of the same name, but not in safe mode
    home.bundle("raw_healthy");
    home.add("misbehave");
    home.copy("wrong_torch", home.bundled());  // in the folder, not in the list
    CatalogSettings settings = home.settings();
    settings.safeMode = true;
    const PluginCatalog catalog = PluginCatalog::scan(settings);
    QCOMPARE(stateOf(catalog, "misbehave"),
             std::string(
                 "disabled: The plugin \"misbehave\" is not used in safe mode, which takes bundled plugins "
                 "only."));
    QCOMPARE(stateOf(catalog, "wrong_torch").substr(0, 9), std::string("disabled:"));
    const auto found = catalog.experiment("raw_healthy/only");
    QVERIFY(found);
    QCOMPARE(found->plugin->library, home.bundled() / "raw_healthy.so");
    QVERIFY(found->plugin->ours);
}

void TestCatalog::manifestsAndLibrariesWithoutEachOther() {
    const PluginHome home;
    home.copy("raw_healthy", home.user());
    fs::remove(home.user() / "raw_healthy.json");
    home.copy("misbehave", home.user());
    fs::remove(home.library("misbehave"));
    put(home.user() / "some_panel.so", "");
    const PluginCatalog catalog = home.scan();
    QCOMPARE(catalog.plugins().size(), std::size_t(2));
    QCOMPARE(stateOf(catalog, "raw_healthy"), "refused: " + home.library("raw_healthy").string() +
                                                  " has no manifest raw_healthy.json beside it.");
    QCOMPARE(stateOf(catalog, "misbehave"), "refused: " + (home.user() / "misbehave.json").string() +
                                                " has no library misbehave.so beside it.");
    // With a manifest it is a plugin that has this name, not the panels of another.
    put(home.user() / "some_panel.json", "{}");
    QVERIFY(home.scan().find("some_panel"));
}

void TestCatalog::hostileManifests_data() {
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<QByteArray>("contains");
    const QByteArray good = R"("id":"raw_healthy","version":"1.0.0","title":"x","contributions":{})";
    QTest::newRow("empty") << QByteArray("") << QByteArray("is not valid JSON");
    QTest::newRow("truncated") << "{" + good << QByteArray("is not valid JSON");
    QTest::newRow("deep") << QByteArray(100000, '[') << QByteArray("The manifest");
    QTest::newRow("not utf-8") << QByteArray("{\"id\":\"\xff\"}") << QByteArray("UTF-8");
    QTest::newRow("no sdk") << "{" + good + "}" << QByteArray("sdk");
    QTest::newRow("unknown key") << "{" + good + R"(,"sdk":"0.1","titel":"y"})" << QByteArray("titel");
    QTest::newRow("other name") << QByteArray(R"({"id":"other","version":"1.0.0","title":"x","sdk":"0.1",)"
                                              R"("contributions":{}})")
                                << QByteArray("its id is \"other\"; its file has to be named other.json.");
    QTest::newRow("other library")
        << "{" + good + R"(,"sdk":"0.1","library":"libc.so.6"})"
        << QByteArray("names the library \"libc.so.6\"; it has to be named raw_healthy.so.");
    QTest::newRow("library elsewhere")
        << "{" + good + R"(,"sdk":"0.1","library":"../evil.so"})" << QByteArray("library");
    QTest::newRow("newer sdk") << "{" + good + R"(,"sdk":"99.0"})"
                               << QByteArray("needs the SDK 99.0 or a newer one");
    QTest::newRow("gpu for others") << "{" + good + R"(,"sdk":"0.1","cuda":["raw_healthy/none"]})"
                                    << QByteArray(
                                           "\"raw_healthy/none\" computes on the GPU, which is none of its");
    const auto probes = [](const char* list) {
        return QByteArray(R"({"id":"raw_healthy","version":"1.0.0","title":"x","sdk":"0.1",)"
                          R"("contributions":{"experiments":["raw_healthy/only"],"probes":)") +
               list + "}}";
    };
    QTest::newRow("probe of others")
        << probes(R"([{"id":"raw_healthy/ask","experiments":["raw_healthy/only","other/one"]}])")
        << QByteArray(
               "the probe \"raw_healthy/ask\" opens runs of \"other/one\", which is none of its "
               "experiments and data sources.");
    QTest::newRow("probe misspelt")
        << probes(R"([{"id":"raw_healthy/ask","experiments":["raw_healthy/onyl"]}])")
        << QByteArray(
               "which is none of its experiments and data sources; did you mean \"raw_healthy/only\"?");
    QTest::newRow("probe of nothing") << probes(R"([{"id":"raw_healthy/ask","experiments":[]}])")
                                      << QByteArray("probes[0].experiments: has 0 entries");
    QTest::newRow("probe without id")
        << probes(R"([{"experiments":["raw_healthy/only"]}])") << QByteArray("probes[0]: \"id\" is missing.");
    QTest::newRow("large") << "{" + good + R"(,"sdk":"0.1","description":")" + QByteArray(300000, 'x') + "\"}"
                           << QByteArray("raw_healthy.json");
}

void TestCatalog::hostileManifests() {
    QFETCH(QByteArray, text);
    QFETCH(QByteArray, contains);
    const PluginHome home;
    home.add("raw_healthy");
    put(home.user() / "raw_healthy.json", text.toStdString());
    const PluginCatalog catalog = home.scan();
    const std::string state = stateOf(catalog, "raw_healthy");
    QVERIFY2(state.starts_with("refused: ") && state.find(contains.toStdString()) != std::string::npos,
             state.c_str());
    QVERIFY2(state.size() < 500, state.c_str());
    QCOMPARE(catalog.librariesRead(), 0);
}

void TestCatalog::manifestsSayWhatProbesOpen() {
    const PluginHome home;
    home.add("raw_healthy");
    const fs::path file = home.user() / "raw_healthy.json";
    json manifest = json::parse(textOf(file));
    manifest["contributions"]["probes"] = json::parse(R"(["raw_healthy/silent",
        {"id": "raw_healthy/ask", "experiments": ["raw_healthy/only"]}, {"id": "raw_healthy/short"}])");
    put(file, manifest.dump());
    const auto read = readManifest(file);
    QVERIFY(bool(read));
    QCOMPARE(read->declared.at("probe"),
             (std::set<std::string>{"raw_healthy/ask", "raw_healthy/short", "raw_healthy/silent"}));
    QCOMPARE(read->opens,
             (std::map<std::string, std::set<std::string>>{{"raw_healthy/ask", {"raw_healthy/only"}}}));
    const PluginCatalog catalog = home.scan();  // the library has no such probes
    QCOMPARE((*catalog.find("raw_healthy"))->opens, read->opens);
    QVERIFY(stateOf(catalog, "raw_healthy").find("promises the probe") != std::string::npos);
}

void TestCatalog::unknownNamesSuggestNearOnes() {
    const PluginHome home;
    home.add("raw_healthy");
    const PluginCatalog catalog = home.scan();
    QCOMPARE(
        catalog.experiment("raw_healthy/onyl").error().message,
        std::string("The experiment \"raw_healthy/onyl\" is not known; did you mean \"raw_healthy/only\"?"));
    QVERIFY(!catalog.probe("raw_healthy/only"));
}

void TestCatalog::theSearchPathHasNoRelativeFolders() {
    ::setenv("LATENT_PLUGIN_PATH", "/a:plugins::./x:/b", 1);
    ::setenv("XDG_DATA_HOME", "/data", 1);
    const std::vector<fs::path> folders = pluginFolders("/prefix/lib/latent/plugins");
    QCOMPARE(folders,
             (std::vector<fs::path>{"/a", "/b", "/data/latent/plugins", "/prefix/lib/latent/plugins"}));
    QCOMPARE(bundledPluginFolder("/prefix/bin/latent"), fs::path("/prefix/lib/latent/plugins"));
}

QTEST_APPLESS_MAIN(TestCatalog)
#include "test_catalog.moc"
