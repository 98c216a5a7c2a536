// SPDX-License-Identifier: GPL-3.0-or-later
// Rates, words and orders: what needs no worker.
#include <QTest>

#include "desktop/jobs/job_progress.hpp"
#include "desktop/jobs/job_queue.hpp"
#include "desktop/jobs/order_words.hpp"

using namespace latent::desktop;

class TestJobWords : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    void rateIsOfThisAttempt() {
        JobProgress progress;
        QCOMPARE(progress.secondsLeft(), -1.0);
        progress.add(1, 100, 0.2);
        progress.add(1, 110, 0.4);
        QCOMPARE(progress.rate(), 0.02);
        QCOMPARE(progress.secondsLeft(), 30.0);
        progress.add(2, 200, 0);    // a fresh attempt, before it has read its checkpoint
        progress.add(2, 201, 0.4);  // what the checkpoint brought along
        QCOMPARE(progress.rate(), 0.0);
        progress.add(2, 211, 0.5);
        QCOMPARE(progress.rate(), 0.01);
        QCOMPARE(progress.secondsLeft(), 50.0);
    }

    void rateSinksWhileNothingGetsOn() {
        JobProgress progress;
        progress.add(1, 0, 0.1);
        progress.add(1, 10, 0.2);
        for (int second = 11; second <= 30; ++second) progress.add(1, second, 0.2);
        QCOMPARE(progress.rate(), 0.1 / 30);
    }

    void rateIsOfTheLastMinute() {
        JobProgress progress;
        for (int second = 0; second <= 600; ++second)
            progress.add(1, second, second < 300 ? 0.001 * (second + 1) : 0.3 + 0.0001 * (second - 299));
        QVERIFY(std::abs(progress.rate() - 0.0001) < 1e-6);
    }

    void words() {
        Job job;
        job.state = "running";
        job.fraction = 0.629;
        job.progressText = "1258 of 2000 epoch 3";
        job.secondsLeft = 4.2;
        job.rate = 950;
        job.checkpointAge_s = 12;
        QCOMPARE(progressWords(job),
                 QStringLiteral(
                     "62 % · 1,258 of 2,000 · 4 s left · 1.9 M steps/s · checkpoint 12 s ago · epoch 3"));
        job.progressText = "0 of 2 cells";  // of a sweep, whose cells take minutes
        job.rate = 0.001;
        job.checkpointAge_s = -1;
        QCOMPARE(progressWords(job), QStringLiteral("62 % · 0 of 2 cells · 4 s left"));
        job.progressText = "200 of 1000 cells";
        job.rate = 0.2;
        QCOMPARE(progressWords(job), QStringLiteral("62 % · 200 of 1,000 cells · 4 s left · 200 cells/s"));
        job = {};
        job.state = "running";
        job.progressText = "reading the cube";
        QCOMPARE(progressWords(job), QStringLiteral("0 % · reading the cube"));
        job.state = "failed";
        job.reason = "The matrix is not positive definite.";
        QCOMPARE(progressWords(job), QStringLiteral("The matrix is not positive definite."));
    }

    void ordersBecomeWords() {
        latent::engine::RunOrder order;
        order.experiment = "sim/theory";
        order.preset = "laptop";
        order.runs = "/w/runs";
        order.assignments = {{"mu", nlohmann::json::array({1, 2.5})},
                             {"model", "two layer"},
                             {"bias", true},
                             {"sigma", nullptr},
                             {"steps", "1e3", true}};
        order.threads = 2;
        order.extra["parent"] = "2026-x";
        const QStringList words = wordsOf(order);
        QCOMPARE(words.mid(0, 6),
                 (QStringList{"run", "sim/theory", "--queue", "--json", "--workspace", "/w"}));
        for (const char* assignment : {"mu=[1,2.5]", "model=two layer", "bias=true", "sigma=", "steps=1e3"})
            QVERIFY2(words.contains(QLatin1String(assignment)), assignment);
        QCOMPARE(words.at(words.indexOf(QStringLiteral("--parent")) + 1), QStringLiteral("2026-x"));
        QCOMPARE(orderTitle(order),
                 QStringLiteral("sim/theory · mu 1, 2.5 · model two layer · bias true · …"));
    }

    void answers() {
        QCOMPARE((*runIn("{\"run\": \"/w/runs/x\"}")).string(), std::string("/w/runs/x"));
        QVERIFY(!runIn("Run: x"));
        QVERIFY(!runIn("{\"run\": 3}"));
    }
};

QTEST_GUILESS_MAIN(TestJobWords)
#include "test_job_words.moc"
