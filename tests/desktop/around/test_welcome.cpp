// SPDX-License-Identifier: GPL-3.0-or-later
// The first page: what it offers with nothing, with workspaces of before, with some that are gone; and what is dropped on it.
#include <QDir>
#include <QDragEnterEvent>
#include <QLabel>
#include <QMimeData>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QToolButton>
#include <QtTest/QtTest>

#include "desktop/around/card_button.hpp"
#include "desktop/around/settings.hpp"
#include "desktop/around/share_folder.hpp"
#include "desktop/around/welcome.hpp"
#include "desktop/theme/theme.hpp"

using namespace latent::desktop;

namespace {

CardButton* card(const QWidget& page, const QString& title) {
    for (CardButton* one : page.findChildren<CardButton*>())
        if (one->text() == title && !one->isHidden() && !one->parentWidget()->isHidden()) return one;
    return nullptr;
}

bool shows(const QWidget& page, const char* words) {
    for (const QLabel* label : page.findChildren<QLabel*>())
        if (label->isVisible() && label->text().contains(QLatin1String(words))) return true;
    return false;
}

/// As a file manager drags it over the window and lets go.
bool drop(QScrollArea& page, const QList<QUrl>& urls) {
    QWidget& target = *page.viewport();  // what lies under the mouse
    if (!target.acceptDrops()) return false;
    QMimeData data;
    data.setUrls(urls);
    QDragEnterEvent enter(QPoint(50, 50), Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
    QCoreApplication::sendEvent(&target, &enter);
    if (!enter.isAccepted()) return false;
    QDropEvent event(QPointF(50, 50), Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
    QCoreApplication::sendEvent(&target, &event);
    return event.isAccepted();
}

}  // namespace

class TestWelcome : public QObject {
    Q_OBJECT
    std::unique_ptr<QTemporaryDir> m_folder;
    std::unique_ptr<Settings> m_settings;

  private Q_SLOTS:
    void initTestCase() {
        ThemeManager::instance().install(*qApp);
        setShareFolder(QStringLiteral(LATENT_BINARY_DIR "/share/latent"));
    }
    void init() {
        m_folder = std::make_unique<QTemporaryDir>();
        m_settings = std::make_unique<Settings>(m_folder->filePath(QStringLiteral("s.ini")));
    }

    void withNothingItSaysWhatWillBeThere() {
        WelcomePage page(*m_settings);
        page.resize(1000, 700);
        page.show();
        QVERIFY(shows(page, "are listed here"));
        QSignalSpy tour(&page, &WelcomePage::tourRequested),
            open(&page, &WelcomePage::openWorkspaceRequested), manual(&page, &WelcomePage::manualRequested);
        QTest::keyClick(card(page, QStringLiteral("Take the tour")), Qt::Key_Return);
        QTest::keyClick(card(page, QStringLiteral("Open a workspace")), Qt::Key_Space);
        QTest::mouseClick(card(page, QStringLiteral("Read the manual")), Qt::LeftButton);
        QCOMPARE(tour.size(), 1);
        QCOMPARE(open.size(), 1);
        QCOMPARE(manual.size(), 1);
    }

    void studiesThatComeWithItAreOffered() {
        WelcomePage page(*m_settings);
        page.show();
        QTRY_VERIFY(card(page, QStringLiteral("sim · swing by")));
        QSignalSpy chosen(&page, &WelcomePage::sampleChosen);
        card(page, QStringLiteral("sim · swing by"))->click();
        QCOMPARE(chosen.size(), 1);
        QVERIFY(QFile::exists(chosen[0][0].toString()));
        for (const Sample& sample : readSamples(shareFolder() + QStringLiteral("/samples")))
            QVERIFY2(sample.summary.size() > 30, qPrintable(sample.name));
    }

    void workspacesAreListedAndThoseThatAreGoneAreSaidSo() {
        QDir(m_folder->path()).mkdir(QStringLiteral("kept"));
        m_settings->rememberWorkspace(m_folder->filePath(QStringLiteral("gone")));
        m_settings->rememberWorkspace(m_folder->filePath(QStringLiteral("kept")));
        WelcomePage page(*m_settings);
        page.resize(1000, 700);
        page.show();
        QVERIFY(!shows(page, "are listed here"));
        QTRY_VERIFY(card(page, QStringLiteral("gone")) && !card(page, QStringLiteral("gone"))->isEnabled());
        QVERIFY(card(page, QStringLiteral("gone"))
                    ->accessibleDescription()
                    .contains(QStringLiteral("not found any more")));
        QVERIFY(card(page, QStringLiteral("kept"))->isEnabled());
        QSignalSpy chosen(&page, &WelcomePage::workspaceChosen);
        card(page, QStringLiteral("kept"))->click();
        QCOMPARE(chosen[0][0].toString(), m_folder->filePath(QStringLiteral("kept")));
        QCOMPARE(m_settings->recentWorkspaces().size(), std::size_t(2));
        for (QToolButton* forget : page.findChildren<QToolButton*>())
            if (forget->isVisible() && forget->accessibleName().contains(QStringLiteral("/gone"))) {
                forget->click();
                break;
            }
        QCOMPARE(m_settings->recentWorkspaces().size(), std::size_t(1));
        QTRY_VERIFY(!card(page, QStringLiteral("gone")));
    }

    void filesMayBeDropped() {
        WelcomePage page(*m_settings);
        page.resize(1000, 700);
        page.show();
        QSignalSpy dropped(&page, &WelcomePage::dropped);
        const QString a = m_folder->filePath(QStringLiteral("a b"));
        QVERIFY(drop(page, {QUrl::fromLocalFile(a), QUrl(QStringLiteral("https://example.org/x")),
                            QUrl::fromLocalFile(QStringLiteral("/c.toml"))}));
        QCOMPARE(dropped.size(), 1);
        QCOMPARE(dropped[0][0].toStringList(), (QStringList{a, QStringLiteral("/c.toml")}));
        QVERIFY2(!drop(page, {QUrl(QStringLiteral("https://example.org/x"))}),
                 "what is no file is not taken");
    }

    /// What a card knows of its lines follows the width, the size of the text and how many lines there may be.
    void cardsAreAsHighAsTheirWords() {
        const QString detail =
            QStringLiteral("A sentence of a dozen words that takes more than one line here.");
        const auto fresh = [&](int width, int most) {
            CardButton made(CardButton::Look::Line, QStringLiteral("experiment"), QStringLiteral("Title"),
                            detail, nullptr);
            made.setDetailLines(most);
            return made.heightForWidth(width);
        };
        CardButton button(CardButton::Look::Line, QStringLiteral("experiment"), QStringLiteral("Title"),
                          detail, nullptr);
        const int low = button.heightForWidth(900), high = button.heightForWidth(240);
        QVERIFY(high > low);
        QCOMPARE(button.heightForWidth(900), low);
        button.setDetailLines(4);
        QVERIFY2(button.heightForWidth(120) > high, "more lines were allowed");
        QCOMPARE(button.heightForWidth(120), fresh(120, 4));
        button.setDetailLines(2);
        const int wide = 420;
        const int before = button.heightForWidth(wide);
        ThemeManager::instance().setTextScale(1.6);
        const int scaled = button.heightForWidth(wide), wanted = fresh(wide, 2);
        ThemeManager::instance().setTextScale(1);
        QCOMPARE(scaled, wanted);
        QVERIFY(scaled > before);
        QCOMPARE(button.heightForWidth(wide), before);
    }

    void narrowPagesStack() {
        WelcomePage page(*m_settings);
        page.resize(1000, 700);
        page.show();
        const auto* tour = card(page, QStringLiteral("Take the tour"));
        const auto* manual = card(page, QStringLiteral("Read the manual"));
        QTRY_COMPARE(tour->mapTo(&page, QPoint()).y(), manual->mapTo(&page, QPoint()).y());
        page.resize(480, 700);
        QTRY_VERIFY(manual->mapTo(&page, QPoint()).y() > tour->mapTo(&page, QPoint()).y());
        QTRY_VERIFY(tour->width() <= 480);
    }
};

QTEST_MAIN(TestWelcome)
#include "test_welcome.moc"
