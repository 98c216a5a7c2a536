// SPDX-License-Identifier: GPL-3.0-or-later
#include "desktop/around/manual_browser.hpp"

#include <QAbstractTextDocumentLayout>
#include <QApplication>
#include <QClipboard>
#include <QFileInfo>
#include <QImageReader>
#include <QPointer>
#include <QScrollBar>
#include <QTextBlock>
#include <QTextFrame>
#include <QToolButton>

#include "desktop/around/manual_document.hpp"
#include "desktop/theme/icon.hpp"
#include "desktop/theme/theme.hpp"

namespace latent::desktop {
namespace {

constexpr int kReadableWidth = 760;
constexpr qint64 kMostImageBytes = 8 << 20;
constexpr int kMostHighlights = 500;

}  // namespace

ManualBrowser::ManualBrowser(const QString& folder, QWidget* parent)
    : QTextBrowser(parent), m_folder(QFileInfo(folder).canonicalFilePath()) {
    setOpenLinks(false);
    setOpenExternalLinks(false);
    setUndoRedoEnabled(false);
    setFrameShape(QFrame::NoFrame);
    setProperty("look", "page");
    setAccessibleName(tr("Page of the manual"));
    connect(&ThemeManager::instance(), &ThemeManager::changed, this, [this] {
        const int place = verticalScrollBar()->value();
        if (!m_page.id.isEmpty()) showPage(m_page);
        verticalScrollBar()->setValue(place);
    });
}

void ManualBrowser::showPage(const ManualPage& page) {
    if (&page != &m_page) m_page = page;
    for (QToolButton* button : m_buttons) button->deleteLater();
    m_buttons.clear();
    // Put together before it is shown: a document on show is laid out anew after each of its thousands of cells.
    auto* next = new QTextDocument(this);
    m_code = layManualPage(*next, m_page, theme());
    const QPointer<QTextDocument> before = document();
    setExtraSelections({});  // their cursors are in the document that goes
    setDocument(next);  // deletes the one that the browser began with
    delete before.data();
    for (QTextFrame* frame : m_code) {
        auto* copy = new QToolButton(viewport());
        copy->setIcon(icon(QStringLiteral("copy")));
        copy->setProperty("look", "flat");
        copy->setToolTip(tr("Copy this code"));
        copy->setAccessibleName(copy->toolTip());
        copy->setCursor(Qt::ArrowCursor);
        connect(copy, &QToolButton::clicked, this, [this, frame, copy] {
            QApplication::clipboard()->setText(codeOf(*frame));
            copy->setIcon(icon(QStringLiteral("check")));
            copy->setToolTip(tr("Copied"));
        });
        copy->show();
        m_buttons.push_back(copy);
    }
    setMargins();
    highlight();
}

void ManualBrowser::showSentence(const QString& sentence) {
    ManualPage page;
    page.id = QStringLiteral(" ");
    page.markdown = sentence.toHtmlEscaped();
    showPage(page);
}

QStringList ManualBrowser::codeBlocks() const {
    QStringList all;
    for (const QTextFrame* frame : m_code) all << codeOf(*frame);
    return all;
}

void ManualBrowser::setHighlighted(const QStringList& words, bool scroll) {
    m_words = words;
    highlight();
    if (!scroll || extraSelections().isEmpty()) return;
    setTextCursor(QTextCursor(extraSelections().constFirst().cursor.block()));
    ensureCursorVisible();
}

void ManualBrowser::highlight() {
    QList<QTextEdit::ExtraSelection> all;
    QColor mark = theme().warning;
    mark.setAlphaF(theme().isDark() ? 0.35f : 0.22f);
    for (const QString& word : m_words) {
        for (QTextCursor found = document()->find(word); !found.isNull() && all.size() < kMostHighlights;
             found = document()->find(word, found)) {
            QTextEdit::ExtraSelection selection;
            selection.cursor = found;
            selection.format.setBackground(mark);
            all.append(selection);
        }
    }
    std::sort(all.begin(), all.end(),
              [](const auto& a, const auto& b) { return a.cursor.position() < b.cursor.position(); });
    setExtraSelections(all);
}

QVariant ManualBrowser::loadResource(int type, const QUrl& name) {
    const auto refuse = [&]() -> QVariant {
        m_refused << name.toString();
        return type == QTextDocument::ImageResource ? QVariant(QImage()) : QVariant(QByteArray());
    };
    // Pages come by showPage(); everything else but an image of the manual's own is none of its business.
    if (type != QTextDocument::ImageResource || !(name.isRelative() || name.isLocalFile()) ||
        !name.host().isEmpty())
        return refuse();
    const QString path = name.isLocalFile() ? name.toLocalFile()
                                            : QFileInfo(m_page.file).path() + QLatin1Char('/') + name.path();
    const QString real = QFileInfo(path).canonicalFilePath();  // after every link and ".."
    if (m_folder.isEmpty() || !real.startsWith(m_folder + QLatin1Char('/')) ||
        QFileInfo(real).size() > kMostImageBytes)
        return refuse();
    QImageReader reader(real);
    reader.setAutoTransform(true);
    QImage image = reader.read();
    if (image.isNull()) return refuse();
    if (image.width() > kReadableWidth) image = image.scaledToWidth(kReadableWidth, Qt::SmoothTransformation);
    return image;
}

void ManualBrowser::setMargins() {
    QTextFrameFormat format = document()->rootFrame()->frameFormat();
    const double side = std::max<double>(2 * space::between, (viewport()->width() - kReadableWidth) / 2.0);
    format.setLeftMargin(side);
    format.setRightMargin(side);
    format.setTopMargin(2 * space::between);
    format.setBottomMargin(4 * space::between);
    document()->rootFrame()->setFrameFormat(format);
    placeButtons();
}

void ManualBrowser::placeButtons() {
    for (std::size_t i = 0; i < m_buttons.size(); ++i) {
        const QRectF frame = document()->documentLayout()->frameBoundingRect(m_code[i]);
        const QSize size = m_buttons[i]->sizeHint();
        m_buttons[i]->setGeometry(
            static_cast<int>(frame.right()) - size.width() - space::tight,
            static_cast<int>(frame.top()) + 2 * space::tight - verticalScrollBar()->value(), size.width(),
            size.height());
    }
}

void ManualBrowser::resizeEvent(QResizeEvent* event) {
    QTextBrowser::resizeEvent(event);
    setMargins();
}

void ManualBrowser::scrollContentsBy(int dx, int dy) {
    QTextBrowser::scrollContentsBy(dx, dy);
    placeButtons();
}

}  // namespace latent::desktop
