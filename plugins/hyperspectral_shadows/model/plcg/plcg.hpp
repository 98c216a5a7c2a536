// SPDX-License-Identifier: Apache-2.0
#pragma once
// The parametric linear combination of Gaussians: what features look like at coverage a, and which coverage a pixel has.
//
// q | a ~ N((1 − a) μ_L + a μ_S, S_a). S_a is, by option,
//   independent   (1 − a)² S_L + a² S_S          two independent pure spectra, mixed
//   interpolated  (1 − a) S_L + a S_S            moments interpolated
//   transport     T_a S_L T_aᵀ, T_a = (1 − a) I + a T, T the optimal transport from S_L to S_S
// The first two are diagonal in the coordinates where S_L = I and S_S = diag(e) (generalised eigenproblem), so that a pixel
// costs O(q) per trial coverage. Immutable after construction; any thread.
//
//     const Plcg model(pure, MixedCovariance::Independent);
//     const Coverage c = model.coverage(features, threads);

#include <memory>

#include "model/kernels/kernels.hpp"
#include "model/plcg/gaussians.hpp"

namespace hyperspectral_shadows {

enum class MixedCovariance { Independent, Interpolated, Transport };

/// By pixel. Pixels whose features are no numbers have NaN everywhere.
struct Coverage {
    std::vector<float> a, sigma;       ///< maximum-likelihood coverage in [0, 1], Fisher error
    std::vector<float> ratio;          ///< 2 (log L(a) − log L(0)), ≥ 0; with a prior, of the posterior
    std::vector<float> litLikelihood;  ///< log density under the lit Gaussian
};

class Plcg {
  public:
    /// `priorStrength` λ: the coverage has the prior density ∝ exp(−λ a) (a maximum a posteriori estimate); 0 for none.
    Plcg(Gaussians pure, MixedCovariance option, double priorStrength = 0);

    /// features [pixels, q].
    Coverage coverage(const Eigen::MatrixXd& features, int threads = 1) const;
    /// The same through full matrices: for the transport option, and an oracle for the others.
    Coverage coverageDense(const Eigen::MatrixXd& features, int threads = 1) const;

    /// Log density of features [pixels, q] under the lit Gaussian, as `Coverage::litLikelihood` has it.
    std::vector<float> litLikelihood(const Eigen::MatrixXd& features) const;
    /// That of the lit mean, the largest there is.
    double greatestLitLikelihood() const { return m_litConstant; }

    Eigen::VectorXd meanAt(double a) const;
    Eigen::MatrixXd covarianceAt(double a) const;
    /// The map of covariance S_a onto S_L: optimal transport, or whitening S_L^½ S_a^−½.
    Eigen::MatrixXd toLit(double a, bool whitening) const;
    /// ½ (q − μ_a)ᵀ S_a⁻¹ (q − μ_a) + ½ log |S_a| + λ a, which the estimate minimises.
    double objective(const Eigen::VectorXd& q, double a) const;
    /// The Fisher information of a: (μ_S − μ_L)ᵀ S_a⁻¹ (μ_S − μ_L) + ½ tr[(S_a⁻¹ dS_a/da)²].
    double information(double a) const;
    /// The Mahalanobis distance of μ_S from μ_L in the lit spread: √((μ_S − μ_L)ᵀ S_L⁻¹ (μ_S − μ_L)).
    double separation() const;

    const Gaussians& pure() const { return m_pure; }
    int features() const { return static_cast<int>(m_pure.meanLit.size()); }

  private:
    using Rows = Eigen::Ref<const Eigen::MatrixXd>;
    /// Features in the coordinates of the table, a feature a column. The same whatever rows stand beside.
    Eigen::MatrixXf inTable(const Rows& features) const;
    float litLikelihood(const Eigen::MatrixXf& inTable, Eigen::Index row) const;
    Eigen::MatrixXd covarianceSlope(double a) const;
    double priorAt(double a) const { return m_prior * a; }

    struct Dense;  ///< what coverageDense() knows of each point of the grid
    std::shared_ptr<const Dense> makeDense() const;

    Gaussians m_pure;
    MixedCovariance m_option;
    double m_prior;
    Eigen::MatrixXd m_toDiagonal;  ///< p = m_toDiagonal (q − μ_L)
    Eigen::MatrixXd m_transport;   ///< T of the transport option
    CoverageTable m_table;
    std::shared_ptr<const Dense> m_dense;  ///< null where the table is enough
    double m_litConstant = 0;
};

/// S^½ of a symmetric positive matrix, eigenvalues floored at 0; and S^−½ with them floored at 1e-12 of the largest.
Eigen::MatrixXd squareRoot(const Eigen::MatrixXd& s);
Eigen::MatrixXd inverseSquareRoot(const Eigen::MatrixXd& s);
/// The symmetric T with T A T = B.
Eigen::MatrixXd optimalTransport(const Eigen::MatrixXd& a, const Eigen::MatrixXd& b);

}  // namespace hyperspectral_shadows
