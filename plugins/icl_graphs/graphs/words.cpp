// SPDX-License-Identifier: Apache-2.0
#include "graphs/words.hpp"

#include <latent/learn/random.hpp>
#include <set>
#include <stdexcept>

namespace icl_graphs {
namespace {

const std::vector<std::pair<std::string, std::vector<std::string>>>& lists() {
    static const std::vector<std::pair<std::string, std::vector<std::string>>> kLists = {
        {"grid16",
         {"apple", "bird", "car", "egg", "house", "milk", "plane", "opera", "box", "sand", "sun", "mango",
          "rock", "math", "code", "phone"}},
        {"objects",
         {"apple", "bird",   "car",   "egg",    "house", "milk",  "plane", "opera", "box",    "sand",
          "sun",   "rock",   "math",  "code",   "phone", "tree",  "book",  "chair", "river",  "stone",
          "glass", "paper",  "horse", "table",  "train", "cloud", "bread", "clock", "dog",    "fish",
          "gold",  "hat",    "ice",   "key",    "lamp",  "moon",  "nose",  "ocean", "piano",  "queen",
          "ring",  "salt",   "tower", "wall",   "water", "wheel", "wind",  "wood",  "bridge", "camera",
          "door",  "engine", "farm",  "garden", "hand",  "iron",  "king",  "lake",  "mirror", "oil",
          "road",  "ship",   "snow",  "star"}},
        {"days", {"Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"}},
        {"months",
         {"January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
          "November", "December"}}};
    return kLists;
}

}  // namespace

std::vector<std::string> wordListNames() {
    std::vector<std::string> names;
    for (const auto& [name, words] : lists()) names.push_back(name);
    return names;
}

std::vector<std::string> wordList(const std::string& name) {
    for (const auto& [known, words] : lists())
        if (known == name) return words;
    throw std::invalid_argument("There is no list of words '" + name + "'.");
}

bool isAffine(const std::vector<std::uint32_t>& order) {
    const std::size_t n = order.size();
    if (n < 3) return true;
    const std::size_t step = (order[1] + n - order[0]) % n;
    for (std::size_t i = 1; i < n; ++i)
        if ((order[i] + n - order[i - 1]) % n != step) return false;
    return true;
}

std::vector<std::string> placed(const std::vector<std::string>& list, int nodes, Placement placement,
                                std::uint64_t seed) {
    if (static_cast<int>(list.size()) < nodes)
        throw std::invalid_argument("The graph has " + std::to_string(nodes) + " nodes, the list only " +
                                    std::to_string(list.size()) +
                                    " words; choose a longer list or a smaller graph.");
    if (std::set<std::string> each(list.begin(), list.end()); each.size() != list.size())
        throw std::invalid_argument("A word is in the list twice; each node needs a word of its own.");
    if (placement == Placement::NonAffine && nodes < 5)
        throw std::invalid_argument(
            "An order that is no multiple of the calendar's needs at least five nodes.");
    const auto n = static_cast<std::uint32_t>(nodes);
    std::vector<std::string> words;
    if (placement == Placement::Listed) return {list.begin(), list.begin() + nodes};
    for (std::uint64_t draw = 0;; ++draw) {
        latent::learn::RandomStream random(seed, "icl/placement", draw);
        // Permuted semantics keep the first words, which are the whole cycle; otherwise words are drawn from all of the list.
        const auto order = random.permutation(
            placement == Placement::NonAffine ? n : static_cast<std::uint32_t>(list.size()));
        if (placement == Placement::NonAffine && isAffine(order)) continue;
        for (std::uint32_t i = 0; i < n; ++i) words.push_back(list[order[i]]);
        return words;
    }
}

std::string promptText(const std::vector<std::string>& words, const std::vector<int>& nodes) {
    std::string text;
    for (const int node : nodes) text += " " + words.at(static_cast<std::size_t>(node));
    return text;
}

nlohmann::json promptJson(std::span<const Graph> graphs, const std::vector<std::string>& words,
                          const Sequence& sequence, const std::vector<int>& tokens) {
    nlohmann::json json = {{"words", words},
                           {"node_ids", sequence.nodes},
                           {"follows", sequence.follows},
                           {"text", promptText(words, sequence.nodes)},
                           {"edges", graphs.front().edges}};
    if (graphs.size() > 1) {
        json["edges_second"] = graphs[1].edges;
        for (std::size_t t = 0; t < sequence.nodes.size(); ++t)
            json["turn_of"].push_back(sequence.stepsIn(t));
    }
    if (!tokens.empty())
        for (const int node : sequence.nodes)
            json["token_ids"].push_back(tokens.at(static_cast<std::size_t>(node)));
    return json;
}

}  // namespace icl_graphs
