// SPDX-License-Identifier: Apache-2.0
#pragma once
// The algorithms that a next-token prediction is explained by (arXiv 2412.01003, section 4), and the words for them.
//
// The four of the paper come first, in the order in which weights are given everywhere: retrieval or inference, from
// unigram or bigram statistics. Then the mixed ones, choices instead of averages, two that ignore the context, and one
// that weighs retrieval against inference. The order is part of the published arrays: append only.
//
//     for (Algorithm a : kFour) std::puts(nameOf(a));          // uni_ret bi_ret uni_inf bi_inf

#include <array>
#include <cstddef>
#include <string>
#include <vector>

namespace markov_mixtures {

enum class Algorithm : int {
    UniRet,          ///< Σ_m w_m π_m, w the posterior from unigram counts
    BiRet,           ///< Σ_m w_m T_m[j], w the posterior from transitions
    UniInf,          ///< stationary distribution of the Bi-Inf matrix (the code of the paper)
    BiInf,           ///< (c_j[i] + α) / (Σ c_j + kα), transitions counted in the context
    UniInfCount,     ///< (c[i] + α) / (n + kα): the paper's formula for Uni-Inf
    UniPostBiPred,   ///< unigram posterior, bigram prediction (ul_bp)
    BiPostUniPred,   ///< bigram posterior, unigram prediction (bl_up)
    UniMap,          ///< π of the chain with the largest unigram posterior
    BiMap,           ///< T[j] of the chain with the largest bigram posterior
    MeanStationary,  ///< Σ_m p_m π_m: no context at all
    MeanMatrix,      ///< Σ_m p_m T_m[j]: the last token only
    Ngram,           ///< as BiInf with the last `order` tokens
    Hierarchical     ///< Bi-Ret and Bi-Inf weighed by their evidence and a prior for inference
};

inline constexpr std::size_t kAlgorithms = 13;
inline constexpr std::array<Algorithm, 4> kFour{Algorithm::UniRet, Algorithm::BiRet, Algorithm::UniInf,
                                                Algorithm::BiInf};

inline constexpr std::array<const char*, kAlgorithms> kAlgorithmNames{
    "uni_ret", "bi_ret", "uni_inf",         "bi_inf",      "uni_inf_count", "ul_bp",       "bl_up",
    "uni_map", "bi_map", "mean_stationary", "mean_matrix", "ngram",         "hierarchical"};
/// Short, for legends: posterior → prediction where the two differ, π and T for the mixture's averages.
inline constexpr std::array<const char*, kAlgorithms> kAlgorithmLabels{
    "Uni-Ret", "Bi-Ret", "Uni-Inf", "Bi-Inf", "Uni-Inf counts", "Uni → Bi",        "Bi → Uni",
    "Uni-MAP", "Bi-MAP", "mean π",  "mean T", "n-gram",         "Bi-Ret or Bi-Inf"};

constexpr std::size_t indexOf(Algorithm a) { return static_cast<std::size_t>(a); }
inline const char* nameOf(Algorithm a) { return kAlgorithmNames[indexOf(a)]; }
inline const char* labelOf(Algorithm a) { return kAlgorithmLabels[indexOf(a)]; }
inline std::vector<std::string> algorithmLabels() {
    return {kAlgorithmLabels.begin(), kAlgorithmLabels.end()};
}

}  // namespace markov_mixtures
