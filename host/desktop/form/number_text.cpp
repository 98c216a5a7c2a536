// SPDX-License-Identifier: GPL-3.0-or-later
#include "desktop/form/number_text.hpp"

#include <QRegularExpression>
#include <algorithm>
#include <cmath>
#include <utility>

#include "engine/parameters/allowed_words.hpp"

namespace latent::desktop {
namespace {

bool endsEntry(QChar c) {
    return c == QLatin1Char(',') || c == QLatin1Char(';') || c == QLatin1Char('[') || c == QLatin1Char(']') ||
           c.isSpace();
}

/// The entry around the cursor: from, to.
std::pair<int, int> entryAt(const QString& text, int cursor) {
    int from = std::clamp(cursor, 0, static_cast<int>(text.size())), to = from;
    while (from > 0 && !endsEntry(text[from - 1])) --from;
    while (to < text.size() && !endsEntry(text[to])) ++to;
    return {from, to};
}

/// One unit of the second digit: 0.05 steps by 0.001, 200 by 10.
double ownStep(double value) {
    return value == 0 ? 0.1 : std::pow(10.0, std::floor(std::log10(std::abs(value)) + 1e-9) - 1);
}

double logarithmicStep(double value, int by, bool large) {
    if (large) return value * std::pow(10.0, by);
    const double decade = std::pow(10.0, std::floor(std::log10(value) + 1e-9)), digit = value / decade;
    if (by > 0) {
        for (const double next : {1.0, 2.0, 5.0})
            if (next > digit * (1 + 1e-9)) return next * decade;
        return 10 * decade;
    }
    for (const double next : {5.0, 2.0, 1.0})
        if (next < digit * (1 - 1e-9)) return next * decade;
    return 0.5 * decade;
}

}  // namespace

bool isUnfinished(const engine::ParameterModel& p, const QString& text, int cursor) {
    if (!engine::isNumeric(p.type)) return false;
    if (text.trimmed().startsWith(QLatin1Char('[')) &&
        text.count(QLatin1Char('[')) > text.count(QLatin1Char(']')))
        return true;
    const auto [from, to] = entryAt(text, cursor);
    static const QRegularExpression begun(QStringLiteral("^[+-]?(\\.|(\\d+\\.?\\d*|\\.\\d+)[eE][+-]?)?$"));
    return begun.match(text.mid(from, to - from)).hasMatch();
}

double stepped(const engine::ParameterModel& p, double value, int by, bool large) {
    double next = 0;
    if (p.logarithmic && value > 0) {
        next = logarithmicStep(value, by, large);
        if (engine::isWhole(p.type))
            next = by > 0 ? std::max(value + 1, std::round(next)) : std::min(value - 1, std::round(next));
    } else {
        double unit = p.step.value_or(ownStep(value));
        if (engine::isWhole(p.type)) unit = std::max(1.0, std::round(unit));
        const double far = by * unit * (large ? 10 : 1);
        // Onto the grid of the unit, except for whole numbers: 2333 steps to 2343, not to 2340.
        next = engine::isWhole(p.type) ? value + far : std::round((value + far) / unit) * unit;
    }
    const bool tooLow = p.min && (p.minExclusive ? next <= *p.min : next < *p.min),
               tooHigh = p.max && (p.maxExclusive ? next >= *p.max : next > *p.max);
    if (tooLow) return p.minExclusive ? value : *p.min;
    if (tooHigh) return p.maxExclusive ? value : *p.max;
    return next;
}

QString shortNumber(const engine::ParameterModel& p, double value) {
    if (engine::isWhole(p.type)) return QString::number(std::llround(value));
    return QString::fromStdString(engine::numberWords(QString::number(value, 'g', 12).toDouble()));
}

std::optional<SteppedText> stepText(const engine::ParameterModel& p, const QString& text, int cursor, int by,
                                    bool large) {
    const auto [from, to] = entryAt(text, cursor);
    bool isNumber = false;
    const double value = text.mid(from, to - from).toDouble(&isNumber);
    if (!isNumber) return std::nullopt;
    const QString next = shortNumber(p, stepped(p, value, by, large));
    return SteppedText{text.left(from) + next + text.mid(to), from + static_cast<int>(next.size())};
}

}  // namespace latent::desktop
