// SPDX-License-Identifier: GPL-3.0-or-later
// Figures as files: sizes, vectors, and that nothing is overwritten.
#include <QFile>
#include <QRegularExpression>
#include <QTemporaryDir>
#include <QTest>

#include "desktop/views/export.hpp"
#include "desktop/views/plot/plot_canvas.hpp"
#include "plot_figures.hpp"

using namespace latent::desktop;
using namespace latent::desktop::test;

namespace {

FigurePtr curves() {
    const std::vector<double> x = ramp(400, 0, 8);
    Line banded = line("two-layer", x, over(x, [](double t) { return std::exp(-t); }));
    banded.low = over(x, [](double t) { return 0.7 * std::exp(-t); });
    banded.high = over(x, [](double t) { return 1.3 * std::exp(-t); });
    return shared(lineFigure({banded, line("one-layer", x, over(x, [](double t) { return 1 / (1 + t); }))}));
}

QByteArray rendered(const FigurePtr& figure, const char* format, const ExportOptions& options = {}) {
    const auto bytes = renderFigure(figure, QLatin1String(format), options);
    return bytes ? *bytes : QByteArray();
}

}  // namespace

class TestPlotExport : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    void writesPicturesOfTheSizeAskedFor() {
        const QImage picture = QImage::fromData(
            rendered(curves(), "png", {.width_mm = 85, .height_mm = 60, .dots_per_inch = 300}));
        QCOMPARE(picture.size(), QSize(1004, 709));
        QCOMPARE(picture.dotsPerMeterX(), 11811);
        // Paper is white, with black axes.
        QCOMPARE(picture.pixelColor(2, 2), QColor(Qt::white));
    }

    void writesPagesOfTheSizeAskedFor() {
        const QByteArray pdf = rendered(curves(), "pdf", {.width_mm = 85, .height_mm = 60});
        QVERIFY(pdf.startsWith("%PDF"));
        const QRegularExpressionMatch box =
            QRegularExpression(QStringLiteral("/MediaBox \\[0 0 ([0-9.]+) ([0-9.]+)\\]"))
                .match(QString::fromLatin1(pdf));
        QVERIFY(box.hasMatch());
        QVERIFY(std::abs(box.captured(1).toDouble() - 85 / 25.4 * 72) < 0.5);
        QVERIFY(std::abs(box.captured(2).toDouble() - 60 / 25.4 * 72) < 0.5);
    }

    void writesVectors() {
        const QString svg = QString::fromUtf8(rendered(curves(), "svg", {.width_mm = 85, .height_mm = 60}));
        QVERIFY2(svg.contains(QStringLiteral("width=\"85.000mm\" height=\"60.000mm\"")),
                 qPrintable(svg.left(120)));
        // Where the font is missing, another one without serifs is taken.
        QVERIFY(svg.contains(QStringLiteral(", sans-serif\"")));
        QCOMPARE(svg.count(QStringLiteral("font-family=")), svg.count(QStringLiteral(", sans-serif\"")));
        QVERIFY(svg.contains(QStringLiteral("<polyline")) || svg.contains(QStringLiteral("<path")));
        QVERIFY(svg.contains(QStringLiteral("time (s)")));
        QVERIFY(!svg.contains(QStringLiteral("<image")));
    }

    void namesEverySeriesOnPaper() {
        const std::vector<double> x = ramp(50, 0, 1);
        std::vector<Line> many;
        for (int i = 0; i < 14; ++i)
            many.push_back(
                line("a rather long name " + std::to_string(i), x, over(x, [i](double t) { return t * i; })));
        const QString svg = QString::fromUtf8(rendered(shared(lineFigure(many)), "svg", {.width_mm = 85}));
        for (int i = 0; i < 14; ++i)
            QVERIFY2(svg.contains(QStringLiteral("name %1<").arg(i)), qPrintable(QString::number(i)));
        QVERIFY(!svg.contains(QStringLiteral(" more<")));
    }

    void leavesOutWhatIsTakenHoldOf() {
        const std::vector<double> x = ramp(50, 0, 1);
        Figure figure = lineFigure({line("a", x, x)});
        CursorPlace cursor;
        cursor.name = "t";
        cursor.dimension = "t";
        cursor.index = 20;
        cursor.size = 50;
        cursor.alongX = true;
        figure.cursors = {cursor};
        const QByteArray accent = Theme::of(Theme::Kind::Paper).accent.name().toLatin1();
        QVERIFY(!rendered(shared(figure), "svg").contains(accent));
        QVERIFY(rendered(shared(figure), "svg", {.theme = Theme::Kind::Light})
                    .contains(Theme::of(Theme::Kind::Light).accent.name().toLatin1()));
    }

    void keepsVectorFilesSmall() {
        const std::vector<double> x = ramp(1'000'000, 0, 1);
        const FigurePtr million = shared(lineFigure({line(
            "a", x, over(x, [](double t) { return std::sin(50 * t) + 0.2 * std::sin(1e5 * t * t); }))}));
        QVERIFY(rendered(million, "svg").size() < 600'000);
        // A cloud of so many points becomes an image within the vectors.
        Cloud cloud;
        cloud.look.label = "points";
        cloud.x = ramp(50'000, 0, 1);
        cloud.y = over(cloud.x, [](double t) { return std::sin(1e6 * t); });
        Figure points = figureOf("points");
        points.body = Points{{cloud}, std::nullopt};
        const QByteArray svg = rendered(shared(points), "svg");
        QVERIFY(svg.contains("<image"));
        QVERIFY(svg.size() < 4'000'000);
    }

    void clipsVectorsToTheAxes() {
        ExportOptions options{.width_mm = 100, .height_mm = 80};
        options.viewState = {{QStringLiteral("x"), QVariantList{2.0, 3.0}},
                             {QStringLiteral("y"), QVariantList{0.05, 0.1}}};
        const QString svg = QString::fromUtf8(rendered(curves(), "svg", options));
        QRegularExpressionMatchIterator lines =
            QRegularExpression(QStringLiteral("points=\"([^\"]+)\"")).globalMatch(svg);
        int count = 0;
        while (lines.hasNext())
            for (const QString& pair : lines.next().captured(1).split(QLatin1Char(' '), Qt::SkipEmptyParts)) {
                const double x = pair.section(QLatin1Char(','), 0, 0).toDouble(),
                             y = pair.section(QLatin1Char(','), 1, 1).toDouble();
                QVERIFY2(x >= -1 && x <= 380 && y >= -1 && y <= 304, qPrintable(pair));
                ++count;
            }
        QVERIFY(count > 10);
    }

    void looksAsInTheWindow() {
        PlotCanvas canvas;
        canvas.resize(480, 320);
        canvas.setFigure(curves());
        canvas.show();
        QVERIFY(QTest::qWaitForWindowExposed(&canvas));
        const QImage window = canvas.grab().toImage().convertToFormat(QImage::Format_RGB32);
        QImage painted(window.size(), QImage::Format_RGB32);
        painted.setDevicePixelRatio(window.devicePixelRatio());
        painted.fill(theme().panel);
        QPainter painter(&painted);
        canvas.paint(painter, QRectF(QPointF(), QSizeF(canvas.size())), theme());
        painter.end();
        qint64 difference = 0;
        int ink = 0;
        for (int y = 0; y < window.height(); ++y)
            for (int x = 0; x < window.width(); ++x) {
                difference += distance(window.pixel(x, y), painted.pixel(x, y));
                if (distance(window.pixel(x, y), theme().panel.rgb()) > 60) ++ink;
            }
        QVERIFY(ink > 1000);
        QVERIFY2(difference < 120 * ink, qPrintable(QString::number(static_cast<double>(difference) / ink)));
    }

    void exportsWhatIsZoomed() {
        ExportOptions options{.width_mm = 85, .height_mm = 60, .dots_per_inch = 96};
        const QByteArray all = rendered(curves(), "png", options);
        options.viewState = {{QStringLiteral("x"), QVariantList{2.0, 3.0}}};
        QVERIFY(rendered(curves(), "png", options) != all);
    }

    void writesFilesWholeAndNeverOverOthers() {
        QTemporaryDir folder;
        const std::filesystem::path file = folder.filePath(QStringLiteral("losses.svg")).toStdString();
        QVERIFY(static_cast<bool>(exportFigure(curves(), file)));
        const auto again = exportFigure(curves(), file);
        QVERIFY(!again);
        QVERIFY(again.error().message.find("losses.svg exists already") != std::string::npos);
        ExportOptions replacing;
        replacing.replace = true;
        QVERIFY(static_cast<bool>(exportFigure(curves(), file, replacing)));
        QCOMPARE(QDir(folder.path()).entryList(QDir::Files | QDir::Hidden),
                 QStringList{QStringLiteral("losses.svg")});
        for (const char* ending : {"png", "pdf", "csv"})
            QVERIFY(static_cast<bool>(exportFigure(
                curves(), folder.filePath(QStringLiteral("a.") + QLatin1String(ending)).toStdString())));
        const auto unknown = exportFigure(curves(), folder.filePath(QStringLiteral("a.bmp")).toStdString());
        QVERIFY(!unknown && unknown.error().message.find("\"bmp\"") != std::string::npos);
        QVERIFY(!exportFigure(curves(), "/nowhere/a.png"));
        QVERIFY(!renderFigure(curves(), QStringLiteral("png"), {.width_mm = 0.1}));
        QVERIFY(!renderFigure(curves(), QStringLiteral("png"), {.width_mm = 2000, .dots_per_inch = 2400}));
    }
};

QTEST_MAIN(TestPlotExport)
#include "test_plot_export.moc"
