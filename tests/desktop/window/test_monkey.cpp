// SPDX-License-Identifier: GPL-3.0-or-later
// Random things that a person could do, one after the other: actions, clicks, keys, drags, wheels, resizing. Nothing may crash,
// hang or be left modal. The long form does 10,000 of them under AddressSanitizer:
//
//     LATENT_MONKEY_ACTIONS=10000 LATENT_MONKEY_SEED=7 ctest --preset asan -R test_monkey
#include <QAbstractItemView>
#include <QComboBox>
#include <QDesktopServices>
#include <QDialog>
#include <QFileDialog>
#include <QLineEdit>
#include <QSlider>
#include <QTabBar>
#include <QTimer>
#include <QWheelEvent>
#include <random>

#include "desktop/around/actions.hpp"
#include "desktop/views/canvas.hpp"
#include "desktop/window/form_dock.hpp"
#include "desktop/window/split_tabs.hpp"
#include "window_home.hpp"

using namespace latent;
using namespace latent::desktop;

namespace {

constexpr int kActions = 400;
constexpr int kMostJobs = 4;  ///< more would only keep the machine busy
constexpr int kMostPages = 12;
/// A window that ends, a file manager and dialogs of the system are not for monkeys.
const QStringList kLeftAlone{QStringLiteral("file.quit"), QStringLiteral("file.tour"),
                             QStringLiteral("run.folder"), QStringLiteral("view.full")};

/// Swallows what would be opened outside: file managers and browsers.
class Outside : public QObject {
    Q_OBJECT
  public Q_SLOTS:
    void open(const QUrl&) {}
};

class Monkey : public QObject {
    Q_OBJECT
  public:
    Monkey(WindowHome& home, unsigned seed, int actions) : m_home(home), m_random(seed), m_left(actions) {}
    void start() { QTimer::singleShot(0, this, &Monkey::act); }
    bool isDone() const {
        return m_left <= 0 && !QApplication::activeModalWidget() && !QApplication::activePopupWidget();
    }
    const QStringList& trail() const { return m_trail; }
    int done(const QString& kind) const { return m_counts.value(kind); }

  private:
    int any(int below) { return below <= 1 ? 0 : std::uniform_int_distribution<int>(0, below - 1)(m_random); }
    template <class T>
    T* one(QWidget* in) {
        QList<T*> seen;
        for (T* widget : in->findChildren<T*>())
            if (widget->isVisible() && widget->isEnabled() && widget->width() > 2 && widget->height() > 2)
                seen << widget;
        return seen.isEmpty() ? nullptr : seen[any(static_cast<int>(seen.size()))];
    }
    void note(const QString& kind, const QString& what = {}) {
        ++m_counts[kind];
        m_trail << kind + QLatin1Char(' ') + what;
        if (m_trail.size() > 40) m_trail.removeFirst();
        if (qEnvironmentVariableIsSet("LATENT_MONKEY_LOUD")) qInfo().noquote() << m_trail.back();
    }
    QPoint inside(QWidget* widget) { return {any(widget->width()), any(widget->height())}; }

    void act() {
        if (m_left-- <= 0) return leave();
        // Before the action: when it opens a modal dialog, the next one happens inside the event loop of that dialog.
        QTimer::singleShot(0, this, &Monkey::act);
        if (QWidget* popup = QApplication::activePopupWidget()) return inPopup(popup);
        QWidget* modal = QApplication::activeModalWidget();
        if (modal && (qobject_cast<QFileDialog*>(modal) || any(4) == 0)) {
            note(QStringLiteral("escape"), QString::fromLatin1(modal->metaObject()->className()));
            static_cast<QDialog*>(modal)->reject();
            return;
        }
        QWidget* in = modal ? modal : static_cast<QWidget*>(&m_home.window());
        switch (any(modal ? 7 : 12)) {
            case 0:
            case 1:
                return click(in);
            case 2:
                return keys(in);
            case 3:
                return typeInto(in);
            case 4:
                return slide(in);
            case 5:
                return items(in);
            case 6:
                return combos(in);
            case 7:
                return trigger();
            case 8:
                return trigger();
            case 9:
                return gesture();
            case 10:
                return window();
            default:
                return tabs();
        }
    }

    void leave() {
        if (QWidget* popup = QApplication::activePopupWidget())
            popup->close();
        else if (auto* dialog = qobject_cast<QDialog*>(QApplication::activeModalWidget()))
            dialog->reject();
        else
            return;
        QTimer::singleShot(20, this, &Monkey::leave);
    }

