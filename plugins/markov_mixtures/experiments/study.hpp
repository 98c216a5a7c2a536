// SPDX-License-Identifier: Apache-2.0
#pragma once
// Parameters, arrays and figures of markov/algorithms, apart from its run and its claims.
//
// Pure; any thread. Impossible combinations throw with a sentence.
//
//     const Study study = Study::of(p);
//     evaluate(bank, study.evaluation, SetKind::Ood, study.replicates);

#include <latent/latent.hpp>

#include "experiments/chain_parameters.hpp"

namespace markov_mixtures {

struct Study {
    EvaluationSpec evaluation;
    std::int64_t replicates = 30;
    std::int64_t proximityChains = 200;
    int redraws = 21;

    static Study of(const latent::Parameters& p);
};

latent::Schema studyParameters();
latent::Outputs studyOutputs(const latent::Parameters& p);

}  // namespace markov_mixtures
