// SPDX-License-Identifier: Apache-2.0
// Every broken plugin costs one plain sentence, and the healthy one beside it works.
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <QTest>
#include <thread>

#include "engine/plugins/admission.hpp"
#include "engine/plugins/library_file.hpp"
#include "latent/version.hpp"
#include "plugin_home.hpp"

using namespace latent::engine;
using namespace latent::test;

class TestAdmission : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    void eachBrokenPluginGivesOneSentence_data();
    void eachBrokenPluginGivesOneSentence();
    void allBrokenPluginsTogetherLeaveTheHealthyOneUsable();
    void aHangIsTriedTwiceAndQuarantined();
    void anotherLibTorchIsRefusedAndAnUnknownOneIsNot();
    void aDependencyBesideTheLibraryIsFound();
    void aMissingDependencyIsTriedAgainAtTheNextStart();
    void anUnknownInterfaceCostsOnlyItsContribution();
    void whatIsRefusedWithTheDefaultsIsNoFault();
    void whatThePluginItselfLacksIsAskedAgain();
    void aLibraryThatMovesWhileItIsLoadedIsNoLastingRefusal();
    void theChildCannotBeStarted();
    void theFileIsSwappedAfterItWasHashed();
    void theFileIsChangedInPlaceAfterItWasHashed();
    void interruptingLeavesNoBlame();
    void dyingLeavesTheNameOfThePlugin();
};

namespace {

/// Replaces LIB and USER by the paths of a home.
std::string withPaths(std::string text, const PluginHome& home, const std::string& id) {
    const std::pair<std::string, std::string> words[] = {{"LIB", home.library(id).string()},
                                                         {"USER", home.user().string()}};
    for (const auto& [word, path] : words)
        for (std::size_t at; (at = text.find(word)) != std::string::npos;)
            text.replace(at, word.size(), path);
    return text;
}

void addBroken(const PluginHome& home, const std::string& id) {
    if (id == "not_elf") {
        home.copy("raw_healthy", home.user());
        fs::remove(home.user() / "raw_healthy.so");
        fs::remove(home.user() / "raw_healthy.json");
        put(home.user() / "not_elf.json", R"({"id":"not_elf","version":"1.0.0","title":"x","sdk":"0.1",)"
                                          R"("contributions":{}})");
        put(home.library(id),
            "#!/bin/sh\necho this is no library, whatever its name and however long the text is\n");
        home.trust(id);
    } else if (id == "world_writable") {
        put(home.user() / "world_writable.json", R"({"id":"world_writable","version":"1.0.0","title":"x",)"
                                                 R"("sdk":"0.1","contributions":{}})");
        fs::copy_file(kFixtures / "raw_healthy" / "raw_healthy.so", home.library(id));
        fs::permissions(home.library(id), kReadable | fs::perms::others_write);
        home.trust(id);
    } else if (id == "untrusted") {
        put(home.user() / "untrusted.json", R"({"id":"untrusted","version":"1.0.0","title":"x","sdk":"0.1",)"
                                            R"("contributions":{}})");
        fs::copy_file(kFixtures / "segfault_on_load" / "segfault_on_load.so", home.library(id));
        fs::permissions(home.library(id), kReadable);
    } else {
        home.add(id);
    }
}

const std::pair<const char*, const char*> kBroken[] = {
    {"segfault_on_load",
     "quarantined: The plugin \"segfault_on_load\" crashed while it was loaded (segmentation fault); it is "
     "quarantined "
     "until you run \"latent plugins release segfault_on_load\"."},
    {"abort_on_load",
     "quarantined: The plugin \"abort_on_load\" crashed while it was loaded (abort), saying \"the licence "
     "server did "
     "not answer\"; it is quarantined until you run \"latent plugins release abort_on_load\"."},
    {"exit_on_load",
     "quarantined: The plugin \"exit_on_load\" ended the process while it was loaded (exit code 0); it is "
     "quarantined "
     "until you run \"latent plugins release exit_on_load\"."},
    {"throw_across",
     "quarantined: The plugin \"throw_across\" crashed while it was set up (abort), saying \"exception out "
     "of the "
     "plugin: no model file\"; it is quarantined until you run \"latent plugins release throw_across\"."},
    {"crash_in_describe",
     "quarantined: The plugin \"crash_in_describe\" crashed while it described itself (segmentation fault); "
     "it is "
     "quarantined until you run \"latent plugins release crash_in_describe\"."},
    {"wrong_abi",
     "refused: LIB was built for version 2.0 of the plugin interface, and this program has 1.0; it has to be "
     "built "
     "again with the SDK " LATENT_SDK_VERSION "."},
    {"wrong_toolchain",
     "refused: LIB was built with another toolchain (itanium;libc++;cxx11abi=1;x86_64 instead "
     "of " LATENT_TOOLCHAIN ")."},
    {"missing_symbol",
     "refused: LIB is not a plugin: it has no function latent_plugin_descriptor (does its source end with "
     "LATENT_PLUGIN?)."},
    {"borrowed_symbol", "refused: LIB is not a plugin: its descriptor belongs to another library."},
    {"lying_id",
     "refused: LIB says that it is the plugin \"somebody_else\", but its manifest says \"lying_id\"."},
    {"lying_version", "refused: LIB says that its version is 9.9.9, but its manifest says 1.0.0."},
    {"lying_contributions",
     "refused: The manifest USER/lying_contributions.json promises the experiment "
     "\"lying_contributions/only\", but "
     "the library does not have it."},
    {"invalid_description",
     "refused: The description of the plugin \"invalid_description\": \"invalid_description/only\": *numbr*"},
    {"invalid_figure",
     "refused: The description of the plugin \"invalid_figure\": \"invalid_figure/only\": with the defaults, what "
     "outputs() gives is not valid: figures[0].series[0].y.array: there is no array \"valeu\"; did you mean "
     "\"value\"?"},
    {"invalid_gesture",
     "refused: The description of the plugin \"invalid_gesture\": \"invalid_gesture/only\": with the defaults, what "
     "outputs() gives is not valid: figures[0].gestures[1].bind.y: the probe has no parameter \"levle\"; did you "
     "mean \"level\"?"},
    {"invalid_claim",
     "refused: The description of the plugin \"invalid_claim\": \"invalid_claim/only\": The claim 'bare' has no "
     "control: a measurement whose answer is known beforehand."},
    {"crash_in_outputs",
     "quarantined: The plugin \"crash_in_outputs\" crashed while it was asked for the outputs of its experiments "
     "(segmentation fault); it is quarantined until you run \"latent plugins release crash_in_outputs\"."},
    {"not_elf", "refused: LIB is not a shared library (it does not begin as an ELF file)."},
    {"world_writable", "refused: LIB can be changed by other users (mode 0646); run \"chmod go-w LIB\"."},
    {"untrusted",
     "untrusted: The plugin \"untrusted\" at LIB is not trusted yet; if you know where it comes from, run "
     "\"latent "
     "plugins trust untrusted\"."}};

/// Equal, or, for a text with stars, all parts between the stars in order.
bool matches(const std::string& text, const std::string& pattern) {
    if (pattern.find('*') == std::string::npos) return text == pattern;
    std::size_t at = 0, begin = 0;
    while (begin <= pattern.size()) {
        const std::size_t star = std::min(pattern.find('*', begin), pattern.size());
        at = text.find(pattern.substr(begin, star - begin), at);
        if (at == std::string::npos) return false;
        begin = star + 1;
    }
    return true;
}

bool isOneSentence(const std::string& text) {
    return (text.ends_with('.') || text.ends_with('?')) && text.find('\n') == std::string::npos &&
           text.find(". ") == std::string::npos;
}

}  // namespace

