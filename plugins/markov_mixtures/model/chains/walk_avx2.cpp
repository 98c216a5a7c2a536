// SPDX-License-Identifier: Apache-2.0
// The AVX2 variant: eight Philox blocks side by side; compiled with -mavx2 and called only where the processor has it.
// The look-ups stay scalar: two loads a cycle beat a gather.
#include <immintrin.h>

#include "model/chains/walk_body.hpp"

namespace markov_mixtures::detail {
namespace {

struct Avx2Words {
    __m256i streamLow, streamHigh;
    std::uint32_t key[2];

    explicit Avx2Words(const WalkJob& job)
        : streamLow(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(job.streamLow))),
          streamHigh(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(job.streamHigh))),
          key{job.key[0], job.key[1]} {}

    /// Both halves of the eight products x · multiplier.
    static void multiply(__m256i x, __m256i multiplier, __m256i& high, __m256i& low) {
        const __m256i even = _mm256_mul_epu32(x, multiplier);
        const __m256i odd = _mm256_mul_epu32(_mm256_srli_epi64(x, 32), multiplier);
        low = _mm256_blend_epi32(even, _mm256_slli_epi64(odd, 32), 0xAA);
        high = _mm256_blend_epi32(_mm256_srli_epi64(even, 32), odd, 0xAA);
    }

    void make(std::uint32_t block, std::uint32_t (&word)[4][kLanes]) const {
        const __m256i m0 = _mm256_set1_epi64x(0xD2511F53), m1 = _mm256_set1_epi64x(0xCD9E8D57);
        __m256i c0 = _mm256_set1_epi32(static_cast<int>(block)), c1 = _mm256_setzero_si256(), c2 = streamLow,
                c3 = streamHigh;
        std::uint32_t k0 = key[0], k1 = key[1];
        for (int round = 0; round < 10; ++round) {
            __m256i high0, low0, high1, low1;
            multiply(c0, m0, high0, low0);
            multiply(c2, m1, high1, low1);
            c0 = _mm256_xor_si256(_mm256_xor_si256(high1, c1), _mm256_set1_epi32(static_cast<int>(k0)));
            c2 = _mm256_xor_si256(_mm256_xor_si256(high0, c3), _mm256_set1_epi32(static_cast<int>(k1)));
            c1 = low1;
            c3 = low0;
            k0 += 0x9E3779B9U;
            k1 += 0xBB67AE85U;
        }
        _mm256_store_si256(reinterpret_cast<__m256i*>(word[0]), c0);
        _mm256_store_si256(reinterpret_cast<__m256i*>(word[1]), c1);
        _mm256_store_si256(reinterpret_cast<__m256i*>(word[2]), c2);
        _mm256_store_si256(reinterpret_cast<__m256i*>(word[3]), c3);
    }
};

}  // namespace

void walkAvx2(const WalkJob& job) { walk<Avx2Words>(job); }

}  // namespace markov_mixtures::detail
