// SPDX-License-Identifier: GPL-3.0-or-later
#include "desktop/views/plot/axis_ticks.hpp"

#include <algorithm>
#include <cmath>
#include <functional>

#include "desktop/views/plot/number_words.hpp"

namespace latent::desktop {
namespace {

/// More ticks than any screen has room for; a guard against ranges where the step vanishes in rounding.
constexpr int kMostTicks = 400;
constexpr double kSlack = 1e-9;

/// The next larger of 1, 2, 5 × 10ⁿ.
double niceStep(double least) {
    const double magnitude = std::pow(10.0, std::floor(std::log10(least)));
    for (const double factor : {1.0, 2.0, 5.0})
        if (factor * magnitude >= least * (1 - kSlack)) return factor * magnitude;
    return 10 * magnitude;
}

bool labelsFit(const AxisTicks& ticks, double pixelsPerPlace, const TickRoom& room) {
    for (std::size_t i = 1; i < ticks.places.size(); ++i) {
        const double spacing = (ticks.places[i] - ticks.places[i - 1]) * pixelsPerPlace;
        const double needed =
            (room.extent_px(ticks.labels[i]) + room.extent_px(ticks.labels[i - 1])) / 2 + room.clear_px;
        if (spacing < std::max(needed, room.leastGap_px)) return false;
    }
    return true;
}

/// One form for all numbers of an axis: plain digits while these are short, else one power of ten.
std::vector<QString> linearLabels(const std::vector<double>& values, double step) {
    double most = 0;
    for (const double value : values) most = std::max(most, std::abs(value));
    std::vector<QString> labels;
    const int decimals = decimalsOf(step);
    if (most == 0 || (most < 1e7 && decimals <= 4)) {
        for (const double value : values) labels.push_back(plainNumber(value, decimals));
        return labels;
    }
    const int exponent = static_cast<int>(std::floor(std::log10(most) + kSlack));
    const double power = std::pow(10.0, exponent);
    const int mantissaDecimals = decimalsOf(step / power);
    // Beside a large offset the mantissas would all look alike; there, more digits are the lesser evil.
    for (const double value : values)
        labels.push_back(std::abs(value) < step / 2 ? QStringLiteral("0")
                                                    : plainNumber(value / power, mantissaDecimals) +
                                                          QStringLiteral("×") + powerOfTen(exponent));
    return labels;
}

std::vector<double> multiples(double low, double high, double step) {
    std::vector<double> values;
    const double first = std::ceil(low / step - kSlack), last = std::floor(high / step + kSlack);
    for (double i = first; i <= last && values.size() < kMostTicks; ++i)
        values.push_back(i == 0 ? 0.0 : i * step);
    return values;
}

AxisTicks linearTicks(const AxisScale& scale, double low, double high, const TickRoom& room) {
    // The range may be of places on another scale that shows less than a decade: ticks are nice numbers all the same.
    const double lowValue = scale.value(low), highValue = scale.value(high);
    const double pixelsPerPlace = room.length_px / (high - low);
    double step = niceStep(
        std::max(room.leastStep, (highValue - lowValue) * room.leastGap_px / std::max(room.length_px, 1.0)));
    AxisTicks ticks;
    for (int attempt = 0; attempt < 12; ++attempt, step = niceStep(step * 1.5)) {
        const std::vector<double> values = multiples(lowValue, highValue, step);
        ticks = {{}, linearLabels(values, step), {}};
        for (const double value : values) ticks.places.push_back(scale.place(value));
        if (labelsFit(ticks, pixelsPerPlace, room)) break;
    }
    return ticks;
}

AxisTicks categoryTicks(const std::vector<std::string>& words, double low, double high,
                        const TickRoom& room) {
    const double pixelsPerPlace = room.length_px / (high - low);
    AxisTicks ticks;
    for (int stride = 1; stride < 1 << 20; stride *= 2) {
        ticks = {};
        const auto last = std::min(static_cast<double>(words.size()) - 1, std::floor(high));
        for (double i = std::max(0.0, std::ceil(low)); i <= last; ++i) {
            if (static_cast<long>(i) % stride != 0) continue;
            ticks.places.push_back(i);
            ticks.labels.push_back(QString::fromStdString(words[static_cast<std::size_t>(i)]));
        }
        if (labelsFit(ticks, pixelsPerPlace, room)) break;
    }
    return ticks;
}

/// Decades between small exponents read best as plain numbers, all others as powers.
std::function<QString(int, int)> decadeForm(double lowest, double highest) {
    const bool plain = lowest >= -3 - kSlack && highest <= 4 + kSlack;
    return [plain](int exponent, int mantissa) {
        return plain ? plainNumber(mantissa * std::pow(10.0, exponent), std::max(0, -exponent))
                     : powerOfTen(exponent, mantissa);
    };
}

AxisTicks logTicks(const AxisScale& scale, double low, double high, const TickRoom& room) {
    const double pixelsPerDecade = room.length_px / (high - low);
    const int first = static_cast<int>(std::ceil(low - kSlack)),
              last = static_cast<int>(std::floor(high + kSlack));
    if (last - first < 1 && high - low < 1.2) return linearTicks(scale, low, high, room);
    const auto form = decadeForm(low, high);
    AxisTicks ticks;
    // 1, 2, 5 in every decade where there is room and few decades; else every n-th decade.
    for (const auto& mantissas : {std::vector<int>{1, 2, 5}, std::vector<int>{1, 3}, std::vector<int>{1}}) {
        if (mantissas.size() > 1 && high - low > 3) continue;
        ticks = {};
        for (int decade = first - 1; decade <= last; ++decade)
            for (const int mantissa : mantissas) {
                const double place = decade + std::log10(mantissa);
                if (place < low - kSlack || place > high + kSlack) continue;
                ticks.places.push_back(place);
                ticks.labels.push_back(form(decade, mantissa));
            }
        if (labelsFit(ticks, pixelsPerDecade, room)) break;
    }
    int stride = 1;
    for (; stride < kMostTicks && !labelsFit(ticks, pixelsPerDecade, room);) {
        stride = stride == 1 ? 2 : stride == 2 ? 3 : stride == 3 ? 5 : stride * 2;
        ticks = {};
        for (int decade = first; decade <= last; ++decade) {
            if (decade % stride != 0) continue;
            ticks.places.push_back(decade);
            ticks.labels.push_back(form(decade, 1));
        }
    }
    if (stride > 1) {
        if (pixelsPerDecade >= 4)
            for (int decade = first; decade <= last; ++decade)
                if (decade % stride != 0) ticks.minor.push_back(decade);
    } else if (pixelsPerDecade >= 28) {
        for (int decade = first - 1; decade <= last; ++decade)
            for (int mantissa = 2; mantissa < 10; ++mantissa) {
                const double place = decade + std::log10(mantissa);
                if (place < low || place > high) continue;
                const auto isTaken = [&](double tick) { return std::abs(tick - place) < 1e-6; };
                if (std::none_of(ticks.places.begin(), ticks.places.end(), isTaken))
                    ticks.minor.push_back(place);
            }
    }
    return ticks;
}

AxisTicks symlogTicks(const AxisScale& scale, double low, double high, const TickRoom& room) {
    if ((low >= -1 && high <= 1) || high - low < 1) return linearTicks(scale, low, high, room);
    const double pixelsPerPlace = room.length_px / (high - low);
    const int reach = static_cast<int>(std::ceil(std::max({std::abs(low), std::abs(high), 2.0})));
    const double start = std::log10(scale.linearBelow());
    const bool wholeDecade = std::abs(start - std::round(start)) < 1e-6;
    const auto label = [&](int step) -> QString {
        const QString minus = step < 0 ? QString(QChar(0x2212)) : QString();
        const int exponent = static_cast<int>(std::round(start)) + std::abs(step) - 1;
        if (wholeDecade)
            return minus + decadeForm(std::round(start), std::round(start) + reach - 1)(exponent, 1);
        return valueWords(scale.value(step), 3);
    };
    AxisTicks ticks;
    for (int stride = 1; stride < kMostTicks; ++stride) {
        ticks = {};
        for (int step = -reach; step <= reach; ++step) {
            if (step < low - kSlack || step > high + kSlack) continue;
            // Zero always; decades are counted outwards from the linear stretch on both sides alike.
            if (step != 0 && (std::abs(step) - 1) % stride != 0) continue;
            if (std::abs(step) == 1 && stride > 1) continue;
            ticks.places.push_back(step);
            ticks.labels.push_back(step == 0 ? QStringLiteral("0") : label(step));
        }
        if (labelsFit(ticks, pixelsPerPlace, room)) break;
    }
    return ticks;
}

}  // namespace

AxisTicks axisTicks(const AxisScale& scale, const std::vector<std::string>& categories, double low,
                    double high, const TickRoom& room) {
    if (!(high > low) || !std::isfinite(high - low) || !(room.length_px > 1)) return {};
    if (!categories.empty() && scale.kind() == Scale::Linear)
        return categoryTicks(categories, low, high, room);
    switch (scale.kind()) {
        case Scale::Linear:
            return linearTicks(scale, low, high, room);
        case Scale::Log:
            return logTicks(scale, low, high, room);
        case Scale::SymLog:
            return symlogTicks(scale, low, high, room);
    }
    return {};
}

}  // namespace latent::desktop
