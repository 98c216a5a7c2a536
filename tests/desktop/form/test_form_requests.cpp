// SPDX-License-Identifier: GPL-3.0-or-later
// The form as a command line, and back: what is copied fills another form alike; what is pasted by hand is read as a shell
// and the command line read it, or refused in a sentence; sessions keep what was typed.
#include "form_home.hpp"

#include <QClipboard>
#include <QProcess>

#include "desktop/form/request_text.hpp"

using namespace latent::desktop;
using nlohmann::json;

class TestFormRequests : public QObject {
    Q_OBJECT
    /// Pasted requests are for the form itself here.
    static void takeOwn(FormHome& home, QStringList* sentences = nullptr) {
        QObject::connect(&home.form(), &ParameterForm::requestPasted, &home.form(),
                         [&home, sentences](const PastedRequest& request) {
                             const QStringList said = home.form().take(request);
                             if (sentences) *sentences = said;
                         });
    }

  private Q_SLOTS:
    void copiedLineFillsAnotherForm() {
        FormHome home;
        home.form().setPreset("paper");
        home.form().setValue("mu", {0.1, 1e-9, 3});
        home.form().setValue("sigma", 0.25);
        home.form().setValue("rotation", {{0.5, -1}, {1e-3, 2}});
        home.form().setValue("names", {"it's", "a,\"b\"", ""});
        home.form().setValue("note", "$HOME & `x` \\ \"q\"");
        home.form().setValue("file", "/tmp/with blank.csv");
        home.form().setValue("bias", false);
        home.form().setMoreArguments({"--threads", "2"});
        QVERIFY(home.form().resolution().valid());
        home.form().copyCommandLine();
        const QString line = QApplication::clipboard()->text();
        QVERIFY2(line.startsWith("latent run every_parameter/only --preset paper --set "), qPrintable(line));
        FormHome other;
        QStringList sentences;
        takeOwn(other, &sentences);
        other.form().paste();
        QCOMPARE(sentences, QStringList());
        QCOMPARE(other.form().resolution().values.dump(), home.form().resolution().values.dump());
        QCOMPARE(other.form().preset(), QStringLiteral("paper"));
        // One step of undo.
        other.form().undoStack()->undo();
        QCOMPARE(other.form().preset(), QString());
        QCOMPARE(other.value("mu"), json({1.0, 2.0}));
    }

    void noLineWhileAFieldIsWrong() {
        FormHome home;
        home.form().setPreset("smoke");
        QVERIFY(!home.form().commandLine().isEmpty());
        home.form().setValue("steps", 0);
        QCOMPARE(home.form().commandLine(), QString());
    }

    void pastedIntoAField() {
        FormHome home;
        takeOwn(home);
        QApplication::clipboard()->setText(
            "$ latent run every_parameter/only -p smoke -s steps=7 \\\n  --set 'mu=3, 4'");
        home.focus("note");
        QTest::keyClick(home.field("note"), Qt::Key_V, Qt::ControlModifier);
        QCOMPARE(home.text("note"), QString());
        QCOMPARE(home.value("steps"), json(7));
        QCOMPARE(home.value("mu"), json({3.0, 4.0}));
        QApplication::clipboard()->setText("latent variables");
        QTest::keyClick(home.field("note"), Qt::Key_V, Qt::ControlModifier);
        QCOMPARE(home.text("note"), QStringLiteral("latent variables"));
    }

    void aRequestOfARun() {
        FormHome home;
        home.form().setPreset("laptop");
        home.form().setValue("variance", 0.5);
        const json document{{"experiment", "every_parameter/only"},
                            {"preset", "laptop"},
                            {"threads", 3},
                            {"parameters", home.form().resolution().values}};
        const auto request = readRequestText(QString::fromStdString(document.dump(2)));
        QVERIFY(bool(request));
        QCOMPARE(*request->threads, 3);
        FormHome other;
        QCOMPARE(other.form().take(*request), QStringList());
        QCOMPARE(other.form().resolution().values, home.form().resolution().values);
        // Only what differs from the preset is marked.
        QVERIFY(other.row("variance").isChanged());
        QVERIFY(!other.row("mu").isChanged());
    }

