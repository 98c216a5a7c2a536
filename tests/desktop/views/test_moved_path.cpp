// SPDX-License-Identifier: GPL-3.0-or-later
// A long path that is dragged: it must look as if it were drawn anew, whatever of it is only moved.
#include <random>

#include "desktop/views/plot/stroke_image.hpp"
#include "plot_shown.hpp"

using namespace latent::desktop;
using namespace latent::desktop::test;

namespace {

std::vector<double> walk(std::size_t size, unsigned seed) {
    std::mt19937 random(seed);
    std::normal_distribution<double> normal;
    std::vector<double> values(size);
    double sum = 0;
    for (double& value : values) value = sum += normal(random);
    return values;
}

Figure longPath(bool isColoured) {
    constexpr std::size_t kPoints = 60'000;
    Figure figure = figureOf("trajectory");
    Path path;
    path.look.label = "path";
    path.x = walk(kPoints, 1);
    path.y = walk(kPoints, 2);
    Trajectory trajectory;
    if (isColoured) {
        for (std::size_t i = 0; i < kPoints; ++i) path.colour.push_back(static_cast<double>(i % 5000));
        trajectory.colours = Colours{.dataLow = 0, .dataHigh = 5000, .title = "step"};
    }
    trajectory.paths.push_back(std::move(path));
    figure.body = std::move(trajectory);
    return figure;
}

struct Difference {
    int largest = 0;  ///< of one channel
    int pixels = 0;   ///< that differ at all
};

Difference differenceOf(const QImage& a, const QImage& b) {
    if (a.size() != b.size()) return {255, 1 << 30};
    Difference difference;
    for (int y = 0; y < a.height(); ++y)
        for (int x = 0; x < a.width(); ++x) {
            const QRgb one = a.pixel(x, y), other = b.pixel(x, y);
            const int most =
                std::max({std::abs(qRed(one) - qRed(other)), std::abs(qGreen(one) - qGreen(other)),
                          std::abs(qBlue(one) - qBlue(other))});
            difference.largest = std::max(difference.largest, most);
            difference.pixels += most > 0 ? 1 : 0;
        }
    return difference;
}

}  // namespace

class TestMovedPath : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    void looksTheSameAfterItsWay_data() {
        QTest::addColumn<bool>("isColoured");
        QTest::newRow("plain") << false;
        QTest::newRow("coloured") << true;
    }

    void looksTheSameAfterItsWay() {
        QFETCH(bool, isColoured);
        Shown moved(longPath(isColoured));
        const QImage atRest = moved.picture();
        QTest::mousePress(&moved.canvas, Qt::LeftButton, {}, {300, 200});
        // Also between dots, and to and fro, so that each border comes in once; not so far that wider labels come in.
        for (const QPointF& to : {QPointF(304, 200), QPointF(320.4, 190.7), QPointF(340, 184),
                                  QPointF(290, 230), QPointF(255, 260), QPointF(262, 220)}) {
            moved.move(to, Qt::LeftButton);
            const QImage now = moved.picture();
            Shown anew(longPath(isColoured));
            anew.canvas.setViewState(moved.canvas.viewState());
            // Coverages are counted in 255 steps and rounded where the path stands now.
            const Difference difference = differenceOf(now, anew.picture());
            QVERIFY2(
                difference.largest <= 12 && difference.pixels < 600,
                qPrintable(QStringLiteral("%1, %2 pixels").arg(difference.largest).arg(difference.pixels)));
            QVERIFY(differenceOf(now, atRest).pixels > 10'000);
        }
        QTest::mouseRelease(&moved.canvas, Qt::LeftButton, {}, {262, 220});
        QTest::mouseDClick(&moved.canvas, Qt::LeftButton, {}, {262, 220});
        moved.canvas.home();
        QTest::mouseMove(&moved.canvas, {1, 1});
        QCOMPARE(differenceOf(moved.picture().copy(80, 20, 380, 300), atRest.copy(80, 20, 380, 300)).pixels,
                 0);
    }

    /// The same segments on a picture that was moved and in one piece.
    void drawsWhatIsNewOnly() {
        const auto strokesInto = [](StrokeImage& image, const QPointF& by) {
            for (int i = 0; i < 400; ++i) {
                const double t = i * 0.37;
                const QPointF a(60 + 70 * std::cos(t), 60 + 70 * std::sin(1.3 * t)),
                    b(60 + 70 * std::cos(t + 0.37), 60 + 70 * std::sin(1.3 * (t + 0.37)));
                const auto colour =
                    static_cast<QRgb>(0xff000000u + 0x0305070bu * static_cast<unsigned>(i) % 0xffffffu);
                if (image.mayTouch(a + by, b + by, 2)) image.segment(a + by, b + by, 2, colour | 0xff000000u);
            }
        };
        const QRectF area(0, 0, 120, 100);
        const auto shown = [](StrokeImage& image) {
            QImage screen(130, 110, QImage::Format_RGB32);
            screen.fill(Qt::white);
            QPainter painter(&screen);
            image.drawTo(painter, 1);
            return screen;
        };
        for (const QPoint by : {QPoint(7, -5), QPoint(-9, 4), QPoint(0, 3), QPoint(0, 0), QPoint(500, 0)}) {
            StrokeImage before(area, 1), after(area, 1), anew(area, 1);
            strokesInto(before, {});
            shown(before);
            int dots = 0;
            for (const QRect& part : after.startFrom(std::move(before).picture(), by)) {
                after.clipTo(part);
                dots += part.width() * part.height();
                strokesInto(after, by);
            }
            strokesInto(anew, by);
            QCOMPARE(differenceOf(shown(after), shown(anew)).largest <= 2, true);
            const int moved = std::max(0, 121 - std::abs(by.x())) * std::max(0, 101 - std::abs(by.y()));
            QCOMPARE(dots, 121 * 101 - moved);
        }
    }
};

QTEST_MAIN(TestMovedPath)
#include "test_moved_path.moc"
