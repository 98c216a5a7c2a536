// SPDX-License-Identifier: GPL-3.0-or-later
#include "desktop/around/fuzzy.hpp"

#include <QString>
#include <QStringList>
#include <algorithm>
#include <limits>

namespace latent::desktop {
namespace {

// The proportions are those of fzf: a letter at the start of a word is worth half a letter more, a gap costs little.
constexpr int kLetter = 16, kWordStart = 8, kCapital = 7, kInARow = 6, kFirst = 10, kGapStart = 3,
              kGapMore = 1;
constexpr int kNever = std::numeric_limits<int>::min() / 4;
constexpr qsizetype kMostTyped = 64, kMostText = 256;

/// Small, without its accent.
QChar folded(QChar letter) {
    const QString parts = letter.decomposition();
    return (parts.isEmpty() || letter.decompositionTag() != QChar::Canonical ? letter : parts.front())
        .toCaseFolded();
}

int bonusAt(QStringView text, qsizetype place) {
    if (place == 0) return kFirst;
    const QChar before = text[place - 1], here = text[place];
    if (!before.isLetterOrNumber()) return kWordStart;
    if (before.isLower() && here.isUpper()) return kCapital;
    if (!before.isDigit() && here.isDigit()) return kCapital;
    return 0;
}

/// One word against the text: for each typed letter and each place the best score that ends there, then back along it.
std::optional<FuzzyMatch> matchWord(QStringView word, QStringView text) {
    const qsizetype m = std::min(word.size(), kMostTyped), n = std::min(text.size(), kMostText);
    if (m > n) return std::nullopt;
    std::vector<int> score(static_cast<std::size_t>(m * n), kNever),
        from(static_cast<std::size_t>(m * n), -1);
    const auto at = [n](qsizetype i, qsizetype j) { return static_cast<std::size_t>(i * n + j); };
    for (qsizetype i = 0; i < m; ++i) {
        const QChar letter = folded(word[i]);
        int reach = kNever,
            reachFrom = -1;  // best predecessor with at least one letter between, its gap already paid
        for (qsizetype j = i; j < n; ++j) {
            if (i > 0 && j >= 2 && reach > kNever) reach -= kGapMore;
            if (i > 0 && j >= 2 && score[at(i - 1, j - 2)] - kGapStart > reach) {
                reach = score[at(i - 1, j - 2)] - kGapStart;
                reachFrom = static_cast<int>(j - 2);
            }
            if (folded(text[j]) != letter) continue;
            const int bonus = bonusAt(text, j);
            if (i == 0) {
                score[at(i, j)] = kLetter + bonus - static_cast<int>(std::min<qsizetype>(j, 6)) * kGapMore;
                continue;
            }
            const int row = score[at(i - 1, j - 1)];
            const int inRow = row > kNever ? row + std::max(kInARow, bonus) : kNever,
                      apart = reach > kNever ? reach + bonus : kNever;
            if (std::max(inRow, apart) <= kNever) continue;
            score[at(i, j)] = kLetter + std::max(inRow, apart);
            from[at(i, j)] = inRow >= apart ? static_cast<int>(j - 1) : reachFrom;
        }
    }
    qsizetype best = -1;
    for (qsizetype j = 0; j < n; ++j)
        if (score[at(m - 1, j)] > kNever && (best < 0 || score[at(m - 1, j)] > score[at(m - 1, best)]))
            best = j;
    if (best < 0) return std::nullopt;
    FuzzyMatch match{score[at(m - 1, best)], {}};
    for (qsizetype i = m - 1, j = best; i >= 0; --i) {
        match.places.push_back(static_cast<int>(j));
        j = from[at(i, j)];
    }
    std::reverse(match.places.begin(), match.places.end());
    return match;
}

}  // namespace

std::optional<FuzzyMatch> fuzzyMatch(QStringView typed, QStringView text) {
    FuzzyMatch all;
    for (const QStringView word : typed.split(u' ', Qt::SkipEmptyParts)) {
        const auto match = matchWord(word, text);
        if (!match) return std::nullopt;
        all.score += match->score;
        all.places.insert(all.places.end(), match->places.begin(), match->places.end());
    }
    if (all.places.empty()) return all;
    std::sort(all.places.begin(), all.places.end());
    all.places.erase(std::unique(all.places.begin(), all.places.end()), all.places.end());
    all.score -= static_cast<int>(std::min<qsizetype>(text.size(), kMostText) /
                                  8);  // of two equal matches the shorter text
    return all;
}

}  // namespace latent::desktop
