// SPDX-License-Identifier: Apache-2.0
#pragma once
// The parameters that every experiment of this plugin shares, and what they mean: graph, words, sequences.
//
// Pure; any thread. Impossible combinations throw with a sentence that names the parameter, before anything is computed.
//
//     latent::Schema schema;
//     addGraphParameters(schema);  addWordParameters(schema);  addSequenceParameters(schema);
//     const GraphStudy study = GraphStudy::of(p);
//     study.sequence(replicate, prompt);

#include <functional>
#include <latent/latent.hpp>

#include "graphs/words.hpp"

namespace icl_graphs {

void addGraphParameters(latent::Schema& schema);
void addWordParameters(latent::Schema& schema);
void addSequenceParameters(latent::Schema& schema);

struct GraphStudy {
    std::vector<Graph> graphs;  ///< one, or two over the same nodes
    std::vector<std::string> list;
    Placement placement = Placement::Listed;
    SequenceSpec spec;
    std::uint64_t seed = 0;

    static GraphStudy of(const latent::Parameters& p);
    const Graph& graph() const { return graphs.front(); }
    bool isMixture() const { return graphs.size() == 2; }
    int nodes() const { return graph().nodes; }
    /// The word of each node; each replicate has a placement of its own.
    std::vector<std::string> words(std::int64_t replicate) const;
    /// The prompts of a replicate start at different nodes as long as there are some, as the paper's batch does.
    Sequence sequence(std::int64_t replicate, std::int64_t prompt) const;
    /// Where each node's word stands in the cycle of its list (days, months); empty when the list is no cycle or not used whole.
    std::vector<int> cyclePlaces(std::int64_t replicate) const;
};

/// Graph alone, for what needs no words.
Graph graphOf(const latent::Parameters& p);
/// 0, 1, … count − 1.
std::vector<std::int32_t> counted(std::size_t count);
/// 1, 2, … length: words read.
std::vector<std::int32_t> positionsOf(int length);
/// Sends an array under its name: to a job, or to a reply.
using Send = std::function<void(const char* name, const latent::ArrayView& view)>;
/// One number; the view borrows it.
template <class T>
latent::ArrayView scalar(const T& value) {
    return {&value, {}};
}

/// Where the nodes are drawn: node, edges [edge, 2], layout_x, layout_y.
void declareLayout(latent::Outputs& o, const Graph& graph, const std::vector<std::string>& words);
void sendLayout(const Graph& graph, const Send& send);
/// One array [edge, 2] of this name.
void sendEdges(const char* name, const Graph& graph, const Send& send);
/// A sentence that says by how much the edges differ from those of 'family', as 'edited_edges' stands for another graph once
/// the family is changed; empty where they do not.
std::string editOf(const Graph& graph);
/// Runs have the Laplacian eigenvectors as an array. No figure shows them, and of 1,500 nodes they take eight times as long as the values alone: what is
/// answered at once does without.
enum class Eigenvectors { Kept, LeftOut };
/// The layout, the Laplacian spectrum and its lines; the picture says editOf(). `asks`: the probe, or data source, that a change of the edges in the
/// picture of the graph goes to, as its parameter edited_edges; null: it cannot be changed.
void declareGraph(latent::Outputs& o, const Graph& graph, const std::vector<std::string>& words,
                  const char* asks = "icl/edit", Eigenvectors vectors = Eigenvectors::Kept);
void describeGraph(const Graph& graph, const Send& send, Eigenvectors vectors = Eigenvectors::Kept);
/// Where two graphs take turns, the edges and lines of the second one: edges_second, rayleigh_second_minimal and
/// rayleigh_second_isotropic.
void declareSecondGraph(latent::Outputs& o, const GraphStudy& study);
void describeSecondGraph(const GraphStudy& study, const Send& send);
/// The paper's memorisation curves over the contexts: memorised_once, memorised_twice.
void declareMemorisation(latent::Outputs& o, std::size_t contexts);
void sendMemorisation(int nodes, const std::vector<std::int64_t>& contexts, const Send& send);

}  // namespace icl_graphs
