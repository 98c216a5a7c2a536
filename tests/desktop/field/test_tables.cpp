// SPDX-License-Identifier: GPL-3.0-or-later
// Tables and texts: what is shown, copied and kept.
#include <QClipboard>
#include <QHeaderView>
#include <QLabel>
#include <QScrollBar>

#include "desktop/views/field/table_canvas.hpp"
#include "desktop/views/field/text_canvas.hpp"
#include "field_figures.hpp"

using namespace latent::desktop;
using namespace latent::desktop::test;

namespace {

Column columnOf(std::string title, std::vector<double> values,
                Column::Format format = Column::Format::General, int digits = 4) {
    Column column;
    column.title = std::move(title);
    column.values = std::move(values);
    column.format = format;
    column.digits = digits;
    return column;
}

Figure tableFigure() {
    Figure figure = figureOf("table", "Results");
    Table table;
    table.rowTitle = "model";
    table.rows = {"one-layer", "two-layer", "linear"};
    table.columns = {columnOf("loss", {1.0 / 3, 2.5e-7, kNaN}),
                     columnOf("accuracy", {0.5, 0.98765, 1}, Column::Format::Percent, 1),
                     columnOf("state", {0, 1, 0})};
    table.columns[0].unit = "nats";
    table.columns[2].words = {"done", "running", "done"};
    figure.body = std::move(table);
    return figure;
}

Figure longTable(std::size_t rows) {
    Figure figure = figureOf("table", "Steps");
    Table table;
    std::vector<double> values(rows);
    for (std::size_t i = 0; i < rows; ++i) {
        values[i] = static_cast<double>(i) / 7;
        table.rows.push_back(std::to_string(i));
    }
    table.columns = {columnOf("loss", values), columnOf("rate", values), columnOf("norm", std::move(values))};
    figure.body = std::move(table);
    return figure;
}

QString cell(Shown<TableCanvas>& shown, int row, int column) {
    return shown.canvas->view()->model()->index(row, column).data().toString();
}

}  // namespace

