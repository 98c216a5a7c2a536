// SPDX-License-Identifier: Apache-2.0
#include "model/lia/scores.hpp"

#include <algorithm>
#include <boost/math/distributions/beta.hpp>
#include <cmath>
#include <latent/learn/parallel.hpp>
#include <limits>
#include <stdexcept>

#include "model/algorithms/divergence.hpp"

namespace markov_mixtures {
namespace {

/// klMatrix(T‖inferred) for many T with the second argument fixed: Σ π_i (Σ_j T_ij ln T_ij − Σ_j T_ij ln(Q_ij
/// + ε)). The first part belongs to T, the second is one product with logarithms made once.
class Nearest {
  public:
    Nearest(int states, std::span<const double> inferred)
        : m_k(static_cast<std::size_t>(states)), m_weights(m_k), m_logs(m_k * m_k) {
        klWeights(states, inferred, m_weights);
        for (std::size_t i = 0; i < m_logs.size(); ++i) m_logs[i] = std::log(inferred[i] + kEpsilon);
    }
    double distance(const double* t, const double* negativeEntropy) const {
        double sum = 0;
        for (std::size_t i = 0; i < m_k; ++i) {
            double cross = 0;
            for (std::size_t j = 0; j < m_k; ++j) cross += t[i * m_k + j] * m_logs[i * m_k + j];
            sum += m_weights[i] * (negativeEntropy[i] - cross);
        }
        return sum;
    }

  private:
    std::size_t m_k;
    std::vector<double> m_weights, m_logs;
};

/// Matrices [N, k, k] and Σ_j T_ij ln T_ij of their rows [N, k].
struct Reference {
    std::vector<double> matrices, negativeEntropy;
    std::size_t k;

    Reference(const Mixture& mixture, bool unigram)
        : matrices(mixture.transition), k(static_cast<std::size_t>(mixture.states)) {
        if (unigram)
            for (std::size_t row = 0; row < mixture.chains() * k; ++row)
                std::copy_n(mixture.stationaryOf(row / k).begin(), k,
                            matrices.begin() + static_cast<std::ptrdiff_t>(row * k));
        for (std::size_t row = 0; row < mixture.chains() * k; ++row)
            negativeEntropy.push_back(-entropy(std::span(matrices).subspan(row * k, k)));
    }
    double nearest(const Nearest& to) const {
        double least = std::numeric_limits<double>::infinity();
        for (std::size_t n = 0; n < negativeEntropy.size() / k; ++n)
            least = std::min(least, to.distance(matrices.data() + n * k * k, negativeEntropy.data() + n * k));
        return least;
    }
};

Mixture controlSet(const GeneratorSpec& spec, std::size_t chains, std::uint64_t seed, int redraw) {
    std::vector<Chain> all;
    for (std::size_t n = 0; n < chains; ++n)
        all.push_back(drawChain(spec, seed, "control " + std::to_string(redraw), n));
    return mixtureOf(all, std::vector<double>(chains, 1.0));
}

}  // namespace

Utilisation utilisation(double klShuffled, double klOriginal, double klUniInf, double klBiInf) {
    Utilisation u;
    const double span = klUniInf - klBiInf;
    u.raw = span != 0 ? (klShuffled - klOriginal) / span : std::numeric_limits<double>::quiet_NaN();
    u.clipped = std::isnan(u.raw) ? u.raw : std::clamp(u.raw, 0.0, 1.0);
    return u;
}

BinomialInterval exactInterval(std::size_t successes, std::size_t trials, double confidence) {
    if (trials == 0 || successes > trials)
        throw std::invalid_argument("A binomial interval needs trials, and no more successes than those.");
    const double tail = (1 - confidence) / 2, x = static_cast<double>(successes),
                 n = static_cast<double>(trials);
    BinomialInterval interval;
    if (successes > 0)
        interval.low = boost::math::quantile(boost::math::beta_distribution<>(x, n - x + 1), tail);
    if (successes < trials)
        interval.high = boost::math::quantile(boost::math::beta_distribution<>(x + 1, n - x), 1 - tail);
    return interval;
}

Proximity proximity(const Mixture& mixture, const GeneratorSpec& control,
                    const std::vector<std::vector<double>>& inferred, const ProximityOptions& options) {
    const auto k = static_cast<std::size_t>(mixture.states);
    if (inferred.empty() || options.redraws < 1)
        throw std::invalid_argument("Proximity needs at least one inferred matrix and one control set.");
    if (control.states != mixture.states)
        throw std::invalid_argument("Control chains need as many states as the mixture has.");
    std::vector<Nearest> models;
    for (const auto& matrix : inferred) {
        if (matrix.size() != k * k)
            throw std::invalid_argument("An inferred matrix has another number of states than the mixture.");
        models.emplace_back(mixture.states, matrix);
    }
    const Reference known(mixture, options.unigram);
    std::vector<double> toTraining;
    for (const Nearest& model : models) toTraining.push_back(known.nearest(model));

    const auto redraws = static_cast<std::size_t>(options.redraws);
    std::vector<std::vector<char>> nearer(redraws, std::vector<char>(models.size()));
    latent::learn::forEachIndex(redraws, options.threads, [&](std::size_t d) {
        const Reference fresh(controlSet(control, mixture.chains(), options.seed, static_cast<int>(d)),
                              options.unigram);
        for (std::size_t r = 0; r < models.size(); ++r)
            nearer[d][r] = toTraining[r] < fresh.nearest(models[r]);
    });

    Proximity p;
    p.trainShare.assign(models.size(), 0.0);
    for (const auto& draw : nearer) {
        double sum = 0;
        for (std::size_t r = 0; r < models.size(); ++r) {
            p.trainShare[r] += draw[r] / static_cast<double>(redraws);
            sum += draw[r];
        }
        p.byRedraw.push_back(sum / static_cast<double>(models.size()));
    }
    p.nearer = static_cast<std::size_t>(
        std::count_if(p.trainShare.begin(), p.trainShare.end(), [](double share) { return share > .5; }));
    p.fraction = static_cast<double>(p.nearer) / static_cast<double>(models.size());
    const BinomialInterval interval = exactInterval(p.nearer, models.size(), options.confidence);
    p.low = interval.low, p.high = interval.high;
    return p;
}

}  // namespace markov_mixtures
