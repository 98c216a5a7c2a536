// SPDX-License-Identifier: Apache-2.0
#pragma once
// Iterative logistic regression: a spectral basis in which shadow is linearly classifiable (arXiv:2312.15386).
//
// Round d fits a logistic regression, keeps its direction u_d = w/|w| (orthogonal to the rounds before, the shadow side
// positive), and takes that direction out of the spectra. It stops after `rounds`, when held-out pixels are told apart no
// better than by chance, or when accuracy has not fallen for some rounds.
//
//     const IlrResult ilr = iterate(train, heldOut, {.rounds = 4});
//     ilr.basis;  // [channels, D], columns orthonormal

#include <string>

#include "model/ilr/logistic.hpp"

namespace hyperspectral_shadows {

struct IlrOptions {
    int rounds = 4;
    LogisticOptions logistic;
    double chance =
        0.55;  ///< balanced accuracy on held-out pixels below which a direction is not kept; 0 keeps all
    int patience = 3;  ///< rounds without a fall of accuracy; 0: never stops for it
};

struct IlrRound {
    double accuracy = 0, balancedAccuracy = 0;  ///< on held-out pixels, by this round alone
    double objective = 0, intercept = 0;
    int iterations = 0;
    bool converged = false;
};

struct IlrResult {
    Eigen::MatrixXd basis;  ///< [channels, D]
    std::vector<IlrRound> rounds;
    std::string stopped;  ///< why, in words
};

IlrResult iterate(const Labelled& train, const Labelled& heldOut, const IlrOptions& options);

/// n / (2 n_k) for each class.
std::vector<float> balancedWeights(const std::vector<std::uint8_t>& shadow);

}  // namespace hyperspectral_shadows
