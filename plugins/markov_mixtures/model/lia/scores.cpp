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

/// klMatrix(T‖inferred) for many T with the second argument fixed: Σ π_i (Σ_j T_ij ln T_ij − Σ_j T_ij ln(Q_ij + ε)). The first part
/// belongs to T, the second is one product with logarithms made once.
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
struct ChainSet {
    std::vector<double> matrices, negativeEntropy;
    std::size_t k;

    explicit ChainSet(std::size_t states) : k(states) {}
    static ChainSet of(const Mixture& mixture, bool unigram) {
        ChainSet set(static_cast<std::size_t>(mixture.states));
        set.reserve(mixture.chains());
        for (std::size_t n = 0; n < mixture.chains(); ++n)
            set.add(mixture.transitionOf(n), mixture.stationaryOf(n), unigram);
        return set;
    }
    static ChainSet control(const GeneratorSpec& spec, std::size_t chains, const ProximityOptions& options,
                            std::size_t redraw) {
        ChainSet set(static_cast<std::size_t>(spec.states));
        set.reserve(chains);
        for (std::size_t n = 0; n < chains; ++n) {
            const Chain chain = drawChain(spec, options.seed, "control " + std::to_string(redraw), n);
            set.add(chain.transition, chain.stationary, options.unigram);
        }
        return set;
    }
    double nearest(const Nearest& to) const {
        double least = std::numeric_limits<double>::infinity();
        for (std::size_t n = 0; n < negativeEntropy.size() / k; ++n)
            least = std::min(least, to.distance(matrices.data() + n * k * k, negativeEntropy.data() + n * k));
        return least;
    }

  private:
    void reserve(std::size_t chains) {
        matrices.reserve(chains * k * k);
        negativeEntropy.reserve(chains * k);
    }
    void add(std::span<const double> transition, std::span<const double> stationary, bool unigram) {
        for (std::size_t row = 0; row < k; ++row) {
            const std::span<const double> shown = unigram ? stationary : transition.subspan(row * k, k);
            matrices.insert(matrices.end(), shown.begin(), shown.end());
            negativeEntropy.push_back(-entropy(shown));
        }
    }
};

std::uint64_t bytesOfSet(std::size_t chains, std::size_t k) {
    return std::uint64_t{chains} * (k * k + k) * sizeof(double);
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

struct ProximityTest::Members {
    GeneratorSpec control;
    ProximityOptions options;
    std::size_t chains;
    ChainSet known;
    std::vector<ChainSet> controls;  // one a redraw; none where they would be too large to keep
};

ProximityTest::ProximityTest(const Mixture& mixture, const GeneratorSpec& control,
                             const ProximityOptions& options) {
    if (options.redraws < 1) throw std::invalid_argument("Proximity needs at least one control set.");
    if (control.states != mixture.states)
        throw std::invalid_argument("Control chains need as many states as the mixture has.");
    m = std::make_unique<Members>(
        Members{control, options, mixture.chains(), ChainSet::of(mixture, options.unigram), {}});
    const auto redraws = static_cast<std::size_t>(options.redraws);
    if (redraws * bytesOfSet(m->chains, m->known.k) > options.mostControlBytes) return;
    m->controls.assign(redraws, ChainSet(m->known.k));
    latent::learn::forEachIndex(redraws, options.threads, [&](std::size_t d) {
        m->controls[d] = ChainSet::control(control, m->chains, options, d);
    });
}
ProximityTest::~ProximityTest() = default;
ProximityTest::ProximityTest(ProximityTest&&) noexcept = default;
ProximityTest& ProximityTest::operator=(ProximityTest&&) noexcept = default;

std::uint64_t proximityBytes(std::size_t chains, int states, const ProximityOptions& options) {
    const std::uint64_t each = bytesOfSet(chains, static_cast<std::size_t>(states)),
                        all = each * static_cast<std::uint64_t>(options.redraws);
    // Where no control set is kept, each thread makes one at a time.
    return each + (all > options.mostControlBytes ? each * static_cast<std::uint64_t>(options.threads) : all);
}

Proximity ProximityTest::of(const std::vector<std::vector<double>>& inferred, int threads) const {
    const std::size_t k = m->known.k, redraws = static_cast<std::size_t>(m->options.redraws);
    if (inferred.empty()) throw std::invalid_argument("Proximity needs at least one inferred matrix.");
    std::vector<Nearest> models;
    for (const auto& matrix : inferred) {
        if (matrix.size() != k * k)
            throw std::invalid_argument("An inferred matrix has another number of states than the mixture.");
        models.emplace_back(static_cast<int>(k), matrix);
    }
    std::vector<double> toTraining;
    for (const Nearest& model : models) toTraining.push_back(m->known.nearest(model));

    std::vector<std::vector<char>> nearer(redraws, std::vector<char>(models.size()));
    latent::learn::forEachIndex(redraws, threads, [&](std::size_t d) {
        const auto compare = [&](const ChainSet& fresh) {
            for (std::size_t r = 0; r < models.size(); ++r)
                nearer[d][r] = toTraining[r] < fresh.nearest(models[r]);
        };
        if (m->controls.empty())
            compare(ChainSet::control(m->control, m->chains, m->options, d));
        else
            compare(m->controls[d]);
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
    const BinomialInterval interval = exactInterval(p.nearer, models.size(), m->options.confidence);
    p.low = interval.low, p.high = interval.high;
    return p;
}

Proximity proximity(const Mixture& mixture, const GeneratorSpec& control,
                    const std::vector<std::vector<double>>& inferred, const ProximityOptions& options) {
    return ProximityTest(mixture, control, options).of(inferred, options.threads);
}

}  // namespace markov_mixtures
