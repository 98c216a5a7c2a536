// SPDX-License-Identifier: GPL-3.0-or-later
#include "desktop/views/plot/number_words.hpp"

#include <algorithm>
#include <cmath>

namespace latent::desktop {
namespace {

const QChar kMinus(0x2212);

QString superscript(int number) {
    static const QString digits = QStringLiteral("⁰¹²³⁴⁵⁶⁷⁸⁹");
    QString text;
    for (const QChar c : QString::number(number)) text += c == QLatin1Char('-') ? QChar(0x207B) : digits[c.digitValue()];
    return text;
}

/// From five digits on: seeds and years are names.
void groupThousands(QString& digits) {
    const qsizetype point = digits.indexOf(QLatin1Char('.'));
    const qsizetype whole = point < 0 ? digits.size() : point;
    if (whole < 5) return;
    for (qsizetype at = whole - 3; at > 0; at -= 3) digits.insert(at, QLatin1Char(','));
}

QString notANumber(double value) {
    if (std::isnan(value)) return QStringLiteral("NaN");
    return value > 0 ? QStringLiteral("∞") : kMinus + QStringLiteral("∞");
}

void cutZeros(QString& digits) {
    if (!digits.contains(QLatin1Char('.'))) return;
    while (digits.endsWith(QLatin1Char('0'))) digits.chop(1);
    if (digits.endsWith(QLatin1Char('.'))) digits.chop(1);
}

int exponentOf(double value) { return value == 0 ? 0 : static_cast<int>(std::floor(std::log10(std::abs(value)))); }

QString withSign(bool negative, const QString& digits) { return negative ? kMinus + digits : digits; }

bool isZero(const QString& digits) {
    return std::all_of(digits.begin(), digits.end(), [](QChar c) { return c == QLatin1Char('0') || c == QLatin1Char('.'); });
}

}  // namespace

QString plainNumber(double value, int decimals) {
    if (!std::isfinite(value)) return notANumber(value);
    QString digits = QString::number(std::abs(value), 'f', std::max(0, decimals));
    const bool negative = value < 0 && !isZero(digits);
    groupThousands(digits);
    return withSign(negative, digits);
}

QString scientificNumber(double value, int decimals) {
    if (!std::isfinite(value)) return notANumber(value);
    if (value == 0) return QStringLiteral("0");
    const QString text = QString::number(std::abs(value), 'e', std::max(0, decimals));
    const qsizetype e = text.indexOf(QLatin1Char('e'));
    return withSign(value < 0, text.left(e) + QStringLiteral("×10") + superscript(text.mid(e + 1).toInt()));
}

QString powerOfTen(int exponent, int mantissa) {
    const QString power = QStringLiteral("10") + superscript(exponent);
    return mantissa == 1 ? power : QString::number(mantissa) + QStringLiteral("×") + power;
}

QString valueWords(double value, int digits) {
    if (!std::isfinite(value)) return notANumber(value);
    if (value == 0) return QStringLiteral("0");
    const int exponent = exponentOf(value);
    if (exponent < -3 || exponent > 6) {
        QString text = QString::number(std::abs(value), 'e', digits - 1);
        const qsizetype e = text.indexOf(QLatin1Char('e'));
        QString mantissa = text.left(e);
        cutZeros(mantissa);
        return withSign(value < 0, mantissa + QStringLiteral("×10") + superscript(text.mid(e + 1).toInt()));
    }
    QString text = QString::number(std::abs(value), 'f', std::max(0, digits - 1 - exponent));
    cutZeros(text);
    groupThousands(text);
    return withSign(value < 0, text);
}

QString quantityWords(double value, const std::string& unit, int digits) {
    const QString number = valueWords(value, digits);
    return unit.empty() ? number : number + QLatin1Char(' ') + QString::fromStdString(unit);
}

int decimalsOf(double step) {
    int decimals = 0;
    // A step is 1, 2 or 5 times a power of ten up to rounding, so the first power that makes it whole is the answer.
    for (double scaled = std::abs(step); decimals < 15 && std::abs(scaled - std::round(scaled)) > 1e-6 * scaled; scaled *= 10) ++decimals;
    return decimals;
}

}  // namespace latent::desktop
