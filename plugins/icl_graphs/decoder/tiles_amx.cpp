// SPDX-License-Identifier: Apache-2.0
// tiles.hpp by AMX. Compiled with these instructions; called only where tileKernels() has found them.
#include <immintrin.h>

#include <cstdint>
#include <latent/learn/simd/lanes_avx512.hpp>

#include "decoder/tiles.hpp"

namespace icl_graphs {
namespace {

using Lanes = latent::learn::simd::Avx512Lanes;

constexpr int kStretchTiles =
    6;  // of the depth, whose left and right tiles stay near while they are read five times

/// Three bfloat16 of each of sixteen floats, whose sum they are.
struct Parts {
    __m256i part[kParts];
};
[[gnu::always_inline]] inline Parts partsOf(__m512 x) {
    Parts p;
#pragma GCC unroll 3
    for (__m256i& part : p.part) {
        part = reinterpret_cast<__m256i>(_mm512_cvtneps_pbh(x));
        x = _mm512_sub_ps(x, _mm512_castsi512_ps(_mm512_slli_epi32(_mm512_cvtepu16_epi32(part), 16)));
    }
    return p;
}

/// 32 floats from `k`, zeros beyond `depth`, to the same row of the three tiles.
[[gnu::always_inline]] inline void splitRow(const float* row, int k, int depth, float* to) {
#pragma GCC unroll 2
    for (int half = 0; half < 2; ++half) {
        const int from = k + half * 16, left = depth - from;
        const auto mask = static_cast<__mmask16>(left >= 16 ? 0xFFFF : left > 0 ? (1 << left) - 1 : 0);
        const Parts parts = partsOf(_mm512_maskz_loadu_ps(mask, row + from));
#pragma GCC unroll 3
        for (int p = 0; p < kParts; ++p)
            _mm256_store_si256(reinterpret_cast<__m256i*>(to + p * kTile + half * 8), parts.part[p]);
    }
}

void splitLeft(const float* rows, std::ptrdiff_t stride, int count, int depth, float* tiles) {
    for (int k = 0; k < depth; k += kTileDepth, tiles += kParts * kTile) {
        for (int r = 0; r < count; ++r) splitRow(rows + r * stride, k, depth, tiles + r * kTileRows);
        for (int r = count; r < kTileRows; ++r)
            for (int p = 0; p < kParts; ++p)
                _mm512_store_ps(tiles + p * kTile + r * kTileRows, _mm512_setzero_ps());
    }
}

void splitRight(const float* rows, std::ptrdiff_t stride, int depth, float* tiles) {
    alignas(64) float lying[kParts * kTile];
    for (int k = 0; k < depth; k += kTileDepth, tiles += kParts * kTile) {
        for (int r = 0; r < kTileRows; ++r) splitRow(rows + r * stride, k, depth, lying + r * kTileRows);
        for (int p = 0; p < kParts; ++p) Lanes::transpose(lying + p * kTile, tiles + p * kTile);
    }
}

struct alignas(64) TileShapes {
    std::uint8_t palette = 1, startRow = 0, reserved[14] = {};
    std::uint16_t rowBytes[16] = {};
    std::uint8_t rows[16] = {};
    constexpr TileShapes() {
        for (int i = 0; i < 8; ++i) rowBytes[i] = 64, rows[i] = kTileRows;
    }
};

/// Sums of two by two tiles in registers 0 … 3; right tiles pass through 4 and 5, left ones through 6 and 7.
class Quarter {
  public:
    [[gnu::always_inline]] static void clear() {
        _tile_zero(0);
        _tile_zero(1);
        _tile_zero(2);
        _tile_zero(3);
    }
    [[gnu::always_inline]] static void right(const float* a, const float* b) {
        _tile_loadd(4, a, 64);
        _tile_loadd(5, b, 64);
    }
    [[gnu::always_inline]] static void left(const float* a, const float* b) {
        _tile_loadd(6, a, 64);
        _tile_dpbf16ps(0, 6, 4);
        _tile_dpbf16ps(1, 6, 5);
        _tile_loadd(7, b, 64);
        _tile_dpbf16ps(2, 7, 4);
        _tile_dpbf16ps(3, 7, 5);
    }
    /// The left tiles that are there already.
    [[gnu::always_inline]] static void again() {
        _tile_dpbf16ps(0, 6, 4);
        _tile_dpbf16ps(1, 6, 5);
        _tile_dpbf16ps(2, 7, 4);
        _tile_dpbf16ps(3, 7, 5);
    }
    [[gnu::always_inline]] static void addTo(float* out, std::ptrdiff_t stride, bool first) {
        alignas(64) float sums[4][kTile];
        _tile_stored(0, sums[0], 64);
        _tile_stored(1, sums[1], 64);
        _tile_stored(2, sums[2], 64);
        _tile_stored(3, sums[3], 64);
        for (int q = 0; q < 4; ++q)
            for (int r = 0; r < kTileRows; ++r) {
                float* to = out + (q / 2 * kTileRows + r) * stride + q % 2 * kTileRows;
                const __m512 sum = _mm512_load_ps(sums[q] + r * kTileRows);
                _mm512_store_ps(to, first ? sum : _mm512_add_ps(_mm512_load_ps(to), sum));
            }
    }
};

void product(const float* left, std::ptrdiff_t leftStep, int rows, const float* right,
             std::ptrdiff_t rightStep, int outputs, int depth, float* out, std::ptrdiff_t outStride) {
    static constexpr TileShapes shapes;
    _tile_loadconfig(&shapes);
    constexpr std::ptrdiff_t kNext = kParts * kTile, kMiddle = kTile, kLow = 2 * kTile;
    const int all = tileDepths(depth);
    for (int from = 0; from < all; from += kStretchTiles) {
        const int count = all - from < kStretchTiles ? all - from : kStretchTiles;
        for (int j = 0; j < outputs / kTileRows; j += 2)
            for (int i = 0; i < rows / kTileRows; i += 2) {
                const float *a = left + i * leftStep + from * kNext,
                            *b = right + j * rightStep + from * kNext;
                Quarter::clear();
                for (int n = 0; n < count; ++n, a += kNext, b += kNext) {  // the small products
                    Quarter::right(b + kLow, b + rightStep + kLow);
                    Quarter::left(a, a + leftStep);
                    Quarter::right(b + kMiddle, b + rightStep + kMiddle);
                    Quarter::again();
                    Quarter::left(a + kMiddle, a + leftStep + kMiddle);
                    Quarter::right(b, b + rightStep);
                    Quarter::again();
                    Quarter::left(a + kLow, a + leftStep + kLow);
                }
                a -= count * kNext, b -= count * kNext;
                for (int n = 0; n < count; ++n, a += kNext, b += kNext) {  // high by high
                    Quarter::right(b, b + rightStep);
                    Quarter::left(a, a + leftStep);
                }
                Quarter::addTo(out + i * kTileRows * outStride + j * kTileRows, outStride, from == 0);
            }
    }
    _tile_release();
}

}  // namespace

extern const TileKernels kAmxTileKernels;
const TileKernels kAmxTileKernels = {splitLeft, splitRight, product};

}  // namespace icl_graphs
