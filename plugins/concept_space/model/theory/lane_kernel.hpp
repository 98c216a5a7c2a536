// SPDX-License-Identifier: Apache-2.0
#pragma once
// The integration kernels themselves, included by one source file for each instruction set (see
// lane_group.hpp).
//
// Everything is in an unnamed namespace: each including file has its own copy, compiled with its own
// instructions. `Lanes` is double for one cell, else the compiler's vector of doubles (GCC and Clang); `D`
// is the dimension where it is known at compile time, else 0. Sums run over k in ascending order whatever
// the blocks.

#include "theory/lane_group.hpp"

namespace concept_space::theory {
namespace {

// Neighbouring columns of one cell, as wide as the instruction set holds at once.
#ifdef __AVX2__
using Part [[gnu::vector_size(32), gnu::aligned(8), gnu::may_alias]] = double;
#else
using Part [[gnu::vector_size(16), gnu::aligned(8), gnu::may_alias]] = double;
#endif
constexpr int kPart = static_cast<int>(sizeof(Part) / sizeof(double));

template <class Lanes, int D>
struct Matrices {  // scratch: in registers and on the stack for a known small D, else the caller's
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

    // Rows x Columns entries of c = x y from (row, column) on, held in registers while k runs.
    template <int Rows, int Columns>
    void multiplyBlock(const Lanes* x, const Lanes* y, Lanes* c, int row, int column) const {
        Lanes sum[Rows][Columns];
        for (int i = 0; i < Rows; ++i) {
            for (int j = 0; j < Columns; ++j) sum[i][j] = x[at(row + i, 0)] * y[column + j];
        }
        for (int k = 1; k < d; ++k) {
            const Lanes* source = y + at(k, column);
            for (int i = 0; i < Rows; ++i) {
                const Lanes factor = x[at(row + i, k)];
                for (int j = 0; j < Columns; ++j) sum[i][j] += factor * source[j];
            }
        }
        for (int i = 0; i < Rows; ++i) {
            for (int j = 0; j < Columns; ++j) c[at(row + i, column + j)] = sum[i][j];
        }
    }

    // The same for one cell, with vectors along the row: Parts x kPart columns.
    template <int Rows, int Parts>
    void multiplyParts(const double* x, const double* y, double* c, int row, int column) const {
        Part sum[Rows][Parts];
        for (int i = 0; i < Rows; ++i) {
            const Part* source = reinterpret_cast<const Part*>(y + column);
            for (int j = 0; j < Parts; ++j) sum[i][j] = x[at(row + i, 0)] * source[j];
        }
        for (int k = 1; k < d; ++k) {
            const Part* source = reinterpret_cast<const Part*>(y + at(k, column));
            for (int i = 0; i < Rows; ++i) {
                for (int j = 0; j < Parts; ++j) sum[i][j] += x[at(row + i, k)] * source[j];
            }
        }
        for (int i = 0; i < Rows; ++i) {
            Part* target = reinterpret_cast<Part*>(c + at(row + i, column));
            for (int j = 0; j < Parts; ++j) target[j] = sum[i][j];
        }
    }

    template <int Rows>
    void multiplyRows(const Lanes* x, const Lanes* y, Lanes* c, int row) const {
        int column = 0;
        if constexpr (sizeof(Lanes) == sizeof(double)) {
            for (; column + 2 * kPart <= d; column += 2 * kPart) multiplyParts<Rows, 2>(x, y, c, row, column);
            for (; column + kPart <= d; column += kPart) multiplyParts<Rows, 1>(x, y, c, row, column);
        } else {
            for (; column + 4 <= d; column += 4) multiplyBlock<Rows, 4>(x, y, c, row, column);
        }
        for (; column + 2 <= d; column += 2) multiplyBlock<Rows, 2>(x, y, c, row, column);
        for (; column < d; ++column) multiplyBlock<Rows, 1>(x, y, c, row, column);
    }

