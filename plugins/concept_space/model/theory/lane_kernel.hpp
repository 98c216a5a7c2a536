// SPDX-License-Identifier: Apache-2.0
#pragma once
// The integration kernels themselves, included by one source file for each instruction set (see lane_group.hpp).
//
// Everything is in an unnamed namespace: each including file has its own copy, compiled with its own instructions.
// `Lanes` is double, or a vector of doubles of the compiler (GCC and Clang lower it to what the machine has); `D` is the
// dimension where it is known at compile time, else 0. Sums run over k in ascending order in both layouts.

#include "theory/lane_group.hpp"

namespace concept_space::theory {
namespace {

template <class Lanes, int D>
struct Matrices {  // scratch matrices: in registers and on the stack for a known small D
    Lanes values[kScratchMatrices][D * D];
    explicit Matrices(const LaneGroup&) {}
    Lanes* operator[](int index) { return values[index]; }
};

template <class Lanes>
struct Matrices<Lanes, 0> {
    Lanes* base;
    long size;
    explicit Matrices(const LaneGroup& group)
        : base(reinterpret_cast<Lanes*>(group.scratch)), size(static_cast<long>(group.dim) * group.dim) {}
    Lanes* operator[](int index) { return base + index * size; }
};

template <class Lanes, int D>
struct Kernel {
    const LaneGroup& group;
    const int d;
    const Lanes* a;

    explicit Kernel(const LaneGroup& g)
        : group(g), d(D > 0 ? D : g.dim), a(reinterpret_cast<const Lanes*>(g.moment)) {}

    int at(int i, int j) const { return i * (D > 0 ? D : d) + j; }
    int size() const { return D > 0 ? D * D : d * d; }

    // c = x y, c_ij = sum_k x_ik y_kj: rows of y are contiguous, so the inner loop is over j.
    void multiply(const Lanes* x, const Lanes* y, Lanes* c) const {
        for (int i = 0; i < d; ++i) {
            for (int j = 0; j < d; ++j) c[at(i, j)] = x[at(i, 0)] * y[j];
            for (int k = 1; k < d; ++k) {
                const Lanes factor = x[at(i, k)];
                for (int j = 0; j < d; ++j) c[at(i, j)] += factor * y[at(k, j)];
            }
        }
    }

    // w = u u^T
    void gram(const Lanes* u, Lanes* transposed, Lanes* w) const {
        if constexpr (D > 0) {
            for (int i = 0; i < D; ++i) {
                for (int j = 0; j <= i; ++j) {
                    Lanes sum = u[at(i, 0)] * u[at(j, 0)];
                    for (int k = 1; k < D; ++k) sum += u[at(i, k)] * u[at(j, k)];
                    w[at(i, j)] = sum;
                    w[at(j, i)] = sum;
                }
            }
        } else {
            for (int i = 0; i < d; ++i) {
                for (int j = 0; j < d; ++j) transposed[at(j, i)] = u[at(i, j)];
            }
            multiply(u, transposed, w);
        }
    }

    // h = -dt B / 2 from w (in place), with pair_ij = -dt (a_i + a_j) / 2 and own_i = dt a_i; then k = h u = dt dU/dt.
    void slope(const Lanes* pair, const Lanes* own, const Lanes* u, Lanes* w, Lanes* k) const {
        for (int i = 0; i < size(); ++i) w[i] *= pair[i];
        for (int i = 0; i < d; ++i) w[at(i, i)] += own[i];
        multiply(w, u, k);
    }

    void keep(const Lanes* w, int frame) const {
        Lanes* out = reinterpret_cast<Lanes*>(group.weights) + static_cast<long>(frame) * size();
        for (int i = 0; i < size(); ++i) out[i] = w[i];
    }

