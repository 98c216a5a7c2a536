// SPDX-License-Identifier: Apache-2.0
#pragma once
// The parameters that every experiment of this plugin shares, and what they mean: graph, words, sequences.
//
// Pure; any thread. Impossible combinations throw with a sentence that names the parameter, before anything
// is computed.
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
    int nodes() const { return graph().nodes; }
    /// The word of each node; each replicate has a placement of its own.
    std::vector<std::string> words(std::int64_t replicate) const;
    /// The prompts of a replicate start at different nodes as long as there are some, as the paper's batch
    /// does.
    Sequence sequence(std::int64_t replicate, std::int64_t prompt) const;
    /// Where each node's word stands in the cycle of its list (days, months); empty when the list is no cycle
    /// or not used whole.
    std::vector<int> cyclePlaces(std::int64_t replicate) const;
};

/// Graph alone, for what needs no words.
Graph graphOf(const latent::Parameters& p);
/// 0, 1, … count − 1.
std::vector<std::int32_t> counted(std::size_t count);

/// Arrays that describe the graph: node, edge [edge, 2], layout, adjacency, Laplacian spectrum and its lines.
void declareGraph(latent::Outputs& o, const Graph& graph, const std::vector<std::string>& words);
/// Gives each of these to send(name, view).
void describeGraph(const Graph& graph,
                   const std::function<void(const char*, const latent::ArrayView&)>& send);

}  // namespace icl_graphs
