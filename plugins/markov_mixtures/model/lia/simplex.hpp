// SPDX-License-Identifier: Apache-2.0
#pragma once
// Least squares on the simplex: the weights w ≥ 0, Σ w = 1 that bring Σ_a w_a P_a nearest to given predictions.
//
// The normal equations are gathered row by row, so that no prediction is kept. With few unknowns (four algorithms) every
// support is tried: for each, the equality-constrained optimum in closed form; the best one that is feasible is the exact
// minimum of the convex problem, found by the same operations every time. Columns that are collinear get the solution of
// least norm. Numbers are probabilities; plain values, any thread. More than 10 columns, or none, throw
// std::invalid_argument.
//
//     SimplexFit fit(4);
//     for (each prediction) fit.add(columns, target);       // columns [4], one number of the target
//     SimplexSolution s = fit.solve();                      // s.weights, s.rmse, s.condition

#include <span>
#include <vector>

namespace markov_mixtures {

struct SimplexSolution {
    std::vector<double> weights;  ///< [columns], ≥ 0, Σ = 1
    double rmse = 0;              ///< √(mean squared residual) over the numbers that were added
    /// Largest over smallest singular value of the columns along the directions that keep Σ w = 1: how much more surely the best
    /// known difference of weights is known than the worst one. Infinite when two mixtures of columns are the same.
    double condition = 1;
    /// Unit vector [columns], Σ = 0, along which the weights are known worst.
    std::vector<double> weakest;
};

class SimplexFit {
  public:
    explicit SimplexFit(int columns);

    /// One equation: Σ_a w_a columns[a] ≈ target, with a weight of its own.
    void add(std::span<const double> columns, double target, double weight = 1);
    /// A block of them: columns [count, columns] row-major, targets [count].
    void add(std::span<const double> columns, std::span<const double> targets);
    SimplexSolution solve() const;
    /// √(mean squared residual) of any weights on the equations that were added.
    double rmseOf(std::span<const double> weights) const;

  private:
    double objective(std::span<const double> weights) const;

    int m_columns;
    std::vector<double> m_gram, m_right;  // Σ x xᵀ, Σ x y
    double m_squares = 0, m_total = 0;    // Σ y², Σ weight
};

}  // namespace markov_mixtures
