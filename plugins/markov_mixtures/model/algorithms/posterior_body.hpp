// SPDX-License-Identifier: Apache-2.0
#pragma once
// The inner loops themselves, included by one source file for each instruction set (see posterior.hpp). Everything is in
// an unnamed namespace: each including file has its own copy, compiled with its own instructions.

#include <cmath>

#include "model/algorithms/posterior.hpp"

namespace markov_mixtures::detail {
namespace {

// Four chains. Narrower instruction sets do each operation in halves.
using Four [[gnu::vector_size(32), gnu::aligned(32), gnu::may_alias]] = double;
using FourWords [[gnu::vector_size(32), gnu::aligned(32)]] = long;

inline const Four* four(const double* p) { return reinterpret_cast<const Four*>(p); }
inline Four* four(double* p) { return reinterpret_cast<Four*>(p); }

void accumulate(const double* base, const double* rows, long stride, const int* index, const double* count,
                int features, double* out, long size) {
    const long n = size / 4;
    for (long m = 0; m < n; ++m) four(out)[m] = four(base)[m];
    int f = 0;
    for (; f + 4 <= features; f += 4) {
        const Four *a = four(rows + index[f] * stride), *b = four(rows + index[f + 1] * stride),
                   *c = four(rows + index[f + 2] * stride), *d = four(rows + index[f + 3] * stride);
        const double ca = count[f], cb = count[f + 1], cc = count[f + 2], cd = count[f + 3];
        for (long m = 0; m < n; ++m)
            four(out)[m] = four(out)[m] + ((ca * a[m] + cb * b[m]) + (cc * c[m] + cd * d[m]));
    }
    for (; f < features; ++f) {
        const Four* a = four(rows + index[f] * stride);
        const double ca = count[f];
        for (long m = 0; m < n; ++m) four(out)[m] = four(out)[m] + ca * a[m];
    }
}

/// x becomes exp(x), x ≤ 0, to about one unit in the last place; 0 below −708. Cody and Waite's reduction, Taylor's series
/// to degree 13 on |r| ≤ ln 2 / 2.
inline void exponential(Four& x) {
    const Four tiny = Four{} - 708.0;
    const FourWords lost = x < tiny;
    const Four y = lost ? tiny : x;
    const Four rounding = Four{} + 0x1.8p52;
    const Four shifted = y * 1.4426950408889634 + rounding;
    const FourWords exponent = reinterpret_cast<FourWords>(shifted);
    const Four whole = shifted - rounding;
    const Four r = (y - whole * 0.693147180369123816490) - whole * 1.90821492927058770002e-10;
    constexpr double kInverse[] = {1.6059043836821613e-10,
                                   2.08767569878681e-09,
                                   2.505210838544172e-08,
                                   2.755731922398589e-07,
                                   2.7557319223985893e-06,
                                   2.48015873015873e-05,
                                   0.0001984126984126984,
                                   0.001388888888888889,
                                   0.008333333333333333,
                                   0.041666666666666664,
                                   0.16666666666666666,
                                   0.5,
                                   1.0,
                                   1.0};
    Four sum = Four{} + kInverse[0];
    for (int i = 1; i < 14; ++i) sum = sum * r + kInverse[i];
    // The low bits of `shifted` hold the power of two, which is at least −1022 here.
    const FourWords power = (exponent + 1023) << 52;
    const Four value = sum * reinterpret_cast<Four>(power);
    x = lost ? Four{} : value;
}

double normalise(double* x, long size) {
    const long n = size / 4;
    Four top = four(x)[0];
    for (long m = 1; m < n; ++m) top = top > four(x)[m] ? top : four(x)[m];
    double largest = top[0];
    for (int i = 1; i < 4; ++i) largest = largest > top[i] ? largest : top[i];
    Four sum = {};
    for (long m = 0; m < n; ++m) {
        Four value = four(x)[m] - largest;
        exponential(value);
        four(x)[m] = value;
        sum += value;
    }
    const double total = (sum[0] + sum[1]) + (sum[2] + sum[3]);
    const double scale = 1 / total;
    for (long m = 0; m < n; ++m) four(x)[m] = four(x)[m] * scale;
    return largest + std::log(total);
}

void mix(const double* weights, const double* columns, long stride, int count, double* out) {
    const long n = stride / 4;
    for (int i = 0; i < count; ++i) {
        const Four* column = four(columns + i * stride);
        Four a = {}, b = {};
        long m = 0;
        for (; m + 2 <= n; m += 2) {
            a += four(weights)[m] * column[m];
            b += four(weights)[m + 1] * column[m + 1];
        }
        if (m < n) a += four(weights)[m] * column[m];
        a += b;
        out[i] = (a[0] + a[1]) + (a[2] + a[3]);
    }
}

}  // namespace
}  // namespace markov_mixtures::detail
