// SPDX-License-Identifier: Apache-2.0
#include "model/lia/lia.hpp"

#include <algorithm>
#include <stdexcept>

#include "model/algorithms/divergence.hpp"

namespace markov_mixtures {

Algorithm Lia::largest() const {
    return kFour[static_cast<std::size_t>(std::max_element(weights.begin(), weights.end()) -
                                          weights.begin())];
}

LiaFit::LiaFit(int states) : m_states(states), m_fit(4) {
    if (states < 2) throw std::invalid_argument("A fit needs chains of at least 2 states.");
}

void LiaFit::add(std::span<const double> model, std::span<const double> algorithms) {
    const auto k = static_cast<std::size_t>(m_states);
    if (model.size() != k || algorithms.size() != kAlgorithms * k)
        throw std::invalid_argument("A context of the fit needs the model's row and one of each algorithm.");
    for (std::size_t i = 0; i < k; ++i) {
        std::array<double, 4> column;
        for (std::size_t a = 0; a < 4; ++a) column[a] = algorithms[indexOf(kFour[a]) * k + i];
        m_fit.add(column, model[i]);
        m_columns.insert(m_columns.end(), column.begin(), column.end());
    }
    m_model.insert(m_model.end(), model.begin(), model.end());
}

Lia LiaFit::solve() const {
    const SimplexSolution solution = m_fit.solve();
    Lia lia;
    std::copy(solution.weights.begin(), solution.weights.end(), lia.weights.begin());
    std::copy(solution.weakest.begin(), solution.weakest.end(), lia.weakest.begin());
    lia.rmse = solution.rmse;
    lia.condition = solution.condition;
    const auto k = static_cast<std::size_t>(m_states);
    const std::size_t contexts = m_model.size() / k;
    std::vector<double> mixed(k);
    for (std::size_t c = 0; c < contexts; ++c) {
        for (std::size_t i = 0; i < k; ++i) {
            const double* column = m_columns.data() + (c * k + i) * 4;
            mixed[i] = lia.weights[0] * column[0] + lia.weights[1] * column[1] + lia.weights[2] * column[2] +
                       lia.weights[3] * column[3];
        }
        lia.klModelLia +=
            klPosition(std::span(m_model).subspan(c * k, k), mixed) / static_cast<double>(contexts);
    }
    return lia;
}

std::vector<double> interpolate(std::span<const double> weights, std::span<const double> algorithms) {
    if (weights.size() != 4 || algorithms.size() % kAlgorithms != 0)
        throw std::invalid_argument("An interpolation needs four weights and predictions of all algorithms.");
    const std::size_t size = algorithms.size() / kAlgorithms;
    std::vector<double> mixed(size, 0.0);
    for (std::size_t a = 0; a < 4; ++a)
        for (std::size_t i = 0; i < size; ++i)
            mixed[i] += weights[a] * algorithms[indexOf(kFour[a]) * size + i];
    return mixed;
}

}  // namespace markov_mixtures
