// SPDX-License-Identifier: GPL-3.0-or-later
// The look: text can be read in both themes, the style sheet is made of tokens only, and a change of theme reaches widgets
// that are already there.
#include <QApplication>
#include <QColor>
#include <QPushButton>
#include <QRegularExpression>
#include <QtTest/QtTest>
#include <cmath>

#include "desktop/theme/style_sheet.hpp"
#include "desktop/theme/theme.hpp"

using namespace latent::desktop;
using Choice = ThemeManager::Choice;

namespace {

constexpr double kReadable = 4.5;  // WCAG 2.1, level AA

/// By the definition of WCAG 2.1, written anew: an oracle for contrast().
double contrastByDefinition(const QColor& a, const QColor& b) {
    const auto luminance = [](const QColor& colour) {
        double sum = 0;
        const double weights[] = {0.2126, 0.7152, 0.0722};
        const int channels[] = {colour.red(), colour.green(), colour.blue()};
        for (int i = 0; i < 3; ++i) {
            const double value = channels[i] / 255.0;
            sum += weights[i] * (value <= 0.03928 ? value / 12.92 : std::pow((value + 0.055) / 1.055, 2.4));
        }
        return sum;
    };
    const double x = luminance(a) + 0.05, y = luminance(b) + 0.05;
    return x > y ? x / y : y / x;
}

}  // namespace

