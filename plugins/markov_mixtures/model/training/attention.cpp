// SPDX-License-Identifier: Apache-2.0
#include "model/training/attention.hpp"

#include <cmath>
#include <limits>
#include <stdexcept>

namespace markov_mixtures {
namespace {

constexpr float kAhead = 1e-6F;  // rounding; a causal softmax leaves exactly 0

void requireCausal(std::span<const float> map, std::size_t length) {
    if (length < 2 || map.size() != length * length)
        throw std::invalid_argument(
            "A head is scored on a map of length × length, for a sequence of at least 2 tokens.");
    for (std::size_t t = 0; t < length; ++t)
        for (std::size_t s = t + 1; s < length; ++s)
            if (std::abs(map[t * length + s]) > kAhead)
                throw std::invalid_argument("Position " + std::to_string(t) +
                                            " of an attention map looks ahead to position " +
                                            std::to_string(s) + "; a map's rows are its queries.");
}

/// Mean over the numbers that are some; NaN without any.
struct Mean {
    double sum = 0;
    std::size_t count = 0;
    void add(double value) {
        if (std::isnan(value)) return;
        sum += value;
        ++count;
    }
    double value() const {
        return count ? sum / static_cast<double>(count) : std::numeric_limits<double>::quiet_NaN();
    }
};

}  // namespace

double previousTokenScore(std::span<const float> map, std::span<const Token> tokens) {
    const std::size_t length = tokens.size();
    requireCausal(map, length);
    Mean score;
    for (std::size_t t = 1; t < length; ++t) score.add(static_cast<double>(map[t * length + t - 1]));
    return score.value();
}

double inductionScore(std::span<const float> map, std::span<const Token> tokens) {
    const std::size_t length = tokens.size();
    requireCausal(map, length);
    Mean score;
    for (std::size_t t = 1; t < length; ++t) {
        double mass = 0;
        bool occurred = false;
        for (std::size_t s = 0; s < t; ++s) {
            if (tokens[s] != tokens[t]) continue;
            occurred = true;
            mass += static_cast<double>(map[t * length + s + 1]);
        }
        if (occurred) score.add(mass);
    }
    return score.value();
}

std::vector<float> evenAttention(std::size_t length) {
    std::vector<float> map(length * length, 0.0F);
    for (std::size_t t = 0; t < length; ++t)
        for (std::size_t s = 0; s <= t; ++s) map[t * length + s] = 1.0F / static_cast<float>(t + 1);
    return map;
}

HeadScores headScores(const TransformerPredictor& model, const std::vector<std::vector<Token>>& sequences) {
    const auto heads =
        static_cast<std::size_t>(model.shape().layers) * static_cast<std::size_t>(model.shape().heads);
    std::vector<Mean> previous(heads), induction(heads);
    Mean previousChance, inductionChance;
    for (const std::vector<Token>& tokens : sequences) {
        const std::size_t size = tokens.size() * tokens.size();
        const std::vector<float> maps = model.attention(tokens, 1), even = evenAttention(tokens.size());
        for (std::size_t h = 0; h < heads; ++h) {
            const std::span<const float> map = std::span(maps).subspan(h * size, size);
            previous[h].add(previousTokenScore(map, tokens));
            induction[h].add(inductionScore(map, tokens));
        }
        previousChance.add(previousTokenScore(even, tokens));
        inductionChance.add(inductionScore(even, tokens));
    }
    HeadScores scores;
    for (std::size_t h = 0; h < heads; ++h) {
        scores.previousToken.push_back(previous[h].value());
        scores.induction.push_back(induction[h].value());
    }
    scores.previousTokenChance = previousChance.value();
    scores.inductionChance = inductionChance.value();
    return scores;
}

}  // namespace markov_mixtures
