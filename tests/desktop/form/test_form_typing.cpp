// SPDX-License-Identifier: GPL-3.0-or-later
// What happens while one types: errors of the engine beside the field, but not before a number is finished; steps; undo;
// exclusive parameters; marks of changed fields and the way back.
#include "form_home.hpp"

#include <QLabel>
#include <QPushButton>

using namespace latent::desktop;
using nlohmann::json;

class TestFormTyping : public QObject {
    Q_OBJECT

  private Q_SLOTS:
    void errorsAreTheEngines() {
        FormHome home;
        home.type("steps", "-5");
        QVERIFY(!home.form().resolution().valid());
        QTRY_COMPARE(home.error("steps"),
                     QStringLiteral("Got -5, but takes a whole number from 1 to 10000000."));
        QVERIFY(home.field("steps")->property("wrong").toBool());
        QVERIFY(home.field("steps")->accessibleDescription().contains("Got -5"));
        // It goes with the key that mends it, without waiting.
        QTest::keyClick(home.field("steps"), Qt::Key_Home);
        QTest::keyClick(home.field("steps"), Qt::Key_Delete);
        QCOMPARE(home.error("steps"), QString());
        QVERIFY(!home.field("steps")->property("wrong").toBool());
        QCOMPARE(home.value("steps"), json(5));
    }

    void anUnfinishedNumberIsNotAnError_data() {
        QTest::addColumn<QString>("parameter");
        QTest::addColumn<QString>("typed");
        for (const char* begun : {"1e", "1e-", "-", "2.5e", "."}) QTest::newRow(begun) << "sigma" << begun;
        QTest::newRow("nothing yet") << "steps"
                                     << "";
        QTest::newRow("after the comma") << "mu"
                                         << "1, ";
        QTest::newRow("open bracket") << "rotation"
                                      << "[[1, 0], [0";
    }
    void anUnfinishedNumberIsNotAnError() {
        QFETCH(QString, parameter);
        QFETCH(QString, typed);
        FormHome home;
        const QByteArray bytes = parameter.toLatin1();
        const char* name = bytes.constData();
        // The error that stands there before shows that the form would speak.
        home.type(name, "x");
        QTRY_VERIFY(!home.error(name).isEmpty());
        home.type(name, typed);
        QVERIFY(!home.form().resolution().valid());
        QCOMPARE(home.error(name), QString());
        QTest::qWait(500);  // longer than a hand rests
        QCOMPARE(home.error(name), QString());
        home.focus("note");
        QVERIFY(!home.error(name).isEmpty());
    }

    void errorsOfOthersFollow() {
        FormHome home;
        home.type("dim", "3");
        QTRY_VERIFY(home.error("rotation").contains("2 by 2"));
        QVERIFY(home.error("dim").isEmpty());
        QCOMPARE(home.text("rotation"), QStringLiteral("[[1, 0], [0, 1]]"));  // what is wrong can be seen
        home.type("dim", "2");
        QTRY_COMPARE(home.error("rotation"), QString());
    }

    void stepsWithKeysAndWheel() {
        FormHome home;
        home.focus("wavelength");
        QTest::keyClick(home.field("wavelength"), Qt::Key_Up);
        QCOMPARE(home.text("wavelength"), QStringLiteral("555"));
        QTest::keyClick(home.field("wavelength"), Qt::Key_PageDown);
        QCOMPARE(home.text("wavelength"), QStringLiteral("505"));
        home.type("wavelength", "779");
        QTest::keyClick(home.field("wavelength"), Qt::Key_Up);
        QCOMPARE(home.text("wavelength"), QStringLiteral("780"));  // the schema's limit
        const auto turn = [&](const char* name, int by) {
            const QPoint at = home.field(name)->rect().center();
            QWheelEvent wheel(at, home.field(name)->mapToGlobal(at), QPoint(), QPoint(0, by), Qt::NoButton,
                              Qt::NoModifier, Qt::NoScrollPhase, false);
            QApplication::sendEvent(home.field(name), &wheel);
            return wheel.isAccepted();
        };
        QVERIFY(turn("wavelength", -120));
        QCOMPARE(home.text("wavelength"), QStringLiteral("775"));
        QVERIFY(!turn("steps", 120));  // without the focus the form scrolls instead
        QCOMPARE(home.text("steps"), QStringLiteral("2000"));
    }

