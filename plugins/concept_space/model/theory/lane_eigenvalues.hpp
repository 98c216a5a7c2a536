// SPDX-License-Identifier: Apache-2.0
#pragma once
// Smallest eigenvalues of many small symmetric matrices side by side, included by one source file for each instruction set
// (see lane_group.hpp): cyclic Jacobi rotations, a fixed number of sweeps, so that a lane's bits do not depend on its
// neighbours.
//
// `Root` gives the square root of all lanes. Six sweeps leave an off-diagonal of rounding size for D <= 4: convergence is
// quadratic once the off-diagonal is small, and four to five sweeps are what 4 x 4 matrices take at most.

#include "theory/lane_group.hpp"

namespace concept_space::theory {
namespace {

constexpr int kJacobiSweeps = 6;

struct RootOfOne {
    static double of(double x) { return __builtin_sqrt(x); }
};

template <class Lanes, class Root, int D>
Lanes smallestOf(const Lanes* w) {
    Lanes m[D][D];
    for (int i = 0; i < D; ++i)
        for (int j = 0; j < D; ++j) m[i][j] = w[i * D + j];
    const Lanes zero{}, one = zero + 1.0;
    for (int sweep = 0; sweep < kJacobiSweeps; ++sweep) {
        for (int p = 0; p < D - 1; ++p) {
            for (int q = p + 1; q < D; ++q) {
                // tan of the smaller of the two angles that make the entry (p, q) vanish.
                const Lanes off = m[p][q], apart = m[q][q] - m[p][p];
                const Lanes away = apart < zero ? zero - apart : apart;
                const Lanes below = away + Root::of(apart * apart + 4.0 * (off * off));
                const Lanes above = apart < zero ? -2.0 * off : 2.0 * off;
                const Lanes safe = below > zero ? below : one;
                const Lanes tangent = below > zero ? above / safe : zero;
                const Lanes cosine = 1.0 / Root::of(tangent * tangent + 1.0), sine = tangent * cosine;
                m[p][p] -= tangent * off;
                m[q][q] += tangent * off;
                m[p][q] = zero;
                for (int r = 0; r < D; ++r) {
                    if (r == p || r == q) continue;
                    Lanes& rp = r < p ? m[r][p] : m[p][r];
                    Lanes& rq = r < q ? m[r][q] : m[q][r];
                    const Lanes old = rp;
                    rp = cosine * old - sine * rq;
                    rq = sine * old + cosine * rq;
                }
            }
        }
    }
    Lanes least = m[0][0];
    for (int i = 1; i < D; ++i) least = m[i][i] < least ? m[i][i] : least;
    return least;
}

template <class Lanes, class Root>
void smallestEigenvalues(const double* w, int dim, long count, double* smallest) {
    const auto* in = reinterpret_cast<const Lanes*>(w);
    auto* out = reinterpret_cast<Lanes*>(smallest);
    for (long i = 0; i < count; ++i) {
        const Lanes* one = in + i * dim * dim;
        out[i] = dim == 2   ? smallestOf<Lanes, Root, 2>(one)
                 : dim == 3 ? smallestOf<Lanes, Root, 3>(one)
                            : smallestOf<Lanes, Root, 4>(one);
    }
}

}  // namespace
}  // namespace concept_space::theory
