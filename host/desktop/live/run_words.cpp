// SPDX-License-Identifier: GPL-3.0-or-later
#include "desktop/live/run_words.hpp"

#include <QCoreApplication>
#include <QLocale>
#include <array>
#include <cmath>

#include "desktop/theme/theme.hpp"

namespace latent::desktop {
namespace {

/// With a context that lupdate knows.
class Words {
    Q_DECLARE_TR_FUNCTIONS(RunWords)
};

constexpr qint64 kMinute = 60, kHour = 60 * kMinute, kDay = 24 * kHour;

QString twoUnits(qint64 seconds, qint64 large, const char* largeText, qint64 small, const char* smallText) {
    QString text = Words::tr(largeText).arg(seconds / large);
    if (const qint64 rest = seconds % large / small; rest > 0)
        text += QLatin1Char(' ') + Words::tr(smallText).arg(rest);
    return text;
}

}  // namespace

QString ageWords(double unixTime_s, const QDateTime& now) {
    if (unixTime_s <= 0) return {};
    const QDateTime then =
        QDateTime::fromMSecsSinceEpoch(static_cast<qint64>(unixTime_s * 1000)).toTimeZone(now.timeZone());
    const qint64 age_s = then.secsTo(now);
    if (age_s < kMinute) return Words::tr("now");
    if (age_s < kHour) return Words::tr("%1 min").arg(age_s / kMinute);
    if (then.date() == now.date()) return then.time().toString(QStringLiteral("HH:mm"));
    if (then.date().addDays(1) == now.date()) return Words::tr("yesterday");
    if (then.date().year() == now.date().year())
        return QLocale().toString(then.date(), QStringLiteral("d MMM"));
    return then.date().toString(Qt::ISODate);
}

QString durationWords(double seconds) {
    if (!(seconds >= 0)) return {};
    if (seconds < 9.95) return Words::tr("%1 s").arg(QString::number(seconds, 'f', seconds < 1 ? 2 : 1));
    const qint64 whole = std::llround(seconds);
    if (whole < kMinute) return Words::tr("%1 s").arg(whole);
    if (whole < kHour) return twoUnits(whole, kMinute, "%1 min", 1, "%1 s");
    if (whole < kDay) return twoUnits(whole, kHour, "%1 h", kMinute, "%1 min");
    return twoUnits(whole, kDay, "%1 d", kHour, "%1 h");
}

QString roughDurationWords(double seconds) {
    if (!(seconds >= 0)) return {};
    const qint64 whole = std::llround(seconds);
    if (whole < 90) return Words::tr("%1 s").arg(whole);
    if (whole < kHour) return Words::tr("%1 min").arg(std::llround(seconds / kMinute));
    if (whole < kDay) return twoUnits(whole, kHour, "%1 h", kMinute, "%1 min");
    return twoUnits(whole, kDay, "%1 d", kHour, "%1 h");
}

QString countWords(double value) {
    static constexpr std::array<const char*, 4> kSteps{"", " k", " M", " G"};
    std::size_t step = 0;
    while (std::abs(value) >= 999.5 && step + 1 < kSteps.size()) {
        value /= 1000;
        ++step;
    }
    const double size = std::abs(value);
    return QString::number(value, 'f', size >= 9.95 || (step == 0 && value == std::floor(value)) ? 0 : 1) +
           QLatin1String(kSteps[step]);
}

bool isLive(const std::string& state) {
    return state == "running" || state == "queued" || state == "elsewhere";
}

StateLook lookOfState(const std::string& state) {
    const Theme& t = theme();
    if (state == "running") return {Words::tr("running"), QStringLiteral("play"), t.accent};
    if (state == "done") return {Words::tr("done"), QStringLiteral("check"), t.ok};
    if (state == "failed") return {Words::tr("failed"), QStringLiteral("error"), t.bad};
    if (state == "paused") return {Words::tr("paused"), QStringLiteral("pause"), t.warning};
    if (state == "interrupted") return {Words::tr("interrupted"), QStringLiteral("warning"), t.warning};
    if (state == "lost") return {Words::tr("lost"), QStringLiteral("warning"), t.warning};
    if (state == "elsewhere") return {Words::tr("on another host"), QStringLiteral("link"), t.accent};
    if (state == "stopped") return {Words::tr("stopped"), QStringLiteral("stop"), t.muted};
    if (state == "queued") return {Words::tr("queued"), QStringLiteral("clock"), t.muted};
    if (state == "preparing") return {Words::tr("preparing"), QStringLiteral("clock"), t.muted};
    return {QString::fromStdString(state), QStringLiteral("info"), t.muted};
}

}  // namespace latent::desktop
