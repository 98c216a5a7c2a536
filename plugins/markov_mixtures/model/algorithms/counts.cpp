// SPDX-License-Identifier: Apache-2.0
#include "model/algorithms/counts.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace markov_mixtures {
namespace {

std::vector<double> smoothed(std::span<const double> counts, double alpha) {
    const double total =
        std::accumulate(counts.begin(), counts.end(), 0.0) + alpha * static_cast<double>(counts.size());
    std::vector<double> row(counts.size());
    // Without smoothing and without counts nothing is known: uniform.
    for (std::size_t i = 0; i < row.size(); ++i)
        row[i] = total > 0 ? (counts[i] + alpha) / total : 1.0 / static_cast<double>(row.size());
    return row;
}

}  // namespace

ContextCounts::ContextCounts(int states, const Context& context)
    : m_states(states),
      m_unigram(static_cast<std::size_t>(states), 0.0),
      m_bigram(static_cast<std::size_t>(states) * static_cast<std::size_t>(states), 0.0) {
    for (std::size_t t = 0; t < context.tokens.size(); ++t) {
        ++m_unigram[context.tokens[t]];
        if (t > 0) ++m_bigram[context.tokens[t - 1] * m_unigram.size() + context.tokens[t]];
    }
}

std::vector<double> ContextCounts::bigramRow(int from, double alpha) const {
    const auto k = static_cast<std::size_t>(m_states);
    return smoothed(std::span(m_bigram).subspan(static_cast<std::size_t>(from) * k, k), alpha);
}

std::vector<double> ContextCounts::bigramMatrix(double alpha) const {
    std::vector<double> matrix;
    matrix.reserve(m_bigram.size());
    for (int i = 0; i < m_states; ++i) {
        const std::vector<double> row = bigramRow(i, alpha);
        matrix.insert(matrix.end(), row.begin(), row.end());
    }
    return matrix;
}

std::vector<double> ContextCounts::unigramRow(double alpha) const { return smoothed(m_unigram, alpha); }

double ContextCounts::logEvidence(double alpha) const {
    const double k = m_states;
    double sum = -std::log(k);
    for (int i = 0; i < m_states; ++i) {
        double total = 0;
        for (int j = 0; j < m_states; ++j) {
            const double c = bigram(i, j);
            if (c > 0) sum += std::lgamma(alpha + c) - std::lgamma(alpha);
            total += c;
        }
        if (total > 0) sum += std::lgamma(k * alpha) - std::lgamma(k * alpha + total);
    }
    return sum;
}

std::vector<double> ngramPrediction(int states, const Context& context, int order, double alpha) {
    std::vector<double> counts(static_cast<std::size_t>(states), 0.0);
    const auto q = static_cast<std::size_t>(order);
    const std::span<const Token> tokens = context.tokens;
    if (tokens.size() >= q) {
        const auto suffix = tokens.last(q);
        for (std::size_t t = q; t < tokens.size(); ++t)
            if (std::equal(suffix.begin(), suffix.end(), tokens.begin() + static_cast<std::ptrdiff_t>(t - q)))
                ++counts[tokens[t]];
    }
    return smoothed(counts, alpha);
}

}  // namespace markov_mixtures
