// SPDX-License-Identifier: Apache-2.0
// Values out as a command line and in again; differences of requests.
#include <QProcess>
#include <QtTest>
#include <random>

#include "engine/parameters/command_line.hpp"
#include "engine/parameters/resolve.hpp"
#include "engine/parameters/value_text.hpp"
#include "theory_schema.hpp"

using namespace latent::engine;
using nlohmann::json;

class TestCommandLine : public QObject {
    Q_OBJECT
    SchemaModel m_schema = theorySchema();

  private Q_SLOTS:
    void saysOnlyWhatDiffers() {
        const json values = *resolveOrRefuse(
            m_schema, "smoke", {{"mu", {1, 2.5}, false}, {"variance", 1, false}, {"w0", "a b", false}});
        QCOMPARE(asCommandLine("sim/theory", m_schema, "smoke", values),
                 std::string(
                     "latent run sim/theory --preset smoke --set mu=1,2.5 --set variance=1 --set 'w0=a b'"));
        QCOMPARE(asCommandLine("sim/theory", m_schema, "smoke", *resolveOrRefuse(m_schema, "smoke", {})),
                 std::string("latent run sim/theory --preset smoke"));
    }
    /// Whatever the values are, giving the command line gives them back, bit for bit.
    void roundTrips() {
        std::mt19937_64 random(1);
        const auto real = [&] {
            return std::ldexp(std::uniform_real_distribution<double>(0, 1)(random), int(random() % 40) - 37);
        };
        for (int trial = 0; trial < 300; ++trial) {
            std::vector<Assignment> set = {{"mu", {real(), real()}, false},
                                           {"m", {{real(), -real()}, {1, 0}}, false}};
            if (trial % 3 == 0) set.push_back({"variance", real(), false});
            if (trial % 3 == 1) set.push_back({"sigma", nullptr, false});
            if (trial % 2) set.push_back({"names", json::array({"it's", "a,\"b\"", ""}), false});
            if (trial % 5 == 0) set.push_back({"widths", nullptr, false});
            if (trial % 7 == 0) set.push_back({"names", json::array(), false});
            set.push_back({"seed", std::int64_t(random() >> 12), false});
            const json values = *resolveOrRefuse(m_schema, "smoke", set);
            const auto arguments = commandLineArguments(m_schema, "smoke", values);
            std::vector<Assignment> again;
            for (std::size_t i = 3; i < arguments.size(); i += 2)
                again.push_back(*parseAssignment(arguments[i]));
            QCOMPARE(resolveOrRefuse(m_schema, "smoke", again)->dump(), values.dump());
        }
    }
    void quotingIsWhatAShellUndoes() {
        for (const char* text : {"", "plain", "a b", "it's", "$(rm -rf x)", "a\nb", "*?[", "~", "!", "ü"}) {
            QProcess shell;
            shell.start("/bin/sh", {"-c", QString::fromStdString("printf %s " + shellQuoted(text))});
            QVERIFY(shell.waitForFinished());
            QCOMPARE(shell.readAllStandardOutput(), QByteArray(text));
        }
    }
    void differences() {
        const json a = {{"mu", {1.0, 2.0}}, {"steps", 10}, {"old", true}},
                   b = {{"mu", {1, 2}}, {"steps", 20}, {"fresh", "x"}};
        const auto found = difference(a, b);
        QCOMPARE(found.size(), std::size_t{3});
        QCOMPARE(found[0].name, std::string("fresh"));
        QVERIFY(found[0].first.is_null());
        QCOMPARE(found[2].second, json(20));
        QVERIFY(difference(a, a).empty());
        QVERIFY(difference(json(), 3).empty());
    }
};

QTEST_APPLESS_MAIN(TestCommandLine)
#include "test_command_line.moc"