    void logarithmicSteps() {
        FormHome home;
        home.focus("rate");
        QStringList seen;
        for (int i = 0; i < 4; ++i) {
            QTest::keyClick(home.field("rate"), Qt::Key_Up);
            seen << home.text("rate");
        }
        QCOMPARE(seen, (QStringList{"0.002", "0.005", "0.01", "0.02"}));
        QTest::keyClick(home.field("rate"), Qt::Key_PageDown);
        QCOMPARE(home.text("rate"), QStringLiteral("0.002"));
        home.type("rate", "1e-6");
        QTest::keyClick(home.field("rate"), Qt::Key_Down);
        QCOMPARE(home.value("rate"), json(5e-7));
        home.type("rate", "1");
        QTest::keyClick(home.field("rate"), Qt::Key_Up);
        QCOMPARE(home.text("rate"), QStringLiteral("1"));
    }

    void stepsTheEntryUnderTheCursor() {
        FormHome home;
        home.type("mu", "1, 20, 3");
        home.line("mu")->setCursorPosition(4);
        QTest::keyClick(home.field("mu"), Qt::Key_Up);
        QCOMPARE(home.text("mu"), QStringLiteral("1, 21, 3"));
        QCOMPARE(home.value("mu"), json({1.0, 21.0, 3.0}));
    }

    void scientificNotationStays() {
        FormHome home;
        home.type("steps", "1e6");
        home.type("t_end", "1");
        QCOMPARE(home.value("steps"), json(1000000));
        QCOMPARE(home.text("steps"), QStringLiteral("1e6"));
        home.form().resetAll();
        QCOMPARE(home.text("steps"), QStringLiteral("2000"));
    }

    void diceWithinTheLimits() {
        FormHome home;
        home.focus("seed");
        QSet<QString> seen;
        for (int i = 0; i < 5; ++i) {
            const QString before = home.text("seed");
            QTest::keyClick(home.field("seed"), Qt::Key_Down, Qt::AltModifier);
            QVERIFY(home.text("seed") != before);
            QVERIFY(home.value("seed").is_number_integer());
            seen << home.text("seed");
        }
        QVERIFY(seen.size() > 1);
        QVERIFY(home.row("seed").isChanged());
    }

    void marksAndReset() {
        FormHome home;
        home.complete();
        QVERIFY(!home.row("steps").isChanged());
        QCOMPARE(home.row("steps").mark()->toolTip(), QString());
        home.type("steps", "300");
        home.type("dim", "64");
        QVERIFY(home.row("steps").isChanged());
        QVERIFY(home.row("steps").mark()->toolTip().contains("2000"));
        QVERIFY(home.row("steps").mark()->accessibleName().contains("Steps"));
        QTest::mouseClick(home.row("steps").mark(), Qt::LeftButton);
        QCOMPARE(home.text("steps"), QStringLiteral("2000"));
        QVERIFY(!home.row("steps").isChanged());
        QCOMPARE(home.value("dim"), json(64));
        home.type("dim", "2");  // typed back to what the schema has
        QVERIFY(!home.row("dim").isChanged());
    }

