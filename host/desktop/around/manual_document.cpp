// SPDX-License-Identifier: GPL-3.0-or-later
#include "desktop/around/manual_document.hpp"

#include <QTextBlock>
#include <QTextCursor>
#include <QTextDocument>
#include <QTextFrame>
#include <QTextList>
#include <QTextTable>
#include <cmath>

namespace latent::desktop {
namespace {

bool isCode(const QTextBlock& block) {
    return block.blockFormat().hasProperty(QTextFormat::BlockCodeLanguage);
}

struct Dresser {
    QTextDocument& document;
    const Theme& theme;

    int size(double atThirteen) const {
        return static_cast<int>(std::lround(atThirteen * theme.body.pixelSize() / 13.0));
    }

    void heading(QTextCursor& cursor, int level, const QString& anchor) const {
        constexpr double kSizes[] = {22, 17, 14}, kAbove[] = {0, 28, 20};
        const std::size_t place = std::min<std::size_t>(static_cast<std::size_t>(level - 1), 2);
        QTextBlockFormat block = cursor.blockFormat();
        block.setTopMargin(kAbove[place]);
        block.setBottomMargin(space::inside);
        cursor.setBlockFormat(block);
        std::vector<std::pair<QTextFragment, QTextCharFormat>> changes;
        for (auto it = cursor.block().begin(); !it.atEnd(); ++it) {
            QTextCharFormat letters = it.fragment().charFormat();
            letters.clearProperty(QTextFormat::FontSizeAdjustment);  // of Markdown; it would win over a size
            letters.setProperty(QTextFormat::FontPixelSize, size(kSizes[place]));
            letters.setFontWeight(QFont::DemiBold);
            changes.emplace_back(it.fragment(), letters);
        }
        for (const auto& [fragment, letters] : changes) {
            cursor.setPosition(fragment.position());
            cursor.setPosition(fragment.position() + fragment.length(), QTextCursor::KeepAnchor);
            cursor.setCharFormat(letters);
        }
        // The anchor is on the first letter; merging keeps what else it is.
        cursor.setPosition(cursor.block().position());
        cursor.movePosition(QTextCursor::NextCharacter, QTextCursor::KeepAnchor);
        QTextCharFormat name;
        name.setAnchorNames({anchor});
        cursor.mergeCharFormat(name);
    }

    void text(QTextCursor& cursor) const {
        QTextBlockFormat format = cursor.blockFormat();
        const bool inTable = cursor.currentTable() != nullptr, inList = cursor.block().textList() != nullptr;
        // Proportional height goes above the letters; in the cells of a table it would push them off the middle.
        format.setLineHeight(inTable ? 100 : 142, QTextBlockFormat::ProportionalHeight);
        format.setTopMargin(0);
        format.setBottomMargin(inTable ? 0 : inList ? space::tight : space::inside + 2);
        cursor.setBlockFormat(format);
    }

    /// Links and words in typewriter letters.
    void fragments(const QTextBlock& block) const {
        std::vector<std::pair<QTextFragment, QTextCharFormat>> changes;
        for (auto it = block.begin(); !it.atEnd(); ++it) {
            const QTextCharFormat now = it.fragment().charFormat();
            QTextCharFormat change;
            if (now.fontFixedPitch()) {
                change.setFontFamilies({theme.mono.family()});
                change.setProperty(QTextFormat::FontPixelSize, size(12));
                if (!isCode(block)) change.setBackground(theme.hover);
            }
            if (now.isAnchor() && !now.anchorHref().isEmpty()) {
                change.setForeground(theme.accentText);
                change.setFontUnderline(true);
            }
            if (!change.isEmpty()) changes.emplace_back(it.fragment(), change);
        }
        for (const auto& [fragment, change] : changes) {
            QTextCursor cursor(&document);
            cursor.setPosition(fragment.position());
            cursor.setPosition(fragment.position() + fragment.length(), QTextCursor::KeepAnchor);
            cursor.mergeCharFormat(change);
        }
    }