    void inPopup(QWidget* popup) {
        note(QStringLiteral("popup"), QString::fromLatin1(popup->metaObject()->className()));
        if (any(2))
            QTest::keyClick(popup, Qt::Key_Escape);
        else
            QTest::keyClick(popup, any(2) ? Qt::Key_Down : Qt::Key_Up);
    }

    void click(QWidget* in) {
        auto* button = one<QAbstractButton>(in);
        if (!button || isLeftAlone(button->text())) return;
        note(QStringLiteral("click"), button->text() + QLatin1Char('/') + button->accessibleName());
        QTest::mouseClick(button, Qt::LeftButton);
    }
    bool isLeftAlone(const QString& words) const {
        return words.startsWith(QLatin1String("Take the tour")) ||
               (isBusy() &&
                (words.startsWith(QLatin1String("Run")) || words.contains(QLatin1String("Resume"))));
    }
    bool isBusy() const {
        int running = 0;
        for (const Job& job : m_home.window().bench().jobs().jobs())
            running += job.state == "running" || job.state == "queued" || job.state == "preparing";
        return running >= kMostJobs;
    }
    void keys(QWidget* in) {
        static const Qt::Key all[] = {Qt::Key_Tab,  Qt::Key_Backtab, Qt::Key_Space,    Qt::Key_Up,
                                      Qt::Key_Down, Qt::Key_Left,    Qt::Key_Right,    Qt::Key_Home,
                                      Qt::Key_End,  Qt::Key_PageUp,  Qt::Key_PageDown, Qt::Key_Escape,
                                      Qt::Key_Plus, Qt::Key_Minus,   Qt::Key_Delete};
        const Qt::Key key = all[any(std::size(all))];
        QWidget* focus = in->focusWidget() ? in->focusWidget() : in;
        if (auto* button = qobject_cast<QAbstractButton*>(focus);
            button && key == Qt::Key_Space && isLeftAlone(button->text()))
            return;
        note(QStringLiteral("key"), QString::number(key, 16) + QLatin1Char(' ') +
                                        QString::fromLatin1(focus->metaObject()->className()));
        QTest::keyClick(focus, key, any(6) == 0 ? Qt::ShiftModifier : Qt::NoModifier);
    }
    void typeInto(QWidget* in) {
        auto* line = one<QLineEdit>(in);
        if (!line) return;
        static const char* const all[] = {"1, 2",
                                          "0.05",
                                          "-5",
                                          "nan",
                                          "mu>1 state=done",
                                          "[[0.02, 0.01], [0.01, 0.02]]",
                                          "uniform:0.2",
                                          "1e",
                                          "sweep",
                                          "4000",
                                          ")(",
                                          ""};
        const QString words = QLatin1String(all[any(std::size(all))]);
        note(QStringLiteral("type"), line->accessibleName() + QLatin1Char('=') + words);
        line->setFocus();
        QTest::keyClick(line, Qt::Key_A, Qt::ControlModifier);
        words.isEmpty() ? QTest::keyClick(line, Qt::Key_Delete) : QTest::keyClicks(line, words);
        if (any(2)) QTest::keyClick(line, Qt::Key_Return);
    }
    void slide(QWidget* in) {
        auto* slider = one<QSlider>(in);
        if (!slider) return;
        note(QStringLiteral("slide"), slider->accessibleName());
        slider->setValue(slider->minimum() + any(slider->maximum() - slider->minimum() + 1));
    }
    void items(QWidget* in) {
        auto* view = one<QAbstractItemView>(in);
        if (!view || !view->model() || view->model()->rowCount(view->rootIndex()) == 0) return;
        const QModelIndex index =
            view->model()->index(any(view->model()->rowCount(view->rootIndex())), 0, view->rootIndex());
        view->scrollTo(index);
        const QPoint place = view->visualRect(index).center();
        note(QStringLiteral("item"), index.data().toString());
        if (any(3) == 0)
            QTest::mouseDClick(view->viewport(), Qt::LeftButton, Qt::NoModifier, place);
        else
            QTest::mouseClick(view->viewport(), Qt::LeftButton,
                              any(3) == 0 ? Qt::ControlModifier : Qt::NoModifier, place);
    }
    void combos(QWidget* in) {
        auto* box = one<QComboBox>(in);
        if (!box || box->count() == 0) return;
        note(QStringLiteral("choose"), box->accessibleName());
        box->setCurrentIndex(any(box->count()));
        Q_EMIT box->activated(box->currentIndex());
    }
    void trigger() {
        const auto& entries = m_home.window().actions().entries();
        const ActionRegistry::Entry& entry =
            entries[static_cast<std::size_t>(any(static_cast<int>(entries.size())))];
        if (!entry.action || !entry.action->isEnabled() || kLeftAlone.contains(entry.id)) return;
        if ((entry.id == QLatin1String("run.start") || entry.id == QLatin1String("run.resume")) && isBusy())
            return;
        note(QStringLiteral("action"), entry.id);
        QPointer<QAction> action = entry.action;
        action->trigger();
    }
    void gesture() {
        auto* canvas = one<FigureCanvas>(&m_home.window());
        if (!canvas) return;
        note(QStringLiteral("gesture"), QString::fromLatin1(canvas->metaObject()->className()));
        QWidget* target = canvas->childAt(canvas->rect().center());
        if (!target) target = canvas;
        QPointer<QWidget> at = target;
        const QPoint from = inside(target), to = inside(target);
        const Qt::MouseButton button = any(4) == 0 ? Qt::RightButton : Qt::LeftButton;
        switch (any(4)) {
            case 0: {
                QWheelEvent wheel(QPointF(from), QPointF(target->mapToGlobal(from)), {},
                                  QPoint(0, any(2) ? 120 : -120), Qt::NoButton, Qt::NoModifier,
                                  Qt::NoScrollPhase, false);
                QApplication::sendEvent(target, &wheel);
                return;
            }
            case 1:
                QTest::mouseMove(target, from);
                return;
            case 2:
                QTest::mouseDClick(target, Qt::LeftButton, Qt::NoModifier, from);
                return;
            default:
                QTest::mousePress(target, button, any(3) == 0 ? Qt::ShiftModifier : Qt::NoModifier, from);
                if (at) QTest::mouseMove(at, to);
                if (at) QTest::mouseRelease(at, button, Qt::NoModifier, to);
        }
    }
    void window() {
        note(QStringLiteral("window"));
        if (any(2))
            m_home.window().resize(700 + any(1200), 500 + any(700));
        else
            m_home.window().setFocus();
    }
    void tabs() {
        auto* bar = one<QTabBar>(&m_home.window());
        if (!bar || bar->count() == 0) return;
        note(QStringLiteral("tab"), bar->tabText(bar->currentIndex()));
        bar->setCurrentIndex(any(bar->count()));
        while (static_cast<int>(m_home.window().tabs().pages().size()) > kMostPages)
            m_home.window().tabs().closePage(m_home.window().tabs().pages().front());
    }