class TestTables : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    void namesOfRowsGiveWayInANarrowTable() {
        Figure figure = tableFigure();
        std::get<Table>(figure.body).rows[1] =
            "a network of two layers that was trained with noise in its labels and no decay of its weights";
        Shown<TableCanvas> shown(std::move(figure));
        const QHeaderView* names = shown.canvas->view()->verticalHeader();
        shown.canvas->resize(1500, 300);
        QTRY_VERIFY(names->width() > 400);
        shown.canvas->resize(300, 300);
        QTRY_COMPARE(names->width(), 120);
        const QAbstractItemModel* model = shown.canvas->view()->model();
        QVERIFY(model->headerData(1, Qt::Vertical, Qt::ToolTipRole)
                    .toString()
                    .endsWith(QStringLiteral("its weights")));
        QVERIFY(!model->headerData(0, Qt::Horizontal, Qt::ToolTipRole).isValid());
        shown.canvas->resize(1500, 300);
        QTRY_VERIFY(names->width() > 400);
        // In a layout a table begins without a size and gets it in one step.
        TableCanvas another(nullptr);
        another.setFigure(shown.canvas->figure());
        another.resize(20, 20);
        another.show();
        QCoreApplication::processEvents();
        another.resize(1500, 300);
        QCoreApplication::processEvents();
        QCOMPARE(another.view()->verticalHeader()->width(), names->width());
    }

    void namesThatHaveRoomAreWhole() {
        Shown<TableCanvas> shown(tableFigure());
        QHeaderView* names = shown.canvas->view()->verticalHeader();
        const QImage ours = names->grab().toImage();
        auto* plain = new QHeaderView(Qt::Vertical);  // as Qt draws names, which it never shortens
        plain->setSectionsClickable(true);
        plain->setHighlightSections(true);
        plain->setDefaultSectionSize(names->defaultSectionSize());
        plain->setSectionResizeMode(QHeaderView::Fixed);
        shown.canvas->view()->setVerticalHeader(plain);
        QCoreApplication::processEvents();
        QCOMPARE(ours, plain->grab().toImage());
    }

    void showsNumbersAsTheViewAsks() {
        Shown<TableCanvas> shown(tableFigure());
        QCOMPARE(cell(shown, 0, 0), QStringLiteral("0.3333"));
        QCOMPARE(cell(shown, 2, 0), QStringLiteral("–"));
        QCOMPARE(cell(shown, 1, 1), QStringLiteral("98.8 %"));
        QCOMPARE(cell(shown, 1, 2), QStringLiteral("running"));
        const QAbstractItemModel* model = shown.canvas->view()->model();
        QCOMPARE(model->headerData(0, Qt::Horizontal).toString(), QStringLiteral("loss (nats)"));
        QCOMPARE(model->headerData(1, Qt::Vertical).toString(), QStringLiteral("two-layer"));
        QCOMPARE(shown.canvas->accessibleDescription(),
                 QStringLiteral("Results: table, rows: 3, columns: 3."));
    }

    void copiesWithTitlesNamesAndAllDigits() {
        Shown<TableCanvas> shown(tableFigure());
        shown.canvas->view()->selectAll();
        shown.canvas->activateWindow();
        shown.canvas->view()->setFocus();
        QTest::keyClick(shown.canvas->view(), Qt::Key_C, Qt::ControlModifier);
        QCOMPARE(QGuiApplication::clipboard()->text(),
                 QStringLiteral("model\tloss "
                                "(nats)\taccuracy\tstate\none-layer\t0.3333333333333333\t0.5\tdone\ntwo-"
                                "layer\t2.5e-07\t0.98765\trunning\nlinear\tnan\t1\tdone"));
        shown.canvas->view()->clearSelection();
        shown.canvas->view()->selectionModel()->select(shown.canvas->view()->model()->index(1, 1),
                                                       QItemSelectionModel::Select);
        QTest::keyClick(shown.canvas->view(), Qt::Key_C, Qt::ControlModifier);
        QCOMPARE(QGuiApplication::clipboard()->text(), QStringLiteral("model\taccuracy\ntwo-layer\t0.98765"));
    }

    /// The model is asked for what is seen, not for what there is.
    void opensAMillionRowsAtOnce() {
        Shown<TableCanvas> shown(longTable(1'000'000));
        QTableView* view = shown.canvas->view();
        QCOMPARE(view->model()->rowCount(), 1'000'000);
        view->scrollToBottom();
        QCOMPARE(view->rowAt(view->viewport()->height() - 5), 999'999);
        QCOMPARE(cell(shown, 999'999, 0), QString::number(999'999 / 7.0, 'g', 4));
        view->selectAll();
        QCOMPARE(view->selectionModel()->selection().size(), 1);
    }

    void keepsPlaceAndSelectionOfLiveRows() {
        Shown<TableCanvas> shown(longTable(1000));
        QTableView* view = shown.canvas->view();
        view->verticalScrollBar()->setValue(500);
        view->selectRow(505);
        shown.canvas->setFigure(shared(longTable(1200)));
        QCOMPARE(view->verticalScrollBar()->value(), 500);
        QCOMPARE(view->selectionModel()->selectedRows().value(0).row(), 505);
        QCOMPARE(view->model()->rowCount(), 1200);
        // Fewer rows, or other columns, are another table.
        shown.canvas->setFigure(shared(tableFigure()));
        QCOMPARE(view->model()->rowCount(), 3);
        QVERIFY(view->selectionModel()->selection().isEmpty());
    }

    void readsOutAndPicks() {
        Figure figure = tableFigure();
        figure.gestures = {gestureOf(Gesture::Kind::Pick)};
        Shown<TableCanvas> shown(figure);
        shown.canvas->setActiveGesture(0);
        QTableView* view = shown.canvas->view();
        QTest::mouseClick(view->viewport(), Qt::LeftButton, {},
                          view->visualRect(view->model()->index(1, 1)).center());
        QCOMPARE(shown.words, QStringLiteral("two-layer, accuracy 98.8 %"));
        QCOMPARE(shown.gestures.size(), 1u);
        QCOMPARE(shown.gestures[0].second["value"], 0.98765);
        QCOMPARE(shown.gestures[0].second["y"], 1);
    }

    void printsWhatHasRoom() {
        const QString svg = QString::fromUtf8(*renderFigure(shared(longTable(500)), QStringLiteral("svg")));
        QVERIFY(svg.contains(QStringLiteral("of 500 rows")));
        QVERIFY(svg.contains(QStringLiteral("loss")));
        QCOMPARE((*renderFigure(shared(longTable(500)), QStringLiteral("csv"))).count('\n'), 501);
    }

    void printsAllOfAShortTable() {
        const QString svg = QString::fromUtf8(*renderFigure(shared(longTable(31)), QStringLiteral("svg")));
        QVERIFY(!svg.contains(QStringLiteral("rows")));
        QVERIFY(svg.contains(QStringLiteral(">30<")));
    }

    void saysWhenThereIsNothing() {
        Figure figure = figureOf("table", "Results");
        figure.body = Table();
        Shown<TableCanvas> shown(figure);
        QVERIFY(shown.canvas->view()->isHidden());
        QCOMPARE(shown.canvas->accessibleDescription(),
                 QStringLiteral("Results: nothing is in the table yet."));
        shown.canvas->setFigure(shared(tableFigure()));
        QVERIFY(shown.canvas->view()->isVisible());
    }

    void emphasisesAndNothingElse() {
        QCOMPARE(emphasised(QStringLiteral("a **b** *c* `d` <img src=x> [e](http://f)")),
                 QStringLiteral("a <b>b</b> <i>c</i> <code>d</code> &lt;img src=x&gt; [e](http://f)"));
    }

    void showsWholeTexts() {
        Figure figure = figureOf("text", "Summary");
        std::string words = "The loss is **0.31** nats.";
        for (int i = 0; i < 120; ++i) words += " A sentence that goes on and on.";
        figure.body = Text{words + " The end."};
        Shown<TextCanvas> shown(figure, {300, 120});
        auto* label = shown.canvas->findChild<QLabel*>();
        // All lines have room in the label, which scrolls.
        QVERIFY(label->height() > 400);
        QVERIFY(label->width() <= 300);
        QVERIFY(shown.canvas->accessibleDescription().startsWith(QStringLiteral("The loss is 0.31 nats.")));
        QVERIFY((*renderFigure(shared(figure), QStringLiteral("svg"))).contains("0.31"));
    }
};

QTEST_MAIN(TestTables)
#include "test_tables.moc"
