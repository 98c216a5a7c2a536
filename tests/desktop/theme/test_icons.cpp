// SPDX-License-Identifier: GPL-3.0-or-later
// The icons: one family, each there that the code names, drawn sharp and in the colour of the theme.
#include <QDir>
#include <QDirIterator>
#include <QRegularExpression>
#include <QtTest/QtTest>
#include <cmath>

#include "desktop/theme/icon.hpp"
#include "desktop/theme/theme.hpp"

using namespace latent::desktop;

namespace {

QString read(const QString& path) {
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? QString::fromUtf8(file.readAll()) : QString();
}

/// In whole pixels.
double inked(const QImage& image) {
    double sum = 0;
    for (int y = 0; y < image.height(); ++y)
        for (int x = 0; x < image.width(); ++x) sum += qAlpha(image.pixel(x, y)) / 255.0;
    return sum;
}

}  // namespace

class TestIcons : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    void initTestCase() { ThemeManager::instance().install(*qApp); }

    void areOfOneFamily() {
        const QStringList files = QDir(QStringLiteral(":/icons")).entryList();
        QVERIFY(files.size() > 40);
        for (const QString& name : files) {
            const QString svg = read(QStringLiteral(":/icons/") + name);
            QVERIFY2(svg.contains(QStringLiteral("viewBox=\"0 0 16 16\"")), qPrintable(name));
            QVERIFY2(svg.contains(QStringLiteral("stroke-width=\"1.5\"")), qPrintable(name));
            QVERIFY2(!svg.contains(QStringLiteral("href")) && !svg.contains(QStringLiteral("<image")) &&
                         !svg.contains(QStringLiteral("<script")),
                     qPrintable(name));
            // Those that a style sheet shows cannot be recoloured, so there is one for each theme.
            const bool fixed =
                name.endsWith(QStringLiteral("-light.svg")) || name.endsWith(QStringLiteral("-dark.svg"));
            QVERIFY2(svg.contains(QStringLiteral("currentColor")) != fixed, qPrintable(name));
            const QString base = name.chopped(4);
            const QImage image = iconPixmap(base, Qt::black, 16, 1).toImage();
            QVERIFY2(inked(image) >= 6, qPrintable(name));
            for (int i = 0; i < 16; ++i)  // nothing is cut at the edge
                QVERIFY2(qAlpha(image.pixel(i, 0)) < 200 && qAlpha(image.pixel(0, i)) < 200 &&
                             qAlpha(image.pixel(i, 15)) < 200 && qAlpha(image.pixel(15, i)) < 200,
                         qPrintable(name));
        }
    }

    void eachThatTheCodeNamesIsThere() {
        // icon("x"), icon(QStringLiteral("x")), {"play", …} of an action are all words in quotes beside "icon" or in an ActionSpec.
        static const QRegularExpression named(
            QStringLiteral("icon(?:Pixmap)?\\((?:QStringLiteral\\(|QLatin1String\\()?\"([a-z-]+)\""));
        QDirIterator files(QStringLiteral(LATENT_SOURCE_DIR "/host/desktop"), {QStringLiteral("*.cpp")},
                           QDir::Files, QDirIterator::Subdirectories);
        int found = 0;
        while (files.hasNext()) {
            const QString path = files.next();
            for (auto it = named.globalMatch(read(path)); it.hasNext(); ++found) {
                const QString name = it.next().captured(1);
                QVERIFY2(QFile::exists(QStringLiteral(":/icons/%1.svg").arg(name)),
                         qPrintable(path + QStringLiteral(": ") + name));
            }
        }
        QVERIFY(found > 20);
    }

    void areSharpAtEveryScale() {
        for (const double scale : {1.0, 1.5, 2.0}) {
            const QPixmap pixmap = iconPixmap(QStringLiteral("play"), Qt::red, 16, scale);
            QCOMPARE(pixmap.width(), qRound(16 * scale));
            QCOMPARE(pixmap.devicePixelRatio(), scale);
        }
        // Twice the size has four times the ink: it fills its place.
        const double once = inked(iconPixmap(QStringLiteral("stop"), Qt::red, 16, 1).toImage()),
                     twice = inked(iconPixmap(QStringLiteral("stop"), Qt::red, 16, 2).toImage());
        QVERIFY2(std::abs(twice / once - 4) < 0.4, qPrintable(QString::number(twice / once)));
    }

    void followTheTheme() {
        const QIcon made = icon(QStringLiteral("pause"));
        const auto colour = [&] {
            const QImage image = made.pixmap(16, 16).toImage();
            for (int y = 0; y < 16; ++y)
                for (int x = 0; x < 16; ++x)
                    if (qAlpha(image.pixel(x, y)) == 255) return QColor(image.pixel(x, y));
            return QColor();
        };
        ThemeManager::instance().choose(ThemeManager::Choice::Light);
        QCOMPARE(colour(), Theme::of(Theme::Kind::Light).muted);
        ThemeManager::instance().choose(ThemeManager::Choice::Dark);
        QCOMPARE(colour(), Theme::of(Theme::Kind::Dark).muted);
    }
};

QTEST_MAIN(TestIcons)
#include "test_icons.moc"