    void undoAndRedoInsideTheForm() {
        FormHome home;
        home.type("steps", "300");
        home.type("dim", "3");
        QTest::keyClick(home.field("dim"), Qt::Key_Z, Qt::ControlModifier);
        QCOMPARE(home.value("dim"), json(2));
        QCOMPARE(home.value("steps"), json(300));
        QTest::keyClick(home.field("dim"), Qt::Key_Z, Qt::ControlModifier);
        QCOMPARE(home.value("steps"), json(2000));
        QCOMPARE(home.text("steps"), QStringLiteral("2000"));
        QTest::keyClick(home.field("dim"), Qt::Key_Z, Qt::ControlModifier | Qt::ShiftModifier);
        QTest::keyClick(home.field("dim"), Qt::Key_Y, Qt::ControlModifier);
        QCOMPARE(home.value("dim"), json(3));
        home.form().undoStack()->undo();
        QCOMPARE(home.form().undoStack()->redoText(), QStringLiteral("change of Dimensions"));
    }

    /// Also a wrong text comes back as it stood there.
    void undoToSomethingWrong() {
        FormHome home;
        home.type("steps", "many");
        QTest::qWait(10);
        home.focus("note");
        home.form().undoStack()->push(new QUndoCommand(QStringLiteral("between")));
        home.type("steps", "5");
        home.form().undoStack()->undo();
        QCOMPARE(home.text("steps"), QStringLiteral("many"));
        QVERIFY(home.error("steps").contains("many"));
    }

    void undoOfAPreset() {
        FormHome home;
        home.type("steps", "300");
        QAbstractButton* smoke = nullptr;
        for (auto* button : home.form().findChildren<QAbstractButton*>())
            if (button->accessibleName() == QLatin1String("Preset smoke")) smoke = button;
        QVERIFY(smoke);
        QTest::mouseClick(smoke, Qt::LeftButton);
        QCOMPARE(home.form().preset(), QStringLiteral("smoke"));
        QCOMPARE(home.value("steps"), json(100));
        QCOMPARE(home.value("t_end"), json(1.0));
        home.form().undoStack()->undo();
        QCOMPARE(home.form().preset(), QString());
        QCOMPARE(home.value("steps"), json(300));
        QVERIFY(!smoke->isChecked());
        QTest::mouseClick(smoke, Qt::LeftButton);
        QTest::keyClick(smoke, Qt::Key_Right);
        QCOMPARE(home.form().preset(), QStringLiteral("laptop"));
    }

    void exclusiveParametersExplainEachOther() {
        FormHome home;
        const auto hint = [&](const char* name) {
            for (auto* label : home.row(name).findChildren<QLabel*>())
                if (label->isVisible() && label->property("look") == QLatin1String("small"))
                    return label->text();
            return QString();
        };
        QCOMPARE(hint("sigma"), QStringLiteral("Giving Variance replaces this."));
        QCOMPARE(hint("variance"), QStringLiteral("Not used: Noise sigma is given instead."));
        home.type("variance", "0.5");
        QCOMPARE(home.value("sigma"), json());
        QCOMPARE(home.text("sigma"), QString());
        QCOMPARE(hint("sigma"), QStringLiteral("Not used: Variance is given instead."));
        home.type("sigma", "0.2");
        QCOMPARE(home.text("variance"), QString());
        QCOMPARE(home.value("sigma"), json(0.2));
        home.type("sigma", "");
        home.focus("note");
        QCOMPARE(hint("sigma"), QStringLiteral("Give this or Variance."));
    }

    void visibleWhen() {
        FormHome home;
        QVERIFY(home.row("tolerance").isHidden());
        home.form().setValue("method", "adaptive");
        QVERIFY(home.row("tolerance").isVisible());
    }

