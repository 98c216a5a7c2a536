// SPDX-License-Identifier: GPL-3.0-or-later
// The manual in the program: every page lays out, every link leads somewhere, nothing comes from elsewhere, and the search
// finds. On the pages as they are shipped, and on made-up ones that mean harm.
#include <QAbstractTextDocumentLayout>
#include <QApplication>
#include <QClipboard>
#include <QDir>
#include <QFileInfo>
#include <QImageReader>
#include <QLabel>
#include <QLineEdit>
#include <QRegularExpression>
#include <QScrollBar>
#include <QTemporaryDir>
#include <QTextBlock>
#include <QToolButton>
#include <QTreeWidget>
#include <QtTest/QtTest>

#include "desktop/around/manual.hpp"
#include "desktop/around/manual_browser.hpp"
#include "desktop/around/manual_hits.hpp"
#include "desktop/theme/theme.hpp"

using namespace latent::desktop;

namespace {

const QString kManual = QStringLiteral(LATENT_BINARY_DIR "/share/latent/manual");
constexpr qint64 kMostPictureBytes = 250 << 10;

/// The targets of all links and pictures of a document as it was laid out, so that what Markdown makes of a text counts.
struct Targets {
    QStringList links, pictures;
    QSet<QString> anchors;
};
Targets targetsOf(const QTextDocument& document) {
    Targets all;
    for (QTextBlock block = document.begin(); block.isValid(); block = block.next()) {
        for (auto it = block.begin(); !it.atEnd(); ++it) {
            const QTextCharFormat format = it.fragment().charFormat();
            if (format.isAnchor() && !format.anchorHref().isEmpty()) all.links << format.anchorHref();
            if (format.isImageFormat()) all.pictures << format.toImageFormat().name();
            for (const QString& name : format.anchorNames()) all.anchors << name;
        }
    }
    return all;
}

void write(const QString& path, const QByteArray& text) {
    QDir().mkpath(QFileInfo(path).path());
    QFile file(path);
    if (file.open(QIODevice::WriteOnly)) file.write(text);
}

/// A manual that has been read.
struct Open {
    explicit Open(const QString& folder = kManual) : view(folder) {
        view.resize(1100, 700);
        QSignalSpy ready(&view, &ManualView::ready);
        view.show();
        if (ready.isEmpty()) ready.wait(20'000);
    }
    QString text() const { return view.browser()->toPlainText(); }
    QString line() const {
        for (const QLabel* label : view.findChildren<QLabel*>())
            if (label->isVisible() && label->parentWidget()->property("look") == QStringLiteral("foot"))
                return label->text();
        return {};
    }
    void follow(const QString& link) { Q_EMIT view.browser()->anchorClicked(QUrl(link)); }
    ManualView view;
};

}  // namespace

class TestManual : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    void initTestCase() { ThemeManager::instance().install(*qApp); }

    void everyPageLaysOutAndEveryLinkResolves() {
        Open manual;
        const ManualPages& pages = manual.view.pages();
        QVERIFY(pages.pages().size() >= 5);
        for (const char* id :
             {"index", "sweeps", "python", "plugin-authors", "architecture", "plugins/concept_space"})
            QVERIFY2(pages.find(QLatin1String(id)), id);
        for (const ManualPage& page : pages.pages()) {
            manual.view.showPage(page.id);
            QCOMPARE(manual.view.page(), page.id);
            ManualBrowser& browser = *manual.view.browser();
            QVERIFY2(browser.toPlainText().size() > 100, qPrintable(page.id));
            QVERIFY(browser.document()->documentLayout()->documentSize().height() > 50);
            const Targets targets = targetsOf(*browser.document());
            for (const ManualHeading& heading : page.headings)
                QVERIFY2(targets.anchors.contains(heading.anchor),
                         qPrintable(page.id + QLatin1Char('#') + heading.anchor));
            for (const QString& picture : targets.pictures) {
                const QFileInfo file(QFileInfo(page.file).path() + QLatin1Char('/') + picture);
                QVERIFY2(file.exists() && !QImageReader(file.filePath()).read().isNull(),
                         qPrintable(page.id + QStringLiteral(": ") + picture));
                QVERIFY2(file.size() < kMostPictureBytes, qPrintable(picture));
            }
            for (const QString& link : targets.links) {
                if (QUrl(link).scheme() == QStringLiteral("https"))
                    continue;  // shown and copied, never opened
                manual.view.showPage(page.id);
                manual.follow(link);
                QVERIFY2(manual.line().isEmpty(), qPrintable(page.id + QStringLiteral(" → ") + link +
                                                             QStringLiteral(": ") + manual.line()));
            }
            QVERIFY2(browser.refusedResources().isEmpty(),
                     qPrintable(page.id + QStringLiteral(": ") +
                                browser.refusedResources().join(QLatin1Char(' '))));
        }
    }

