// SPDX-License-Identifier: Apache-2.0
#pragma once
// One finished run of markov/train as its claims read it: curves over checkpoints, by half of the evaluation chains.
//
// Divergences in nats, scores without unit. A view of nothing: it owns its numbers. Throws what Run::read throws.
//
//     const TrainedRun run(of);
//     halfRise(run.step, run.utilisation());
//     run.klHalf(kOod, kOdd).back();

#include <latent/latent.hpp>

#include "model/training/course.hpp"
#include "model/training/reference.hpp"

namespace markov_mixtures {

inline constexpr std::size_t kEven = 0, kOdd = 1;

struct TrainedRun {
    std::int64_t chains, width;
    std::uint64_t seed;
    std::string training;            ///< of the seed of training, where it is not that of the chains
    std::vector<std::int64_t> step;  ///< [checkpoint]
    std::size_t sets, lengths, layers, heads;
    std::vector<double> kl, klHalves, positionHalves, toAlgorithm, toAlgorithmHalves, jointHalves,
        used;                                      // as published
    std::vector<double> previousToken, induction;  ///< [checkpoint, half, layer, head]
    std::vector<double> forecastError;             ///< [account]

    explicit TrainedRun(const latent::Run& run);

    std::size_t checkpoints() const { return step.size(); }
    std::string unit() const { return "seed " + std::to_string(seed) + training + ", odd chains"; }
    std::string chosenOn() const { return "seed " + std::to_string(seed) + training + ", even chains"; }

    /// kl_matrix at the longest context over checkpoints, on one half.
    std::vector<double> klHalf(std::size_t set, std::size_t half) const;
    double klAtEnd(std::size_t set) const {
        return kl[((checkpoints() - 1) * sets + set) * lengths + lengths - 1];
    }
    /// kl_position over context lengths at a checkpoint, on one half. Empty where the run has no
    /// `kl_position_half`, or no such set.
    std::vector<double> risk(std::size_t checkpoint, std::size_t set, std::size_t half) const;
    /// KL(model‖algorithm) on new chains by kind of algorithm: the nearer of both unigram ones, Bi-Ret,
    /// Bi-Inf. The split of the unigram ones is ill-conditioned.
    std::array<double, 3> kinds(std::size_t checkpoint, std::size_t half, std::size_t length) const;
    double unigramWeight(std::size_t checkpoint, std::size_t half) const {
        const double* w = jointHalves.data() + (checkpoint * 2 + half) * 4;
        return w[0] + w[2];
    }
    /// KL(model‖nearest unigram or bigram algorithm) on known chains at the longest context.
    double nearestUnigram(std::size_t checkpoint, std::size_t half) const {
        return std::min(known(checkpoint, half, 0), known(checkpoint, half, 2));
    }
    double nearestBigram(std::size_t checkpoint, std::size_t half) const {
        return std::min(known(checkpoint, half, 1), known(checkpoint, half, 3));
    }
    /// The checkpoint that is nearest to a unigram algorithm on one half.
    std::optional<std::size_t> mostUnigram(std::size_t half) const;
    /// KL(model‖Bi-Ret) − KL(model‖Bi-Inf) on new chains, mean over the second half of the context lengths.
    double towardsInference(std::size_t checkpoint) const;
    /// Weight of Bi-Ret in the joint fit of LIA, mean of both halves, over checkpoints.
    std::vector<double> bigramRetrieval() const;
    /// Bigram utilisation at the longest context, over checkpoints.
    std::vector<double> utilisation() const;
    /// − kl_matrix on known chains at the longest context: rises as the model learns.
    std::vector<double> knowledge() const;
    /// The head [layer · heads + head] of a layer in [first, end) with the largest score at the end.
    std::optional<std::size_t> strongestHead(const std::vector<double>& scores, std::size_t half,
                                             std::size_t first, std::size_t end) const;
    std::vector<double> headCurve(const std::vector<double>& scores, std::size_t half,
                                  std::size_t head) const;

  private:
    double toAlgorithmOf(std::size_t checkpoint, std::size_t half, std::size_t set, std::size_t four,
                         std::size_t length) const {
        return toAlgorithmHalves[(((checkpoint * 2 + half) * sets + set) * 4 + four) * lengths + length];
    }
    double known(std::size_t checkpoint, std::size_t half, std::size_t four) const {
        return toAlgorithmOf(checkpoint, half, kId, four, lengths - 1);
    }
};

}  // namespace markov_mixtures