    void whatIsHiddenIsSetAside() {
        FormHome home;
        home.complete();
        const json begin = home.form().resolution().values;
        home.form().setValue("method", "adaptive");
        home.type("tolerance", "1e-5");
        home.form().setValue("method", "rk4");
        QCOMPARE(home.form().resolution().values.dump(), begin.dump());
        QVERIFY(!home.row("tolerance").isChanged());
        home.form().setValue("method", "adaptive");
        QCOMPARE(home.value("tolerance"), json(1e-5));
        QCOMPARE(home.text("tolerance"), QStringLiteral("1e-05"));
        // What is wrong holds up nothing while it is hidden, and stands there again as it was typed.
        home.type("tolerance", "7");
        home.focus("note");
        QVERIFY(!home.form().resolution().valid());
        home.form().setValue("method", "rk4");
        QVERIFY(home.row("tolerance").isHidden());
        QVERIFY(home.form().resolution().valid());
        home.form().setValue("method", "adaptive");
        QCOMPARE(home.text("tolerance"), QStringLiteral("7"));
        QTRY_VERIFY(home.error("tolerance").contains("7"));
        // By hand, and back.
        QTest::keyClick(home.field("method"), Qt::Key_Up);
        QCOMPARE(home.value("method"), json("rk4"));
        QVERIFY(home.form().resolution().valid());
        home.form().undoStack()->undo();
        QVERIFY(!home.form().resolution().valid());
        QCOMPARE(home.text("tolerance"), QStringLiteral("7"));
        home.form().undoStack()->redo();
        QVERIFY(home.form().resolution().valid());
    }

    void whatCameHiddenCounts() {
        // An earlier run may have been asked for a value that the form would hide.
        FormHome home;
        home.complete();
        json values = home.form().resolution().values;
        values["tolerance"] = 1e-5;
        FormValues form(schemaOf(everyParameter()));
        form.takeValues(values);
        QCOMPARE(form.value("tolerance"), json(1e-5));
        form.give({"dim", 3, false});
        QCOMPARE(form.value("tolerance"), json(1e-5));
        // What hands show and hide again is set aside, also in a session.
        form.give({"method", "adaptive", false});
        form.give({"method", "rk4", false});
        QCOMPARE(form.value("tolerance"), json(1e-8));
        FormValues later(schemaOf(everyParameter()));
        later.restore(unpacked(packed(form.state())));
        QCOMPARE(later.value("tolerance"), json(1e-8));
        later.give({"method", "adaptive", false});
        QCOMPARE(later.value("tolerance"), json(1e-5));
    }

    /// What is set aside hides what hangs on it.
    void aChainIsSetAside() {
        using namespace latent;
        const Schema chain = Schema{}
                                 .add(choice("data", {"drawn", "own"}, "drawn"))
                                 .add(choice("source", {"none", "file"}, "none").visibleWhen("data", "own"))
                                 .add(text("name", "x").visibleWhen("source", "file"));
        FormValues form(schemaOf(chain));
        form.give({"data", "own", false});
        form.give({"source", "file", false});
        form.give({"name", "mine", false});
        QCOMPARE(form.value("name"), json("mine"));
        form.takeBack("data");
        QCOMPARE(form.value("source"), json("none"));
        QCOMPARE(form.value("name"), json("x"));
        QCOMPARE(form.assignments().size(), std::size_t(0));
        form.give({"data", "own", false});
        QCOMPARE(form.value("name"), json("mine"));
    }

    void advancedIsFolded() {
        FormHome home;
        QVERIFY(home.row("momentum").isHidden());
        QPushButton* fold = nullptr;
        for (auto* button : home.form().findChildren<QPushButton*>())
            if (button->text() == QLatin1String("Advanced (3)")) fold = button;
        QVERIFY(fold);
        home.form().setValue("momentum", 7);
        QVERIFY(home.row("momentum").isVisible());  // it is wrong
        QVERIFY(home.row("workers").isHidden());
        fold->click();
        QVERIFY(home.row("workers").isVisible());
    }

    void focusOfTheFirstError() {
        FormHome home;
        home.type("steps", "0");
        home.type("t_end", "3");
        home.form().focusFirstError();
        QVERIFY(home.field("steps")->hasFocus());
        QVERIFY(!home.error("steps").isEmpty());
    }
};

QTEST_MAIN(TestFormTyping)
#include "test_form_typing.moc"