    void noPageMentionsARemoteResource() {
        // Pictures and styles by address; a link in running text is only words.
        static const QRegularExpression remote(
            QStringLiteral("!\\[[^\\]]*\\]\\((https?:)?//|<(img|script|link|iframe)\\b"),
            QRegularExpression::CaseInsensitiveOption);
        const ManualPages pages = ManualPages::read(kManual);
        for (const ManualPage& page : pages.pages())
            QVERIFY2(!remote.match(page.markdown).hasMatch(), qPrintable(page.id));
    }

    void everyPictureIsUsedAndSmall() {
        QStringList used;
        const ManualPages pages = ManualPages::read(kManual);
        for (const ManualPage& page : pages.pages())
            for (auto it = QRegularExpression(QStringLiteral("!\\[([^\\]]*)\\]\\(([^)]+)\\)"))
                               .globalMatch(page.markdown);
                 it.hasNext();) {
                const auto match = it.next();
                QVERIFY2(match.captured(1).size() > 10,
                         qPrintable(page.id +
                                    QStringLiteral(": a picture without words for those who do not see it")));
                used << QFileInfo(match.captured(2)).fileName();
            }
        for (const QFileInfo& file : QDir(QStringLiteral(LATENT_SOURCE_DIR "/resources/manual/pictures"))
                                         .entryInfoList({QStringLiteral("*.png")}, QDir::Files)) {
            QVERIFY2(used.contains(file.fileName()), qPrintable(file.fileName()));
            QVERIFY2(file.size() < kMostPictureBytes, qPrintable(file.fileName()));
        }
    }

    void aPageThatMeansHarmGetsNothing() {
        const QTemporaryDir folder;
        const QString manual = folder.filePath(QStringLiteral("manual")),
                      secret = folder.filePath(QStringLiteral("secret.png"));
        QImage picture(40, 30, QImage::Format_RGB32);
        picture.fill(Qt::red);
        QVERIFY(picture.save(secret));
        write(manual + QStringLiteral("/index.md"),
              "# Bad\n\n![far](http://192.0.2.1/a.png) ![host](//192.0.2.1/a.png) ![out](../secret.png) "
              "![file](file://" +
                  secret.toUtf8() +
                  ") ![link](inside.png) ![data](data:image/png;base64,AAAA) ![own](own.png)\n\n<img "
                  "src=\"http://192.0.2.1/b.png\"><script>x</script>\n");
        QVERIFY(picture.save(manual + QStringLiteral("/own.png")));
        QVERIFY(QFile::link(secret, manual + QStringLiteral("/inside.png")));
        Open open(manual);
        open.view.browser()->document()->documentLayout()->documentSize();
        open.view.grab();
        const QStringList refused = open.view.browser()->refusedResources();
        for (const char* name :
             {"http://192.0.2.1/a.png", "//192.0.2.1/a.png", "../secret.png", "inside.png"})
            QVERIFY2(refused.contains(QLatin1String(name)), name);
        QVERIFY(!refused.contains(QStringLiteral("own.png")));
        QVERIFY2(open.text().contains(QStringLiteral("<script>")), "markup of a page is text");
    }

