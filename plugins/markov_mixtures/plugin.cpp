// SPDX-License-Identifier: Apache-2.0
#include <latent/latent.hpp>

#include "experiments/ablate.hpp"
#include "experiments/algorithms.hpp"
#include "experiments/chains_source.hpp"
#include "experiments/phases.hpp"
#include "experiments/predict.hpp"
#include "experiments/train.hpp"

LATENT_PLUGIN(markov_mixtures::Algorithms, markov_mixtures::Train, markov_mixtures::Phases,
              markov_mixtures::Predict, markov_mixtures::Ablate, markov_mixtures::ChainsSource);