void TestAdmission::eachBrokenPluginGivesOneSentence_data() {
    QTest::addColumn<QByteArray>("id");
    QTest::addColumn<QByteArray>("expected");
    for (const auto& [id, expected] : kBroken) QTest::newRow(id) << QByteArray(id) << QByteArray(expected);
}

void TestAdmission::eachBrokenPluginGivesOneSentence() {
    QFETCH(QByteArray, id);
    QFETCH(QByteArray, expected);
    const PluginHome home;
    addBroken(home, id.toStdString());
    home.add("raw_healthy");

    const PluginCatalog catalog = home.scan();
    const std::string state = stateOf(catalog, id.toStdString());
    QVERIFY2(matches(state, withPaths(expected.toStdString(), home, id.toStdString())), state.c_str());
    QVERIFY2(isOneSentence(state), state.c_str());
    QCOMPARE(stateOf(catalog, "raw_healthy"), std::string("usable"));
    QVERIFY(catalog.messages().empty());
    QVERIFY(fs::is_empty(home.state() / "locks"));

    // What is known of it does not need another child, except where the system may have changed.
    const PluginCatalog again = home.scan();
    QCOMPARE(stateOf(again, id.toStdString()), state);
    QCOMPARE(again.childrenStarted(), 0);
}

void TestAdmission::allBrokenPluginsTogetherLeaveTheHealthyOneUsable() {
    const PluginHome home;
    for (const auto& [id, expected] : kBroken) addBroken(home, id);
    home.add("raw_healthy");
    home.add("misbehave");
    const PluginCatalog catalog = home.scan();
    QCOMPARE(stateOf(catalog, "raw_healthy"), std::string("usable"));
    QCOMPARE(stateOf(catalog, "misbehave"), std::string("usable"));
    QVERIFY(catalog.experiment("misbehave/slow"));
    QCOMPARE(catalog.contributions("experiment").size(), std::size_t(10));
}