    WindowHome& m_home;
    std::mt19937 m_random;
    int m_left;
    QStringList m_trail;
    QMap<QString, int> m_counts;
};

}  // namespace

class TestMonkey : public QObject {
    Q_OBJECT
    std::unique_ptr<WindowHome> m_home;
    Outside m_outside;
  private Q_SLOTS:
    void initTestCase() {
        m_home = std::make_unique<WindowHome>();
        if (!m_home->isReady()) QSKIP("The program or its plugins were not built.");
        for (const char* scheme : {"file", "http", "https"})
            QDesktopServices::setUrlHandler(QLatin1String(scheme), &m_outside, "open");
        m_home->open();
    }
    void cleanupTestCase() { m_home.reset(); }

    void survivesRandomActions() {
        // Something to act on: two runs with figures.
        for (const char* experiment : {"sim/theory", "sim/train"}) {
            m_home->window().openExperiment(QLatin1String(experiment));
            m_home->window().form().form()->setPreset(QStringLiteral("smoke"));
            m_home->window().form().run();
            auto* page = qobject_cast<StudyPage*>(m_home->window().tabs().current());
            QVERIFY(page);
            QVERIFY(
                m_home->until([&] { return page->snapshot() && page->snapshot()->status.state == "done"; }));
        }
        bool isNumber = false;
        const int actions = qEnvironmentVariableIntValue("LATENT_MONKEY_ACTIONS", &isNumber);
        const int seed = qEnvironmentVariableIntValue("LATENT_MONKEY_SEED");
        Monkey monkey(*m_home, static_cast<unsigned>(seed), isNumber ? actions : kActions);
        monkey.start();
        const bool ended = m_home->until([&] { return monkey.isDone(); }, isNumber ? 3'600'000 : 600'000);
        QVERIFY2(ended, qPrintable(monkey.trail().join(QLatin1Char('\n'))));
        for (const char* kind : {"click", "key", "type", "action", "gesture", "item"})
            QVERIFY2(monkey.done(QLatin1String(kind)) > 0, kind);
        // Still a window that answers.
        m_home->window().openExperiment(QStringLiteral("sim/theory"));
        QVERIFY(qobject_cast<StudyPage*>(m_home->window().tabs().current()));
        m_home->close();
        m_home->open();
        QVERIFY(m_home->window().isVisible());
    }
};

QTEST_MAIN(TestMonkey)
#include "test_monkey.moc"
