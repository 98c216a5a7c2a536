// SPDX-License-Identifier: GPL-3.0-or-later
// A sweep that is being computed has no figures yet: its page names its runs, which one can look at.
#include <QLabel>
#include <fstream>

#include "desktop/board/figure_board.hpp"
#include "desktop/window/split_tabs.hpp"
#include "desktop/window/sweep_runs.hpp"
#include "window_home.hpp"

using namespace latent::desktop;
namespace fs = std::filesystem;
using nlohmann::json;

class TestSweeps : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    void runsAreNamedByTheirValues() {
        const QTemporaryDir folder;
        const fs::path sweep = fs::path(folder.path().toStdString()) / "sweep";
        fs::create_directories(sweep);
        QVERIFY(begunRuns(sweep, json::object(), 8).empty());
        std::ofstream(sweep / "events.ndjson")
            << R"({"type":"job","run":"first","cells":[0],"t":1})"
            << "\n"
            << R"({"type":"job","run":"second","cells":[4],"t":2})"
            << "\n"
            << R"({"type":"cell","index":0,"run":"first","cell_index":0,"state":"done","t":3})"
            << "\n"
            << R"({"type":"job","run":"third","cells":[2,3],"t":4})"
            << "\n";
        const json request{{"design",
                            {{"axes",
                              {{{"name", "mu"}, {"values", {json{1, 2}, json{3, 2}}}},
                               {{"name", "model"}, {"values", {"a", "<b>", "c"}}}}}}}};
        const auto begun = begunRuns(sweep, request, 8);
        QCOMPARE(begun.size(), 3u);
        QCOMPARE(begun[0].cells, QStringLiteral("2 cells at once"));
        QCOMPARE(begun[1].cells, QStringLiteral("mu 3, 2 · model <b>"));
        QCOMPARE(begun[2].cells, QStringLiteral("mu 1, 2 · model a"));
        QCOMPARE(begun[1].run, sweep.parent_path() / "second");
        QVERIFY(!begun[0].ended && !begun[1].ended && begun[2].ended);
        QCOMPARE(begunRuns(sweep, request, 1).size(), 1u);
        for (const json& damaged :
             {json{{"design", 3}}, json{{"design", {{"axes", {1, "x"}}}}}, json(nullptr)})
            QCOMPARE(begunRuns(sweep, damaged, 8)[1].cells, QStringLiteral("cell 5"));
        const QString words = sweepWords(begun);
        QVERIFY(words.contains(QStringLiteral("model &lt;b&gt;")));
        QVERIFY(words.indexOf(QStringLiteral("Being computed")) < words.indexOf(QStringLiteral("second")));
        QVERIFY(words.indexOf(QStringLiteral("Ended last")) < words.indexOf(QStringLiteral("first\"")));
    }

    void oneLooksAtACellWhileTheSweepIsComputed() {
        WindowHome home;
        if (!home.isReady()) QSKIP("The program or its plugins were not built.");
        const fs::path design = home.folder() / "slow.toml";
        std::ofstream(design) << "experiment = \"sim/train\"\nname = \"slow\"\n[set]\nepochs = 100000\n"
                                 "frames = 3\n[grid]\nmu = [[1, 2], [3, 2]]\n";
        fs::create_directories(home.workspace());
        QProcess sweep;
        sweep.start(LatentCommand::program(),
                    {QStringLiteral("-w"), QString::fromStdString(home.workspace().string()),
                     QStringLiteral("sweep"), QString::fromStdString(design.string())});
        QVERIFY(sweep.waitForStarted());
        home.open();
        fs::path folder;
        QVERIFY(home.until([&] {
            std::error_code none;
            for (const auto& entry : fs::directory_iterator(home.workspace() / "runs", none))
                if (entry.path().filename().string().find("sweep-slow") != std::string::npos)
                    folder = entry.path();
            return !folder.empty() && fs::exists(folder / "request.json");
        }));
        home.window().openRun(QString::fromStdString(folder.string()));
        const auto study = [&] { return qobject_cast<StudyPage*>(home.window().tabs().current()); };
        QVERIFY(study());
        QLabel* words = nullptr;
        QVERIFY(home.until([&] {
            for (QLabel* one : study()->findChildren<QLabel*>())
                if (one->isVisible() && one->text().contains(QStringLiteral("Being computed"))) words = one;
            return words != nullptr;
        }));
        // By the keys alone: to the link, and into it.
        words->setFocus();
        home.key(Qt::Key_Tab);
        home.key(Qt::Key_Return);
        QVERIFY(home.until([&] {
            return study()->run() != folder && study()->snapshot() &&
                   study()->snapshot()->request.value("kind", "run") == "run";
        }));
        QCOMPARE(study()->run().parent_path(), folder.parent_path());
        home.close();
        sweep.kill();
        sweep.waitForFinished();
    }
};

QTEST_MAIN(TestSweeps)
#include "test_sweeps.moc"
