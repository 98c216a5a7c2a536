// SPDX-License-Identifier: GPL-3.0-or-later
#include "desktop/jobs/job_progress.hpp"

#include <QCoreApplication>
#include <QLocale>
#include <QRegularExpression>
#include <QStringList>
#include <algorithm>
#include <cmath>

#include "desktop/jobs/job_queue.hpp"
#include "desktop/live/run_words.hpp"

namespace latent::desktop {
namespace {

/// With a context that lupdate knows.
class JobProgressWords {
    Q_DECLARE_TR_FUNCTIONS(JobProgress)
};

constexpr double kWindow_s = 60;
constexpr double kShortest_s = 0.3;  ///< below it a rate would be noise
constexpr double kSlowest = 0.1;     ///< each second; of what is slower the time that is left says more

/// "cells", "images": what is counted, not what is done ("looking", "epoch 3").
bool isUnit(const QString& words) {
    return words.endsWith(QLatin1Char('s')) && !words.contains(QLatin1Char(' '));
}

}  // namespace

void JobProgress::add(int attempt, double time_s, double fraction) {
    if (attempt != m_attempt || (!m_samples.empty() && fraction < m_samples.back().fraction)) {
        m_samples.clear();
        m_attempt = attempt;
    }
    // A fresh attempt says 0 before it has read its checkpoint; the jump to where that stood is no speed.
    if (fraction <= 0) return;
    // While nothing gets on only the clock does: the newest sample moves along, and the rate sinks.
    if (m_samples.size() > 1 && m_samples.back().fraction == fraction &&
        m_samples[m_samples.size() - 2].fraction == fraction)
        m_samples.back().time_s = time_s;
    else
        m_samples.push_back({time_s, fraction});
    while (m_samples.size() > 2 && m_samples[1].time_s < time_s - kWindow_s) m_samples.pop_front();
}

double JobProgress::rate() const {
    if (m_samples.size() < 2) return 0;
    const double elapsed_s = m_samples.back().time_s - m_samples.front().time_s;
    if (elapsed_s < kShortest_s) return 0;
    return (m_samples.back().fraction - m_samples.front().fraction) / elapsed_s;
}

double JobProgress::secondsLeft() const {
    const double perSecond = rate();
    return perSecond > 0 ? std::max(0.0, (1 - m_samples.back().fraction) / perSecond) : -1;
}

std::optional<CountedWords> countedWords(const std::string& progressText) {
    static const QRegularExpression pattern(QStringLiteral("^(\\d+) of (\\d+)(?: (.*))?$"),
                                            QRegularExpression::DotMatchesEverythingOption);
    const auto match = pattern.match(QString::fromStdString(progressText));
    if (!match.hasMatch()) return std::nullopt;
    return CountedWords{match.captured(1).toDouble(), match.captured(2).toDouble(),
                        match.captured(3).simplified()};
}

QString progressWords(const Job& job) {
    if (job.state != "running" && job.state != "elsewhere") return QString::fromStdString(job.reason);
    QStringList words{JobProgressWords::tr("%1 %").arg(
        static_cast<int>(std::floor(100 * std::clamp(job.fraction, 0.0, 1.0))))};
    const auto counted = countedWords(job.progressText);
    const bool isNamed = counted && isUnit(counted->rest);
    if (counted && counted->total > 1)
        words << JobProgressWords::tr("%1 of %2")
                         .arg(QLocale().toString(static_cast<qlonglong>(counted->done)),
                              QLocale().toString(static_cast<qlonglong>(counted->total))) +
                     (isNamed ? QLatin1Char(' ') + counted->rest : QString());
    if (job.secondsLeft >= 0)
        words << JobProgressWords::tr("%1 left").arg(roughDurationWords(job.secondsLeft));
    if (counted && counted->total > 1 && job.rate * counted->total >= kSlowest)
        words << JobProgressWords::tr("%1 %2/s").arg(countWords(job.rate * counted->total),
                                                     isNamed ? counted->rest : JobProgressWords::tr("steps"));
    if (job.checkpointAge_s >= 0)
        words << JobProgressWords::tr("checkpoint %1 ago").arg(roughDurationWords(job.checkpointAge_s));
    const QString said = counted ? counted->rest : QString::fromStdString(job.progressText).simplified();
    if (!said.isEmpty() && !isNamed) words << said;
    return words.join(QStringLiteral(" · "));
}

}  // namespace latent::desktop
