// SPDX-License-Identifier: Apache-2.0
// A worker loads exactly the bytes that were admitted, and talks to the plugin without exceptions.
#include <QTest>

#include "engine/plugins/loaded_plugin.hpp"
#include "plugin_home.hpp"

using namespace latent::engine;
using namespace latent::test;

class TestLoading : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    void aPluginDescribesItselfAndMakesItsExperiments();
    void severalPluginsLoadIntoOneProcess();
    void bytesThatChangedSinceTheScanAreRefused();
    void whatIsNotUsableIsNotLoaded();
    void mistakesBecomeSentences();
};

void TestLoading::aPluginDescribesItselfAndMakesItsExperiments() {
    const PluginHome home;
    home.add("misbehave");
    const PluginCatalog catalog = home.scan();
    const auto found = catalog.experiment("misbehave/slow");
    QVERIFY2(found, stateOf(catalog, "misbehave").c_str());
    Result<LoadedPlugin> plugin = loadPlugin(*found->plugin);
    QVERIFY2(plugin, plugin ? "" : plugin.error().message.c_str());
    QCOMPARE(plugin->descriptor().id, std::string("misbehave"));
    const Result<std::string> description = plugin->describe();
    QVERIFY(description);
    QCOMPARE(json::parse(*description).size(), std::size_t(9));

    Result<ExperimentHandle> experiment = plugin->makeExperiment("misbehave/slow");
    QVERIFY(experiment);
    const Result<std::string> outputs =
        outputsOf(**experiment, R"({"steps":3,"sleep_ms":0,"width":5,"checkpoint_every":0,"seed":1})");
    QVERIFY2(outputs, outputs ? "" : outputs.error().message.c_str());
    QCOMPARE(json::parse(*outputs)["arrays"][2]["dims"][1]["size"].get<int>(), 5);
    const Result<std::string> key = batchKeyOf(**experiment, "{}");
    QVERIFY(key);
    QCOMPARE(*key, std::string());
}

void TestLoading::severalPluginsLoadIntoOneProcess() {
    const PluginHome home;
    home.add("raw_healthy");
    home.add("wrong_torch");
    home.add("origin_dependency");
    const PluginCatalog catalog = home.scan();
    for (const char* id : {"raw_healthy", "wrong_torch", "origin_dependency"}) {
        Result<LoadedPlugin> plugin = loadPlugin(**catalog.find(id));
        QVERIFY2(plugin, plugin ? "" : plugin.error().message.c_str());
        QCOMPARE(plugin->descriptor().id, std::string(id));
        QCOMPARE(json::parse(*plugin->describe())[0]["id"].get<std::string>(), std::string(id) + "/only");
    }
}

void TestLoading::bytesThatChangedSinceTheScanAreRefused() {
    const PluginHome home;
    home.add("raw_healthy");
    const PluginCatalog catalog = home.scan();
    fs::copy_file(kFixtures / "segfault_on_load" / "segfault_on_load.so", home.user() / "evil");
    fs::permissions(home.user() / "evil", kReadable);
    fs::rename(home.user() / "evil", home.library("raw_healthy"));
    const Result<LoadedPlugin> plugin = loadPlugin(**catalog.find("raw_healthy"));
    QVERIFY(!plugin);
    QCOMPARE(plugin.error().message,
             "The plugin \"raw_healthy\" at " + home.library("raw_healthy").string() +
                 " has changed since it was checked; start again, so that it is checked anew.");
    QVERIFY(plugin.error().exit == Exit::RefusedInput);
}

void TestLoading::whatIsNotUsableIsNotLoaded() {
    const PluginHome home;
    home.copy("segfault_on_load", home.user());
    const PluginCatalog catalog = home.scan();
    const Result<LoadedPlugin> plugin = loadPlugin(**catalog.find("segfault_on_load"));
    QVERIFY(!plugin);
    QCOMPARE(plugin.error().message, (*catalog.find("segfault_on_load"))->sentence);
}

void TestLoading::mistakesBecomeSentences() {
    const PluginHome home;
    home.add("misbehave");
    const PluginCatalog catalog = home.scan();
    Result<LoadedPlugin> plugin = loadPlugin(**catalog.find("misbehave"));
    QVERIFY(plugin);
    const auto none = plugin->makeExperiment("misbehave/nothing");
    QVERIFY(!none);
    QVERIFY2(none.error().message.find("misbehave/nothing") != std::string::npos,
             none.error().message.c_str());
    QVERIFY(!plugin->makeProbe("misbehave/slow"));
    Result<ExperimentHandle> slow = plugin->makeExperiment("misbehave/slow");
    QVERIFY(slow);
    for (const char* parameters : {"{}", "", "{\"width\": \"wide\"}"}) {
        const auto outputs = outputsOf(**slow, parameters);
        QVERIFY(!outputs);
        QVERIFY(!outputs.error().message.empty());
    }
}

QTEST_APPLESS_MAIN(TestLoading)
#include "test_loading.moc"
