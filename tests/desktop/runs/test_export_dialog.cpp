// SPDX-License-Identifier: GPL-3.0-or-later
// Where figures are written to: what is asked, remembered and told.
#include <QComboBox>
#include <QDialogButtonBox>
#include <QDir>
#include <QLabel>
#include <QLineEdit>
#include <QMenu>
#include <QMessageBox>
#include <QMouseEvent>
#include <QPushButton>
#include <QSettings>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>
#include <QTimer>
#include <QToolButton>
#include <QUndoStack>

#include "desktop/board/export_dialog.hpp"
#include "desktop/board/figure_card.hpp"
#include "desktop/theme/theme.hpp"

using namespace latent::desktop;
using namespace latent::engine::figures;

namespace {

FigurePtr figure(const std::string& name) {
    auto made = std::make_shared<Figure>();
    made->kind = "text";
    made->name = name;
    made->title = name;
    made->body = Text{"words"};
    return made;
}

std::vector<ExportItem> items(const std::vector<std::string>& names) {
    std::vector<ExportItem> all;
    for (const std::string& name : names) all.push_back({figure(name), {}});
    return all;
}

QLineEdit* path(QDialog& dialog) {
    for (QLineEdit* one : dialog.findChildren<QLineEdit*>())
        if (one->accessibleName() == QStringLiteral("File") ||
            one->accessibleName() == QStringLiteral("Folder"))
            return one;
    return nullptr;
}

/// Presses Export; the files that the dialog says it wrote.
QStringList exported(ExportDialog& dialog) {
    QSignalSpy spy(&dialog, &ExportDialog::exported);
    for (QPushButton* button : dialog.findChildren<QPushButton*>())
        if (button->text() == QStringLiteral("Export")) button->click();
    return spy.isEmpty() ? QStringList() : spy.takeFirst().value(0).toStringList();
}

}  // namespace

class TestExportDialog : public QObject {
    Q_OBJECT
    QTemporaryDir m_folder;

  private Q_SLOTS:
    void initTestCase() {
        ThemeManager::instance().install(*qApp);
        QCoreApplication::setOrganizationName(QStringLiteral("test"));
        QSettings::setDefaultFormat(QSettings::IniFormat);
        QSettings::setPath(QSettings::IniFormat, QSettings::UserScope,
                           m_folder.filePath(QStringLiteral("settings")));
    }

    /// Twice the same export goes to the same place, and not one folder deeper each time.
    void manyGoWhereTheyWentBefore() {
        const QString there = m_folder.filePath(QStringLiteral("paper/figures"));
        for (int round = 0; round < 2; ++round) {
            ExportDialog dialog(items({"a" + std::to_string(round), "b" + std::to_string(round)}));
            if (round == 0) path(dialog)->setText(there);
            QCOMPARE(path(dialog)->text(), there);
            const QStringList files = exported(dialog);
            QCOMPARE(files.size(), 2);
            for (const QString& file : files)
                QVERIFY2(QFileInfo(file).absolutePath() == there && QFileInfo(file).size() > 0,
                         qPrintable(file));
        }
    }

    void oneHasItsOwnFolder() {
        const QString file = m_folder.filePath(QStringLiteral("one.pdf"));
        {
            ExportDialog dialog(items({"one"}));
            path(dialog)->setText(file);
            QCOMPARE(exported(dialog), QStringList{file});
        }
        ExportDialog next(items({"two"}));
        QCOMPARE(path(next)->text(), m_folder.filePath(QStringLiteral("two.pdf")));
        ExportDialog many(items({"three", "four"}));
        QCOMPARE(path(many)->text(), m_folder.filePath(QStringLiteral("paper/figures")));
    }

    /// One question for all files; no is no, and nothing was written.
    void replacingIsAskedOnce() {
        const QString there = m_folder.filePath(QStringLiteral("again"));
        const auto round = [&](const QString& answer, int& questions) {
            ExportDialog dialog(items({"a", "b", "c"}));
            path(dialog)->setText(there);
            questions = 0;
            QTimer timer;
            QObject::connect(&timer, &QTimer::timeout, &dialog, [&] {
                auto* box = qobject_cast<QMessageBox*>(QApplication::activeModalWidget());
                if (!box) return;
                ++questions;
                for (QAbstractButton* button : box->buttons())
                    if (button->text().remove(QLatin1Char('&')) == answer) return button->click();
            });
            timer.start(20);
            return exported(dialog);
        };
        int questions = 0;
        QCOMPARE(round(QStringLiteral("Replace"), questions).size(), 3);
        QCOMPARE(questions, 0);  // there was nothing to replace
        QCOMPARE(round(QStringLiteral("Replace"), questions).size(), 3);
        QCOMPARE(questions, 1);
        QVERIFY(round(QStringLiteral("Cancel"), questions).isEmpty());
        QCOMPARE(questions, 1);
    }

