// SPDX-License-Identifier: GPL-3.0-or-later
// The list of runs: what the index answers, filters and sorts, and that rows keep their place when the workspace changes.
#include <QAbstractItemModelTester>
#include <QDir>
#include <QFileInfo>
#include <QSignalSpy>
#include <QTest>

#include "desktop/runs/run_list.hpp"
#include "made_runs.hpp"

using namespace latent::desktop;
namespace fs = std::filesystem;

#define WAIT_FOR(condition) QVERIFY2(QTest::qWaitFor([&] { return condition; }, 60'000), #condition)

namespace {

QStringList column(const RunList& list, const char* name) {
    QStringList texts;
    const int at = static_cast<int>(list.columns().indexOf(QLatin1String(name)));
    for (int row = 0; row < list.rowCount(); ++row) texts << list.index(row, at).data().toString();
    return texts;
}

void sortBy(RunList& list, const char* name, Qt::SortOrder order) {
    list.sort(static_cast<int>(list.columns().indexOf(QLatin1String(name))), order);
}

}  // namespace

class TestRunList : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    void showsRunsNewestFirst() {
        MadeRuns made;
        made.add({.state = "done",
                  .parameters = {{"mu", {1, 2}}},
                  .metrics = {{"loss", 0.25}},
                  .tags = {"paper", "a b"},
                  .star = true,
                  .age_s = 7200,
                  .duration_s = 75});
        made.add({.experiment = "sim/train", .state = "failed", .reason = "It broke.", .age_s = 180});
        RunList list;
        QAbstractItemModelTester tester(&list, QAbstractItemModelTester::FailureReportingMode::QtTest);
        QVERIFY(list.isLoading());
        list.setWorkspace(made.workspace());
        WAIT_FOR(list.rowCount() == 2);
        QVERIFY(!list.isLoading());
        QCOMPARE(list.total(), 2);
        QCOMPARE(column(list, "name"), (QStringList{"sim/train", "sim/theory"}));
        QCOMPARE(column(list, "state"), (QStringList{"failed", "done"}));
        QCOMPARE(column(list, "created")[0], QStringLiteral("3 min"));
        QCOMPARE(column(list, "duration")[1], QStringLiteral("1 min 15 s"));
        QCOMPARE(column(list, "tags")[1], QStringLiteral("paper, a b"));
        QVERIFY(list.index(1, 0).data(RunList::StarRole).toBool());
        QVERIFY(list.index(0, 0).data(Qt::ToolTipRole).toString().contains(QStringLiteral("It broke.")));
        QCOMPARE(list.possibleColumns(), (QStringList{"mu", "loss@"}));
        list.setColumns({QStringLiteral("name"), QStringLiteral("mu"), QStringLiteral("loss@")});
        QCOMPARE(list.index(1, 1).data().toString(), QStringLiteral("1, 2"));
        QCOMPARE(list.index(1, 2).data().toString(), QStringLiteral("0.25"));
        QCOMPARE(list.rowOf(list.run(1)->folder), 1);
        QCOMPARE(list.rowOf("/elsewhere/x"), -1);
    }

    void filters() {
        MadeRuns made;
        made.addMany(40);
        RunList list;
        list.setWorkspace(made.workspace());
        WAIT_FOR(list.rowCount() == 40);
        QSignalSpy problem(&list, &RunList::filterProblem);
        list.setFilter(QStringLiteral("mu>4 state=done"));
        WAIT_FOR(list.rowCount() < 40);
        QVERIFY(list.rowCount() > 0);
        QCOMPARE(list.total(), 40);
        for (int row = 0; row < list.rowCount(); ++row) QCOMPARE(list.run(row)->state, std::string("done"));
        const int before = list.rowCount();
        problem.clear();
        list.setFilter(QStringLiteral("state<3"));
        WAIT_FOR(!problem.isEmpty() && !problem.last()[0].toString().isEmpty());
        QVERIFY(problem.last()[0].toString().contains(QStringLiteral("state<3")));
        QCOMPARE(list.rowCount(), before);  // what was there stays while one types
        list.setFilter(QString());
        WAIT_FOR(list.rowCount() == 40);
        QCOMPARE(problem.last()[0].toString(), QString());
        // Of many quick questions the last one counts.
        for (const char* filter : {"mu>1", "mu>2", "mu>3", "tag:phase"})
            list.setFilter(QLatin1String(filter));
        WAIT_FOR(list.rowCount() == 4);
    }

    void theNewestDoNotDependOnTheFilter() {
        MadeRuns made;
        made.add({.parameters = {{"mu", 1}}, .age_s = 300});
        made.add({.parameters = {{"mu", 2}}, .age_s = 100});
        made.add({.extra = {{"sweep", {{"name", "2026-phase"}}}}});  // a cell
        RunList list;
        list.setFilter(QStringLiteral("mu>1"));
        list.setWorkspace(made.workspace());
        WAIT_FOR(list.rowCount() == 1);
        const auto& runs = list.newest().at("sim/theory");
        QCOMPARE(runs.size(), std::size_t(2));
        QCOMPARE(runs[0]->parameters["mu"].get<int>(), 2);
        list.setWorkspace("/nowhere");
        QVERIFY(list.newest().empty());
    }

    void hidesCellsOfSweeps() {
        MadeRuns made;
        made.add({.extra = {{"kind", "sweep"}}});
        for (int i = 0; i < 3; ++i) made.add({.extra = {{"sweep", {{"name", "2026-phase"}}}}});
        RunList list;
        list.setWorkspace(made.workspace());
        WAIT_FOR(list.rowCount() == 1);
        QCOMPARE(list.title(0), QStringLiteral("sim/theory · sweep"));
        list.setFilter(QStringLiteral("sweep:phase"));
        WAIT_FOR(list.rowCount() == 3);
    }

    void sortsByAnyColumn() {
        MadeRuns made;
        made.addMany(30);
        RunList list;
        list.setWorkspace(made.workspace());
        WAIT_FOR(list.rowCount() == 30);
        list.setColumns(list.columns() + QStringList{QStringLiteral("sigma"), QStringLiteral("loss@")});
        for (const char* name : {"sigma", "loss@", "duration", "name", "tags", "created", "state", "star"}) {
            for (const Qt::SortOrder order : {Qt::AscendingOrder, Qt::DescendingOrder}) {
                QSignalSpy refreshed(&list, &RunList::refreshed);
                sortBy(list, name, order);
                if (refreshed.isEmpty()) WAIT_FOR(!refreshed.isEmpty());
                const int at = static_cast<int>(list.columns().indexOf(QLatin1String(name)));
                for (int row = 1; row < list.rowCount(); ++row) {
                    const QVariant a = list.index(row - 1, at).data(RunList::SortRole),
                                   b = list.index(row, at).data(RunList::SortRole);
                    const auto compared = QVariant::compare(a, b);
                    QVERIFY2(compared == QPartialOrdering::Equivalent ||
                                 (compared == QPartialOrdering::Less) == (order == Qt::AscendingOrder),
                             name);
                }
            }
        }
    }

    void rowsKeepTheirPlaceWhenTheWorkspaceChanges() {
        MadeRuns made;
        made.addMany(20);
        RunList list;
        QAbstractItemModelTester tester(&list, QAbstractItemModelTester::FailureReportingMode::QtTest);
        list.setWorkspace(made.workspace());
        WAIT_FOR(list.rowCount() == 20);
        QSignalSpy reset(&list, &QAbstractItemModel::modelReset),
            changed(&list, &QAbstractItemModel::dataChanged);
        const QPersistentModelIndex kept = list.index(7, 2);
        const fs::path folder = list.run(7)->folder, gone = list.run(3)->folder;
        made.add({.state = "done", .age_s = 1});
        fs::remove_all(gone);
        QVERIFY(bool(changeNotes(folder, [](RunNotes& notes) { notes.star = true; })));
        list.refresh();
        WAIT_FOR(list.rowOf(gone) < 0);
        QCOMPARE(list.rowCount(), 20);
        QCOMPARE(reset.count(), 0);
        QVERIFY(kept.isValid());
        QCOMPARE(kept.row(), 7);  // one came before it and one went
        QCOMPARE(kept.data(RunList::FolderRole).toString(), QString::fromStdString(folder.string()));
        QVERIFY(kept.data(RunList::StarRole).toBool());
        QVERIFY(changed.count() >= 1);
    }

    void tenThousandRuns() {
        MadeRuns made;
        made.addMany(10'000);
        {
            RunList list;
            list.setWorkspace(made.workspace());
            WAIT_FOR(list.rowCount() == 10'000);
        }
        RunList list;
        QSignalSpy resets(&list, &QAbstractItemModel::modelReset);
        list.setWorkspace(made.workspace());
        WAIT_FOR(list.rowCount() == 10'000);
        QVERIFY(resets.count() <= 2);  // cleared, and answered at once from the index that is there
        list.setFilter(QStringLiteral("mu>4 state=done"));
        WAIT_FOR(list.rowCount() < 10'000);
        QVERIFY(list.rowCount() > 500);
    }
};

QTEST_MAIN(TestRunList)
#include "test_run_list.moc"
