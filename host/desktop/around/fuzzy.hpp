// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// How well a few typed letters fit a text, and which letters of it they are.
//
// The typed letters have to occur in order (a subsequence), without regard to case and accents. Of all ways to place them
// the best counts: starts of words (also a capital after a small letter), letters in a row and an early first letter score,
// gaps cost. Blanks part words that may come in any order. Pure function; any thread.
//
//     if (const auto match = fuzzyMatch(u"expfig", u"Export figure")) show(match->score, match->places);

#include <QStringView>
#include <optional>
#include <vector>

namespace latent::desktop {

struct FuzzyMatch {
    int score = 0;            ///< larger is better; comparable between texts for the same typed letters
    std::vector<int> places;  ///< indices of the matched letters in the text, ascending
};

/// Nothing when a letter is missing; score 0 and no places when nothing was typed.
std::optional<FuzzyMatch> fuzzyMatch(QStringView typed, QStringView text);

}  // namespace latent::desktop
