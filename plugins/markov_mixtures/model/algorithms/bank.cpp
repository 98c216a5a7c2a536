// SPDX-License-Identifier: Apache-2.0
#include "model/algorithms/bank.hpp"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <new>
#include <stdexcept>

#include "model/algorithms/posterior.hpp"

namespace markov_mixtures {
namespace {

constexpr std::size_t kTogether = 16;  ///< contexts that share a pass over the logarithms
constexpr std::size_t kBlock = 512;    ///< chains of a pass: their logarithms stay in the second cache level

double* aligned(std::size_t count) {
    void* memory = std::aligned_alloc(64, (count * sizeof(double) + 63) / 64 * 64);
    if (!memory) throw std::bad_alloc();
    return static_cast<double*>(memory);
}

double logOf(double p) { return p > 0 ? std::log(p) : kImpossible; }

}  // namespace

/// Weights of a batch of contexts, and the non-zero counts of one of them.
struct AlgorithmBank::Scratch {
    explicit Scratch(std::size_t contexts, std::size_t stride)
        : memory(aligned(2 * contexts * stride), std::free),
          unigram(memory.get()),
          bigram(unigram + contexts * stride),
          evidence(2 * contexts) {}
    std::unique_ptr<double[], void (*)(void*)> memory;
    double *unigram, *bigram;      // [contexts, stride]
    std::vector<double> evidence;  // [2, contexts]: unigram, bigram
};

AlgorithmBank::AlgorithmBank(std::shared_ptr<const Mixture> mixture, const BankOptions& options)
    : m_mixture(std::move(mixture)),
      m_options(options),
      m_stride((m_mixture->chains() + 7) / 8 * 8),
      m_tables(nullptr, std::free) {
    if (!std::isfinite(options.alpha) || options.alpha < 0)
        throw std::invalid_argument("'alpha' must be finite and not negative.");
    if (options.order < 0 || options.order > 16)
        throw std::invalid_argument("'order' must lie between 0 and 16 tokens.");
    if (!(options.inferencePrior >= 0 && options.inferencePrior <= 1))
        throw std::invalid_argument("'inference_prior' must lie between 0 and 1.");
    const auto k = static_cast<std::size_t>(m_mixture->states), n = m_mixture->chains();
    const std::size_t features = k * k + k, size = m_stride * (1 + features + (k + 1) * k);
    m_tables.reset(aligned(size));
    std::fill_n(m_tables.get(), size, 0.0);
    m_logPrior = m_tables.get();
    m_logs = m_logPrior + m_stride;
    m_columns = m_logs + features * m_stride;
    std::fill_n(m_logPrior, m_stride, -1e300);  // the padding never weighs anything
    m_meanStationary.assign(k, 0.0);
    m_meanMatrix.assign(k * k, 0.0);
    for (std::size_t m = 0; m < n; ++m) {
        const double p = m_mixture->prior[m];
        const auto t = m_mixture->transitionOf(m), pi = m_mixture->stationaryOf(m);
        m_logPrior[m] = std::log(p);
        for (std::size_t f = 0; f < k * k; ++f) {
            m_logs[f * m_stride + m] = logOf(t[f]);
            m_columns[f * m_stride + m] = t[f];
            m_meanMatrix[f] += p * t[f];
        }
        for (std::size_t i = 0; i < k; ++i) {
            m_logs[(k * k + i) * m_stride + m] = logOf(pi[i]);
            m_columns[(k * k + i) * m_stride + m] = pi[i];
            m_meanStationary[i] += p * pi[i];
        }
    }
}

void AlgorithmBank::check(const Context& context) const {
    if (context.tokens.empty()) throw std::invalid_argument("A context needs at least 1 token.");
    const int k = states();
    for (const Token t : context.tokens)
        if (t >= k)
            throw std::invalid_argument("The context holds state " + std::to_string(t) +
                                        ", but the chains have " + std::to_string(k) + " states, from 0 on.");
    if (context.before >= k)
        throw std::invalid_argument("The token in front of the context is no state of the chains.");
}

/// Both posteriors of up to kTogether contexts.
void AlgorithmBank::weigh(std::span<const Context> contexts, std::span<const ContextCounts> counts,
                          Scratch& scratch) const {
    const PosteriorKernels& kernels = bestPosterior();
    const int k = states();
    struct Sparse {
        std::vector<int> index;
        std::vector<double> count;
        void add(int i, double c) { index.push_back(i), count.push_back(c); }
    };
    std::vector<Sparse> unigram(contexts.size()), bigram(contexts.size());
    for (std::size_t c = 0; c < contexts.size(); ++c) {
        const int first = contexts[c].tokens.front();
        const bool leak = m_options.firstToken == FirstToken::Leak && contexts[c].before >= 0;
        for (int i = 0; i < k; ++i) {
            if (counts[c].unigram(i) > 0) unigram[c].add(k * k + i, counts[c].unigram(i));
            for (int j = 0; j < k; ++j)
                if (counts[c].bigram(i, j) > 0) bigram[c].add(i * k + j, counts[c].bigram(i, j));
        }
        bigram[c].add(leak ? contexts[c].before * k + first : k * k + first, 1.0);
    }
    for (std::size_t begin = 0; begin < m_stride; begin += kBlock) {
        const long size = static_cast<long>(std::min(kBlock, m_stride - begin)),
                   stride = static_cast<long>(m_stride);
        for (std::size_t c = 0; c < contexts.size(); ++c) {
            const auto pass = [&](const Sparse& from, double* to) {
                kernels.accumulate(m_logPrior + begin, m_logs + begin, stride, from.index.data(),
                                   from.count.data(), static_cast<int>(from.index.size()),
                                   to + c * m_stride + begin, size);
            };
            pass(unigram[c], scratch.unigram);
            pass(bigram[c], scratch.bigram);
        }
    }
    for (std::size_t c = 0; c < contexts.size(); ++c) {
        scratch.evidence[c] = kernels.normalise(scratch.unigram + c * m_stride, static_cast<long>(m_stride));
        scratch.evidence[kTogether + c] =
            kernels.normalise(scratch.bigram + c * m_stride, static_cast<long>(m_stride));
    }
}

void AlgorithmBank::predict(std::span<const Context> contexts, std::span<double> out,
                            bool stationaryInference) const {
    const auto k = static_cast<std::size_t>(states()), each = kAlgorithms * k;
    if (out.size() != contexts.size() * each)
        throw std::invalid_argument(
            "The buffer for predictions does not have contexts × algorithms × states numbers.");
    const PosteriorKernels& kernels = bestPosterior();
    const auto stride = static_cast<long>(m_stride);
    Scratch scratch(kTogether, m_stride);
    for (std::size_t begin = 0; begin < contexts.size(); begin += kTogether) {
        const auto batch = contexts.subspan(begin, std::min(kTogether, contexts.size() - begin));
        std::vector<ContextCounts> counts;
        for (const Context& context : batch) {
            check(context);
            counts.emplace_back(states(), context);
        }
        weigh(batch, counts, scratch);
        for (std::size_t c = 0; c < batch.size(); ++c) {
            double* base = out.data() + (begin + c) * each;
            const auto at = [&](Algorithm a) { return base + indexOf(a) * k; };
            const auto put = [&](Algorithm a, std::span<const double> row) {
                std::copy(row.begin(), row.end(), at(a));
            };
            const auto last = static_cast<std::size_t>(batch[c].last());
            const double *wu = scratch.unigram + c * m_stride, *wb = scratch.bigram + c * m_stride;
            const double *rows = m_columns + last * k * m_stride, *stationary = m_columns + k * k * m_stride;
            const int n = states();
            kernels.mix(wu, stationary, stride, n, at(Algorithm::UniRet));
            kernels.mix(wb, rows, stride, n, at(Algorithm::BiRet));
            kernels.mix(wu, rows, stride, n, at(Algorithm::UniPostBiPred));
            kernels.mix(wb, stationary, stride, n, at(Algorithm::BiPostUniPred));
            const auto likeliest = [&](const double* w) {
                return static_cast<std::size_t>(std::max_element(w, w + m_mixture->chains()) - w);
            };
            put(Algorithm::UniMap, m_mixture->stationaryOf(likeliest(wu)));
            put(Algorithm::BiMap, m_mixture->transitionOf(likeliest(wb)).subspan(last * k, k));
            put(Algorithm::BiInf, counts[c].bigramRow(batch[c].last(), m_options.alpha));
            if (stationaryInference)
                put(Algorithm::UniInf, stationaryOf(n, counts[c].bigramMatrix(m_options.alpha)));
            put(Algorithm::UniInfCount, counts[c].unigramRow(m_options.alpha));
            put(Algorithm::MeanStationary, m_meanStationary);
            put(Algorithm::MeanMatrix, std::span(m_meanMatrix).subspan(last * k, k));
            put(Algorithm::Ngram, ngramPrediction(n, batch[c], m_options.order, m_options.alpha));
            // Odds of a new chain against the known ones, by their evidence.
            const double odds = std::log(m_options.inferencePrior) - std::log1p(-m_options.inferencePrior) +
                                counts[c].logEvidence(std::max(m_options.alpha, 1e-9)) -
                                scratch.evidence[kTogether + c];
            const double isNew = 1 / (1 + std::exp(-odds));
            for (std::size_t i = 0; i < k; ++i)
                at(Algorithm::Hierarchical)[i] =
                    (1 - isNew) * at(Algorithm::BiRet)[i] + isNew * at(Algorithm::BiInf)[i];
        }
    }
}

std::vector<double> AlgorithmBank::inferredMatrices(std::span<const Context> windows) const {
    const auto k = static_cast<std::size_t>(states());
    if (windows.size() != k)
        throw std::invalid_argument("An inferred matrix needs one window for each state.");
    std::vector<double> rows(k * kAlgorithms * k), matrices(kAlgorithms * k * k);
    predict(windows, rows, false);
    for (std::size_t j = 0; j < k; ++j)
        for (std::size_t a = 0; a < kAlgorithms; ++a)
            std::copy_n(rows.begin() + static_cast<std::ptrdiff_t>((j * kAlgorithms + a) * k), k,
                        matrices.begin() + static_cast<std::ptrdiff_t>((a * k + j) * k));
    const auto matrixOf = [&](Algorithm a) { return std::span(matrices).subspan(indexOf(a) * k * k, k * k); };
    const std::vector<double> pi = stationaryOf(states(), matrixOf(Algorithm::BiInf));
    for (std::size_t j = 0; j < k; ++j)
        std::copy(pi.begin(), pi.end(),
                  matrixOf(Algorithm::UniInf).begin() + static_cast<std::ptrdiff_t>(j * k));
    return matrices;
}

Posterior AlgorithmBank::posterior(const Context& context) const {
    check(context);
    const std::vector<ContextCounts> counts{ContextCounts(states(), context)};
    Scratch scratch(kTogether, m_stride);
    weigh({&context, 1}, counts, scratch);
    const std::size_t n = m_mixture->chains();
    return {{scratch.unigram, scratch.unigram + n},
            {scratch.bigram, scratch.bigram + n},
            scratch.evidence[0],
            scratch.evidence[kTogether]};
}

}  // namespace markov_mixtures