    void whatIsLeftOutIsSaid() {
        const auto says = [](QDialog& dialog) {
            for (const QLabel* label : dialog.findChildren<QLabel*>())
                if (label->text().startsWith(QStringLiteral("Left out")) && !label->isHidden())
                    return label->text();
            return QString();
        };
        ExportDialog all(items({"a", "b"})), some(items({"a", "b"}), nullptr, {QStringLiteral("Losses")});
        QCOMPARE(says(all), QString());
        QVERIFY(says(some).contains(QStringLiteral("Losses")));
    }

    /// What was written before something went wrong is told with it.
    void halfAnExportIsTold() {
        const QString there = m_folder.filePath(QStringLiteral("half"));
        QVERIFY(QDir().mkpath(there + QStringLiteral("/b.pdf/in the way")));
        ExportDialog dialog(items({"a", "b", "c"}));
        path(dialog)->setText(there);
        QTimer timer;
        QObject::connect(&timer, &QTimer::timeout, &dialog, [] {
            if (auto* box = qobject_cast<QMessageBox*>(QApplication::activeModalWidget()))
                for (QAbstractButton* button : box->buttons())
                    if (button->text().contains(QStringLiteral("Replace"))) return button->click();
        });
        timer.start(20);
        QCOMPARE(exported(dialog).size(), 1);
        bool isSaid = false;
        for (const QLabel* label : dialog.findChildren<QLabel*>())
            isSaid = isSaid || label->text().contains(QStringLiteral("1 of 3 files"));
        QVERIFY(isSaid);
    }

    /// A script is the fifth format, where there is a run that it could open.
    void scriptsAreAFormat() {
        const auto formats = [](QDialog& dialog) {
            for (QComboBox* box : dialog.findChildren<QComboBox*>())
                if (box->accessibleName() == QStringLiteral("Format")) return box;
            return static_cast<QComboBox*>(nullptr);
        };
        {
            ExportDialog without(items({"a"}));
            QCOMPARE(formats(without)->findData(QStringLiteral("py")), -1);
        }
        std::vector<ExportItem> some = items({"a", "b"});
        some[0].script = [] { return std::string("print(1)\n"); };
        ExportDialog dialog(some);
        formats(dialog)->setCurrentIndex(formats(dialog)->findData(QStringLiteral("py")));
        path(dialog)->setText(m_folder.filePath(QStringLiteral("scripts")));
        QCOMPARE(exported(dialog), QStringList{m_folder.filePath(QStringLiteral("scripts/a.py"))});
        QFile file(m_folder.filePath(QStringLiteral("scripts/a.py")));
        QVERIFY(file.open(QIODevice::ReadOnly));
        QCOMPARE(file.readAll(), QByteArray("print(1)\n"));
    }

