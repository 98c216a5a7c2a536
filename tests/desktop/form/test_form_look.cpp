// SPDX-License-Identifier: GPL-3.0-or-later
// How the form is laid out and told: one column of fields at every width, nothing cut without a tooltip, names for those who
// listen, Tab in the order of reading, help. With LATENT_SHOTS=FOLDER it leaves pictures there.
#include "form_home.hpp"

#include <QDir>
#include <QLabel>
#include <QPushButton>
#include <QScrollBar>
#include <QSlider>
#include <QTableView>

#include "desktop/form/grid_popup.hpp"
#include "desktop/form/list_editor.hpp"
#include "desktop/form/parameter_help.hpp"
#include "desktop/form/run_picker.hpp"

using namespace latent::desktop;
namespace engine = latent::engine;
using nlohmann::json;

class TestFormLook : public QObject {
    Q_OBJECT
    static void picture(QWidget* widget, const QString& name) {
        const QString folder = qEnvironmentVariable("LATENT_SHOTS");
        if (folder.isEmpty()) return;
        QDir().mkpath(folder);
        const QString kind = theme().isDark() ? QStringLiteral("dark") : QStringLiteral("light");
        QPixmap shown(widget->size() * widget->devicePixelRatioF());
        shown.setDevicePixelRatio(widget->devicePixelRatioF());
        shown.fill(theme().panel);
        widget->render(&shown);
        QVERIFY(shown.save(
            folder + QStringLiteral("/%1-%2-%3x.png").arg(name, kind).arg(widget->devicePixelRatioF())));
    }
    static std::vector<ParameterRow*> rows(FormHome& home) {
        std::vector<ParameterRow*> all;
        const engine::SchemaModel schema = schemaOf(everyParameter());
        for (const engine::ParameterModel& parameter : schema.parameters())
            if (ParameterRow* row = home.form().row(QString::fromStdString(parameter.name)); row->isVisible())
                all.push_back(row);
        return all;
    }
    /// With changes, an error, and a long text.
    static void fill(FormHome& home) {
        home.form().setPreset("laptop");
        home.type("mu", "1, 2.5, 3");
        home.form().setValue("method", "adaptive");
        home.form().setValue("start",
                             "/home/someone/latent/runs/2026-11-25T101500-sim-theory-00a1b2c3d4@000300");
        home.form().setValue("rotation", {{0.02, 0.018}, {0.018, 0.02}});
        home.type("steps", "-5");
        home.focus("seed");
        QTRY_VERIFY(!home.error("steps").isEmpty());
        home.form().verticalScrollBar()->setValue(0);
        QTest::qWait(30);  // the layout follows
    }

  private Q_SLOTS:
    void cleanup() { ThemeManager::instance().choose(ThemeManager::Choice::Light); }

    void oneColumn_data() {
        QTest::addColumn<int>("width");
        for (const int width : {240, 263, 300, 320, 480})
            QTest::newRow(qPrintable(QString::number(width))) << width;
    }
    void oneColumn() {
        QFETCH(int, width);
        FormHome home(everyParameter(), width);
        fill(home);
        QCOMPARE(home.form().horizontalScrollBar()->maximum(), 0);
        QSet<int> lefts, rights;
        for (ParameterRow* row : rows(home)) {
            QWidget* editor = row->editor();
            const QPoint at = editor->mapTo(home.form().widget(), QPoint());
            lefts << at.x();
            rights << at.x() + editor->width();
            QVERIFY2(at.x() + editor->width() <= home.form().viewport()->width(),
                     qPrintable(row->objectName()));
            QVERIFY2(editor->height() >= space::target, qPrintable(row->objectName()));
            QVERIFY2(editor->width() >= 110,
                     qPrintable(row->objectName() + QString::number(editor->width())));
            QVERIFY2(row->label()->width() >= 60, qPrintable(row->objectName()));
            // What is cut can be read in the tooltip.
            if (row->label()->isCut())
                QVERIFY2(row->label()->toolTip().contains(row->label()->text().toHtmlEscaped()),
                         qPrintable(row->objectName()));
        }
        QCOMPARE(lefts.size(), 1);
        QCOMPARE(rights.size(), 1);
        picture(home.form().widget(), QStringLiteral("form-%1").arg(width));
    }

    void dark() {
        FormHome home;
        ThemeManager::instance().choose(ThemeManager::Choice::Dark);
        fill(home);
        picture(home.form().widget(), QStringLiteral("form-320"));
        // Icons and marks follow: nothing keeps the colour of the other theme.
        const QImage mark = home.row("mu").mark()->grab().toImage();
        QCOMPARE(mark.pixelColor(QPoint(int((home.row("mu").mark()->width() - 7) * mark.devicePixelRatio()),
                                        mark.height() / 2)),
                 theme().accent);
    }

    void popups() {
        for (const auto choice : {ThemeManager::Choice::Light, ThemeManager::Choice::Dark}) {
            FormHome home;
            ThemeManager::instance().choose(choice);
            home.type("dim", "3");
            home.focus("rotation");
            QTest::keyClick(home.field("rotation"), Qt::Key_F4);
            GridPopup* popup = qobject_cast<ListEditor*>(home.row("rotation").editor())->popup();
            popup->model()->setData(popup->model()->index(0, 1), "two", Qt::EditRole);
            popup->adjustSize();
            picture(popup, "cells");
            popup->close();
            home.focus("start");
            QTest::keyClick(home.field("start"), Qt::Key_F4);
            picture(home.form().findChild<RunPicker*>(), "checkpoints");
            home.form().findChild<RunPicker*>()->close();
            home.focus("sigma");
            QTest::keyClick(home.field("sigma"), Qt::Key_F1);
            picture(home.form().findChild<QFrame*>("help"), "help");
            home.form().findChild<QFrame*>("help")->close();
        }
    }

