// SPDX-License-Identifier: GPL-3.0-or-later
#include "desktop/runs/filter_words.hpp"

#include <algorithm>

namespace latent::desktop {
namespace {

constexpr int kMost = 12;

QStringList values(const QString& key, std::initializer_list<const char*> words) {
    QStringList all;
    for (const char* word : words) all << key + QLatin1String(word);
    return all;
}

/// Of a key that is complete, its values; else nothing.
QStringList valuesAfter(const QString& word, const QStringList& tags) {
    if (word.startsWith(QLatin1String("state=")))
        return values(QStringLiteral("state="),
                      {"done", "running", "queued", "paused", "interrupted", "stopped", "failed", "lost"});
    if (word.startsWith(QLatin1String("kind=")))
        return values(QStringLiteral("kind="), {"run", "sweep", "batch", "data_source"});
    if (word.startsWith(QLatin1String("star="))) return values(QStringLiteral("star="), {"yes", "no"});
    if (!word.startsWith(QLatin1String("tag:"))) return {};
    QStringList all;
    for (const QString& tag : tags) all << QStringLiteral("tag:") + tag;
    return all;
}

/// Blanks stay inside a word only between quotes.
QString quoted(const QString& candidate) {
    if (!candidate.contains(QLatin1Char(' '))) return candidate;
    return QLatin1Char('"') + candidate + QLatin1Char('"');
}

const QStringList& keys() {
    static const QStringList all{QStringLiteral("state="),   QStringLiteral("tag:"),
                                 QStringLiteral("star=yes"), QStringLiteral("experiment="),
                                 QStringLiteral("created>"), QStringLiteral("ended>"),
                                 QStringLiteral("kind="),    QStringLiteral("sweep:"),
                                 QStringLiteral("plugin="),  QStringLiteral("notes~")};
    return all;
}

}  // namespace

FilterWord wordAt(const QString& filter, int cursor) {
    int from = 0;
    bool isQuoted = false;
    for (int i = 0; i < cursor && i < filter.size(); ++i) {
        if (filter[i] == QLatin1Char('"'))
            isQuoted = !isQuoted;
        else if (filter[i].isSpace() && !isQuoted)
            from = i + 1;
    }
    int to = std::max(from, cursor);
    while (to < filter.size() && !filter[to].isSpace()) ++to;
    if (from < filter.size() && filter[from] == QLatin1Char('-') && from < cursor) ++from;
    return {filter.mid(from, cursor - from), from, to};
}

QStringList filterCompletions(const QString& word, const QStringList& names, const QStringList& tags) {
    if (word.isEmpty()) return {};
    QStringList begins, contains;
    const auto offer = [&](const QString& candidate) {
        if (candidate == word) return;
        if (candidate.startsWith(word, Qt::CaseInsensitive))
            begins << quoted(candidate);
        else if (word.size() > 1 && candidate.contains(word, Qt::CaseInsensitive))
            contains << quoted(candidate);
    };
    const QStringList own = valuesAfter(word, tags);
    for (const QString& candidate : own.isEmpty() ? keys() + names : own) offer(candidate);
    return (begins + contains).mid(0, kMost);
}

}  // namespace latent::desktop
