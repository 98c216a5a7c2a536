// SPDX-License-Identifier: GPL-3.0-or-later
// What "Copy as command line" gives is taken by a shell and by `latent` as it stands, and makes the same request.
#include "form_home.hpp"

#include <QDir>
#include <QFile>
#include <QProcess>
#include <QProcessEnvironment>
#include <QRandomGenerator>
#include <QTemporaryDir>

using namespace latent::desktop;
using nlohmann::json;

Q_DECLARE_METATYPE(nlohmann::json)

class TestFormProgram : public QObject {
    Q_OBJECT
    QTemporaryDir m_folder;

    /// Through /bin/sh, with the program under the name that the line gives it.
    QString shell(const QString& line, int* code) const {
        QProcess process;
        QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
        environment.insert("HOME", m_folder.path());
        for (const char* kind : {"CONFIG", "STATE", "CACHE", "DATA"})
            environment.insert(QStringLiteral("XDG_%1_HOME").arg(kind),
                               m_folder.filePath(QString(kind).toLower()));
        environment.insert("LATENT_PLUGIN_PATH", m_folder.filePath("plugins"));
        environment.insert("PATH", m_folder.filePath("bin") + ":" + environment.value("PATH"));
        process.setProcessEnvironment(environment);
        process.setWorkingDirectory(m_folder.path());
        process.start("/bin/sh", {"-c", line});
        if (!process.waitForFinished(120'000))
            *code = -1;
        else
            *code = process.exitCode();
        return QString::fromUtf8(process.readAllStandardOutput() + process.readAllStandardError());
    }

  private Q_SLOTS:
    void initTestCase() {
        QDir().mkpath(m_folder.filePath("bin"));
        QDir().mkpath(m_folder.filePath("plugins"));
        QVERIFY(QFile::link(qEnvironmentVariable("LATENT_PROGRAM"), m_folder.filePath("bin/latent")));
        for (const char* file : {"every_parameter.so", "every_parameter.json"})
            QVERIFY2(QFile::copy(qEnvironmentVariable("LATENT_FIXTURES") + "/every_parameter/" + file,
                                 m_folder.filePath(QStringLiteral("plugins/") + file)),
                     file);
        int code = 0;
        const QString said = shell("latent plugins trust every_parameter", &code);
        QVERIFY2(code == 0, qPrintable(said));
        QFile table(m_folder.filePath("with blank.csv"));
        QVERIFY(table.open(QIODevice::WriteOnly));
    }

    void theLineIsTaken_data() {
        QTest::addColumn<QString>("preset");
        QTest::addColumn<json>("given");
        QTest::newRow("preset alone") << "smoke" << json::object();
        QTest::newRow("everything") << "laptop"
                                    << json{{"model", "one_layer"},
                                            {"method", "adaptive"},
                                            {"tolerance", 1e-9},
                                            {"bias", false},
                                            {"note", "it's $HOME \\ \"q\" `x`"},
                                            {"dim", 3},
                                            {"mu", {0.1, 1e-9, 3}},
                                            {"variance", 0.5},
                                            {"rotation", {{1, 0, 0}, {0, -2.5, 0}, {0, 0, 1e-3}}},
                                            {"wavelength", 432.1},
                                            {"widths", {8, 16, 8}},
                                            {"names", {"a,b", "", "it's"}},
                                            {"steps", 1000000},
                                            {"rate", 3e-7},
                                            {"t_end", 0.1},
                                            {"seed", 9007199254740992},
                                            {"momentum", 0.3},
                                            {"workers", 4},
                                            {"double_precision", true}};
        QTest::newRow("a file") << "smoke" << json{{"file", "with blank.csv"}, {"names", json::array()}};
        QTest::newRow("nothing of the pair") << "smoke" << json{{"sigma", nullptr}};
    }
    void theLineIsTaken() {
        QFETCH(QString, preset);
        QFETCH(json, given);
        FormHome home;
        home.form().setPreset(preset);
        for (const auto& [name, value] : given.items())
            home.form().setValue(QString::fromStdString(name), value);
        QVERIFY2(
            home.form().resolution().valid(),
            home.form().resolution().valid() ? "" : home.form().resolution().errors.front().sentence.c_str());
        home.form().setMoreArguments({"--threads", "1"});
        const QString out =
            m_folder.filePath(QStringLiteral("run%1").arg(QRandomGenerator::global()->generate()));
        int code = 0;
        const QString said = shell(home.form().commandLine() + " --queue --out " + out, &code);
        QVERIFY2(code == 0, qPrintable(said + "\n" + home.form().commandLine()));
        QFile request(out + "/request.json");
        QVERIFY(request.open(QIODevice::ReadOnly));
        const json document = json::parse(request.readAll().toStdString());
        json expected = home.form().resolution().values;
        // A request names its file by its place, so that it is the same file wherever the run is resumed.
        if (given.contains("file"))
            expected["file"] = m_folder.filePath(QString::fromStdString(given["file"])).toStdString();
        QCOMPARE(document.at("parameters").dump(), expected.dump());
        QCOMPARE(document.at("threads"), json(1));
    }

    void theTestWouldNotice() {
        int code = 0;
        shell("latent run every_parameter/only --preset smoke --set stepz=3 --queue", &code);
        QCOMPARE(code, 2);
    }
};

QTEST_MAIN(TestFormProgram)
#include "test_form_program.moc"
