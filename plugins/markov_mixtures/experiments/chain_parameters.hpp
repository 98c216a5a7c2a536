// SPDX-License-Identifier: Apache-2.0
#pragma once
// The parameters that every experiment on Markov mixtures shares, and what they mean for the library.
//
// Pure; any thread. Impossible combinations throw std::invalid_argument or latent::RunError with a sentence
// that names the parameter; the cheap checks do so before anything is drawn, so that a form or a command line
// can say it at once.
//
//     latent::Schema schema;
//     addChainParameters(schema);  addAlgorithmParameters(schema);
//     const Mixture mixture = mixtureOf(p);
//     const AlgorithmBank bank(std::make_shared<const Mixture>(mixture), bankOptionsOf(p));

#include <latent/latent.hpp>

#include "model/algorithms/bank.hpp"
#include "model/algorithms/evaluation_set.hpp"

namespace markov_mixtures {

/// states and chains (with these defaults), generator and its numbers, prior, transition (one chain by hand),
/// chain_file (chains made elsewhere), seed.
void addChainParameters(latent::Schema& schema, int states = 10, int chains = 64);
/// alpha, order, first_token, inference_prior.
void addAlgorithmParameters(latent::Schema& schema);

MixtureSpec mixtureSpecOf(const latent::Parameters& p);
/// The mixture: drawn, the one chain that `transition` gives, or those of `chain_file`.
Mixture mixtureOf(const latent::Parameters& p);
/// Its first chains alone, with a prior of their own.
Mixture mixtureOf(const latent::Parameters& p, std::int64_t first);
/// The prior of its first chains, which sums to 1: the file's, or drawn.
std::vector<double> priorOf(const latent::Parameters& p, std::int64_t first);
/// Whether chains are given (`transition`, `chain_file`) and not drawn.
bool isGiven(const latent::Parameters& p);
/// Refuses what mixtureOf would, without drawing anything; given chains are all looked at. `parameter`: what says how many they are.
void requireChains(const latent::Parameters& p, const std::string& parameter = "chains");
/// Chains of the mixture: `chains`, or 1 with `transition`.
std::int64_t chainsOf(const latent::Parameters& p);
BankOptions bankOptionsOf(const latent::Parameters& p);

/// "0", "1", …: states are counted as tokens are.
std::vector<std::string> stateNames(std::int64_t states);
/// 0, 1, … count-1, for coordinates of categories.
std::vector<std::int32_t> counted(std::size_t count);

}  // namespace markov_mixtures
