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
namespace detail {

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

inline constexpr std::size_t kChainsOfPiece = 64;  // that a thread draws before it asks for more

/// Matrices [N, k, k] and Σ_j T_ij ln T_ij of their rows [N, k].
struct ChainSet {
    std::vector<double> matrices, negativeEntropy;
    std::size_t k;

    ChainSet(std::size_t chains, std::size_t states)
        : matrices(chains * states * states), negativeEntropy(chains * states), k(states) {}
    static ChainSet of(const Mixture& mixture, bool unigram) {
        ChainSet all(mixture.chains(), static_cast<std::size_t>(mixture.states));
        for (std::size_t n = 0; n < mixture.chains(); ++n)
            all.set(n, mixture.transitionOf(n), mixture.stationaryOf(n), unigram);
        return all;
    }
    /// Draws the chains again, on some threads; false: keepGoing said no.
    bool redraw(const GeneratorSpec& spec, const ProximityOptions& options, std::size_t number, int threads,
                const std::function<bool()>& keepGoing) {
        const std::size_t pieces = (chains() + kChainsOfPiece - 1) / kChainsOfPiece;
        const std::string stream = "control " + std::to_string(number);
        const auto piece = [&](std::size_t i) {
            const std::size_t end = std::min(chains(), (i + 1) * kChainsOfPiece);
            for (std::size_t n = i * kChainsOfPiece; n < end; ++n) {
                const Chain chain = drawChain(spec, options.seed, stream, n);
                set(n, chain.transition, chain.stationary, options.unigram);
            }
        };
        bool goesOn = true;  // also after the last piece: of few chains there is but one
        latent::learn::forEachIndex(pieces, threads, piece,
                                    [&](std::size_t) { return goesOn = !keepGoing || keepGoing(); });
        return goesOn;
    }
    std::size_t chains() const { return negativeEntropy.size() / k; }
    double nearest(const Nearest& to) const {
        double least = std::numeric_limits<double>::infinity();
        for (std::size_t n = 0; n < chains(); ++n)
            least = std::min(least, to.distance(matrices.data() + n * k * k, negativeEntropy.data() + n * k));
        return least;
    }

  private:
    void set(std::size_t n, std::span<const double> transition, std::span<const double> stationary,
             bool unigram) {
        for (std::size_t row = 0; row < k; ++row) {
            const std::span<const double> shown = unigram ? stationary : transition.subspan(row * k, k);
            std::copy(shown.begin(), shown.end(),
                      matrices.begin() + static_cast<std::ptrdiff_t>((n * k + row) * k));
            negativeEntropy[n * k + row] = -entropy(shown);
        }
    }
};

}  // namespace detail