void TestAdmission::aHangIsTriedTwiceAndQuarantined() {
    const PluginHome home;
    home.add("hang_on_load");
    CatalogSettings settings = home.settings();
    settings.admission.timeout = std::chrono::milliseconds(300);
    const PluginCatalog catalog = PluginCatalog::scan(settings);
    QCOMPARE(stateOf(catalog, "hang_on_load"),
             std::string(
                 "quarantined: The plugin \"hang_on_load\" gave no answer within 0.3 s while it was loaded, "
                 "twice; it is quarantined until you run \"latent plugins release hang_on_load\"."));
    QCOMPARE(catalog.childrenStarted(), 2);
    QCOMPARE(PluginCatalog::scan(settings).childrenStarted(), 0);
}

void TestAdmission::anotherLibTorchIsRefusedAndAnUnknownOneIsNot() {
    const PluginHome home;
    home.add("wrong_torch");
    QCOMPARE(stateOf(home.scan(), "wrong_torch"), std::string("usable"));
    CatalogSettings settings = home.settings();
    settings.admission.torchVersion = "2.13.0";
    QCOMPARE(
        stateOf(PluginCatalog::scan(settings), "wrong_torch"),
        "refused: " + home.library("wrong_torch").string() +
            " was built with LibTorch 1.0.0, and this installation has 2.13.0; the two have to be the same.");
    settings.admission.torchVersion = "1.0.0";
    QCOMPARE(stateOf(PluginCatalog::scan(settings), "wrong_torch"), std::string("usable"));
}

void TestAdmission::aDependencyBesideTheLibraryIsFound() {
    const PluginHome home;
    home.add("origin_dependency");
    QCOMPARE(stateOf(home.scan(), "origin_dependency"), std::string("usable"));
}

void TestAdmission::aMissingDependencyIsTriedAgainAtTheNextStart() {
    const PluginHome home;
    home.add("origin_dependency");
    const fs::path dependency = home.user() / "liborigin_dependency_base.so";
    fs::rename(dependency, home.root() / "away.so");
    const std::string state = stateOf(home.scan(), "origin_dependency");
    QVERIFY2(
        matches(state,
                "refused: *origin_dependency.so cannot be loaded: liborigin_dependency_base.so: *No such "
                "file or directory."),
        state.c_str());
    fs::rename(home.root() / "away.so", dependency);
    QCOMPARE(stateOf(home.scan(), "origin_dependency"), std::string("usable"));
}

void TestAdmission::anUnknownInterfaceCostsOnlyItsContribution() {
    const PluginHome home;
    home.add("new_interface");
    const PluginCatalog catalog = home.scan();
    QCOMPARE(stateOf(catalog, "new_interface"), std::string("usable"));
    QVERIFY(catalog.experiment("new_interface/only"));
    const auto next = catalog.experiment("new_interface/next");
    QVERIFY(!next);
    QCOMPARE(
        next.error().message,
        std::string("The experiment \"new_interface/next\" cannot be used: \"new_interface/next\" needs the "
                    "interface latent.experiment/2, which this program does not have yet."));
}

void TestAdmission::whatIsRefusedWithTheDefaultsIsNoFault() {
    const PluginHome home;
    home.add("own_refusal");
    home.add("every_parameter");  // its experiment has parameters without defaults
    home.add("probing");          // its probes need a run
    const PluginCatalog catalog = home.scan();
    for (const char* id : {"own_refusal", "every_parameter", "probing"})
        QCOMPARE(stateOf(catalog, id), std::string("usable"));
}

void TestAdmission::whatThePluginItselfLacksIsAskedAgain() {
    for (const QByteArray when : {"create", "describe"}) {
        const PluginHome home;
        home.add("lacking");
        qputenv("LATENT_TEST_LACKING", when);
        const std::string state = stateOf(home.scan(), "lacking");
        QVERIFY2(state.starts_with("refused: ") && state.ends_with("The server does not answer now."), state.c_str());
        QCOMPARE(stateOf(home.scan(), "lacking"), state);
        qunsetenv("LATENT_TEST_LACKING");
        QCOMPARE(stateOf(home.scan(), "lacking"), std::string("usable"));
        QCOMPARE(home.scan().childrenStarted(), 0);
    }
}

