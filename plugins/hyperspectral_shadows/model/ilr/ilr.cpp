// SPDX-License-Identifier: Apache-2.0
#include "model/ilr/ilr.hpp"

#include <algorithm>
#include <latent/error.hpp>

#include "model/kernels/kernels.hpp"

namespace hyperspectral_shadows {
namespace {

void judge(const Labelled& data, const LogisticFit& fit, IlrRound& round) {
    std::vector<float> margin(data.pixels);
    const Eigen::VectorXf w = fit.w.cast<float>();
    bestKernels().margins(data.z, data.pixels, data.channels, w.data(), margin.data());
    double right[2] = {0, 0}, all[2] = {0, 0};
    for (std::size_t i = 0; i < data.pixels; ++i) {
        const int truth = data.shadow[i] ? 1 : 0;
        all[truth] += 1;
        right[truth] += (margin[i] + fit.intercept > 0) == (truth == 1) ? 1 : 0;
    }
    round.accuracy = (right[0] + right[1]) / std::max(1.0, all[0] + all[1]);
    round.balancedAccuracy = .5 * (right[0] / std::max(1.0, all[0]) + right[1] / std::max(1.0, all[1]));
}

}  // namespace

IlrResult iterate(const Labelled& train, const Labelled& heldOut, const IlrOptions& options) {
    LogisticSolver solver(train, options.logistic);
    IlrResult result;
    result.basis.resize(static_cast<Eigen::Index>(train.channels), 0);
    result.stopped = "all rounds were done";
    const int most = std::min<int>(options.rounds, static_cast<int>(train.channels));
    int withoutFall = 0;
    for (int d = 0; d < most; ++d) {
        const LogisticFit fit = solver.fit(result.basis);
        Eigen::VectorXd u = fit.w;
        const double length = u.norm();
        for (int twice = 0; twice < 2; ++twice) u -= result.basis * (result.basis.transpose() * u).eval();
        if (!(u.norm() > 1e-9 * std::max(length, 1e-300))) {
            result.stopped = "nothing was left to tell lit from shadow by";
            break;
        }
        IlrRound round{.objective = fit.objective,
                       .intercept = fit.intercept,
                       .iterations = fit.iterations,
                       .converged = fit.converged};
        judge(heldOut, fit, round);
        if (d > 0 && round.balancedAccuracy < options.chance) {
            result.stopped = "held-out pixels were told apart no better than by chance";
            break;
        }
        withoutFall =
            d > 0 && round.balancedAccuracy >= result.rounds.back().balancedAccuracy ? withoutFall + 1 : 0;
        result.basis.conservativeResize(Eigen::NoChange, d + 1);
        result.basis.col(d) = u.normalized();
        result.rounds.push_back(round);
        if (options.patience > 0 && withoutFall >= options.patience) {
            result.stopped = "accuracy had not fallen for " + std::to_string(withoutFall) + " rounds";
            break;
        }
    }
    if (result.basis.cols() == 0)
        throw latent::RunError("No direction in the spectra tells lit from shadow. Check the labels.");
    return result;
}

std::vector<float> balancedWeights(const std::vector<std::uint8_t>& shadow) {
    const auto shadows = static_cast<double>(std::count(shadow.begin(), shadow.end(), 1)),
               all = static_cast<double>(shadow.size());
    std::vector<float> weight(shadow.size(), 1.0F);
    if (shadows == 0 || shadows == all) return weight;
    for (std::size_t i = 0; i < weight.size(); ++i)
        weight[i] = static_cast<float>(all / (2 * (shadow[i] ? shadows : all - shadows)));
    return weight;
}

}  // namespace hyperspectral_shadows