class TestTheme : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    void initTestCase() { ThemeManager::instance().install(*qApp); }
    void init() {
        ThemeManager::instance().setTextScale(1);
        ThemeManager::instance().choose(Choice::Light);
    }

    void contrastIsThatOfTheStandard() {
        QVERIFY(std::abs(contrast(Qt::black, Qt::white) - 21) < 1e-6);
        QVERIFY(std::abs(contrast(QColor(0x777777), Qt::white) - 4.48) < 0.01);
        QCOMPARE(contrast(QColor(0x2F6FDE), QColor(0x2F6FDE)), 1.0);
        for (const char* name : {"#2A64C8", "#8A5A0C", "#14181F", "#98A4B6"})
            QVERIFY(std::abs(contrast(QColor(QLatin1String(name)), Qt::white) -
                             contrastByDefinition(QColor(QLatin1String(name)), Qt::white)) < 1e-3);
    }

    void textCanBeRead_data() {
        QTest::addColumn<QColor>("letters");
        QTest::addColumn<QColor>("surface");
        for (const Theme::Kind kind : {Theme::Kind::Light, Theme::Kind::Dark, Theme::Kind::Paper}) {
            const Theme& t = Theme::of(kind);
            const char* theme = kind == Theme::Kind::Light  ? "light"
                                : kind == Theme::Kind::Dark ? "dark"
                                                            : "paper";
            const std::pair<const char*, QColor> letters[] = {
                {"text", t.text}, {"muted", t.muted},     {"accentText", t.accentText},
                {"ok", t.ok},     {"warning", t.warning}, {"bad", t.bad}};
            const std::pair<const char*, QColor> surfaces[] = {
                {"window", t.window}, {"panel", t.panel}, {"hover", t.hover}, {"selection", t.selection}};
            for (const auto& [what, colour] : letters) {
                for (const auto& [where, surface] : surfaces) {
                    // On a selected row the icon and the word tell a state; its letters are text there.
                    const bool isState = std::string_view(what) == "ok" ||
                                         std::string_view(what) == "warning" ||
                                         std::string_view(what) == "bad";
                    if (isState && std::string_view(where) == "selection") continue;
                    QTest::addRow("%s: %s on %s", theme, what, where) << colour << surface;
                }
            }
            QTest::addRow("%s: onAccent on accent", theme) << t.onAccent << t.accent;
        }
    }
    void textCanBeRead() {
        QFETCH(QColor, letters);
        QFETCH(QColor, surface);
        const double ratio = contrastByDefinition(letters, surface);
        QVERIFY2(ratio >= kReadable, qPrintable(QStringLiteral("%1:1").arg(ratio)));
    }

    void marksCanBeSeen() {
        // What is no text but has to be found: 3:1 (WCAG 1.4.11).
        for (const Theme::Kind kind : {Theme::Kind::Light, Theme::Kind::Dark}) {
            const Theme& t = Theme::of(kind);
            for (const QColor& surface : {t.window, t.panel})
                QVERIFY(contrastByDefinition(t.accent, surface) >= 3);
        }
    }

    void styleSheetIsMadeOfTokens() {
        for (const Theme::Kind kind : {Theme::Kind::Light, Theme::Kind::Dark}) {
            const Theme& t = Theme::of(kind);
            const QString sheet = styleSheet(t);
            QVERIFY2(!sheet.contains(QLatin1Char('@')), "a token without a value");
            static const QRegularExpression empty(QStringLiteral(":\\s*;")),
                colour(QStringLiteral("#[0-9a-fA-F]{6}\\b")), remote(QStringLiteral("https?:"));
            QVERIFY2(!empty.match(sheet).hasMatch(), qPrintable(empty.match(sheet).captured()));
            QVERIFY(!remote.match(sheet).hasMatch());
            QSet<QString> known;
            for (const QColor& c :
                 {t.window, t.panel, t.line, t.text, t.muted, t.accent, t.onAccent, t.selection, t.accentText,
                  t.hover, t.pressed, t.ok, t.warning, t.bad, t.axis})
                known << c.name();
            QSet<QString> mixed;
            for (auto it = colour.globalMatch(sheet); it.hasNext();)
                if (const QString name = it.next().captured().toLower(); !known.contains(name)) mixed << name;
            QVERIFY2(mixed.size() <= 3,
                     qPrintable(
                         QStringList(mixed.values()).join(QLatin1Char(' '))));  // faint, scroll, accentHover
            for (auto it = QRegularExpression(QStringLiteral("url\\(([^)]*)\\)")).globalMatch(sheet);
                 it.hasNext();) {
                const QString file = it.next().captured(1);
                QVERIFY2(QFile::exists(file), qPrintable(file));
            }
        }
    }

    void aChangeReachesWhatIsThere() {
        QPushButton button(QStringLiteral("Run"));
        button.setProperty("look", "primary");
        button.resize(120, 30);
        button.ensurePolished();
        QSignalSpy changed(&ThemeManager::instance(), &ThemeManager::changed);
        const QColor before = button.grab().toImage().pixelColor(12, 15);
        const Theme& kept = theme();  // a reference is never out of date
        ThemeManager::instance().choose(Choice::Dark);
        QCOMPARE(changed.size(), 1);
        QVERIFY(kept.isDark());
        QCOMPARE(QApplication::palette().color(QPalette::Window), Theme::of(Theme::Kind::Dark).window);
        QCOMPARE(before, Theme::of(Theme::Kind::Light).accent);
        QCOMPARE(button.grab().toImage().pixelColor(12, 15), Theme::of(Theme::Kind::Dark).accent);
        ThemeManager::instance().choose(Choice::Dark);
        QCOMPARE(changed.size(), 1);  // nothing changed
    }

    void systemFollowsThePlatform() {
        // The offscreen platform has a light palette.
        ThemeManager::instance().choose(Choice::Dark);
        ThemeManager::instance().choose(Choice::System);
        QVERIFY(!theme().isDark());
    }

    void textGrowsWithinLimits() {
        ThemeManager::instance().setTextScale(1.5);
        QCOMPARE(theme().body.pixelSize(), 20);
        QCOMPARE(QApplication::font().pixelSize(), 20);
        ThemeManager::instance().setTextScale(9);
        QCOMPARE(ThemeManager::instance().textScale(), 1.6);
        QCOMPARE(Theme::of(Theme::Kind::Paper).body.pixelSize(), 11);  // figures for export keep theirs
    }
};

QTEST_MAIN(TestTheme)
#include "test_theme.moc"