    QTextFrame* code(const QTextBlock& first, const QTextBlock& last) const {
        QTextCursor cursor(first);
        cursor.setPosition(last.position() + last.length() - 1, QTextCursor::KeepAnchor);
        QTextFrameFormat format;
        format.setBackground(theme.window);
        format.setBorder(1);
        format.setBorderBrush(theme.line);
        format.setBorderStyle(QTextFrameFormat::BorderStyle_Solid);
        format.setPadding(space::between - 2);
        format.setTopMargin(space::tight);
        format.setBottomMargin(space::inside);
        QTextFrame* frame = cursor.insertFrame(format);
        for (QTextBlock line = frame->firstCursorPosition().block();
             line.isValid() && line.position() <= frame->lastPosition(); line = line.next()) {
            QTextCursor at(line);
            QTextBlockFormat height = at.blockFormat();
            height.setLineHeight(130, QTextBlockFormat::ProportionalHeight);
            height.setNonBreakableLines(false);  // a page is never wider than it is
            height.setTopMargin(0);
            height.setBottomMargin(0);
            at.setBlockFormat(height);
        }
        // Where a frame begins and ends a document has an empty paragraph; it shall take no room.
        for (const int beside : {frame->firstPosition() - 1, frame->lastPosition() + 1})
            if (const QTextBlock empty = document.findBlock(beside);
                empty.isValid() && empty.text().isEmpty())
                flatten(empty);
        return frame;
    }

    void flatten(const QTextBlock& block) const {
        QTextCursor at(block);
        QTextBlockFormat flat;
        flat.setLineHeight(1, QTextBlockFormat::FixedHeight);
        at.setBlockFormat(flat);
        QTextCharFormat tiny;
        tiny.setProperty(QTextFormat::FontPixelSize, 1);
        at.setBlockCharFormat(tiny);
    }

    void table(QTextTable& table) const {
        QTextTableFormat format = table.format();
        format.setBorder(1);
        format.setBorderBrush(theme.line);
        format.setBorderStyle(QTextFrameFormat::BorderStyle_Solid);
        format.setBorderCollapse(true);
        format.setCellSpacing(0);
        format.setCellPadding(6);
        format.setTopMargin(space::tight);
        format.setBottomMargin(space::between);
        format.setHeaderRowCount(1);
        table.setFormat(format);
        for (int column = 0; column < table.columns(); ++column) {
            QTextTableCell cell = table.cellAt(0, column);
            QTextCharFormat head = cell.format();
            head.setBackground(theme.window);
            head.setFontWeight(QFont::DemiBold);
            cell.setFormat(head);
        }
    }
};

}  // namespace

std::vector<QTextFrame*> layManualPage(QTextDocument& document, const ManualPage& page, const Theme& theme) {
    QTextDocument::MarkdownFeatures features(QTextDocument::MarkdownDialectGitHub);
    features.setFlag(QTextDocument::MarkdownNoHTML);
    document.setDefaultFont(theme.body);
    document.setMarkdown(page.markdown, features);
    document.setUndoRedoEnabled(false);
    const Dresser dresser{document, theme};
    // Headings come in the order in which ManualPages found them; the two may differ on a line that only one of them takes
    // for a heading, so the title decides.
    std::size_t next = 0;
    std::vector<std::pair<QTextBlock, QTextBlock>> code;
    for (QTextBlock block = document.begin(); block.isValid(); block = block.next()) {
        if (isCode(block)) {
            if (!code.empty() && code.back().second.next() == block)
                code.back().second = block;
            else
                code.emplace_back(block, block);
            dresser.fragments(block);
            continue;
        }
        QTextCursor cursor(block);
        dresser.fragments(block);
        if (const int level = block.blockFormat().headingLevel(); level > 0) {
            std::size_t at = next;
            while (at < page.headings.size() &&
                   page.headings[at].title.simplified() != block.text().simplified())
                ++at;
            QString anchor = manualAnchor(block.text());
            if (at < page.headings.size()) {
                anchor = page.headings[at].anchor;
                next = at + 1;
            }
            dresser.heading(cursor, level, anchor);
        } else {
            dresser.text(cursor);
        }
    }
    std::vector<QTextFrame*> frames;
    for (const auto& [first, last] : code) frames.push_back(dresser.code(first, last));
    for (QTextFrame* frame : document.rootFrame()->childFrames())
        if (auto* table = qobject_cast<QTextTable*>(frame)) dresser.table(*table);
    return frames;
}

QString codeOf(const QTextFrame& frame) {
    QStringList lines;
    for (auto it = frame.begin(); !it.atEnd(); ++it)
        if (it.currentBlock().isValid()) lines << it.currentBlock().text();
    while (!lines.isEmpty() && lines.back().trimmed().isEmpty()) lines.removeLast();
    return lines.join(QLatin1Char('\n')) + QLatin1Char('\n');
}

}  // namespace latent::desktop
