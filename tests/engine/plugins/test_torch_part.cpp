// SPDX-License-Identifier: Apache-2.0
// The LibTorch part of a plugin is checked like the plugin, opened only when it is asked for, and says what it lacks.
#include <QTest>

#include "engine/plugins/torch_part.hpp"
#include "plugin_home.hpp"

using namespace latent::engine;
using namespace latent::test;

namespace {

/// A home whose state lies where a plugin's own question looks for it.
class PartHome : public PluginHome {
  public:
    PartHome() {
        fs::create_directories(root() / "latent");
        fs::permissions(root() / "latent", fs::perms::owner_all);
        qputenv("XDG_STATE_HOME", root().c_str());
        copy("parted", user());
    }
    ~PartHome() { qunsetenv("XDG_STATE_HOME"); }
    fs::path part() const { return user() / "parted_torch.so"; }
    PluginCatalog scanned() const {
        CatalogSettings own = settings();
        own.stateFolder = root() / "latent";
        return PluginCatalog::scan(own);
    }
    PluginCatalog trusted() const {
        PluginCatalog catalog = scanned();
        const Status done = catalog.trust("parted");
        if (!done) qWarning("%s", done.error().message.c_str());
        return catalog;
    }
    Result<LoadedPlugin> load() const {
        return loadTorchPart({"parted", "1.0.0", user()}, {root() / "latent", bundled()});
    }
    std::string refusal(Exit exit) const {
        const Result<LoadedPlugin> part = load();
        if (part) return "It was loaded.";
        return part.error().exit == exit ? part.error().message : "Another exit: " + part.error().message;
    }
};

std::string outputsFor(const PluginCatalog& catalog, const char* parameters) {
    Result<LoadedPlugin> plugin = loadPlugin(**catalog.find("parted"));
    if (!plugin) return plugin.error().message;
    Result<ExperimentHandle> experiment = plugin->makeExperiment("parted/only");
    if (!experiment) return experiment.error().message;
    const Result<std::string> outputs = outputsOf(**experiment, parameters);
    return outputs ? *outputs : outputs.error().message;
}

}  // namespace

class TestTorchPart : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    void aPluginOpensItsPart() {
        const PartHome home;
        const PluginCatalog catalog = home.trusted();
        const std::string text = outputsFor(catalog, R"({"rows": 4})");
        QVERIFY2(json::accept(text), text.c_str());
        QCOMPARE(json::parse(text)["arrays"][0]["dims"][0]["size"].get<int>(), 8);
        QCOMPARE(outputsFor(catalog, R"({"rows": -1})"), std::string("There are no fewer rows than none."));
    }

    void aPartIsNoPluginOfItsOwn() {
        const PartHome home;
        home.add("wrong_torch");  // has a manifest, so it is one
        const PluginCatalog catalog = home.scanned();
        QCOMPARE(catalog.plugins().size(), std::size_t(2));
        QVERIFY(catalog.find("wrong_torch"));
        QVERIFY(!catalog.find("parted_torch"));
    }

    void aMissingPartIsSaid() {
        const PartHome home;
        fs::remove(home.part());
        const std::string sentence =
            "This build has no LibTorch part for the plugin \"parted\" (" + home.part().string() +
            "); build it with LibTorch, or leave the device out to compute on the CPU.";
        QCOMPARE(home.refusal(Exit::BadRequest), sentence);
        QCOMPARE(outputsFor(home.trusted(), R"({"rows": 4})"), sentence);
    }

    void trustIsAskedOnceAndByHash() {
        const PartHome home;
        const std::string who = "The LibTorch part of the plugin \"parted\" at " + home.part().string();
        QCOMPARE(
            home.refusal(Exit::RefusedInput),
            who +
                " is not trusted yet; if you know where it comes from, run \"latent plugins trust parted\".");
        const PluginCatalog catalog = home.trusted();
        QVERIFY(home.load());
        std::ofstream(home.part(), std::ios::binary | std::ios::app) << "another build";
        QCOMPARE(
            home.refusal(Exit::RefusedInput),
            who +
                " has changed since you trusted it; if that is right, run \"latent plugins trust parted\".");
    }

    void allOfAPluginIsTrustedOrNone() {
        const PartHome home;
        fs::permissions(home.part(), kReadable | fs::perms::others_write);
        PluginCatalog catalog = home.scanned();
        QVERIFY(!catalog.trust("parted"));
        QCOMPARE((*home.scanned().find("parted"))->state, PluginState::Untrusted);
    }

    void oursAreListed() {
        const PartHome home;
        home.copy("parted", home.bundled());
        const fs::path part = home.bundled() / "parted_torch.so";
        const PartTrust trust{home.root() / "latent", home.bundled()};
        QVERIFY(!loadTorchPart({"parted", "1.0.0", home.bundled()}, trust));
        put(home.bundled() / "plugins.sha256", sha256Hex(textOf(part)) + "  parted_torch.so\n");
        QVERIFY(loadTorchPart({"parted", "1.0.0", home.bundled()}, trust));
    }

    void whatOthersMayChangeIsRefused() {
        const PartHome home;
        const PluginCatalog catalog = home.trusted();
        fs::permissions(home.part(), kReadable | fs::perms::others_write);
        QCOMPARE(home.refusal(Exit::RefusedInput),
                 home.part().string() + " can be changed by other users (mode 0646); run \"chmod go-w " +
                     home.part().string() + "\".");
    }

    void partsOfAnotherPluginAreRefused() {
        const PartHome home;
        home.copy("raw_healthy", home.user());
        fs::rename(home.library("raw_healthy"), home.part());
        const PluginCatalog catalog = home.trusted();
        const std::string sentence = home.refusal(Exit::RefusedInput);
        QVERIFY2(sentence.find("raw_healthy") != std::string::npos, sentence.c_str());
    }

    void devicesAreThoseThatLibTorchSees() {
        const PartHome home;
        const PluginCatalog catalog = home.trusted();
        Result<LoadedPlugin> part = home.load();
        QVERIFY(part);
        for (const char* device : {"cuda", "cuda:0", "cuda:1"}) QVERIFY(checkCudaDevice(*part, device));
        const Status none = checkCudaDevice(*part, "cuda:2");
        QVERIFY(!none);
        QCOMPARE(none.error().message,
                 std::string("\"cuda:2\" was asked for, but LibTorch sees 2 GPUs, cuda:0 to cuda:1, on this "
                             "machine; leave the device out to compute on the CPU."));
        QVERIFY(none.error().exit == Exit::BadRequest);
    }
};

QTEST_APPLESS_MAIN(TestTorchPart)
#include "test_torch_part.moc"
