// SPDX-License-Identifier: Apache-2.0
#pragma once
// The inner loops over spectra: products with a few vectors, weighted Gram matrices, and coverage by maximum
// likelihood. One set for each instruction set; all give the same numbers up to rounding.
//
// Arrays are float32 in C order and need no alignment. Pure; any thread. NaN in a spectrum makes its results
// NaN and no others.
//
//     const Kernels& k = bestKernels();
//     k.margins(z, pixels, channels, w, out);

#include <cstddef>
#include <latent/learn/instructions.hpp>

namespace hyperspectral_shadows {

inline constexpr int kMaxFeatures = 17;    ///< brightness and sixteen projections
inline constexpr int kCoverageGrid = 101;  ///< points of the first search

/// The diagonal form of the parametric linear combination of Gaussians: in its coordinates both covariances
/// are diagonal, the lit one is 1 and the lit mean is 0.
struct CoverageTable {
    int features = 0;
    bool squared = true;  ///< option A: (1 − a)² + a² e; else option B: (1 − a) + a e
    float g[kMaxFeatures] = {}, e[kMaxFeatures] = {};  ///< shadow mean and shadow variances
    /// Of each grid point: Σ log v; and 1/v by feature.
    float logVariance[kCoverageGrid] = {};
    float inverse[kCoverageGrid][kMaxFeatures] = {};
};

struct Kernels {
    const char* name;
    /// out[r] = Σ_c z[r, c] w[c]
    void (*margins)(const float* z, std::size_t rows, std::size_t channels, const float* w, float* out);
    /// gradient[c] += Σ_r residual[r] z[r, c]
    void (*pull)(const float* z, std::size_t rows, std::size_t channels, const float* residual,
                 float* gradient);
    /// gram[i, j] += Σ_r weight[r] z[r, i] z[r, j] for j ≤ i at least (tiles of sixteen); gram is [padded,
    /// padded] with padded = channels rounded up to 16. `scratch` holds 2 × rows × padded floats.
    void (*gram)(const float* z, std::size_t rows, std::size_t channels, const float* weight, float* gram,
                 float* scratch);
    /// Mean of each spectrum x [rows, channels], the same as project() gives: out [rows], NaN where a number is
    /// missing.
    void (*means)(const float* x, std::size_t rows, std::size_t channels, float* out);
    /// For each spectrum its mean, population standard deviation, and dot products of (x − mean) with `count`
    /// vectors basis [count, channels]: out [rows, 2 + count].
    void (*project)(const float* x, std::size_t rows, std::size_t channels, const float* basis,
                    std::size_t count, float* out);
    /// Coverage of pixels p [features, stride] in the coordinates of the table: the best of the grid, then
    /// Fisher scoring. Gives a, its Fisher error, and 2 (log L(a) − log L(0)).
    void (*coverage)(const CoverageTable& table, const float* p, std::size_t stride, std::size_t pixels,
                     float* a, float* sigma, float* ratio);
    /// out[r, c] = x[r, c] / ((1 − a[r]) + a[r] gain[c]); rows with a = 0 are copied bit for bit.
    void (*divideByGain)(const float* x, std::size_t rows, std::size_t channels, const float* a,
                         const float* gain, float* out);
};

const Kernels& bestKernels();
/// Null where this build or processor lacks them.
const Kernels* kernelsFor(latent::learn::Instructions instructions);

namespace detail {
const Kernels& portableKernels();
const Kernels& avx2Kernels();
const Kernels& avx512Kernels();
}  // namespace detail

}  // namespace hyperspectral_shadows
