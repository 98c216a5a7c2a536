// SPDX-License-Identifier: Apache-2.0
#pragma once
// Hidden states of a language model that read a sequence of words, recorded elsewhere; streamed layer by layer.
//
// One file of arrays (array_file.hpp), in one of three layouts:
//     hidden [layers, tokens, dim], or hidden.L26 [tokens, dim] for single layers, or activations [tokens, dim]; and
//         node_ids [tokens] (below 0: another token), optional node_probs [tokens, nodes], prompt_offsets [prompts + 1]
//     pooled_sum [layer, context, node, dim] with pooled_count [context, node], context [context] (tokens), layer [layer], optional
//         node_ids and neighbour_mass [tokens]: what record_hidden_states.py writes
//     activations and a sequence.json of words beside it (the public files of andyrdt/iclr_induction)
// Words of the nodes stand in the metadata "words" (a JSON list), or are given. Every refusal is a latent::RunError with a sentence.
//
//     Recording r = Recording::open("pca.npz", {.sequence = "sequence.json", .words = words});
//     for (int i = 0; i < r.layers(); ++i) { const Eigen::MatrixXf& x = r.hidden(i); … }        // [tokens, dim], one layer in memory

#include <Eigen/Core>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "recordings/array_file.hpp"

namespace icl_graphs {

/// The states of one layer [tokens, dim].
using HiddenStates = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

struct RecordingOptions {
    std::filesystem::path sequence =
        {};  ///< JSON: a list of words, or an object with "words"/"node_ids"; empty: node_ids of the file
    std::vector<std::string> words = {};  ///< the word of each node; empty: the file's own
    int nodes = 0;                        ///< of the graph; 0: as many as there are words
};

class Recording {
  public:
    static Recording open(const std::filesystem::path& path, const RecordingOptions& options);

    int layers() const { return static_cast<int>(m_layers.size()); }
    /// Number of a layer as the file counts them, each once: 0 is the embedding, i the residual stream after i blocks.
    int layerNumber(int i) const { return m_layers.at(static_cast<std::size_t>(i)).number; }
    int dim() const { return m_dim; }
    int nodes() const { return m_nodes; }
    const std::vector<std::string>& words() const { return m_words; }
    /// The node of each token, −1 for others [tokens]; prompts one after the other. Empty for pooled recordings without them.
    const std::vector<int>& nodeIds() const { return m_nodeIds; }
    /// Where prompts begin, and the end [prompts + 1].
    const std::vector<std::int64_t>& promptOffsets() const { return m_promptOffsets; }
    /// Words of the graph that were read before the first recorded token: a recording may hold the end of a sequence
    /// only.
    std::int64_t before() const { return m_before; }
    /// Probability of the words, or of the valid neighbours alone, after each token; empty where it was not recorded.
    const std::vector<float>& nodeProbabilities() const { return m_probabilities; }  ///< [tokens, nodes]
    const std::vector<float>& neighbourMass() const {
        return m_mass;
    }  ///< NaN where none ought to come (the end of a pair)

    bool pooled() const { return m_pooled; }
    const std::vector<std::int64_t>& contexts() const { return m_contexts; }  ///< pooled only [context]
    std::vector<float> pooledSum(int layer, int context) const;               ///< [nodes, dim]
    std::vector<float> pooledCount(int context) const;                        ///< [nodes]

    /// The states of one layer [tokens, dim]; refused when a value is no number. Valid until the next call.
    const HiddenStates& hidden(int layer);
    /// Those of some consecutive tokens alone [count, dim], so that a question about a window need not read the whole layer.
    HiddenStates states(int layer, std::int64_t first, std::int64_t count) const;

    /// Class means that the file itself holds ("class_means" [nodes, dim]); empty: none.
    std::vector<float> storedClassMeans() const;

  private:
    struct Layer {
        int number;
        std::string array;
        std::int64_t index;  ///< in the array's first dimension; −1: the array is the layer
    };
    void read(int layer, std::int64_t first, HiddenStates& into) const;
    void findLayers();
    void findNodes(const RecordingOptions& options);
    [[noreturn]] void refuse(const std::string& why) const;

    std::unique_ptr<ArrayFile> m_file;
    std::vector<Layer> m_layers;
    int m_dim = 0, m_nodes = 0;
    std::int64_t m_tokens = 0, m_before = 0;
    bool m_pooled = false;
    std::vector<std::string> m_words;
    std::vector<int> m_nodeIds;
    std::vector<std::int64_t> m_promptOffsets, m_contexts;
    std::vector<float> m_probabilities, m_mass;
    HiddenStates m_hidden;
};

}  // namespace icl_graphs
