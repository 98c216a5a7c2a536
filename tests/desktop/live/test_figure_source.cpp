// SPDX-License-Identifier: GPL-3.0-or-later
// Figures of data that change: what is wanted is resolved, small ones at once, late answers never replace newer ones, and
// cursors are shared.
#include <QApplication>
#include <QSemaphore>
#include <QSignalSpy>
#include <QTest>
#include <QThreadPool>

#include "desktop/live/figure_source.hpp"
#include "engine/figures/figure_helpers.hpp"

using namespace latent::desktop;
using namespace latent::engine::figures;
using nlohmann::json;
namespace view = latent::view;
using Numbers = std::vector<double>;
constexpr std::size_t kLarge = 200'000;  // above what is resolved at once

namespace {

ArraySet frames(std::size_t count) {
    ArraySet set;
    put(set, "time", {"time"}, {count}, counting(count, 0.5));
    put(set, "loss", {"time"}, {count}, counting(count));
    put(set, "weights", {"time", "row", "col"}, {count, 2, 2}, counting(count * 4));
    return set;
}

ArraySet large(double scale) {
    ArraySet set;
    put(set, "loss", {"time"}, {kLarge}, counting(kLarge, scale));
    return set;
}

std::vector<json> views() {
    return {view::lines("losses").series(view::series("loss")).cursor("frame", "time", true).toJson(),
            view::heatmap("matrix").z("weights", {{"time", view::cursor("frame")}}).toJson(),
            view::lines("plain").series(view::series("loss")).toJson(),
            view::lines("wrong").series(view::series("weights").family("depth")).toJson()};
}

double lastOf(const FigurePtr& figure) {
    return !figure ? -1 : std::get<Lines>(figure->body).lines.at(0).y.back();
}
double firstCell(const FigurePtr& figure) { return std::get<Raster>(figure->body).z.at(0); }

auto now() { return std::chrono::steady_clock::now(); }

/// Keeps every pool thread busy until it is let go, so that what comes next stays in the queue.
class BusyPool {
  public:
    BusyPool() {
        QThreadPool* pool = QThreadPool::globalInstance();
        for (int i = 0; i < pool->maxThreadCount(); ++i) pool->start([this] { m_gate.acquire(); });
    }
    void letGo() {
        if (!std::exchange(m_open, true)) m_gate.release(QThreadPool::globalInstance()->maxThreadCount());
        QThreadPool::globalInstance()->waitForDone();
    }
    ~BusyPool() { letGo(); }

  private:
    QSemaphore m_gate;
    bool m_open = false;
};

}  // namespace