    void linksOutOfTheManualAreToldNotOpened() {
        Open manual;
        manual.follow(QStringLiteral("https://example.org/x"));
        QVERIFY2(manual.line().contains(QStringLiteral("https://example.org/x")), qPrintable(manual.line()));
        QCOMPARE(QApplication::clipboard()->text(), QStringLiteral("https://example.org/x"));
        QCOMPARE(manual.view.page(), QStringLiteral("index"));
        manual.follow(QStringLiteral("../../sdk/include/latent/schema.hpp"));
        QVERIFY(manual.line().contains(QStringLiteral("source code")));
    }

    void pagesAndReadmesFindEachOtherByTheirPathsInTheSourceTree() {
        const QTemporaryDir folder;
        const QString manual = folder.path();
        write(manual + QStringLiteral("/index.md"),
              "# Start\n\n[readme](../../plugins/own/README.md) [section](#two)\n\n## Two\n\nwords\n");
        write(manual + QStringLiteral("/plugins/own.md"),
              "# Own\n\n[back](../../resources/manual/index.md#two) [gone](nowhere.md)\n");
        Open open(manual);
        open.follow(QStringLiteral("../../plugins/own/README.md"));
        QCOMPARE(open.view.page(), QStringLiteral("plugins/own"));
        open.follow(QStringLiteral("../../resources/manual/index.md#two"));
        QCOMPARE(open.view.page(), QStringLiteral("index"));
        QVERIFY(open.line().isEmpty());
        open.follow(QStringLiteral("#three"));
        QVERIFY2(open.line().contains(QStringLiteral("no section")), qPrintable(open.line()));
        open.view.showPage(QStringLiteral("nonsense"));
        QVERIFY2(open.text().contains(QStringLiteral("no page")), qPrintable(open.text()));
    }

    void backAndForward() {
        Open manual;
        manual.view.showPage(QStringLiteral("sweeps"));
        QScrollBar* bar = manual.view.browser()->verticalScrollBar();
        bar->setValue(bar->maximum() / 2);
        const int place = bar->value();
        QVERIFY(place > 0);
        manual.view.showPage(QStringLiteral("python"));
        manual.view.back();
        QCOMPARE(manual.view.page(), QStringLiteral("sweeps"));
        QCOMPARE(bar->value(), place);
        manual.view.back();
        QCOMPARE(manual.view.page(), QStringLiteral("index"));
        manual.view.back();  // nothing before
        manual.view.forward();
        manual.view.forward();
        QCOMPARE(manual.view.page(), QStringLiteral("python"));
    }

    void searchFindsBestFirst() {
        const ManualPages pages = ManualPages::read(kManual);
        const auto hits = pages.search(QStringLiteral("exit codes"));
        QVERIFY(!hits.empty());
        QCOMPARE(hits.front().page, QStringLiteral("index"));
        QCOMPARE(hits.front().anchor, QStringLiteral("exit-codes-of-latent"));
        QVERIFY(pages.search(QStringLiteral("exit zebra")).empty());  // all words
        QVERIFY(!pages.search(QStringLiteral("quarant")).empty());    // the beginning of one
        QVERIFY(pages.search(QStringLiteral("  ")).empty());
        QCOMPARE(static_cast<int>(pages.search(QStringLiteral("run"), 5).size()), 5);
        for (const ManualHit& hit : pages.search(QStringLiteral("checkpoint resume")))
            QVERIFY2(hit.anchor.isEmpty() || pages.find(hit.page), qPrintable(hit.page));
    }

    void searchByKeys() {
        Open manual;
        manual.view.focusSearch();
        auto* field = manual.view.findChild<QLineEdit*>();
        QTest::keyClicks(field, QStringLiteral("exit codes"));
        auto* hits = manual.view.findChild<ManualHits*>();
        QTRY_VERIFY(hits->isVisible());
        QTest::keyClick(field, Qt::Key_Down);
        QCOMPARE(QApplication::focusWidget(), hits);
        QCOMPARE(manual.view.page(), QStringLiteral("index"));
        QVERIFY(!manual.view.browser()->extraSelections().isEmpty());
        field->setFocus();
        QTest::keyClick(field, Qt::Key_Escape);
        QVERIFY(field->text().isEmpty());
        QTRY_VERIFY(manual.view.findChild<QTreeWidget*>()->isVisible());
        QTest::keyClicks(field, QStringLiteral("zebra crossing"));
        QTRY_VERIFY(!hits->isVisible());
    }

