// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// How fast a job gets on, and how long it will take: from what this attempt did in the last minute.
//
// Fractions that a checkpoint brought along are not counted, and times are the writer's, so that a slow reader changes
// nothing. Plain value; one thread.
//
//     JobProgress progress;
//     progress.add(state.attempt, state.lastTime, state.fraction);
//     progress.rate();                // fraction per second; 0: not known yet
//     progress.secondsLeft();         // -1: not known

#include <QString>
#include <deque>
#include <optional>
#include <string>

namespace latent::desktop {

struct Job;

class JobProgress {
  public:
    void add(int attempt, double time_s, double fraction);
    double rate() const;
    double secondsLeft() const;

  private:
    struct Sample {
        double time_s, fraction;
    };
    int m_attempt = 0;
    std::deque<Sample> m_samples;  ///< of this attempt, of the last minute
};

/// "360 of 2000 epoch 3" as workers say it.
struct CountedWords {
    double done = 0, total = 0;
    QString rest;
};
std::optional<CountedWords> countedWords(const std::string& progressText);

/// The line beside the bar: "62 % · 360 of 2,000 · 4 s left · 1.9 M steps/s · checkpoint 12 s ago"; of a job that does not
/// run the reason, or nothing.
QString progressWords(const Job& job);

}  // namespace latent::desktop
