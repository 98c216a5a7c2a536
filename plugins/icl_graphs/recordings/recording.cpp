// SPDX-License-Identifier: Apache-2.0
#include "recordings/recording.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <fstream>
#include <latent/error.hpp>
#include <nlohmann/json.hpp>
#include <set>

namespace icl_graphs {
namespace {

constexpr std::int64_t kMostTokens = 10'000'000, kMostDim = 1'000'000, kMostLayers = 10'000,
                       kMostNumber = 1'000'000, kMostNodes = 1'000'000;
constexpr std::uintmax_t kMostJson = 100'000'000;
constexpr std::int64_t kMostLayerFloats = std::int64_t{1} << 28;  // 1 GB of one layer

nlohmann::json readJson(const std::filesystem::path& path) {
    std::error_code failed;
    if (!std::filesystem::is_regular_file(path, failed) ||
        std::filesystem::file_size(path, failed) > kMostJson)
        throw latent::RunError("The file '" + path.string() +
                               "' cannot be read, or is too large for a sequence of words.");
    std::ifstream in(path);
    nlohmann::json json = nlohmann::json::parse(in, nullptr, false);
    if (json.is_discarded()) throw latent::RunError("'" + path.string() + "' is not JSON.");
    return json;
}

std::vector<std::string> textsOf(const nlohmann::json& json, const std::string& what) {
    std::vector<std::string> words;
    if (!json.is_array()) throw latent::RunError(what + " must be a list of words.");
    for (const auto& word : json) {
        if (!word.is_string()) throw latent::RunError(what + " must be a list of words.");
        std::string text = word.get<std::string>();
        text.erase(
            0, text.find_first_not_of(' ') == std::string::npos ? text.size() : text.find_first_not_of(' '));
        words.push_back(std::move(text));
    }
    return words;
}

}  // namespace

void Recording::refuse(const std::string& why) const {
    throw latent::RunError("The recording '" + m_file->path().string() + "' cannot be used: " + why + ".");
}

Recording Recording::open(const std::filesystem::path& path, const RecordingOptions& options) {
    Recording r;
    r.m_file = openArrayFile(path);
    r.findLayers();
    r.findNodes(options);
    return r;
}

void Recording::findLayers() {
    const auto shapeOf = [&](const std::string& name, std::size_t rank) {
        const ArrayInfo& info = m_file->info(name);
        if (!isFloating(info.type) && name != "pooled_count")
            refuse("'" + name + "' holds whole numbers instead of states");
        if (info.shape.size() != rank)
            refuse("'" + name + "' has " + std::to_string(info.shape.size()) + " dimensions instead of " +
                   std::to_string(rank));
        return info.shape;
    };
    std::vector<std::int64_t> numbers;
    if (m_file->has("layer")) numbers = m_file->integers("layer", kMostLayers);
    const auto numbered = [&](std::int64_t count, const std::string& array) {
        if (count > kMostLayers) refuse("'" + array + "' has " + std::to_string(count) + " layers");
        if (!numbers.empty() && static_cast<std::int64_t>(numbers.size()) != count)
            refuse("'layer' names " + std::to_string(numbers.size()) + " layers, '" + array + "' has " +
                   std::to_string(count));
        for (const std::int64_t number : numbers)
            if (number < 0 || number > kMostNumber)
                refuse("'layer' holds " + std::to_string(number) + ", which is no number of a layer");
        for (std::int64_t i = 0; i < count; ++i)
            m_layers.push_back({numbers.empty() ? static_cast<int>(i)
                                                : static_cast<int>(numbers[static_cast<std::size_t>(i)]),
                                array, i});
    };
    std::int64_t dim = 0;
    if (m_file->has("pooled_sum")) {
        m_pooled = true;
        const auto shape = shapeOf("pooled_sum", 4);
        numbered(shape[0], "pooled_sum");
        m_contexts = m_file->integers("context", kMostTokens);
        const auto counts = shapeOf("pooled_count", 2);
        if (static_cast<std::int64_t>(m_contexts.size()) != shape[1] || counts[0] != shape[1] ||
            counts[1] != shape[2])
            refuse("'pooled_sum', 'pooled_count' and 'context' do not fit together");
        if (m_contexts.empty()) refuse("it has no context");
        for (std::size_t c = 0; c < m_contexts.size(); ++c)
            if (m_contexts[c] <= (c > 0 ? m_contexts[c - 1] : 0) || m_contexts[c] > kMostTokens)
                refuse("'context' must hold lengths in tokens that rise from 1");
        dim = shape[3];
        if (shape[2] > kMostNodes || dim > kMostDim || shape[2] * dim > kMostLayerFloats)
            refuse("a pooled layer is larger than 1 GB");
        m_nodes = static_cast<int>(shape[2]);
    } else if (m_file->has("hidden")) {
        const auto shape = shapeOf("hidden", 3);
        numbered(shape[0], "hidden");
        m_tokens = shape[1];
        dim = shape[2];
    } else {
        for (const auto& [name, info] : m_file->arrays()) {
            int number = 0;
            const bool single = name == "activations";
            if (!single && name.rfind("hidden.L", 0) != 0) continue;
            if (!single) {
                const auto [end, error] = std::from_chars(name.data() + 8, name.data() + name.size(), number);
                if (error != std::errc() || end != name.data() + name.size() || number < 0 ||
                    number > kMostNumber)
                    refuse("'" + name + "' does not end in the number of a layer");
            }
            const auto shape = shapeOf(name, 2);
            if (!m_layers.empty() && (shape[0] != m_tokens || shape[1] != dim))
                refuse("its layers differ in shape");
            m_tokens = shape[0];
            dim = shape[1];
            m_layers.push_back({number, name, -1});
        }
        std::sort(m_layers.begin(), m_layers.end(),
                  [](const Layer& a, const Layer& b) { return a.number < b.number; });
    }
    std::set<int> known;
    for (const Layer& layer : m_layers)
        if (!known.insert(layer.number).second)
            refuse("layer " + std::to_string(layer.number) + " is in it twice");
    if (m_layers.empty()) refuse("it has neither 'hidden', 'hidden.L…', 'activations' nor 'pooled_sum'");
    if (m_tokens > kMostTokens || dim < 1 || dim > kMostDim || m_tokens * dim > kMostLayerFloats)
        refuse("a layer would be " + std::to_string(m_tokens) + " × " + std::to_string(dim) + " numbers");
    m_dim = static_cast<int>(dim);
}

void Recording::findNodes(const RecordingOptions& options) {
    m_words = options.words;
    if (m_words.empty())
        if (const auto found = m_file->metadata().find("words"); found != m_file->metadata().end())
            m_words = textsOf(nlohmann::json::parse(found->second, nullptr, false),
                              "The metadata 'words' of '" + m_file->path().string() + "'");
    const int nodes = options.nodes > 0 ? options.nodes : static_cast<int>(m_words.size());
    if (m_pooled && nodes > 0 && nodes != m_nodes)
        refuse("it has states of " + std::to_string(m_nodes) + " nodes, the graph has " +
               std::to_string(nodes));
    if (!m_pooled) m_nodes = nodes;
    if (m_nodes < 1) refuse("it does not say what its nodes are; give the graph and its words");
    if (!m_words.empty() && static_cast<int>(m_words.size()) != m_nodes)
        refuse("there are " + std::to_string(m_words.size()) + " words for " + std::to_string(m_nodes) +
               " nodes");

    const bool own = m_file->has("node_ids");
    const auto addNode = [&](std::int64_t id) {
        if (id >= m_nodes)
            refuse("token " + std::to_string(m_nodeIds.size()) + " is of node " +
                   (id >= kMostNodes ? "a million or more" : std::to_string(id)) + "; nodes are 0 to " +
                   std::to_string(m_nodes - 1));
        m_nodeIds.push_back(static_cast<int>(std::max<std::int64_t>(id, -1)));
    };
    if (!options.sequence.empty()) {
        nlohmann::json json = readJson(options.sequence);
        if (json.is_object())
            json = json.contains("node_ids")                                  ? json["node_ids"]
                   : json.contains("sequence") && json["sequence"].is_array() ? json["sequence"]
                                                                              : json["words"];
        if (!json.is_array() || json.empty())
            throw latent::RunError("'" + options.sequence.string() + "' holds no list of words or node ids.");
        if (json[0].is_string()) {
            if (m_words.empty())
                refuse("the words of its nodes are not known; give them in the order of the nodes");
            std::map<std::string, int> number;
            for (std::size_t i = 0; i < m_words.size(); ++i) number[m_words[i]] = static_cast<int>(i);
            for (const std::string& word : textsOf(json, "'" + options.sequence.string() + "'")) {
                const auto found = number.find(word);
                m_nodeIds.push_back(found == number.end() ? -1 : found->second);
            }
        } else {
            for (const auto& id : json) {
                if (!id.is_number_integer())
                    throw latent::RunError("'" + options.sequence.string() + "' mixes words and numbers.");
                addNode(id.is_number_unsigned() &&
                                id.get<std::uint64_t>() > static_cast<std::uint64_t>(kMostNodes)
                            ? kMostNodes
                            : id.get<std::int64_t>());
            }
        }
    } else if (own) {
        for (const std::int64_t id : m_file->integers("node_ids", kMostTokens)) addNode(id);
    } else if (!m_pooled) {
        refuse("it has no 'node_ids'; give the sequence of words as a JSON file");
    }
    if (std::all_of(m_nodeIds.begin(), m_nodeIds.end(), [](int i) { return i < 0; }) && !m_nodeIds.empty())
        refuse(
            "none of its tokens is a word of the graph; are these the words and the graph that were read?");
    if (!m_pooled) {
        const auto all = static_cast<std::int64_t>(m_nodeIds.size());
        if (all < m_tokens)
            refuse("it has states of " + std::to_string(m_tokens) + " tokens, but the sequence only " +
                   std::to_string(all));
        if (own && options.sequence.empty() && all != m_tokens)
            refuse("'node_ids' has " + std::to_string(all) + " tokens, the states " +
                   std::to_string(m_tokens));
        const auto recorded =
            m_nodeIds.begin() + static_cast<std::ptrdiff_t>(all - m_tokens);  // the last ones
        m_before = std::count_if(m_nodeIds.begin(), recorded, [](int i) { return i >= 0; });
        m_nodeIds.erase(m_nodeIds.begin(), recorded);
    }
    const auto tokens = static_cast<std::int64_t>(m_nodeIds.size());
    if (m_file->has("prompt_offsets")) {
        m_promptOffsets = m_file->integers("prompt_offsets", kMostTokens);
        if (m_promptOffsets.size() < 2 || m_promptOffsets.front() != 0 || m_promptOffsets.back() != tokens ||
            !std::is_sorted(m_promptOffsets.begin(), m_promptOffsets.end()))
            refuse("'prompt_offsets' must rise from 0 to the number of tokens");
        if (m_before > 0 && m_promptOffsets.size() > 2)
            refuse(
                "it has several prompts, and the sequence more words than were recorded, so that it is not "
                "known "
                "whose they are; give the sequence of the recorded tokens alone");
    } else {
        m_promptOffsets = {0, tokens};
    }
    if (m_file->has("node_probs")) {
        if (m_file->info("node_probs").shape != std::vector<std::int64_t>{tokens, m_nodes})
            refuse("'node_probs' must be [tokens, nodes]");
        m_probabilities = m_file->floats("node_probs");
    } else if (m_file->has("logits_nodes") && m_file->has("logsumexp")) {
        if (m_file->info("logits_nodes").shape != std::vector<std::int64_t>{tokens, m_nodes} ||
            m_file->info("logsumexp").shape != std::vector<std::int64_t>{tokens})
            refuse("'logits_nodes' must be [tokens, nodes] and 'logsumexp' [tokens]");
        m_probabilities = m_file->floats("logits_nodes");
        const std::vector<float> normaliser = m_file->floats("logsumexp");
        for (std::size_t i = 0; i < m_probabilities.size(); ++i)
            m_probabilities[i] =
                std::exp(m_probabilities[i] - normaliser[i / static_cast<std::size_t>(m_nodes)]);
    }
    if (m_file->has("neighbour_mass")) {
        if (m_file->info("neighbour_mass").shape != std::vector<std::int64_t>{tokens})
            refuse("'neighbour_mass' must be [tokens]");
        m_mass = m_file->floats("neighbour_mass");
    }
    for (const float p : m_probabilities)
        if (!(p >= 0 && p <= 1.001F)) refuse("a recorded probability is not between 0 and 1");
    for (const float p : m_mass)  // no number: nothing is to be counted there
        if (!std::isnan(p) && !(p >= 0 && p <= 1.001F))
            refuse("a recorded mass of neighbours is not between 0 and 1");
}

void Recording::read(int layer, std::int64_t first, HiddenStates& into) const {
    const Layer& which = m_layers.at(static_cast<std::size_t>(layer));
    const std::span<float> out(into.data(), static_cast<std::size_t>(into.size()));
    if (which.index < 0)
        m_file->read(which.array, {first, 0}, {into.rows(), m_dim}, out);
    else
        m_file->read(which.array, {which.index, first, 0}, {1, into.rows(), m_dim}, out);
    for (Eigen::Index t = 0; t < into.rows(); ++t)
        if (!into.row(t).allFinite())
            refuse("the state of token " + std::to_string(first + t) + " in layer " +
                   std::to_string(which.number) + " holds a value that is not a number");
}

const HiddenStates& Recording::hidden(int layer) {
    m_hidden.resize(m_tokens, m_dim);
    read(layer, 0, m_hidden);
    return m_hidden;
}

HiddenStates Recording::states(int layer, std::int64_t first, std::int64_t count) const {
    HiddenStates part(count, m_dim);
    read(layer, first, part);
    return part;
}

std::vector<float> Recording::pooledSum(int layer, int context) const {
    std::vector<float> sum(static_cast<std::size_t>(m_nodes) * static_cast<std::size_t>(m_dim));
    m_file->read("pooled_sum", {layer, context, 0, 0}, {1, 1, m_nodes, m_dim}, sum);
    for (const float v : sum)
        if (!std::isfinite(v))
            refuse("a pooled state in layer " + std::to_string(layerNumber(layer)) + " is not a number");
    return sum;
}

std::vector<float> Recording::pooledCount(int context) const {
    std::vector<float> count(static_cast<std::size_t>(m_nodes));
    m_file->read("pooled_count", {context, 0}, {1, m_nodes}, count);
    for (const float c : count)
        if (!(c >= 0 && c <= 1e9F && c == std::floor(c)))
            refuse("a pooled count is not a number of occurrences");
    return count;
}

std::vector<float> Recording::storedClassMeans() const {
    if (!m_file->has("class_means") ||
        m_file->info("class_means").shape != std::vector<std::int64_t>{m_nodes, m_dim})
        return {};
    return m_file->floats("class_means");
}

}  // namespace icl_graphs