    /// What was marked on the page before must not outlive it.
    void fromHitToHit() {
        Open manual;
        manual.view.focusSearch();
        QTest::keyClicks(manual.view.findChild<QLineEdit*>(), QStringLiteral("sweep"));
        auto* hits = manual.view.findChild<ManualHits*>();
        QTRY_VERIFY(hits->count() > 1);
        QStringList pages;
        for (int row = 0; row < hits->count(); ++row) {
            hits->setCurrentRow(row);
            pages << manual.view.page();
            QVERIFY(!manual.view.browser()->extraSelections().isEmpty());
        }
        pages.removeDuplicates();
        QVERIFY2(pages.size() > 1, "All hits are on one page.");
    }

    /// In a narrow pane the page has all of it; contents and search come when they are asked for.
    void aNarrowPaneIsThePages() {
        Open open;
        auto* contents = open.view.findChild<QTreeWidget*>();
        QToolButton* unfold = nullptr;
        for (QToolButton* one : open.view.findChildren<QToolButton*>())
            if (one->accessibleName().startsWith(QLatin1String("Contents"))) unfold = one;
        QVERIFY(contents && unfold);
        QVERIFY(contents->isVisible() && !unfold->isVisible());
        open.view.resize(420, 700);
        QVERIFY(!contents->isVisible() && unfold->isVisible());
        QVERIFY(QTest::qWaitFor([&] { return open.view.browser()->width() > 400; }));
        open.view.focusSearch();
        QVERIFY(contents->isVisible());
        QTreeWidgetItem* other = contents->topLevelItem(2);
        QTest::mouseClick(contents->viewport(), Qt::LeftButton, {}, contents->visualItemRect(other).center());
        QCOMPARE(open.view.page(), other->data(0, Qt::UserRole).toString());
        QVERIFY(!contents->isVisible());
        unfold->click();
        QVERIFY(contents->isVisible());
        open.view.resize(1100, 700);
        unfold->setChecked(false);
        QVERIFY(contents->isVisible() && !unfold->isVisible());
    }

    void codeIsCopiedAsItStands() {
        const QTemporaryDir folder;
        write(folder.filePath(QStringLiteral("index.md")),
              "# Code\n\n```sh\nlatent run x \\\n    --set a=1\n\necho <b>\n```\n\nwords\n\n    indented\n");
        Open open(folder.path());
        const QStringList blocks = open.view.browser()->codeBlocks();
        QCOMPARE(blocks.size(), 2);
        QCOMPARE(blocks[0], QStringLiteral("latent run x \\\n    --set a=1\n\necho <b>\n"));
        QCOMPARE(blocks[1], QStringLiteral("indented\n"));
        const auto buttons = open.view.browser()->viewport()->findChildren<QToolButton*>();
        QCOMPARE(buttons.size(), 2);
        buttons[0]->click();
        QCOMPARE(QApplication::clipboard()->text(), blocks[0]);
    }

    void theThemeReachesAnOpenPage() {
        Open manual;
        manual.view.showPage(QStringLiteral("sweeps"));
        ThemeManager::instance().choose(ThemeManager::Choice::Dark);
        const QImage dark = manual.view.browser()->grab().toImage();
        ThemeManager::instance().choose(ThemeManager::Choice::Light);
        const QImage light = manual.view.browser()->grab().toImage();
        QVERIFY(dark.pixelColor(10, 10).lightness() < 60 && light.pixelColor(10, 10).lightness() > 230);
        QCOMPARE(manual.view.page(), QStringLiteral("sweeps"));
    }

    void aMissingManualSaysWhereItShouldBe() {
        Open open(QStringLiteral("/nowhere/manual"));
        QVERIFY2(open.text().contains(QStringLiteral("/nowhere/manual")), qPrintable(open.text()));
    }
};

QTEST_MAIN(TestManual)
#include "test_manual.moc"
