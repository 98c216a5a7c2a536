// SPDX-License-Identifier: Apache-2.0
#pragma once
// How well lit and shadow are told apart by a line in a few features, on pixels of blocks that nothing was learnt from: the ILR
// basis against a brightness threshold, principal components, linear discriminant analysis, and ILR on permuted labels.
//
//     const Separability s = measureSeparability(sample, truth, options, seed);

#include "pipeline/fit.hpp"

namespace hyperspectral_shadows {

inline constexpr int kSeparators = 5;  ///< ILR, brightness, PCA, LDA, ILR on permuted labels
std::vector<std::string> separatorNames();

struct Separability {
    std::vector<double> balancedAccuracy;  ///< by method, held-out blocks
    std::vector<double> byRounds;          ///< of the ILR basis with 1, 2, … D directions
};

/// `truth` [lines × samples] labels the held-out pixels; the sample's own labels train. Throws when a class is missing.
Separability measureSeparability(const Sample& sample, const Labels& truth, const FitOptions& options,
                                 std::uint64_t seed);

}  // namespace hyperspectral_shadows
