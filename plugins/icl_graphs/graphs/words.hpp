// SPDX-License-Identifier: Apache-2.0
#pragma once
// The words that stand on the nodes, and prompts made of them. Pure; any thread.
//
//     const std::vector<std::string> words = placed(wordList("grid16"), 16, Placement::Random, seed);    // the word of each node
//     promptText(words, sequence.nodes);                                                               // " apple bird …"
//
// Words of the built-in lists are one token each, with the space before them, in the vocabularies of GPT-2, Llama 3 and SmolLM2.

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "graphs/walk.hpp"

namespace icl_graphs {

/// "grid16" (the paper's 4×4 words, row by row), "objects", "days", "months". Throws std::invalid_argument.
std::vector<std::string> wordList(const std::string& name);
std::vector<std::string> wordListNames();

enum class Placement {
    Listed,  ///< word i on node i
    Random,  ///< `nodes` words drawn from the list and placed at random
    /// A random order in which neighbours of the list's cycle are no image i → a·i + b of it: otherwise the ring in context cannot be told
    /// from a harmonic of the calendar.
    NonAffine
};
/// The word of each node. Throws std::invalid_argument when the list is too short, a word occurs twice, or (NonAffine) fewer than five nodes.
std::vector<std::string> placed(const std::vector<std::string>& list, int nodes, Placement placement,
                                std::uint64_t seed);
/// Whether order[i] = a·i + b mod n for some a, b.
bool isAffine(const std::vector<std::uint32_t>& order);

std::string promptText(const std::vector<std::string>& words, const std::vector<int>& nodes);
/// {"words", "node_ids", "follows", "text", "edges"}; what record_hidden_states.py reads. With two graphs also
/// "edges_second" and "turn_of", the graph that makes the step from each word; with the token of each node "token_ids".
nlohmann::json promptJson(std::span<const Graph> graphs, const std::vector<std::string>& words,
                          const Sequence& sequence, const std::vector<int>& tokens = {});

}  // namespace icl_graphs
