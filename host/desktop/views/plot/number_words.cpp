// SPDX-License-Identifier: GPL-3.0-or-later
#include "desktop/views/plot/number_words.hpp"

#include <algorithm>
#include <cmath>

#include "latent/panel/number.hpp"

namespace latent::desktop {
namespace {

using namespace panel::detail;

bool isZero(const QString& digits) {
    return std::all_of(digits.begin(), digits.end(),
                       [](QChar c) { return c == QLatin1Char('0') || c == QLatin1Char('.'); });
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
    return scientific(value, QString::number(std::abs(value), 'e', std::max(0, decimals)), false);
}

QString powerOfTen(int exponent, int mantissa) {
    const QString power = QStringLiteral("10") + superscript(exponent);
    return mantissa == 1 ? power : QString::number(mantissa) + QStringLiteral("×") + power;
}

QString valueWords(double value, int digits) { return panel::numberWords(value, digits); }

QString quantityWords(double value, const std::string& unit, int digits) {
    const QString number = valueWords(value, digits);
    return unit.empty() ? number : number + QLatin1Char(' ') + QString::fromStdString(unit);
}

int decimalsOf(double step) {
    int decimals = 0;
    // A step is 1, 2 or 5 times a power of ten up to rounding, so the first power that makes it whole is the answer.
    for (double scaled = std::abs(step);
         decimals < 15 && std::abs(scaled - std::round(scaled)) > 1e-6 * scaled; scaled *= 10)
        ++decimals;
    return decimals;
}

}  // namespace latent::desktop