    void unknownNamesAreToldAndLeftOut() {
        FormHome home;
        auto request = readRequestText(
            "latent run every_parameter/only --preset smok --set step=3 --set dim=3 --out /tmp/x -q");
        QVERIFY(bool(request));
        const QStringList said = home.form().take(*request);
        QCOMPARE(said.size(), 3);
        QVERIFY(said[0].contains("smok"));
        QVERIFY2(said[1].contains("\"steps\""), qPrintable(said[1]));  // the engine's nearest name
        QVERIFY(said[2].contains("--out, -q"));
        QCOMPARE(home.value("dim"), json(3));
        request = readRequestText("{\"parameters\": {\"dim\": 4, \"old\": 1}}");
        QCOMPARE(home.form().take(*request),
                 QStringList{"The parameter old is unknown here and was left out."});
    }

    void whatCannotBeRead_data() {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("why");
        QTest::newRow("nothing") << "  "
                                 << "nothing to paste";
        QTest::newRow("prose") << "Dear diary"
                               << "latent run";
        QTest::newRow("open quote") << "latent run x/y --set 'a=1"
                                    << "not closed";
        QTest::newRow("value missing") << "latent run x/y --set"
                                       << "needs a value";
        QTest::newRow("no experiment") << "latent run --set a=1"
                                       << "names no experiment";
        QTest::newRow("no assignment") << "latent run x/y --set a"
                                       << "name=value";
        QTest::newRow("two experiments") << "latent run x/y z/w"
                                         << "a word too many";
        QTest::newRow("JSON without parameters") << "{\"a\": 1}"
                                                 << "no \"parameters\"";
        QTest::newRow("broken JSON") << "{\"parameters\": {"
                                     << "The pasted request";
        QTest::newRow("deep JSON") << "{\"parameters\": " + QString(100'000, '[') << "The pasted request";
    }
    void whatCannotBeRead() {
        QFETCH(QString, text);
        QFETCH(QString, why);
        const auto request = readRequestText(text);
        QVERIFY(!request);
        QVERIFY2(QString::fromStdString(request.error().message).contains(why),
                 request.error().message.c_str());
    }

    /// The words of a POSIX shell, by asking one.
    void wordsOfTheShell() {
        for (const char* line : {"a  b", "'a b' c", "a'b'\"c d\"", "a\\ b \\\\ \\'", "\"a\\\"b\\\\c\\d\" ''",
                                 "a \\\n b", "'it'\\''s'", "\"\" x", "tab\there"}) {
            QProcess shell;
            shell.start("/bin/sh", {"-c", QStringLiteral("for word in %1; do printf '%s\\n' \"$word\"; done")
                                              .replace("%1", QString::fromLatin1(line))});
            QVERIFY(shell.waitForFinished());
            QStringList expected = QString::fromUtf8(shell.readAllStandardOutput()).split('\n');
            expected.removeLast();
            const auto words = shellWords(line);
            QVERIFY(bool(words));
            QStringList found;
            for (const std::string& word : *words) found << QString::fromStdString(word);
            QCOMPARE(found, expected);
        }
    }

    void sessionsKeepWhatWasTyped() {
        FormHome home;
        home.form().setPreset("laptop");
        home.type("mu", "1, 3");
        home.type("steps", "lots");
        const FormState state = home.form().state();
        FormHome other;
        other.form().restore({state.preset, json::parse(state.given.dump())});
        QCOMPARE(other.value("mu"), json({1.0, 3.0}));
        QCOMPARE(other.text("steps"), QStringLiteral("lots"));
        QVERIFY(other.error("steps").contains("lots"));
        other.form().restore(
            {"gone", json{{"unknown", {{"value", 1}, {"text", false}}}, {"mu", 3}, {"dim", {{"value", 5}}}}});
        QCOMPARE(other.form().preset(), QString());
        QCOMPARE(other.value("dim"), json(5));
        QCOMPARE(other.value("mu"), json({1.0, 2.0}));
    }
};

QTEST_MAIN(TestFormRequests)
#include "test_form_requests.moc"
