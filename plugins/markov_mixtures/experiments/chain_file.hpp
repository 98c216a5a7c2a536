// SPDX-License-Identifier: Apache-2.0
#pragma once
// Transition matrices made elsewhere: npz, npy, or rows of numbers as CSV.
//
//     readChains("chains.npz", 10, 64);        // [64, 10, 10]: the first 64 matrices of the file
//
// An npz file holds them as `transition` [N, k, k], or as its only array of that rank; one matrix may be [k,
// k]. A CSV file has k numbers a line, k lines a matrix, one matrix after the other; empty lines and lines
// that begin with # are passed over. Rows sum to 1 within 1e-5, the rounding of single precision, and are
// then made to sum to 1. Whatever else is wrong is a latent::RunError with a sentence that names the file,
// the chain and the row.

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace markov_mixtures {

/// `parameter`: what asks for so many chains, in refusals. Every matrix that is returned is an ergodic chain.
std::vector<double> readChains(const std::filesystem::path& path, int states, std::int64_t chains,
                               const std::string& parameter = "chains");
/// The first `chains` numbers of the array `prior` [N], which need not sum to 1; empty where the file has none. Each must be above 0.
std::vector<double> readPrior(const std::filesystem::path& path, std::int64_t chains);

}  // namespace markov_mixtures
