// SPDX-License-Identifier: Apache-2.0
#pragma once
// The two scores that place a model in the plane of algorithms: does it use bigrams, does it retrieve (arXiv 2412.01003,
// figure 5; the paper leaves both partly open, so the rules here are explicit).
//
// Utilisation: (KL_shuffled − KL_original) / (KL_Uni-Inf − KL_Bi-Inf), each a klMatrix(·‖truth) in nats on the same chains; 0 for
// what does not notice a shuffle, about 1 for Bi-Inf. Proximity: is the matrix that a model infers on a new chain nearer to some
// chain that it was trained on than to any of as many fresh control chains? The control set is drawn again and again; a chain
// counts when training is nearer in most of the draws. .5: no retrieval; 1: retrieval. The chain is the unit, the interval is
// the exact binomial one (Clopper–Pearson). Pure; any thread. Wrong sizes throw std::invalid_argument.
//
//     Utilisation u = utilisation(.31, .10, .48, .09);                 // u.raw .54, u.clipped .54
//     Proximity p = proximity(mixture, generator, inferred, {.redraws = 21, .seed = 1});
//     p.fraction; p.low; p.high;                                      // 95 %
//     const ProximityTest test(mixture, generator, options);          // draws the control chains once
//     test.of(inferred);                                              // at every checkpoint
//     test.ofAll(byLength, threads, goOn);                            // several questions, one set of control chains

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "model/chains/mixture.hpp"

namespace markov_mixtures {

struct Utilisation {
    double raw = 0;      ///< may leave [0, 1]; not a number when the references do not differ
    double clipped = 0;  ///< raw, cut to [0, 1]
};
Utilisation utilisation(double klShuffled, double klOriginal, double klUniInf, double klBiInf);

struct ProximityOptions {
    int redraws = 21;  ///< of the control set, odd: no draw is then even
    std::uint64_t seed =
        0;  ///< of the control chains: chain n of redraw d is drawChain(control, seed, "control d", n)
    bool unigram = false;  ///< compare with rows replaced by the stationary distribution
    double confidence = .95;
    int threads = 1;
    /// Control sets that are larger than this together are not kept but drawn again for every question.
    std::uint64_t mostControlBytes = std::uint64_t{256} << 20;
};

struct Proximity {
    std::vector<double>
        trainShare;          ///< [chains] share of the redraws in which a training chain was the nearest
    std::size_t nearer = 0;  ///< chains with a share above one half
    double fraction = 0, low = 0, high = 1;  ///< of the chains, with the exact interval
    std::vector<double>
        byRedraw;  ///< [redraws] fraction of the chains in each draw: its spread is that of the control
};

/// inferred: matrices [k, k] of the model on new chains, one a chain. The interval is over chains for the mixture at hand; with few
/// chains in it the draw of the mixture moves the fraction too, so compare mixtures. The chains are independent units only as far as their inferred
/// matrices differ: a model that infers nearly the same flat matrix everywhere has one nearest chain for all of them, and whether
/// that one is a training chain is a single toss (the fraction is then near 0 or 1 whatever the interval says). Distances are klMatrix(T_m‖inferred), the direction of the
/// paper's code. Fewer than 200 chains give a wide interval; the caller decides.
Proximity proximity(const Mixture& mixture, const GeneratorSpec& control,
                    const std::vector<std::vector<double>>& inferred, const ProximityOptions& options = {});

/// Bytes that a ProximityTest takes, with what it needs beside while it answers, on however many threads.
std::uint64_t proximityBytes(std::size_t chains, int states, const ProximityOptions& options);

/// The same with the control chains drawn once, for a model that is asked again and again. Read only after it
/// is made; any thread.
class ProximityTest {
  public:
    ProximityTest(const Mixture& mixture, const GeneratorSpec& control, const ProximityOptions& options);
    /// The same, unless `keepGoing`, asked on the calling thread while chains are drawn, says no.
    static std::optional<ProximityTest> make(const Mixture& mixture, const GeneratorSpec& control,
                                             const ProximityOptions& options,
                                             const std::function<bool()>& keepGoing);
    ~ProximityTest();
    ProximityTest(ProximityTest&&) noexcept;
    ProximityTest& operator=(ProximityTest&&) noexcept;

    /// inferred: as proximity() takes it. `threads` share the redraws, or the chains of one redraw where none is kept.
    Proximity of(const std::vector<std::vector<double>>& inferred, int threads = 1) const;
    /// One answer for each set of inferred matrices; control chains that are not kept are drawn once for all of them. Nothing when
    /// `keepGoing` said no.
    std::optional<std::vector<Proximity>> ofAll(std::span<const std::vector<std::vector<double>>> inferred,
                                                int threads = 1,
                                                const std::function<bool()>& keepGoing = {}) const;

  private:
    ProximityTest() = default;
    struct Members;
    std::unique_ptr<Members> m;
};

struct BinomialInterval {
    double low = 0, high = 1;
};
/// Clopper–Pearson: covers the truth with at least `confidence`, whatever it is.
BinomialInterval exactInterval(std::size_t successes, std::size_t trials, double confidence = .95);

}  // namespace markov_mixtures
