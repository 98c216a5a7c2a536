// SPDX-License-Identifier: Apache-2.0
#pragma once
// What an attention head does, in two numbers (arXiv 2412.01003, appendix E; statistical induction heads: Edelman et al. 2024).
//
// Previous-token score: attention that a position gives to the one before it, mean over positions from the second on. Induction
// score: attention that goes to tokens which followed an earlier occurrence of the current state, mean over the positions that have
// one. Both lie in [0, 1]; with few states a head that attends evenly scores high by chance, so `…Chance` gives the score of even
// attention on the same sequences. Maps are row-major [length, length], row = query. Pure; any thread. A map that looks ahead, or
// sizes that do not fit, throw std::invalid_argument.
//
//     double score = inductionScore(map, tokens);
//     HeadScores scores = headScores(model, sequences);               // scores.induction[layer · heads + head]

#include <span>
#include <vector>

#include "model/training/predictor.hpp"

namespace markov_mixtures {

double previousTokenScore(std::span<const float> map, std::span<const Token> tokens);
/// Not a number when no state of the sequence comes twice.
double inductionScore(std::span<const float> map, std::span<const Token> tokens);
/// Row t holds 1/(t+1) at the positions 0 … t.
std::vector<float> evenAttention(std::size_t length);

struct HeadScores {
    std::vector<double> previousToken, induction;  ///< [layers, heads], means over sequences
    double previousTokenChance = 0, inductionChance = 0;
};
/// sequences: any lengths of at least 2 within the model's context.
HeadScores headScores(const TransformerPredictor& model, const std::vector<std::vector<Token>>& sequences);

}  // namespace markov_mixtures
