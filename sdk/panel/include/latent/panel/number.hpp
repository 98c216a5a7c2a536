// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// A number as the window writes it: proper minus sign, grouped thousands, powers of ten with superscripts, never "1e-05".
//
// For labels and readouts of a panel, so that they read like the figures beside it. Pure functions; any thread.
//
//     numberWords(0.30999999);          // "0.31"
//     numberWords(-8.6124e-6, 3);       // "−8.61×10⁻⁶"
//     numberWords(123456);              // "123,456"

#include <QString>
#include <algorithm>
#include <cmath>

namespace latent::panel {
namespace detail {

inline constexpr char16_t kMinus = 0x2212;

inline QString superscript(int number) {
    static const QString digits = QStringLiteral("⁰¹²³⁴⁵⁶⁷⁸⁹");
    QString text;
    for (const QChar c : QString::number(number))
        text += c == QLatin1Char('-') ? QChar(0x207B) : digits[c.digitValue()];
    return text;
}

/// From five digits on: seeds and years are names.
inline void groupThousands(QString& digits) {
    const qsizetype point = digits.indexOf(QLatin1Char('.'));
    const qsizetype whole = point < 0 ? digits.size() : point;
    if (whole < 5) return;
    for (qsizetype at = whole - 3; at > 0; at -= 3) digits.insert(at, QLatin1Char(','));
}

inline void cutZeros(QString& digits) {
    if (!digits.contains(QLatin1Char('.'))) return;
    while (digits.endsWith(QLatin1Char('0'))) digits.chop(1);
    if (digits.endsWith(QLatin1Char('.'))) digits.chop(1);
}

inline QString withSign(bool negative, const QString& digits) {
    return negative ? QChar(kMinus) + digits : digits;
}

inline QString notANumber(double value) {
    if (std::isnan(value)) return QStringLiteral("NaN");
    return withSign(value < 0, QStringLiteral("∞"));
}

/// Of what QString::number() writes with 'e'; `value` is neither zero nor infinite.
inline QString scientific(double value, const QString& mantissaAndExponent, bool cuts) {
    const qsizetype e = mantissaAndExponent.indexOf(QLatin1Char('e'));
    QString mantissa = mantissaAndExponent.left(e);
    if (cuts) cutZeros(mantissa);
    return withSign(value < 0,
                    mantissa + QStringLiteral("×10") + superscript(mantissaAndExponent.mid(e + 1).toInt()));
}

}  // namespace detail

/// Up to `digits` (1 to 17) significant digits, trailing zeros cut; a power of ten below 0.001 and from ten million on.
inline QString numberWords(double value, int digits = 4) {
    if (!std::isfinite(value)) return detail::notANumber(value);
    if (value == 0) return QStringLiteral("0");
    const int exponent = static_cast<int>(std::floor(std::log10(std::abs(value))));
    if (exponent < -3 || exponent > 6)
        return detail::scientific(value, QString::number(std::abs(value), 'e', digits - 1), true);
    QString text = QString::number(std::abs(value), 'f', std::max(0, digits - 1 - exponent));
    detail::cutZeros(text);
    detail::groupThousands(text);
    return detail::withSign(value < 0, text);
}

}  // namespace latent::panel
