// SPDX-License-Identifier: Apache-2.0
#pragma once
// exp and the Gaussian distribution function on sixteen floats, to float accuracy. Over a Lanes policy (lanes_*.hpp); in an
// unnamed namespace for the reason given in lanes_portable.hpp. Pure: for any thread.
//
//     L::Row e = exponential<L>(x);                     // relative error < 3e-7; 0 below -87
//     Normal<L> n = normal<L>(x);                       // n.below = Φ(x), n.density = φ(x); absolute error < 2e-7

#include "latent/learn/aligned.hpp"

namespace latent::learn::simd {
namespace {

/// e^x: x = n·ln 2 + r with |r| ≤ ½ ln 2, then a polynomial of degree 6 (coefficients of Cephes, expf). x ≤ 88.
template <class L>
[[gnu::always_inline]] inline typename L::Row exponential(typename L::Row x) {
    using Row = typename L::Row;
    x = L::max(L::broadcast(-87.0F), x);  // below, 2^n would not be a normal number; this order keeps NaN
    const Row n = L::round(L::scale(x, 1.44269504F));
    Row r = L::addScaled(x, n, -0.693359375F);  // ln 2 in two parts: the first times n is exact
    r = L::addScaled(r, n, 2.12194440e-4F);
    Row p = L::multiplyAdd(L::broadcast(1.9875691500e-4F), r, L::broadcast(1.3981999507e-3F));
    p = L::multiplyAdd(p, r, L::broadcast(8.3334519073e-3F));
    p = L::multiplyAdd(p, r, L::broadcast(4.1665795894e-2F));
    p = L::multiplyAdd(p, r, L::broadcast(1.6666665459e-1F));
    p = L::multiplyAdd(p, r, L::broadcast(5.0000001201e-1F));
    p = L::multiplyAdd(p, L::multiply(r, r), L::add(r, L::broadcast(1.0F)));
    return L::timesTwoTo(p, n);
}

template <class L>
struct Normal {
    typename L::Row below;    ///< Φ(x) = ½ (1 + erf(x/√2))
    typename L::Row density;  ///< φ(x) = e^{-x²/2}/√(2π)
};

/// Abramowitz and Stegun 7.1.26: erfc(y) ≈ (a₁t + … + a₅t⁵) e^{-y²} with t = 1/(1 + 0.3275911 y): one exponential gives both.
template <class L>
[[gnu::always_inline]] inline Normal<L> normal(typename L::Row x) {
    using Row = typename L::Row;
    const Row one = L::broadcast(1.0F);
    const Row e = exponential<L>(L::scale(L::multiply(x, x), -0.5F));
    const Row t = L::divide(one, L::addScaled(one, L::absolute(x), 0.23164189F));  // 0.3275911/√2
    Row p = L::multiplyAdd(L::broadcast(0.5F * 1.061405429F), t, L::broadcast(0.5F * -1.453152027F));
    p = L::multiplyAdd(p, t, L::broadcast(0.5F * 1.421413741F));
    p = L::multiplyAdd(p, t, L::broadcast(0.5F * -0.284496736F));
    p = L::multiplyAdd(p, t, L::broadcast(0.5F * 0.254829592F));
    const Row tail = L::multiply(L::multiply(p, t), e);  // Φ(-|x|)
    return {L::choose(x, L::subtract(one, tail), tail), L::scale(e, 0.39894228F)};
}

}  // namespace
}  // namespace latent::learn::simd
