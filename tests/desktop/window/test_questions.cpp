// SPDX-License-Identifier: GPL-3.0-or-later
// Which questions a page offers: those that open runs of its experiment, as the manifest says; else those of its study.
#include <QComboBox>
#include <nlohmann/json.hpp>

#include "kept_home.hpp"

using namespace latent;
using namespace latent::desktop;
namespace fs = std::filesystem;
using nlohmann::json;

class TestQuestions : public QObject, protected KeptHome {
    Q_OBJECT
    using Ids = std::vector<std::string>;

    Ids probesOf(const char* id) {
        const auto info = window().bench().experiment(id);
        if (info) return info->probes;
        qWarning("%s", window().bench().absent(id).summary.c_str());  // why it is not there
        return Ids{"no such experiment"};
    }
    /// Whether the page of an experiment has the questions.
    bool asks(const char* id) {
        window().openExperiment(QLatin1String(id));
        return study() && study()->findChild<QWidget*>(QStringLiteral("questions")) != nullptr;
    }

  private Q_SLOTS:
    void init() { begin(); }
    void cleanup() { m_home.reset(); }

    void theManifestSays() {
        m_home->open();
        QCOMPARE(probesOf("sim/theory"), Ids{"sim/solve"});
        QCOMPARE(probesOf("sim/clusters"), Ids{"sim/solve"});
        QCOMPARE(probesOf("concept/diffusion"), Ids{"concept/draw"});
        QCOMPARE(probesOf("concept/images"), Ids{});
        QVERIFY(asks("concept/diffusion"));
        QVERIFY(!asks("concept/images"));
    }

    /// A plugin of which the manifest says nothing, and one that speaks of one of its probes only.
    void otherwiseTheStudySays() {
        const fs::path from = qgetenv("LATENT_TEST_PLUGINS").toStdString(), to = m_home->folder() / "own";
        fs::create_directories(to);
        fs::permissions(to, fs::perms::owner_all);
        fs::copy_file(from / "concept_space.so", to / "concept_space.so");
        QFile old(QString::fromStdString((from / "concept_space.json").string()));
        QVERIFY(old.open(QIODevice::ReadOnly));
        json manifest = json::parse(old.readAll().toStdString());
        qputenv("LATENT_PLUGIN_PATH", to.c_str());
        const auto restartWith = [&](const json& probes) {
            m_home->close();
            manifest["contributions"]["probes"] = probes;
            QFile file(QString::fromStdString((to / "concept_space.json").string()));
            QVERIFY(file.open(QIODevice::WriteOnly));
            file.write(QByteArray::fromStdString(manifest.dump()));
            file.close();
            plugin("trust");
            m_home->open();
        };
        restartWith(json::array({"sim/solve", "concept/draw"}));
        QCOMPARE(probesOf("sim/train"), Ids{"sim/solve"});
        QCOMPARE(probesOf("concept/images"), Ids{"concept/draw"});
        restartWith(json::parse(R"([{"id": "sim/solve", "experiments": ["sim/train"]}, "concept/draw"])"));
        QCOMPARE(probesOf("sim/train"), Ids{"sim/solve"});
        QCOMPARE(probesOf("concept/diffusion"), Ids{"concept/draw"});
    }
};

QTEST_MAIN(TestQuestions)
#include "test_questions.moc"