void TestAdmission::aLibraryThatMovesWhileItIsLoadedIsNoLastingRefusal() {
    const PluginHome home;
    home.add("origin_dependency");
    const Result<Manifest> manifest = readManifest(home.user() / "origin_dependency.json");
    QVERIFY(manifest);
    const Result<LibraryFile> file = LibraryFile::open(home.library("origin_dependency"));
    QVERIFY(file);
    const std::string sha256 = *file->sha256();
    fs::rename(home.library("origin_dependency"), home.root() / "away.so");
    const Admission result = admit(*file, *manifest, sha256, home.settings().admission);
    QVERIFY(result.outcome == Admission::Outcome::NotNow);
    QCOMPARE(result.sentence,
             home.library("origin_dependency").string() + " was changed while it was being checked; try again.");
}

void TestAdmission::theChildCannotBeStarted() {
    const PluginHome home;
    home.add("raw_healthy");
    CatalogSettings settings = home.settings();
    settings.admission.program = "/nonexistent/latent";
    QCOMPARE(stateOf(PluginCatalog::scan(settings), "raw_healthy"),
             std::string(
                 "refused: The plugin \"raw_healthy\" could not be checked: the process for it did not start "
                 "(No such file or directory)."));
    QCOMPARE(stateOf(home.scan(), "raw_healthy"), std::string("usable"));  // nothing was held against it
}

void TestAdmission::theFileIsSwappedAfterItWasHashed() {
    const PluginHome home;
    home.add("raw_healthy");
    const Result<Manifest> manifest = readManifest(home.user() / "raw_healthy.json");
    QVERIFY(manifest);
    const Result<LibraryFile> file = LibraryFile::open(home.library("raw_healthy"));
    QVERIFY(file);
    const std::string sha256 = *file->sha256();
    fs::copy_file(kFixtures / "segfault_on_load" / "segfault_on_load.so", home.user() / "evil");
    fs::rename(home.user() / "evil", home.library("raw_healthy"));

    const Admission result = admit(*file, *manifest, sha256, home.settings().admission);
    QVERIFY2(result.outcome == Admission::Outcome::Accepted,
             result.sentence.c_str());  // the bytes that were hashed
    QCOMPARE(stateOf(home.scan(), "raw_healthy").substr(0, 10), std::string("untrusted:"));
}

void TestAdmission::theFileIsChangedInPlaceAfterItWasHashed() {
    const PluginHome home;
    home.add("raw_healthy");
    const Result<Manifest> manifest = readManifest(home.user() / "raw_healthy.json");
    const Result<LibraryFile> file = LibraryFile::open(home.library("raw_healthy"));
    QVERIFY(manifest && file);
    const std::string sha256 = *file->sha256();
    std::ofstream(home.library("raw_healthy"), std::ios::binary)
        << textOf(kFixtures / "segfault_on_load" / "segfault_on_load.so");
    const Admission result = admit(*file, *manifest, sha256, home.settings().admission);
    QVERIFY(result.outcome == Admission::Outcome::NotNow);
    QCOMPARE(result.sentence,
             home.library("raw_healthy").string() + " was changed while it was being checked; try again.");
}

namespace {

/// Scans in a process of its own; `signal` arrives once the plugin's lock is there. Returns the wait status.
int scanAndSignal(const PluginHome& home, int signal) {
    const pid_t child = ::fork();
    if (child == 0) {
        ::signal(SIGINT, SIG_DFL);  // the test framework has a handler of its own
        home.scan();
        ::_exit(0);
    }
    const fs::path locks = home.state() / "locks";
    for (int i = 0; i < 3000 && !(fs::exists(locks) && !fs::is_empty(locks)); ++i)
        std::this_thread::sleep_for(std::chrono::milliseconds(10));
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
    ::kill(child, signal);
    int status = 0;
    ::waitpid(child, &status, 0);
    return status;
}

}  // namespace

void TestAdmission::interruptingLeavesNoBlame() {
    const PluginHome home;
    home.add("hang_on_load");
    const int status = scanAndSignal(home, SIGINT);
    QVERIFY(WIFSIGNALED(status) && WTERMSIG(status) == SIGINT);
    QVERIFY(fs::is_empty(home.state() / "locks"));
    QVERIFY(!fs::exists(home.state() / "quarantine.json"));
}

void TestAdmission::dyingLeavesTheNameOfThePlugin() {
    const PluginHome home;
    home.add("hang_on_load");
    home.add("raw_healthy");
    const int status = scanAndSignal(home, SIGKILL);
    QVERIFY(WIFSIGNALED(status));
    PluginCatalog catalog = home.scan();
    QCOMPARE(
        stateOf(catalog, "hang_on_load"),
        std::string(
            "quarantined: The plugin \"hang_on_load\" was being loaded when the program last died; it is "
            "quarantined until you run \"latent plugins release hang_on_load\"."));
    QCOMPARE(stateOf(catalog, "raw_healthy"), std::string("usable"));
    QVERIFY(fs::is_empty(home.state() / "locks"));
}

QTEST_APPLESS_MAIN(TestAdmission)
#include "test_admission.moc"
