// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Times, rates and states of runs in words, the same in every list: "3 min", "yesterday", "1.9 M", "interrupted".
//
// A state is told by word, colour and icon, never by colour alone. Any thread, except lookOfState: UI thread (theme).
//
//     label->setText(ageWords(run.created, QDateTime::currentDateTime()));
//     painter.setBrush(lookOfState("failed").colour);

#include <QColor>
#include <QDateTime>
#include <QString>
#include <string>

namespace latent::desktop {

/// When something was, as short as can be: "now", "3 min", "09:12", "yesterday", "12 Nov", "2025-11-12". Unix seconds.
QString ageWords(double unixTime_s, const QDateTime& now);
/// How long something took or takes: "0.4 s", "4 s", "3 min 20 s", "2 h 5 min", "3 d 4 h".
QString durationWords(double seconds);
/// The same with one unit where that says enough: "4 s", "9 min", "2 h 10 min".
QString roughDurationWords(double seconds);
/// "1.9 M", "12 k", "840", "0.4".
QString countWords(double value);

struct StateLook {
    QString word, icon;
    QColor colour;
};
/// Whether somebody works on a run of that state, or will.
bool isLive(const std::string& state);
StateLook lookOfState(const std::string& state);

}  // namespace latent::desktop
