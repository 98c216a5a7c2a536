// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// What may stand at the cursor of a filter (host/engine/index/run_filter.hpp): keys, states, parameters, metrics, tags.
//
// Pure functions, any thread.
//
//     FilterWord word = wordAt("state=done mu", 13);                        // "mu", from 11 to 13
//     QStringList fits = filterCompletions(word.text, {"mu", "loss@"}, {"paper"});   // {"mu"}

#include <QString>
#include <QStringList>

namespace latent::desktop {

struct FilterWord {
    QString text;  ///< without a leading '-'
    int from = 0, to = 0;
};
FilterWord wordAt(const QString& filter, int cursor);

/// Continuations of a word, best first; `names` as possibleColumns() gives them.
QStringList filterCompletions(const QString& word, const QStringList& names, const QStringList& tags);

}  // namespace latent::desktop