    // c = x y, c_ij = sum_k x_ik y_kj, k ascending.
    void multiply(const Lanes* x, const Lanes* y, Lanes* c) const {
        if constexpr (D > 0) {
            for (int i = 0; i < D; ++i) multiplyBlock<1, D>(x, y, c, i, 0);
        } else {
            constexpr int kRows = sizeof(Lanes) == sizeof(double) ? 4 : 2;
            int row = 0;
            for (; row + kRows <= d; row += kRows) multiplyRows<kRows>(x, y, c, row);
            for (; row < d; ++row) multiplyRows<1>(x, y, c, row);
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

    // h = -dt B / 2 from w (in place), with pair_ij = -dt (a_i + a_j) / 2 and own_i = dt a_i; then k = h u =
    // dt dU/dt.
    void slope(const Lanes* pair, const Lanes* own, const Lanes* u, Lanes* w, Lanes* k) const {
        for (int i = 0; i < size(); ++i) w[i] *= pair[i];
        for (int i = 0; i < d; ++i) w[at(i, i)] += own[i];
        multiply(w, u, k);
    }

    void keep(const Lanes* w, int frame) const {
        Lanes* out = reinterpret_cast<Lanes*>(group.weights) + static_cast<long>(frame) * size();
        for (int i = 0; i < size(); ++i) out[i] = w[i];
    }

    // dU/dt = -BU/2: the classical Runge–Kutta method, or Euler's, which is gradient descent on U.
    void flow(bool rungeKutta) const {
        Matrices<Lanes, D> m(group);
        Lanes *u = m[0], *w = m[1], *k = m[2], *sum = m[3], *stage = m[4], *pair = m[5], *own = m[6],
              *spare = m[7];
        Lanes* state = reinterpret_cast<Lanes*>(group.state);
        Lanes* broken = reinterpret_cast<Lanes*>(group.breakdown);
        for (int i = 0; i < size(); ++i) u[i] = state[i];
        for (int i = 0; i < d; ++i) {
            own[i] = a[i] * group.stepSize;
            for (int j = 0; j < d; ++j) pair[at(i, j)] = (a[i] + a[j]) * (-0.5 * group.stepSize);
        }
        Lanes lost = *broken;
        for (long n = group.from, frame = group.firstFrame;; ++n) {
            gram(u, spare, w);
            Lanes trace = w[0];
            for (int i = 1; i < d; ++i) trace += w[at(i, i)];
            const Lanes now = Lanes{} + static_cast<double>(n);
            const Lanes first = lost < now ? lost : now;
            lost = trace < Lanes{} + kBreakdownSize ? lost : first;
            if (n == group.frameSteps[frame]) keep(w, static_cast<int>(frame++));
            if (n == group.to) break;
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

    // W + h V(W), V_ij = w_ij (a_i + a_j) - sum_k w_ik w_kj (a_k + (a_i + a_j)/2). Products of two weights
    // come first, so that entries (i, j) and (j, i) are the same operations and W stays exactly symmetric.
    void recursion() const {
        Matrices<Lanes, D> m(group);
        Lanes *w = m[0], *square = m[1], *weighted = m[2], *mean = m[3];
        Lanes* state = reinterpret_cast<Lanes*>(group.state);
        Lanes* broken = reinterpret_cast<Lanes*>(group.breakdown);
        for (int i = 0; i < size(); ++i) w[i] = state[i];
        for (int i = 0; i < d; ++i) {
            for (int j = 0; j < d; ++j) mean[at(i, j)] = 0.5 * (a[i] + a[j]);
        }
        Lanes lost = *broken;
        for (long n = group.from, frame = group.firstFrame;; ++n) {
            Lanes norm = w[0] * w[0];
            for (int i = 1; i < size(); ++i) norm += w[i] * w[i];
            const Lanes now = Lanes{} + static_cast<double>(n);
            const Lanes first = lost < now ? lost : now;
            lost = norm < Lanes{} + kBreakdownSize * kBreakdownSize ? lost : first;
            if (n == group.frameSteps[frame]) keep(w, static_cast<int>(frame++));
            if (n == group.to) break;
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
            case Stepper::FlowRk4:
                flow(true);
                break;
            case Stepper::FlowEuler:
                flow(false);
                break;
            case Stepper::WeightRecursion:
                recursion();
                break;
        }
    }
};

template <class Lanes>
void integrateLanes(const LaneGroup& group) {
    switch (group.dim) {
        case 2:
            Kernel<Lanes, 2>(group).run();
            break;
        case 3:
            Kernel<Lanes, 3>(group).run();
            break;
        case 4:
            Kernel<Lanes, 4>(group).run();
            break;
        default:
            Kernel<Lanes, 0>(group).run();
            break;
    }
}

}  // namespace
}  // namespace concept_space::theory
