// SPDX-License-Identifier: Apache-2.0
#pragma once
// Sixteen floats in four vectors of four, with whatever the build's base instruction set gives: the policy that kernels are
// written over. lanes_avx2.hpp and lanes_avx512.hpp have the same operations.
//
// All is in an unnamed namespace: code compiled with wide instructions must never be merged by the linker with the same
// function of another unit. load and store need 64-byte alignment. No state: for any thread.
//
//     template <class L> void addRows(const float* a, const float* b, float* out, int n) {
//         for (int i = 0; i < n; i += latent::learn::kPanel) L::store(out + i, L::add(L::load(a + i), L::load(b + i)));
//     }
//     addRows<latent::learn::simd::PortableLanes>(a, b, out, 64);

#include "latent/learn/aligned.hpp"

namespace latent::learn::simd {
namespace {

struct PortableLanes {
    using Quad [[gnu::vector_size(16)]] = float;
    using Whole [[gnu::vector_size(16)]] = int;
    struct Row {
        Quad q[4];
    };
    static constexpr int kMaxRows = 2;    ///< rows of a tile whose accumulators stay in registers
    static constexpr int kMaxPanels = 1;  ///< panels of that tile

    static Row zero() { return broadcast(0.0F); }
    static Row broadcast(float s) {
        const Quad v = {s, s, s, s};
        return {{v, v, v, v}};
    }
    static Row load(const float* p) {
        return each([p](int i) -> Quad { return *reinterpret_cast<const Aliased*>(p + 4 * i); });
    }
    static void store(float* p, Row x) {
#pragma GCC unroll 4  // also at -O2: a Row that is indexed in a loop does not stay in registers
        for (int i = 0; i < 4; ++i) *reinterpret_cast<Aliased*>(p + 4 * i) = x.q[i];
    }
    static Row loadUnaligned(const float* p) { return loadFirst(p, kPanel); }
    static void storeUnaligned(float* p, Row x) { storeFirst(p, x, kPanel); }
    /// Lanes n … 15 are 0 and their memory is not touched; 0 ≤ n ≤ 16.
    static Row loadFirst(const float* p, int n) {
        alignas(16) float whole[kPanel] = {};
        for (int i = 0; i < n; ++i) whole[i] = p[i];
        return load(whole);
    }
    static void storeFirst(float* p, Row x, int n) {
        alignas(16) float whole[kPanel];
        store(whole, x);
        for (int i = 0; i < n; ++i) p[i] = whole[i];
    }
    /// Lanes below n of x, the rest of `other`.
    static Row keepFirst(Row x, int n, Row other) {
        return each([&](int i) {
            const Whole lane = {4 * i, 4 * i + 1, 4 * i + 2, 4 * i + 3};
            return lane < Whole{n, n, n, n} ? x.q[i] : other.q[i];
        });
    }

    /// acc += *scalar · b
    static void multiplyAdd(Row& acc, const float* scalar, Row b) { acc = addScaled(acc, b, *scalar); }
    /// a·b + c
    static Row multiplyAdd(Row a, Row b, Row c) {
        return each([&](int i) { return a.q[i] * b.q[i] + c.q[i]; });
    }
    static Row add(Row a, Row b) {
        return each([&](int i) { return a.q[i] + b.q[i]; });
    }
    static Row subtract(Row a, Row b) {
        return each([&](int i) { return a.q[i] - b.q[i]; });
    }
    static Row multiply(Row a, Row b) {
        return each([&](int i) { return a.q[i] * b.q[i]; });
    }
    static Row divide(Row a, Row b) {
        return each([&](int i) { return a.q[i] / b.q[i]; });
    }
    static Row scale(Row a, float s) { return multiply(a, broadcast(s)); }
    /// a + s·b
    static Row addScaled(Row a, Row b, float s) { return multiplyAdd(broadcast(s), b, a); }
    /// The larger; b where one of them is NaN.
    static Row max(Row a, Row b) {
        return each([&](int i) { return a.q[i] > b.q[i] ? a.q[i] : b.q[i]; });
    }
    static Row absolute(Row a) {
        return each([&](int i) { return Quad(Whole(a.q[i]) & 0x7FFFFFFF); });
    }
    static Row squareRoot(Row a) {
        return each([&](int i) {
            const Quad x = a.q[i];
            return Quad{__builtin_sqrtf(x[0]), __builtin_sqrtf(x[1]), __builtin_sqrtf(x[2]),
                        __builtin_sqrtf(x[3])};
        });
    }
    /// max(0, a); keeps NaN
    static Row rectify(Row a) {
        return each([&](int i) { return a.q[i] < 0.0F ? Quad{} : a.q[i]; });
    }
    /// a where by > 0, else 0
    static Row gate(Row a, Row by) { return choose(by, a, zero()); }
    static Row choose(Row by, Row positive, Row other) {
        return each([&](int i) { return by.q[i] > 0.0F ? positive.q[i] : other.q[i]; });
    }
    /// acc + r²
    static Row squareAdd(Row acc, Row r) { return multiplyAdd(r, r, acc); }
    static float sum(Row a) {
        const Quad s = (a.q[0] + a.q[1]) + (a.q[2] + a.q[3]);
        return (s[0] + s[2]) + (s[1] + s[3]);
    }
    static float largest(Row a) {
        const auto larger = [](Quad x, Quad y) { return x > y ? x : y; };
        const Quad m = larger(larger(a.q[0], a.q[1]), larger(a.q[2], a.q[3]));
        const float low = m[0] > m[1] ? m[0] : m[1], high = m[2] > m[3] ? m[2] : m[3];
        return low > high ? low : high;
    }
    /// Lanes 2i and 2i+1 exchanged.
    static Row swapPairs(Row a) {
        return each([&](int i) { return Quad{a.q[i][1], a.q[i][0], a.q[i][3], a.q[i][2]}; });
    }
    /// To the nearest whole number, ties to even; |a| < 2^22.
    static Row round(Row a) {
        constexpr float kShift = 0x1.8p23F;  // adding it leaves no bits for a fraction
        return each([&](int i) {
            Quad shifted = a.q[i] + kShift;
            asm("" : "+m"(shifted));  // the compiler must not cancel the two
            return shifted - kShift;
        });
    }
    /// a·2^n for whole n, where a and the result are normal numbers.
    static Row timesTwoTo(Row a, Row n) {
        return each(
            [&](int i) { return Quad(Whole(a.q[i]) + (__builtin_convertvector(n.q[i], Whole) << 23)); });
    }

    /// A block of 16×16 floats, aligned; rows lie `stride` floats apart.
    static void transpose(const float* src, float* dst) { transpose(src, kPanel, dst, kPanel); }
    static void transpose(const float* src, int srcStride, float* dst, int dstStride) {
        for (int i = 0; i < kPanel; ++i)
            for (int j = 0; j < kPanel; ++j) dst[j * dstStride + i] = src[i * srcStride + j];
    }

  private:
    using Aliased [[gnu::vector_size(16), gnu::may_alias]] = float;
    template <class F>
    [[gnu::always_inline]] static inline Row each(F f) {
        return {{f(0), f(1), f(2), f(3)}};
    }
};

}  // namespace
}  // namespace latent::learn::simd
