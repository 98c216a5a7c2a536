// SPDX-License-Identifier: GPL-3.0-or-later
#include "desktop/around/manual_pages.hpp"

#include <QDir>
#include <QDirIterator>
#include <QFile>
#include <QRegularExpression>
#include <QSet>
#include <algorithm>
#include <cmath>

namespace latent::desktop {
namespace {

constexpr qint64 kMostPageBytes = 4 << 20;
constexpr int kMostPages = 500;

/// Without the marks of Markdown, as it reads.
QString plain(QString line) {
    static const QRegularExpression link(QStringLiteral("!?\\[([^\\]]*)\\]\\([^)]*\\)"));
    static const QRegularExpression marks(QStringLiteral("[`*|]|^[#>\\s-]+"));
    line.replace(link, QStringLiteral("\\1"));
    line.replace(marks, QString());
    return line.simplified();
}

void findHeadings(ManualPage& page) {
    static const QRegularExpression heading(QStringLiteral("^(#{1,6})\\s+(.+?)\\s*#*$"));
    QSet<QString> taken;
    bool inFence = false;
    const QStringList lines = page.markdown.split(QLatin1Char('\n'));
    for (int i = 0; i < lines.size(); ++i) {
        if (lines[i].startsWith(QLatin1String("```"))) inFence = !inFence;
        const auto match = heading.match(lines[i]);
        if (inFence || !match.hasMatch()) continue;
        ManualHeading found{static_cast<int>(match.capturedLength(1)), plain(match.captured(2)),
                            manualAnchor(match.captured(2)), i};
        for (int n = 1; taken.contains(found.anchor); ++n)
            found.anchor = manualAnchor(match.captured(2)) + QStringLiteral("-%1").arg(n);
        taken.insert(found.anchor);
        page.headings.push_back(std::move(found));
    }
    page.title = page.headings.empty() ? page.id : page.headings.front().title;
}

/// How often a word begins at a boundary in the text; the last word typed may be unfinished, and all are taken as beginnings.
int countOf(const QString& text, const QString& word) {
    int count = 0;
    for (qsizetype at = text.indexOf(word, 0, Qt::CaseInsensitive); at >= 0;
         at = text.indexOf(word, at + 1, Qt::CaseInsensitive))
        if (at == 0 || !text[at - 1].isLetterOrNumber()) ++count;
    return count;
}

QString excerptAround(const QString& text, const QStringList& words) {
    qsizetype first = text.size();
    for (const QString& word : words)
        if (const qsizetype at = text.indexOf(word, 0, Qt::CaseInsensitive); at >= 0)
            first = std::min(first, at);
    if (first == text.size()) first = 0;
    qsizetype from = first > 40 ? text.indexOf(QLatin1Char(' '), first - 40) + 1 : 0;
    if (from > first) from = first;
    QString excerpt = text.mid(from, 180);
    if (from > 0) excerpt.prepend(QStringLiteral("… "));
    return from + 180 < text.size() ? excerpt + QStringLiteral(" …") : excerpt;
}

/// "sweeps" for a link to sweeps.md, in the order of the text.
QStringList pagesLinkedBy(const QString& markdown) {
    static const QRegularExpression link(QStringLiteral("\\]\\(([A-Za-z0-9_/-]+)\\.md[)#]"));
    QStringList pages;
    for (auto it = link.globalMatch(markdown); it.hasNext();)
        if (const QString page = it.next().captured(1); !pages.contains(page)) pages << page;
    return pages;
}

}  // namespace

QString manualAnchor(const QString& heading) {
    QString anchor;
    for (const QChar letter : plain(heading).toLower()) {
        if (letter.isLetterOrNumber() || letter == QLatin1Char('_')) anchor += letter;
        if (letter.isSpace() || letter == QLatin1Char('-')) anchor += QLatin1Char('-');
    }
    return anchor;
}

ManualPages ManualPages::read(const QString& folder) {
    ManualPages all;
    QDirIterator files(folder, {QStringLiteral("*.md")}, QDir::Files | QDir::Readable,
                       QDirIterator::Subdirectories);
    while (files.hasNext() && all.m_pages.size() < kMostPages) {
        ManualPage page;
        page.file = files.next();
        page.id = QDir(folder).relativeFilePath(page.file).chopped(3);
        page.isPlugin = page.id.startsWith(QLatin1String("plugins/"));
        QFile file(page.file);
        if (file.size() > kMostPageBytes || !file.open(QIODevice::ReadOnly)) continue;
        page.markdown = QString::fromUtf8(file.readAll());
        findHeadings(page);
        all.m_pages.push_back(std::move(page));
    }
    // The first page first, then those that it links to in its order, the rest by title; plugins after all others.
    const ManualPage* index = all.find(QStringLiteral("index"));
    const QStringList order = index ? pagesLinkedBy(index->markdown) : QStringList();
    const auto rank = [&order](const ManualPage& page) -> qsizetype {
        if (page.id == QLatin1String("index")) return -1;
        if (page.isPlugin) return order.size() + 1;
        const qsizetype place = order.indexOf(page.id);
        return place < 0 ? order.size() : place;
    };
    std::sort(all.m_pages.begin(), all.m_pages.end(), [&](const ManualPage& a, const ManualPage& b) {
        return std::pair(rank(a), a.title) < std::pair(rank(b), b.title);
    });
    return all;
}

const ManualPage* ManualPages::find(const QString& id) const {
    const auto found =
        std::find_if(m_pages.begin(), m_pages.end(), [&](const ManualPage& page) { return page.id == id; });
    return found == m_pages.end() ? nullptr : &*found;
}

QStringList ManualPages::wordsOf(const QString& words) {
    static const QRegularExpression gaps(QStringLiteral("[\\s\"“”]+"));
    return words.split(gaps, Qt::SkipEmptyParts);
}

std::vector<ManualHit> ManualPages::search(const QString& typed, int most) const {
    const QStringList words = wordsOf(typed);
    std::vector<ManualHit> hits;
    if (words.isEmpty()) return hits;
    for (const ManualPage& page : m_pages) {
        const QStringList lines = page.markdown.split(QLatin1Char('\n'));
        // A section reaches to the next heading; what stands before the first heading is one too.
        for (std::size_t s = 0; s <= page.headings.size(); ++s) {
            const ManualHeading* heading = s == 0 ? nullptr : &page.headings[s - 1];
            const qsizetype from = heading ? heading->line + 1 : 0,
                            to = s < page.headings.size() ? page.headings[s].line : lines.size();
            QStringList body;
            for (qsizetype i = from; i < to; ++i)
                if (const QString text = plain(lines[i]); !text.isEmpty()) body << text;
            const QString text = body.join(QLatin1Char(' ')), title = heading ? heading->title : QString();
            double score = 0;
            for (const QString& word : words) {
                const int inTitle = countOf(title, word), inPage = countOf(page.title, word),
                          inText = countOf(text, word);
                if (inTitle + inPage + inText == 0 || inTitle + inText == 0) {
                    score = 0;
                    break;
                }
                score += 8 * std::min(inTitle, 1) + 2 * std::min(inPage, 1) +
                         3 * std::log1p(inText) / std::log1p(1.0 + static_cast<double>(text.size()) / 2000);
            }
            if (score > 0 && words.size() > 1 &&
                text.contains(words.join(QLatin1Char(' ')), Qt::CaseInsensitive))
                score += 6;  // as a phrase
            if (score > 0)
                hits.push_back({page.id, page.title, heading ? heading->anchor : QString(), title,
                                excerptAround(text, words), score});
        }
    }
    std::stable_sort(hits.begin(), hits.end(),
                     [](const ManualHit& a, const ManualHit& b) { return a.score > b.score; });
    if (static_cast<int>(hits.size()) > most) hits.resize(static_cast<std::size_t>(most));
    return hits;
}

}  // namespace latent::desktop
