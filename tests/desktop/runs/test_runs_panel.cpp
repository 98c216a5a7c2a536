// SPDX-License-Identifier: GPL-3.0-or-later
// The runs dock as narrow as the standard layout makes it: what its columns and its order are is chosen there too.
#include <QMenu>
#include <QTest>
#include <QToolButton>

#include "desktop/runs/run_list.hpp"
#include "desktop/runs/runs_panel.hpp"
#include "desktop/theme/theme.hpp"
#include "made_runs.hpp"

using namespace latent::desktop;

namespace {

constexpr int kDockWidth = 260;

QToolButton* columnsButton(RunsPanel& panel) {
    for (QToolButton* one : panel.findChildren<QToolButton*>())
        if (one->accessibleName().startsWith(QStringLiteral("Columns"))) return one;
    return nullptr;
}

/// The entry of the menu as it opens now, by the words of the ways to it.
QAction* entry(QMenu* menu, const QStringList& way) {
    Q_EMIT menu->aboutToShow();
    QAction* found = nullptr;
    for (const QString& words : way) {
        found = nullptr;
        for (QAction* action : menu->actions())
            if (action->text() == words) found = action;
        if (!found) return nullptr;
        menu = found->menu();
    }
    return found;
}

}  // namespace

class TestRunsPanel : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    void initTestCase() { ThemeManager::instance().install(*qApp); }

    void sortsAndChoosesColumnsWhereItIsNarrow() {
        MadeRuns made;
        for (const double duration_s : {30.0, 10.0, 20.0})
            made.add(
                {.parameters = {{"mu", duration_s}}, .age_s = 3600 + duration_s, .duration_s = duration_s});
        RunList list;
        RunsPanel panel(list);
        panel.resize(kDockWidth, 500);
        panel.show();
        QVERIFY(QTest::qWaitForWindowExposed(&panel));
        list.setWorkspace(made.workspace());
        QVERIFY(QTest::qWaitFor([&] { return list.rowCount() == 3; }, 60'000));
        QToolButton* button = columnsButton(panel);
        QVERIFY(button && button->isVisible());
        QVERIFY(button->focusPolicy() & Qt::TabFocus);
        const auto durations = [&] {
            QStringList texts;
            const int at = static_cast<int>(list.columns().indexOf(QStringLiteral("duration")));
            for (int row = 0; row < list.rowCount(); ++row) texts << list.index(row, at).data().toString();
            return texts;
        };
        QAction* byDuration = entry(button->menu(), {QStringLiteral("Sort by"), QStringLiteral("Duration")});
        QVERIFY(byDuration);
        byDuration->trigger();
        entry(button->menu(), {QStringLiteral("Sort by"), QStringLiteral("Ascending")})->trigger();
        QTRY_COMPARE(durations(),
                     (QStringList{QStringLiteral("10 s"), QStringLiteral("20 s"), QStringLiteral("30 s")}));
        QVERIFY(entry(button->menu(), {QStringLiteral("Sort by"), QStringLiteral("Duration")})->isChecked());
        entry(button->menu(), {QStringLiteral("Sort by"), QStringLiteral("Descending")})->trigger();
        QTRY_COMPARE(durations(),
                     (QStringList{QStringLiteral("30 s"), QStringLiteral("20 s"), QStringLiteral("10 s")}));
        entry(button->menu(), {QStringLiteral("Parameters"), QStringLiteral("mu")})->trigger();
        QVERIFY(list.columns().contains(QStringLiteral("mu")));
        QVERIFY(entry(button->menu(), {QStringLiteral("Sort by"), QStringLiteral("mu")}));
    }
};

QTEST_MAIN(TestRunsPanel)
#include "test_runs_panel.moc"