    /// Of gestures only those that this kind of figure makes have a button; one that is taken away is not made.
    void cardsOfferWhatTheirCanvasMakes() {
        FigureSource source;
        ArraySet arrays;
        LoadedArray loss{.name = "loss", .dims = {"time"}};
        const double values[] = {1, 2, 4};
        loss.values = {latent::engine::DType::F64,
                       {3},
                       std::string(reinterpret_cast<const char*>(values), sizeof values)};
        arrays.put(std::make_shared<const LoadedArray>(loss));
        nlohmann::json figure{
            {"kind", "lines"},
            {"name", "losses"},
            {"series", {{{"y", {{"array", "loss"}}}}}},
            {"gestures",
             {{{"gesture", "brush"}, {"probe", "made/ask"}, {"label", "Paint"}, {"bind", {{"mask", "m"}}}},
              {{"gesture", "range"}, {"probe", "made/ask"}, {"label", "Range"}, {"bind", {{"low", "l"}}}}}}};
        source.setData(arrays, {figure}, std::chrono::steady_clock::now());
        FigureCard card(source, QStringLiteral("losses"));
        const auto tools = [&] {
            QStringList words;
            for (const QToolButton* button : card.findChildren<QToolButton*>())
                if (button->isCheckable() && button->toolTip() != QStringLiteral("Fill the page"))
                    words << button->toolTip();
            return words;
        };
        QCOMPARE(tools(), (QStringList{QStringLiteral("Zoom and pan"), QStringLiteral("Range")}));
        QSignalSpy asked(&card, &FigureCard::probeAsked);
        card.resize(500, 400);
        static_cast<QWidget&>(card).show();
        QVERIFY(QTest::qWaitForWindowExposed(&card));
        for (QToolButton* button : card.findChildren<QToolButton*>())
            if (button->toolTip() == QStringLiteral("Range")) button->click();
        const auto drag = [&] {
            const QPoint middle = card.canvas()->rect().center();
            QTest::mousePress(card.canvas(), Qt::LeftButton, {}, middle);
            QMouseEvent move(QEvent::MouseMove, middle + QPoint(60, 0),
                             card.canvas()->mapToGlobal(middle + QPoint(60, 0)), Qt::NoButton, Qt::LeftButton,
                             {});
            QCoreApplication::sendEvent(card.canvas(), &move);
            QTest::mouseRelease(card.canvas(), Qt::LeftButton, {}, middle + QPoint(60, 0));
        };
        drag();
        QCOMPARE(asked.count(), 1);
        figure["gestures"][1]["label"] = "Another";
        source.setData(arrays, {figure}, std::chrono::steady_clock::now());
        QCOMPARE(tools(), (QStringList{QStringLiteral("Zoom and pan"), QStringLiteral("Another")}));
        drag();
        QCOMPARE(asked.count(), 1);  // the button says "Zoom and pan", and so does the mouse
    }

    /// A smoothed curve on a logarithmic axis is a choice of the person: kept, taken back, exported.
    void looksAreChosenInTheMenu() {
        FigureSource source;
        ArraySet arrays;
        LoadedArray loss{.name = "loss", .dims = {"time"}};
        const double values[] = {1, 2, 4, 3};
        loss.values = {latent::engine::DType::F64,
                       {4},
                       std::string(reinterpret_cast<const char*>(values), sizeof values)};
        arrays.put(std::make_shared<const LoadedArray>(loss));
        const nlohmann::json figure{
            {"kind", "lines"}, {"name", "losses"}, {"series", {{{"y", {{"array", "loss"}}}}}}};
        source.setData(arrays, {figure}, std::chrono::steady_clock::now());
        FigureCard card(source, QStringLiteral("losses"));
        QUndoStack undo;
        card.setUndoStack(&undo);
        const auto choose = [&](const QString& words) {
            for (QMenu* menu : card.findChildren<QMenu*>()) {
                Q_EMIT menu->aboutToShow();
                for (QAction* action : menu->actions())
                    if (action->text() == words && action->isVisible()) return action->trigger();
            }
            QFAIL(qPrintable(words));
        };
        choose(QStringLiteral("Weight of the past 0.9"));
        choose(QStringLiteral("Logarithmic y axis"));
        const QVariantMap chosen = card.canvas()->viewState();
        QCOMPARE(chosen, (QVariantMap{{QStringLiteral("smoothing"), 0.9},
                                      {QStringLiteral("y_scale"), QStringLiteral("log")}}));
        QCOMPARE(undo.count(), 2);
        const ExportItem item = card.exportItem();
        QVERIFY(!item.script);  // no run is behind it
        const auto csv = *renderFigure(item.figure, QStringLiteral("csv"), {.viewState = item.viewState});
        QVERIFY2(csv.contains("smoothed"), csv.constData());
        QVERIFY(*renderFigure(item.figure, QStringLiteral("svg"), {.viewState = item.viewState}) !=
                *renderFigure(item.figure, QStringLiteral("svg")));
        card.setRunPath(QStringLiteral("runs/a"));
        const std::string script = card.exportItem().script();
        QVERIFY2(script.find("set_yscale(\"log\")") != std::string::npos &&
                     script.find("as measured") != std::string::npos,
                 script.c_str());
        undo.undo();
        QCOMPARE(card.canvas()->viewState(), (QVariantMap{{QStringLiteral("smoothing"), 0.9}}));
        undo.undo();
        QVERIFY(card.canvas()->viewState().isEmpty());
        undo.redo();
        choose(QStringLiteral("None"));
        QVERIFY(card.canvas()->viewState().isEmpty());
    }

    void nothingIsToldOfWhatWasNotWritten() {
        ExportDialog dialog(items({"one"}));
        path(dialog)->setText(QStringLiteral("/proc/no/one.pdf"));
        QVERIFY(exported(dialog).isEmpty());
    }
};

QTEST_MAIN(TestExportDialog)
#include "test_export_dialog.moc"
