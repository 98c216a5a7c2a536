// SPDX-License-Identifier: GPL-3.0-or-later
// Lists, matrices, files and runs: the popup of cells, what is pasted and dropped, the list of runs.
#include "form_home.hpp"

#include <QClipboard>
#include <QListWidget>
#include <QMimeData>
#include <QTableView>
#include <QUrl>

#include "desktop/form/grid_popup.hpp"
#include "desktop/form/list_editor.hpp"
#include "desktop/form/run_picker.hpp"

using namespace latent::desktop;
using nlohmann::json;

class TestFormTables : public QObject {
    Q_OBJECT
    static GridPopup* cells(FormHome& home, const char* name) {
        home.focus(name);
        QTest::keyClick(home.field(name), Qt::Key_F4);
        return qobject_cast<ListEditor*>(home.row(name).editor())->popup();
    }
    static void edit(GridPopup* popup, int row, int column, const QString& text) {
        popup->model()->setData(popup->model()->index(row, column), text, Qt::EditRole);
    }
    static bool drop(QWidget* on, const QMimeData& data) {
        QDragEnterEvent enter(QPoint(4, 4), Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
        QApplication::sendEvent(on, &enter);
        if (!enter.isAccepted()) return false;
        QDropEvent event(QPoint(4, 4), Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
        QApplication::sendEvent(on, &event);
        return event.isAccepted();
    }

  private Q_SLOTS:
    void tablesFromElsewhere_data() {
        QTest::addColumn<QString>("text");
        QTest::newRow("spreadsheet") << "1\t2\n3\t4\n";
        QTest::newRow("of Windows") << "1\t2\r\n3\t4\r\n";
        QTest::newRow("decimal commas") << "1,0\t2,0\n3,0\t4,0";
        QTest::newRow("CSV") << "1,2\n3,4";
        QTest::newRow("blanks") << " 1  2\n 3  4";
        QTest::newRow("JSON") << "[[1, 2], [3, 4]]";
        QTest::newRow("the command line") << "1,2;3,4";
        QTest::newRow("numpy") << "[[1. 2.]\n [3. 4.]]";
        QTest::newRow("numpy's repr") << "array([[1., 2.],\n       [3., 4.]])";
    }
    void tablesFromElsewhere() {
        QFETCH(QString, text);
        FormHome home;
        QApplication::clipboard()->setText(text);
        GridPopup* popup = cells(home, "rotation");
        QVERIFY(popup);
        QTest::keyClick(popup->table(), Qt::Key_V, Qt::ControlModifier);
        QCOMPARE(home.value("rotation"), json::parse("[[1.0, 2.0], [3.0, 4.0]]"));
        popup->close();
        // Into the line as well, where it would lose its lines otherwise.
        home.form().resetAll();
        home.focus("rotation")->selectAll();
        QTest::keyClick(home.field("rotation"), Qt::Key_V, Qt::ControlModifier);
        QCOMPARE(home.value("rotation"), json::parse("[[1.0, 2.0], [3.0, 4.0]]"));
    }

    void cellsAreCheckedByTheEngine() {
        FormHome home;
        GridPopup* popup = cells(home, "rotation");
        edit(popup, 0, 1, "0.5");
        QCOMPARE(home.value("rotation"), json::parse("[[1.0, 0.5], [0.0, 1.0]]"));
        edit(popup, 1, 0, "two");
        QVERIFY(home.error("rotation").contains("row 2, column 1"));
        QVERIFY(popup->model()->data(popup->model()->index(1, 0), Qt::ForegroundRole).isValid());
        QVERIFY(!popup->model()->data(popup->model()->index(0, 0), Qt::ForegroundRole).isValid());
        edit(popup, 1, 0, "-0.5");
        QCOMPARE(home.error("rotation"), QString());
        edit(popup, 1, 0, "11");
        QVERIFY(home.error("rotation").contains("from -10 to 10"));
        QTest::keyClick(popup->table(), Qt::Key_Escape);
        QCOMPARE(home.value("rotation"), json::parse("[[1.0, 0.0], [0.0, 1.0]]"));
        QVERIFY(!popup->isVisible());
    }

    void rowsAndColumns() {
        FormHome home;
        home.type("dim", "3");
        GridPopup* popup = cells(home, "rotation");
        const auto press = [&](const char* words) {
            for (auto* button : popup->findChildren<QToolButton*>())
                if (button->accessibleName() == QLatin1String(words)) button->click();
        };
        press("Add a row");
        press("Add a column");
        QCOMPARE(home.value("rotation"), json::parse("[[1.0,0.0,0.0],[0.0,1.0,0.0],[0.0,0.0,0.0]]"));
        popup->table()->setCurrentIndex(popup->model()->index(1, 1));
        press("Remove the row");
        press("Remove the column");
        QCOMPARE(popup->model()->rows(), (GridRows{{"1", "0"}, {"0", "0"}}));
        QVERIFY(home.error("rotation").contains("3 (dim) by 3 (dim)"));
    }

    void listsHaveOneColumn() {
        FormHome home;
        GridPopup* popup = cells(home, "mu");
        QCOMPARE(popup->model()->rows(), (GridRows{{"1"}, {"2"}}));
        QApplication::clipboard()->setText("3\t4\t5");
        popup->table()->setCurrentIndex(popup->model()->index(1, 0));
        popup->paste();
        QCOMPARE(home.value("mu"), json({1.0, 3.0, 4.0, 5.0}));
        popup->copy();
        QCOMPARE(QApplication::clipboard()->text(), QStringLiteral("1\n3\n4\n5"));
    }

    void textsKeepTheirCommas() {
        FormHome home;
        GridPopup* popup = cells(home, "names");
        QCOMPARE(popup->model()->rows(), (GridRows{{"a,b"}, {"it's"}}));
        edit(popup, 1, 0, "two, three");
        QCOMPARE(home.value("names"), json({"a,b", "two, three"}));
        popup->close();
        // Without quotes where that says the same.
        home.form().setValue("names", {"one", "two three", "four"});
        QCOMPARE(home.text("names"), QStringLiteral("one, two three, four"));
        home.type("names", home.text("names"));
        QCOMPARE(home.value("names"), json({"one", "two three", "four"}));
        home.form().setValue("names", {"one", " two"});
        QCOMPARE(home.text("names"), QStringLiteral("[\"one\",\" two\"]"));
    }

    /// A QLineEdit would cut it without a word.
    void listsThatAreTooLongForALine() {
        FormHome home(latent::Schema{}.add(latent::numbers("x", {1}).length(1, 65536)).preset("smoke", {}));
        std::vector<double> many(40'000, 0.125);
        home.form().setValue("x", many);
        QCOMPARE(home.row("x").editor()->assignment().value.get<std::string>().size(), std::size_t(40'000 * 7 - 2));
        QVERIFY(home.line("x")->isReadOnly());
        home.form().setValue("x", {1, 2});
        QVERIFY(!home.line("x")->isReadOnly());
        QCOMPARE(home.text("x"), QStringLiteral("1, 2"));
    }

    void filesAreDropped() {
        FormHome home;
        QMimeData file;
        file.setUrls({QUrl::fromLocalFile("/tmp/a b.csv")});
        QVERIFY(drop(home.field("file"), file));
        QCOMPARE(home.text("file"), QStringLiteral("/tmp/a b.csv"));
        QCOMPARE(home.value("file"), json("/tmp/a b.csv"));
        QVERIFY(!drop(home.field("steps"), file));
        QCOMPARE(home.text("steps"), QStringLiteral("2000"));
    }

    void runsThatFit() {
        FormHome home;
        home.focus("base");
        QTest::keyClick(home.field("base"), Qt::Key_F4);
        auto* picker = home.form().findChild<RunPicker*>();
        QVERIFY(picker && picker->isVisible());
        auto* list = picker->findChild<QListWidget*>();
        auto* search = picker->findChild<QLineEdit*>();
        QCOMPARE(list->count(), 2);
        QTest::keyClicks(search, "SIGMA failed");
        QCOMPARE(list->count(), 1);
        QTest::keyClick(search, Qt::Key_Return);
        QCOMPARE(home.value("base"), json("/w/runs/a"));
    }

    void checkpointsAsTheEngineNamesThem() {
        FormHome home;
        home.focus("start");
        QTest::keyClick(home.field("start"), Qt::Key_Down, Qt::AltModifier);
        auto* picker = home.form().findChild<RunPicker*>();
        QVERIFY(picker);
        auto* search = picker->findChild<QLineEdit*>();
        QTest::keyClick(search, Qt::Key_Return);
        QCOMPARE(home.value("start"), json("/w/runs/c@000300"));
    }

    /// A run without checkpoints cannot be picked for one.
    void noCheckpoint() {
        FormHome home;
        home.focus("start");
        QTest::keyClick(home.field("start"), Qt::Key_F4);
        auto* search = home.form().findChild<RunPicker*>()->findChild<QLineEdit*>();
        QTest::keyClick(search, Qt::Key_Down);
        QTest::keyClick(search, Qt::Key_Return);
        QCOMPARE(home.value("start"), json());
        QTest::keyClick(search, Qt::Key_Escape);
        QVERIFY(!home.form().findChild<RunPicker*>() || !home.form().findChild<RunPicker*>()->isVisible());
    }
};

QTEST_MAIN(TestFormTables)
#include "test_form_tables.moc"
