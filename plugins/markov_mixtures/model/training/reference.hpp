// SPDX-License-Identifier: Apache-2.0
#pragma once
// What models are compared with: contexts of known, new, shuffled and biased chains, and what every algorithm
// infers from them.
//
// None of it depends on the model, so it is made once and read at every checkpoint. Matrices are those of the
// paper's protocol (papers/markov_mixtures 2.4): row j is the prediction after the contextLength[m] tokens
// that end at the last occurrence of state j. Divergences in nats. Replicates are split into two halves, by
// the number of a known chain so that one drawn twice lies on one side, for choices that must not be judged
// on what they were made on. Read only; any thread. Throws what makeReplicate throws.
//
//     const std::optional<Reference> reference = Reference::make(bank, spec, {.replicates = 40}, {.threads = 2});
//     reference->set(kOod).klMatrix;               // of the algorithms, [4, m]

#include <functional>
#include <optional>

#include "model/algorithms/evaluate.hpp"
#include "model/lia/scores.hpp"

namespace markov_mixtures {

/// The sets that models are evaluated on, in the order of every array of this part. Append only: runs are
/// read by their numbers.
inline constexpr std::array<SetKind, 4> kModelSets{SetKind::Id, SetKind::Ood, SetKind::Shuffled,
                                                   SetKind::Biased};
inline constexpr std::size_t kId = 0, kOod = 1, kShuffled = 2, kBiased = 3;

struct ReferenceOptions {
    std::int64_t replicates = 30;        ///< chains of each set
    std::int64_t proximityChains = 200;  ///< new chains that proximity is measured on; 0: it is not
    int redraws = 21;                    ///< of proximity's control set
};

/// Threads, and whether to go on; asked on the calling thread after each of its pieces of work.
struct Effort {
    int threads = 1;
    std::function<bool()> keepGoing = {};
};

struct ReferenceReplicate {
    Replicate contexts;
    std::vector<double> truthWeights;  ///< [k] of klMatrix(·‖truth)
    std::vector<double> matrices;      ///< [m, kAlgorithms, k, k]
    std::vector<double> weights;  ///< [m, 4, k] of klMatrix(·‖algorithm), algorithms in the order of kFour

    /// Which half, 0 or 1.
    std::size_t half(std::size_t number) const {
        return static_cast<std::size_t>(contexts.chainNumber >= 0 ? contexts.chainNumber
                                                                  : static_cast<std::int64_t>(number)) %
               2;
    }
    std::span<const double> matrix(std::size_t m, std::size_t algorithm) const {
        const std::size_t size = truthWeights.size() * truthWeights.size();
        return std::span(matrices).subspan((m * kAlgorithms + algorithm) * size, size);
    }
    std::span<const double> allMatrices(std::size_t m) const {
        const std::size_t size = kAlgorithms * truthWeights.size() * truthWeights.size();
        return std::span(matrices).subspan(m * size, size);
    }
    std::span<const double> weightsOf(std::size_t m, std::size_t four) const {
        return std::span(weights).subspan((m * 4 + four) * truthWeights.size(), truthWeights.size());
    }
};

struct ReferenceSet {
    std::vector<ReferenceReplicate> replicates;
    std::vector<double> klMatrix, klPosition;  ///< of kFour, [4, m], means over replicates
    /// Of the true stationary distribution as prediction, in both metrics: the floor of what ignores order.
    double unigramMatrix = 0, unigramPosition = 0;
};

/// Places in a list of context lengths at which proximity is measured: nearest to a quarter, to a half, and
/// the longest; each once.
std::vector<std::size_t> proximityPlaces(std::span<const int> contextLength);

class Reference {
  public:
    /// Nothing when keepGoing said no.
    static std::optional<Reference> make(const AlgorithmBank& bank, const EvaluationSpec& spec,
                                         const ReferenceOptions& options, const Effort& effort = {});

    int states() const { return m_bank->states(); }
    const Mixture& mixture() const { return m_bank->mixture(); }
    const EvaluationSpec& spec() const { return m_spec; }
    const ReferenceOptions& options() const { return m_options; }
    std::size_t lengths() const { return m_spec.contextLength.size(); }
    std::size_t count() const { return m_sets[0].replicates.size(); }
    const ReferenceSet& set(std::size_t place) const { return m_sets[place]; }  ///< of kModelSets
    const std::vector<Replicate>& proximityContexts() const { return m_proximity; }
    /// Places of their lengths among all; the last is the longest.
    const std::vector<std::size_t>& proximityLengths() const { return m_proximityLengths; }
    /// Control chains and all; only with proximity chains.
    const ProximityTest& proximityTest() const { return *m_test; }

  private:
    Reference(const AlgorithmBank& bank, EvaluationSpec spec, const ReferenceOptions& options)
        : m_bank(&bank), m_spec(std::move(spec)), m_options(options) {}

    const AlgorithmBank* m_bank;  // outlives the reference
    EvaluationSpec m_spec;
    ReferenceOptions m_options;
    std::array<ReferenceSet, kModelSets.size()> m_sets;
    std::vector<Replicate> m_proximity;           // at m_proximityLengths only
    std::vector<std::size_t> m_proximityLengths;  // places in spec().contextLength
    std::optional<ProximityTest> m_test;
};

}  // namespace markov_mixtures