    // One array serves as scratch for transposes and keeps own_i in its last matrix.
    void flow(bool rungeKutta) const {
        Matrices<Lanes, D> m(group);
        Lanes *u = m[0], *w = m[1], *k = m[2], *sum = m[3], *stage = m[4], *pair = m[5], *own = m[6], *spare = m[7];
        Lanes* state = reinterpret_cast<Lanes*>(group.state);
        Lanes* broken = reinterpret_cast<Lanes*>(group.breakdown);
        for (int i = 0; i < size(); ++i) u[i] = state[i];
        for (int i = 0; i < d; ++i) {
            own[i] = a[i] * group.stepSize;
            for (int j = 0; j < d; ++j) pair[at(i, j)] = (a[i] + a[j]) * (-0.5 * group.stepSize);
        }
        Lanes lost = Lanes{} + __builtin_inf();
        for (long n = 0, frame = 0;; ++n) {
            gram(u, spare, w);
            Lanes trace = w[0];
            for (int i = 1; i < d; ++i) trace += w[at(i, i)];
            const Lanes now = Lanes{} + static_cast<double>(n);
            const Lanes first = lost < now ? lost : now;
            lost = trace < Lanes{} + kBreakdownSize ? lost : first;
            if (n == group.frameSteps[frame]) keep(w, static_cast<int>(frame++));
            if (n == group.steps) break;
            slope(pair, own, u, w, k);
            if (!rungeKutta) {
                for (int i = 0; i < size(); ++i) u[i] += k[i];
                continue;
            }
            for (int i = 0; i < size(); ++i) {
                sum[i] = k[i];
                stage[i] = u[i] + 0.5 * k[i];
            }
            gram(stage, spare, w);
            slope(pair, own, stage, w, k);
            for (int i = 0; i < size(); ++i) {
                sum[i] += 2.0 * k[i];
                stage[i] = u[i] + 0.5 * k[i];
            }
            gram(stage, spare, w);
            slope(pair, own, stage, w, k);
            for (int i = 0; i < size(); ++i) {
                sum[i] += 2.0 * k[i];
                stage[i] = u[i] + k[i];
            }
            gram(stage, spare, w);
            slope(pair, own, stage, w, k);
            for (int i = 0; i < size(); ++i) u[i] += (sum[i] + k[i]) * (1.0 / 6.0);
        }
        for (int i = 0; i < size(); ++i) state[i] = u[i];
        *broken = lost;
    }

    // W + h V(W), V_ij = w_ij (a_i + a_j) - sum_k w_ik w_kj (a_k + (a_i + a_j)/2). Products of two weights come first,
    // so that entries (i, j) and (j, i) are the same operations and W stays exactly symmetric.
    void recursion() const {
        Matrices<Lanes, D> m(group);
        Lanes *w = m[0], *square = m[1], *weighted = m[2], *mean = m[3];
        Lanes* state = reinterpret_cast<Lanes*>(group.state);
        Lanes* broken = reinterpret_cast<Lanes*>(group.breakdown);
        for (int i = 0; i < size(); ++i) w[i] = state[i];
        for (int i = 0; i < d; ++i) {
            for (int j = 0; j < d; ++j) mean[at(i, j)] = 0.5 * (a[i] + a[j]);
        }
        Lanes lost = Lanes{} + __builtin_inf();
        for (long n = 0, frame = 0;; ++n) {
            Lanes norm = w[0] * w[0];
            for (int i = 1; i < size(); ++i) norm += w[i] * w[i];
            const Lanes now = Lanes{} + static_cast<double>(n);
            const Lanes first = lost < now ? lost : now;
            lost = norm < Lanes{} + kBreakdownSize * kBreakdownSize ? lost : first;
            if (n == group.frameSteps[frame]) keep(w, static_cast<int>(frame++));
            if (n == group.steps) break;
            for (int i = 0; i < d; ++i) {
                for (int j = 0; j < d; ++j) {
                    const Lanes product = w[at(i, 0)] * w[j];
                    square[at(i, j)] = product;
                    weighted[at(i, j)] = product * a[0];
                }
                for (int k = 1; k < d; ++k) {
                    const Lanes factor = w[at(i, k)];
                    const Lanes signal = a[k];
                    for (int j = 0; j < d; ++j) {
                        const Lanes product = factor * w[at(k, j)];
                        square[at(i, j)] += product;
                        weighted[at(i, j)] += product * signal;
                    }
                }
            }
            for (int i = 0; i < size(); ++i) {
                w[i] += (mean[i] * (w[i] + w[i] - square[i]) - weighted[i]) * group.stepSize;
            }
        }
        for (int i = 0; i < size(); ++i) state[i] = w[i];
        *broken = lost;
    }

    void run() const {
        switch (group.stepper) {
            case Stepper::FlowRk4: flow(true); break;
            case Stepper::FlowEuler: flow(false); break;
            case Stepper::WeightRecursion: recursion(); break;
        }
    }
};

template <class Lanes>
void integrateLanes(const LaneGroup& group) {
    switch (group.dim) {
        case 2: Kernel<Lanes, 2>(group).run(); break;
        case 3: Kernel<Lanes, 3>(group).run(); break;
        case 4: Kernel<Lanes, 4>(group).run(); break;
        default: Kernel<Lanes, 0>(group).run(); break;
    }
}

}  // namespace
}  // namespace concept_space::theory
