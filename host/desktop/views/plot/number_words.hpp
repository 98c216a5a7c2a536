// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Numbers as they stand on axes and in readouts: proper minus signs, grouped thousands, powers of ten with superscripts.
//
// Never "1e-05". Pure functions; any thread.
//
//     plainNumber(-12500, 0);               // "−12,500"
//     scientificNumber(2.5e-5, 1);          // "2.5×10⁻⁵"
//     valueWords(0.30999999);               // "0.31"

#include <QString>

namespace latent::desktop {

QString plainNumber(double value, int decimals);
QString scientificNumber(double value, int decimals);
/// "10⁻³"; with `mantissa` 2, "2×10⁻³".
QString powerOfTen(int exponent, int mantissa = 1);
/// Up to `digits` significant digits, trailing zeros cut; a power of ten where plain digits would be hard to read.
QString valueWords(double value, int digits = 4);
/// "0.31 nats", "12 %", or the number alone.
QString quantityWords(double value, const std::string& unit, int digits = 4);
/// Decimals that tell multiples of `step` apart: 2 for 0.25.
int decimalsOf(double step);

}  // namespace latent::desktop