class FigureSourceTest : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    void onlyWhatIsWantedAndSmallFiguresAtOnce() {
        FigureSource source;
        QSignalSpy resolved(&source, &FigureSource::resolved), changed(&source, &FigureSource::viewsChanged);
        source.want("losses", true);  // before its view is there
        source.setData(frames(5), views(), now());
        QCOMPARE(changed.count(), 1);
        QCOMPARE(resolved.count(), 1);
        QCOMPARE(resolved[0][0].toString(), QString("losses"));
        QCOMPARE(lastOf(source.figure("losses")), 4.0);
        QVERIFY(!source.figure("matrix"));
        source.want("matrix", true);
        QCOMPARE(firstCell(source.figure("matrix")), 16.0);  // a cursor that nobody moved stands at the end
        source.setData(frames(6), views(), now());
        QCOMPARE(changed.count(), 1);  // the same views
        QCOMPARE(resolved.count(), 4);
        QCOMPARE(firstCell(source.figure("matrix")), 20.0);
        source.want("matrix", false);
        source.setData(frames(7), views(), now());
        QCOMPARE(firstCell(source.figure("matrix")), 20.0);
        source.want("matrix", true);  // old by now
        QCOMPARE(firstCell(source.figure("matrix")), 24.0);
    }
    void wantedTwiceIsWantedUntilLeftTwice() {
        FigureSource source;
        source.setData(frames(5), views(), now());
        source.want("plain", true);
        source.want("plain", true);
        source.want("plain", false);
        source.setData(frames(6), views(), now());
        QCOMPARE(lastOf(source.figure("plain")), 5.0);
        source.want("plain", false);
        source.want("plain", false);
        source.setData(frames(7), views(), now());
        QCOMPARE(lastOf(source.figure("plain")), 5.0);
        source.want("plain", true);
        QCOMPARE(lastOf(source.figure("plain")), 6.0);
    }
    void figuresOfArraysThatStayedAreNotResolvedAgain() {
        FigureSource source;
        ArraySet set = frames(5);
        source.setData(set, views(), now());
        source.want("plain", true);
        source.want("matrix", true);
        QSignalSpy resolved(&source, &FigureSource::resolved);
        put(set, "loss", {"time"}, {5}, Numbers{9, 9, 9, 9, 9});
        source.setData(set, views(), now());
        QCOMPARE(resolved.count(), 1);
        QCOMPARE(resolved[0][0].toString(), QString("plain"));
    }
    void cursorsAreSharedAndClamped() {
        FigureSource source;
        source.setData(frames(5), views(), now());
        for (const char* name : {"losses", "matrix", "plain"}) source.want(name, true);
        QSignalSpy moved(&source, &FigureSource::cursorChanged), resolved(&source, &FigureSource::resolved);
        source.setCursor("frame", 2);
        QCOMPARE(moved.count(), 1);
        QCOMPARE(moved[0][1].toLongLong(), 2);
        QCOMPARE(resolved.count(), 2);  // "plain" does not depend on it
        QCOMPARE(firstCell(source.figure("matrix")), 8.0);
        QCOMPARE(source.figure("losses")->cursors.at(0).index, std::int64_t(2));
        source.setCursor("frame", 2);
        QCOMPARE(moved.count(), 1);
        source.setCursor("frame", 99);
        QCOMPARE(moved.last()[1].toLongLong(), 4);
        source.setCursor("frame", 4);
        source.setCursor("frame", -1);
        QCOMPARE(moved.count(), 2);  // all of these are the end
        QVERIFY(source.cursors().empty());
        source.setData(frames(8), views(), now());
        QCOMPARE(firstCell(source.figure("matrix")), 28.0);  // it follows the rows that come
        source.setCursor("frame", 0);
        source.setData(frames(9), views(), now());
        QCOMPARE(firstCell(source.figure("matrix")), 0.0);  // and stays where it was put
    }
    void cursorsAlongWordsRestAtTheFirst() {
        FigureSource source;
        ArraySet set = frames(5);
        put(set, "time", {"time"}, {5}, std::vector<std::int32_t>{0, 1, 2, 3, 4},
            {.categories = {"a", "b", "c", "d", "e"}});
        source.setData(set, views(), now());
        source.want("matrix", true);
        QCOMPARE(firstCell(source.figure("matrix")), 0.0);
        source.setCursor("frame", -1);
        QCOMPARE(firstCell(source.figure("matrix")), 16.0);
        QCOMPARE(source.cursors(), (Cursors{{"frame", 4}}));
        source.setCursor("frame", 0);
        QVERIFY(source.cursors().empty());
        QCOMPARE(source.allCursors(), (Cursors{{"frame", 0}}));
    }
    void cursorsAlongACoordinateWithARestStandThere() {
        FigureSource source;
        ArraySet set = frames(5);
        put(set, "time", {"time"}, {5}, std::vector<double>{0, .25, .5, .75, 1}, {.rest = .3});
        source.setData(set, views(), now());
        source.want("matrix", true);
        QCOMPARE(firstCell(source.figure("matrix")), 4.0);
        QCOMPARE(source.allCursors(), (Cursors{{"frame", 1}}));
        source.setCursor("frame", 0);
        QCOMPARE(firstCell(source.figure("matrix")), 0.0);
        source.setCursor("frame", -1);
        QCOMPARE(source.cursors(), (Cursors{{"frame", 4}}));
        source.setCursor("frame", 1);
        QVERIFY(source.cursors().empty());
        QCOMPARE(firstCell(source.figure("matrix")), 4.0);
    }
    void cursorsSetBeforeTheDataHold() {
        FigureSource source;
        source.setCursor("frame", 1);
        source.want("matrix", true);
        source.setData(frames(5), views(), now());
        QCOMPARE(firstCell(source.figure("matrix")), 4.0);
    }
    void leadingAxesOfASweep() {
        ArraySet set;
        put(set, "loss", {"mu", "time"}, {2, 3}, counting(6));
        FigureSource source;
        source.setData(set, views(), now());
        source.want("plain", true);
        QCOMPARE(lastOf(source.figure("plain")), 2.0);
        QSignalSpy resolved(&source, &FigureSource::resolved);
        source.fix({{"mu", 1}});
        QCOMPARE(lastOf(source.figure("plain")), 5.0);
        source.fix({{"mu", 1}});
        QCOMPARE(resolved.count(), 1);
    }
    void whatDoesNotFitIsSaid() {
        FigureSource source;
        QSignalSpy failed(&source, &FigureSource::failed);
        source.setData(frames(5), views(), now());
        source.want("wrong", true);
        QCOMPARE(failed.count(), 1);
        QVERIFY(failed[0][1].toString().startsWith("The figure wrong cannot be drawn"));
        QVERIFY(!source.figure("wrong"));
    }
    void largeFiguresComeLater() {
        FigureSource source;
        QSignalSpy resolved(&source, &FigureSource::resolved);
        source.setData(large(1), views(), now());
        source.want("plain", true);
        QCOMPARE(resolved.count(), 0);
        QTRY_COMPARE(resolved.count(), 1);
        QCOMPARE(lastOf(source.figure("plain")), double(kLarge - 1));
    }
    void theLatestWishWins() {
        FigureSource source;
        source.setData(large(1), views(), now());
        QSignalSpy resolved(&source, &FigureSource::resolved);
        {
            BusyPool busy;
            source.want("plain", true);
            for (int i = 2; i <= 50; ++i) source.setData(large(i), views(), now());
        }
        QTRY_COMPARE(lastOf(source.figure("plain")), 50.0 * (kLarge - 1));
        QVERIFY2(resolved.count() <= 2,
                 qPrintable(QString::number(resolved.count())));  // not each of the 49 in between
    }
    void aLateAnswerDoesNotReplaceANewerOne() {
        FigureSource source;
        source.setData(large(1), views(), now());
        QSignalSpy resolved(&source, &FigureSource::resolved);
        BusyPool busy;
        source.want("plain", true);
        source.setData(frames(5), views(), now());  // small: at once, before the large one
        QCOMPARE(lastOf(source.figure("plain")), 4.0);
        busy.letGo();
        QTest::qWait(20);
        QCOMPARE(lastOf(source.figure("plain")), 4.0);
        QCOMPARE(resolved.count(), 1);
    }
    void anAnswerForAnotherViewOfThatNameIsDropped() {
        FigureSource source;
        source.setData(large(1), views(), now());
        BusyPool busy;
        source.want("plain", true);
        source.setData(large(2), {view::lines("plain").title("new").series(view::series("loss")).toJson()},
                       now());
        QSignalSpy resolved(&source, &FigureSource::resolved);
        busy.letGo();
        QTRY_COMPARE(resolved.count(), 1);
        QCOMPARE(source.figure("plain")->title, std::string("new"));
        QTest::qWait(20);
        QCOMPARE(resolved.count(), 1);
    }
    void theSourceMayGoWhileItsFiguresAreResolved() {
        for (int round = 0; round < 50; ++round) {
            auto source = std::make_unique<FigureSource>();
            source->setData(large(1), views(), now());
            source->want("plain", true);
            source->want("losses", true);
            if (round % 2 != 0) QTest::qSleep(1);
            source.reset();
            QCoreApplication::processEvents();
        }
        QThreadPool::globalInstance()->waitForDone();
        QCoreApplication::processEvents();
    }
    void slotsMayChangeEverything() {
        auto source = std::make_unique<FigureSource>();
        connect(source.get(), &FigureSource::resolved, this,
                [&, seen = 0](const QString&, const FigurePtr&) mutable {
                    if (++seen == 1) source->want("matrix", true);
                    if (seen == 2) source->setData(frames(6), views(), now());
                    if (seen == 5) source.reset();
                });
        source->want("losses", true);
        source->want("plain", true);
        source->setData(frames(5), views(), now());
        if (source) source->setData(frames(9), views(), now());
        QVERIFY(!source);
    }

    /// Arrays too large to be kept are read for the figure that shows a part of them, at the cursor where it stands.
    void largeArraysAreReadInParts() {
        FigureSource source;
        std::vector<std::pair<std::int64_t, std::function<void(const latent::engine::Result<ArraySet>&)>>>
            asked;
        source.setReadParts([&](const json&, const Cursors& cursors, const ResolveOptions&, auto answer) {
            const auto at = cursors.find("frame");
            asked.emplace_back(at == cursors.end() ? -1 : at->second, std::move(answer));
        });
        const auto part = [](std::uint64_t row) {
            ArraySet set = frames(4);
            LoadedArray box = *set.find("weights");
            box.values = {latent::engine::DType::F64, {1, 2, 2}, box.values.bytes.substr(row * 32, 32)};
            box.window = {{row, 4}, {0, 2}, {0, 2}};
            set.put(std::make_shared<const LoadedArray>(box));
            return set;
        };
        ArraySet small = frames(4), outlines;
        LoadedArray outline = *small.find("weights");
        outline.values = {latent::engine::DType::F64, {0, 0, 0}, {}};
        outline.window = {{0, 4}, {0, 2}, {0, 2}};
        outlines.put(std::make_shared<const LoadedArray>(outline));
        small.remove("weights");
        QSignalSpy resolved(&source, &FigureSource::resolved), failed(&source, &FigureSource::failed);
        source.want("matrix", true);
        source.setData(small, views(), now(), outlines);
        QCOMPARE(asked.size(), std::size_t(1));
        QCOMPARE(resolved.count(), 0);
        const auto tell = [&](std::size_t at, const latent::engine::Result<ArraySet>& parts) {
            const auto answer = asked[at].second;  // a copy: what it starts may ask again
            answer(parts);
        };
        tell(0, part(3));
        QTRY_COMPARE(resolved.count(), 1);
        QCOMPARE(firstCell(source.figure("matrix")), 12.0);
        // The cursor knows how far the array goes, and two moves while it is read are one further question.
        source.setCursor("frame", 1);
        source.setCursor("frame", 0);
        QCOMPARE(asked.size(), std::size_t(2));
        QCOMPARE(asked[1].first, std::int64_t(1));
        tell(1, part(1));  // what was read is shown, and then what the cursor came to
        QTRY_COMPARE(resolved.count(), 2);
        QCOMPARE(firstCell(source.figure("matrix")), 4.0);
        QTRY_COMPARE(asked.size(), std::size_t(3));
        QCOMPARE(asked[2].first, std::int64_t(0));
        tell(2, part(0));
        QTRY_COMPARE(resolved.count(), 3);
        QCOMPARE(firstCell(source.figure("matrix")), 0.0);
        source.setData(small, views(), now(), outlines);  // nothing has changed: nothing is read
        QCOMPARE(asked.size(), std::size_t(3));
        source.setCursor("frame", 2);
        tell(3, latent::engine::failed("The disk is gone."));
        QCOMPARE(failed.count(), 1);
        QCOMPARE(failed[0][1].toString(), QString("The disk is gone."));
        source.setCursor("frame", 1);  // and it is asked again
        QCOMPARE(asked.size(), std::size_t(5));
        const auto late = asked[4].second;
        source.setData({}, {}, now());
        late(part(1));  // nobody waits for it
        QCOMPARE(resolved.count(), 3);
    }
};

QTEST_MAIN(FigureSourceTest)
#include "test_figure_source.moc"
