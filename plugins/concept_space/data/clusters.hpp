// SPDX-License-Identifier: Apache-2.0
#pragma once
// The training data of "Swing-by Dynamics" (arXiv 2410.08309, section 2.1), as the paper's code makes them.
//
// Cluster p of s: x ~ N(mu_p e_p, diag(variance)), optionally one more cluster at the origin; the target is x
// itself. The code's "sigma" is this variance, not a standard deviation. The s informative coordinates are
// embedded in `dim` dimensions, with optional noise on the others, and turned by one random orthogonal matrix
// U: row vector x U. The test point x̂ = Σ mu_p e_p, a combination never seen, is one of the 2^s nodes Σ v_p
// mu_p e_p, v in {0,1}^s. Every number depends on the seed and its own stream only: the same seed gives the
// same rotation and the same noise whatever mu, variance or sample count are. Pure functions, any thread.
// Invalid specs throw std::invalid_argument.
//
//     ClusterData data = makeClusters({.mu = {1, 2}, .variance = {0.05, 0.05}, .seed = 2333});
//     std::vector<float> nodes = nodePoints(spec, data.rotation);    // [4, dim]; the last row is x̂
//     std::vector<double> a = secondMoments(spec);                   // eigenvalues of E[x xᵀ] along the e_p

#include <cstdint>
#include <span>
#include <vector>

namespace concept_space {

struct ClusterSpec {
    int dim = 64;                                 ///< ambient dimensions d ≥ s
    std::vector<double> mu = {1.0, 2.0};          ///< [s] distances of the clusters from the origin
    std::vector<double> variance = {0.05, 0.05};  ///< [s] of the informative coordinates, in every cluster
    bool originCluster = true;  ///< the two-concept task of the code has it, the others do not
    int samplesPerCluster = 5000;
    double noise = 0.0;     ///< standard deviation of the dim − s other coordinates
    bool rotate = true;     ///< off: U is the identity
    bool truncate = false;  ///< reject samples nearer than min(mu)/2 to x̂ (control of figure 16); s ≥ 2
    std::uint64_t seed = 2333;

    int concepts() const { return static_cast<int>(mu.size()); }
    int clusters() const { return concepts() + (originCluster ? 1 : 0); }
};

struct ClusterData {
    int dim = 0;
    std::vector<float> x;               ///< [count, dim], shuffled once
    std::vector<std::uint8_t> cluster;  ///< [count]: 0 … s-1, s for the origin
    std::vector<double> rotation;       ///< U [dim, dim]; row p is the direction of coordinate p
};

/// Throws std::invalid_argument with a sentence that names what is wrong; makeClusters and nodePoints call it.
void requireValid(const ClusterSpec& spec);

ClusterData makeClusters(const ClusterSpec& spec);

/// U [dim, dim], orthogonal, from a matrix of normal numbers (uniform over all rotations and reflections).
std::vector<double> makeRotation(int dim, std::uint64_t seed);

/// The nodes Σ v_p mu_p e_p U; node v has bit p set where v_p = 1. [2^s, dim]; the last is x̂.
std::vector<float> nodePoints(const ClusterSpec& spec, std::span<const double> rotation);

/// E[x xᵀ] along e_p: mu_p²/clusters + variance_p (without truncation; off the diagonal it is zero). [s]
std::vector<double> secondMoments(const ClusterSpec& spec);
/// E[x] along e_p: mu_p/clusters (without truncation). [s]
std::vector<double> firstMoments(const ClusterSpec& spec);

}  // namespace concept_space
