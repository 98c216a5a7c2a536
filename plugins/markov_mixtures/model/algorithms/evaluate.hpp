// SPDX-License-Identifier: Apache-2.0
#pragma once
// The divergence of every algorithm from the truth, on one set, against the length of the context, with error bars.
//
// Both metrics of divergence.hpp, in nats: klMatrix from the extracted k × k matrices, klPosition averaged over the sequences
// of a chain. The independent unit is the chain: one number for each replicate, the mean over replicates, and the standard
// error sd/√R of it. A caller may use any number of threads; replicates are independent and sums run in their order, so the
// numbers are the same. Throws what makeReplicate throws.
//
//     SetCurves curves = evaluate(bank, spec, SetKind::Ood, 30, {.threads = 2});
//     curves.klMatrix[curves.at(Algorithm::BiInf, m)];   curves.ofReplicate(Algorithm::BiInf, r, m)

#include <functional>

#include "model/algorithms/bank.hpp"
#include "model/algorithms/evaluation_set.hpp"

namespace markov_mixtures {

struct SetCurves {
    std::size_t replicates = 0, lengths = 0;
    std::vector<double> klMatrix, klMatrixSem;           ///< [algorithm, m]
    std::vector<double> klPosition, klPositionSem;       ///< [algorithm, m]
    std::vector<double> klMatrixChain, klPositionChain;  ///< [algorithm, replicate, m]
    double meanDrawn = 0;                                ///< long sequences drawn for one that fits

    std::size_t at(Algorithm a, std::size_t m) const { return indexOf(a) * lengths + m; }
    std::size_t ofReplicate(Algorithm a, std::size_t r, std::size_t m) const {
        return (indexOf(a) * replicates + r) * lengths + m;
    }
};

/// Both metrics of one replicate: [algorithm, m] each.
struct ReplicateCurves {
    std::vector<double> klMatrix, klPosition;
};
ReplicateCurves evaluateReplicate(const AlgorithmBank& bank, const Replicate& replicate);

struct EvaluateOptions {
    int threads = 1;
    std::function<bool(std::int64_t done)> keepGoing =
        {};  ///< asked now and then on the calling thread; false: leave, the result is empty
};
SetCurves evaluate(const AlgorithmBank& bank, const EvaluationSpec& spec, SetKind kind,
                   std::int64_t replicates, const EvaluateOptions& options = {});

/// Mean and standard error over replicates of [algorithm, replicate, m]; with one replicate the error is not a number.
void summarise(std::span<const double> chains, std::size_t replicates, std::size_t lengths,
               std::vector<double>& mean, std::vector<double>& sem);

}  // namespace markov_mixtures