    void live() {
        FormHome home;
        home.form().setLive(true);
        home.form().setPreset("laptop");
        QTest::qWait(30);
        picture(home.form().widget(), "live");
        QSignalSpy changes(&home.form(), &ParameterForm::valuesChanged);
        auto* slider = home.row("wavelength").findChild<QSlider*>();
        QVERIFY(slider);
        slider->setValue(slider->maximum());
        QCOMPARE(home.value("wavelength"), json(780.0));
        QTRY_VERIFY(changes.count() > 0);
        QCOMPARE(home.row("mu").findChildren<QSlider*>().size(), 2);
        home.form().undoStack()->undo();
        QCOMPARE(home.value("wavelength"), json(550.0));
        QVERIFY(slider->value() < slider->maximum());
    }

    void namesForThoseWhoListen() {
        FormHome home;
        home.form().setValue("momentum", 7);
        for (ParameterRow* row : rows(home)) {
            QCOMPARE(row->editor()->field()->accessibleName().isEmpty(), false);
            QVERIFY2(row->label()->buddy() && row->editor()->isAncestorOf(row->label()->buddy()),
                     qPrintable(row->objectName()));
        }
        for (auto* button : home.form().widget()->findChildren<QAbstractButton*>())
            if (button->isVisibleTo(&home.form()) && button->isEnabled() &&
                button->parentWidget() != &home.form())
                QVERIFY2(!button->accessibleName().isEmpty() || !button->text().isEmpty(),
                         button->metaObject()->className());
    }

    /// From the presets through all fields to the foot, each once.
    void tabGoesAsOneReads() {
        FormHome home;
        home.form().setPreset("laptop");
        home.form().setFocus();
        std::vector<QWidget*> expected;
        for (ParameterRow* row : rows(home)) expected.push_back(row->editor()->field());
        expected.front()->setFocus(Qt::TabFocusReason);
        std::vector<QWidget*> visited{home.form().focusWidget()};
        for (int i = 0; i < 60 && visited.size() < expected.size(); ++i) {
            QTest::keyClick(home.form().focusWidget(), Qt::Key_Tab);
            visited.push_back(home.form().focusWidget());
        }
        for (std::size_t i = 0; i < expected.size(); ++i)
            QCOMPARE(visited[i]->accessibleName(), expected[i]->accessibleName());
        QTest::keyClick(home.form().focusWidget(), Qt::Key_Tab);
        QVERIFY(qobject_cast<QPushButton*>(home.form().focusWidget())->text().startsWith("Advanced"));
        QTest::keyClick(home.form().focusWidget(), Qt::Key_Tab);
        QCOMPARE(qobject_cast<QPushButton*>(home.form().focusWidget())->text(),
                 QStringLiteral("Copy as command line"));
    }

    void helpOnAKey() {
        FormHome home;
        const auto words = [&] {
            auto* card = home.form().findChild<QFrame*>("help");
            QStringList all;
            if (card)
                for (auto* label : card->findChildren<QLabel*>()) all << label->text();
            if (card) delete card;
            return all.join('|');
        };
        home.focus("wavelength");
        QTest::keyClick(home.field("wavelength"), Qt::Key_F1);
        const QString said = words();
        for (const char* fact : {"Wavelength of the illuminating laser", "a number from 380 to 780", "nm",
                                 "550", "Step|5", "--set wavelength="})
            QVERIFY2(said.contains(fact), fact);
        QTest::keyClick(home.field("wavelength"), Qt::Key_Question);
        QVERIFY(words().contains("nm"));
        QCOMPARE(home.text("wavelength"), QStringLiteral("550"));
        home.focus("note");
        QTest::keyClicks(home.field("note"), "why?");
        QCOMPARE(words(), QString());
        QCOMPARE(home.text("note"), QStringLiteral("why?"));
        home.focus("model");
        QTest::keyClick(home.field("model"), Qt::Key_F1);
        QVERIFY(words().contains("Two layers that share their weights."));
    }

    /// Text of a plugin cannot make a link or a picture.
    void tipsAreEscaped() {
        const auto schema =
            schemaOf(latent::Schema{}
                         .add(latent::number("x", 1).label("<img src=a>").help("<a href='b'>"))
                         .preset("smoke", {}));
        const QString tip = helpTip(schema, schema.parameters().front(), json(1.0));
        QVERIFY(!tip.contains("<img") && !tip.contains("<a "));
        QVERIFY(tip.contains("&lt;img"));
    }

    void unitsAndCutTexts() {
        FormHome home;
        QCOMPARE(home.line("wavelength")->unit(), QStringLiteral("nm"));
        QCOMPARE(home.line("steps")->unit(), QString());
        home.form().setValue(
            "file", QStringLiteral("/a/very/long/way/to/some/table/that/has/a/name.csv").toStdString());
        const QString shown = home.line("file")->shownText();
        QVERIFY(shown.contains(QChar(0x2026)) && shown.startsWith("/a") && shown.endsWith(".csv"));
        home.focus("file");
        QCOMPARE(home.line("file")->shownText(), home.text("file"));
    }
};

QTEST_MAIN(TestFormLook)
#include "test_form_look.moc"
