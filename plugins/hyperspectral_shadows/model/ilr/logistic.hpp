// SPDX-License-Identifier: Apache-2.0
#pragma once
// Logistic regression with an L2 penalty on a matrix that stays where it is.
//
// Minimises Σ_i c_i log(1 + exp(−t_i (w·z_i + b))) + |w|²/(2 C), t = ±1, the intercept unpenalised (scikit-learn's convention), over
// w orthogonal to directions that were taken away before: for a deflated matrix z − (z·u)u the products z·w and the gradient are
// those of z with w and gradient projected, so nothing is ever rewritten. L-BFGS whose first metric is the Cholesky factor of a
// Hessian from a part of the pixels: each step is one pass over the matrix. The result does not depend on the number of threads.
//
//     LogisticSolver solver({z, pixels, channels, shadow, weight}, {.threads = 2});
//     const LogisticFit fit = solver.fit(basis);         // basis [channels, d], orthonormal, may have no columns

#include <Eigen/Core>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace hyperspectral_shadows {

/// Spectra with labels; borrowed. z [pixels, channels] in C order.
struct Labelled {
    const float* z = nullptr;
    std::size_t pixels = 0, channels = 0;
    const std::uint8_t* shadow = nullptr;  ///< [pixels]: 1 shadow, 0 lit
    const float* weight = nullptr;         ///< [pixels] or null: all 1
};

struct LogisticOptions {
    double inverseRegularisation = 1;  ///< C
    double tolerance = 1e-6;           ///< largest entry of the gradient divided by Σ c_i
    int maxIterations = 300;
    int threads = 1;
};

struct LogisticFit {
    Eigen::VectorXd w;
    double intercept = 0;
    double objective = 0;
    double gradient = 0;  ///< as `tolerance` has it
    int iterations = 0;
    bool converged = false;
};

class LogisticSolver {
  public:
    /// Throws latent::RunError when there is one class only.
    LogisticSolver(const Labelled& data, const LogisticOptions& options);
    LogisticFit fit(const Eigen::MatrixXd& removed);
    /// Objective and gradient [channels + 1, intercept last] of the problem without the directions; for tests.
    double evaluate(const Eigen::VectorXd& wb, Eigen::VectorXd& gradient);

  private:
    /// In double throughout: evaluate() rounds each product to float32, which is enough to descend by and not to compare by.
    double objectiveOf(const LogisticFit& fit) const;

    Labelled m_data;
    LogisticOptions m_options;
    double m_totalWeight = 0, m_shadowWeight = 0;
    std::vector<float> m_curvature;  ///< c p (1 − p) at the last evaluation
};

}  // namespace hyperspectral_shadows