namespace {

using detail::ChainSet;
using detail::Nearest;

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

std::optional<ProximityTest> ProximityTest::make(const Mixture& mixture, const GeneratorSpec& control,
                                                 const ProximityOptions& options,
                                                 const std::function<bool()>& keepGoing) {
    if (options.redraws < 1) throw std::invalid_argument("Proximity needs at least one control set.");
    if (control.states != mixture.states)
        throw std::invalid_argument("Control chains need as many states as the mixture has.");
    ProximityTest test;
    test.m = std::make_unique<Members>(
        Members{control, options, mixture.chains(), ChainSet::of(mixture, options.unigram), {}});
    Members& m = *test.m;
    const auto redraws = static_cast<std::size_t>(options.redraws);
    if (redraws * bytesOfSet(m.chains, m.known.k) > options.mostControlBytes) return test;
    m.controls.assign(redraws, ChainSet(m.chains, m.known.k));
    // What is kept is small: a set of few chains is one piece of work, so that threads share the sets.
    if (!latent::learn::forEachIndex(
            redraws, options.threads,
            [&](std::size_t d) { m.controls[d].redraw(control, options, d, 1, {}); },
            [&](std::size_t) { return !keepGoing || keepGoing(); }))
        return std::nullopt;
    return test;
}

ProximityTest::ProximityTest(const Mixture& mixture, const GeneratorSpec& control,
                             const ProximityOptions& options)
    : ProximityTest(*make(mixture, control, options, {})) {}
ProximityTest::~ProximityTest() = default;
ProximityTest::ProximityTest(ProximityTest&&) noexcept = default;
ProximityTest& ProximityTest::operator=(ProximityTest&&) noexcept = default;

std::uint64_t proximityBytes(std::size_t chains, int states, const ProximityOptions& options) {
    const std::uint64_t each = bytesOfSet(chains, static_cast<std::size_t>(states)),
                        all = each * static_cast<std::uint64_t>(options.redraws);
    // Where no control set is kept, one at a time is there.
    return each + (all > options.mostControlBytes ? each : all);
}

namespace {

/// nearer: [redraw][model].
Proximity scoreOf(const std::vector<std::vector<char>>& nearer, double confidence) {
    const std::size_t models = nearer.front().size();
    Proximity p;
    p.trainShare.assign(models, 0.0);
    for (const auto& draw : nearer) {
        double sum = 0;
        for (std::size_t r = 0; r < models; ++r) {
            p.trainShare[r] += draw[r] / static_cast<double>(nearer.size());
            sum += draw[r];
        }
        p.byRedraw.push_back(sum / static_cast<double>(models));
    }
    p.nearer = static_cast<std::size_t>(
        std::count_if(p.trainShare.begin(), p.trainShare.end(), [](double share) { return share > .5; }));
    p.fraction = static_cast<double>(p.nearer) / static_cast<double>(models);
    const BinomialInterval interval = exactInterval(p.nearer, models, confidence);
    p.low = interval.low, p.high = interval.high;
    return p;
}

}  // namespace

std::optional<std::vector<Proximity>> ProximityTest::ofAll(
    std::span<const std::vector<std::vector<double>>> inferred, int threads,
    const std::function<bool()>& keepGoing) const {
    const std::size_t k = m->known.k, redraws = static_cast<std::size_t>(m->options.redraws);
    const auto goOn = [&](std::size_t) { return !keepGoing || keepGoing(); };
    std::vector<Nearest> models;  // of all questions, one after the other
    for (const auto& question : inferred) {
        if (question.empty()) throw std::invalid_argument("Proximity needs at least one inferred matrix.");
        for (const auto& matrix : question) {
            if (matrix.size() != k * k)
                throw std::invalid_argument(
                    "An inferred matrix has another number of states than the mixture.");
            models.emplace_back(static_cast<int>(k), matrix);
        }
    }
    std::vector<double> toTraining(models.size());
    if (!latent::learn::forEachIndex(
            models.size(), threads, [&](std::size_t r) { toTraining[r] = m->known.nearest(models[r]); },
            goOn))
        return std::nullopt;

    std::vector<std::vector<char>> nearer(redraws, std::vector<char>(models.size()));
    const auto compare = [&](std::size_t d, std::size_t r, const ChainSet& fresh) {
        nearer[d][r] = toTraining[r] < fresh.nearest(models[r]);
    };
    if (m->controls.empty()) {
        // One set at a time, however many threads there are: a set may be large.
        ChainSet fresh(m->chains, k);
        for (std::size_t d = 0; d < redraws; ++d)
            if (!fresh.redraw(m->control, m->options, d, threads, keepGoing) ||
                !latent::learn::forEachIndex(
                    models.size(), threads, [&](std::size_t r) { compare(d, r, fresh); }, goOn))
                return std::nullopt;
    } else {
        const auto piece = [&](std::size_t d) {
            for (std::size_t r = 0; r < models.size(); ++r) compare(d, r, m->controls[d]);
        };
        if (!latent::learn::forEachIndex(redraws, threads, piece, goOn)) return std::nullopt;
    }

    std::vector<Proximity> all;
    std::ptrdiff_t from = 0;
    for (const auto& question : inferred) {
        const std::ptrdiff_t to = from + static_cast<std::ptrdiff_t>(question.size());
        std::vector<std::vector<char>> ofQuestion;
        for (const auto& draw : nearer) ofQuestion.emplace_back(draw.begin() + from, draw.begin() + to);
        all.push_back(scoreOf(ofQuestion, m->options.confidence));
        from = to;
    }
    return all;
}

Proximity ProximityTest::of(const std::vector<std::vector<double>>& inferred, int threads) const {
    return ofAll({&inferred, 1}, threads)->front();
}

Proximity proximity(const Mixture& mixture, const GeneratorSpec& control,
                    const std::vector<std::vector<double>>& inferred, const ProximityOptions& options) {
    return ProximityTest(mixture, control, options).of(inferred, options.threads);
}

}  // namespace markov_mixtures
