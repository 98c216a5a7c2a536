// SPDX-License-Identifier: Apache-2.0
#pragma once
// The geometry of one layer over several contexts: states pooled by node in a window that ends at each context, what is measured on the class means,
// and what nulls would give. Experiments on recordings, on models and on the oracle share it.
//
//     PooledLayer pooled({32, 64, …, 1400}, 50, 16, dim);
//     for each token at position t of each prompt: pooled.add(t, node, nodeBefore, state);
//     const LayerGeometry g = measureLayer(pooled, grid, {.components = 4, .draws = 100}, seed);
//     g.rayleigh[c];  g.pca[(c·nodes + i)·components + k];                    // NaN where a node was not seen
//
// A context of e tokens pools positions e − window … e − 1. Plain values; one thread at a time.

#include <cstdint>
#include <span>
#include <vector>

#include "measures/class_means.hpp"
#include "measures/geometry.hpp"
#include "measures/mixing_fit.hpp"
#include "measures/nulls.hpp"

namespace icl_graphs {

/// Sums are of the difference to the first state, as floats: a dimension that is thousands of times the others, as language models have them, then
/// leaves no rounding behind, in half of the memory.
class PooledLayer {
  public:
    PooledLayer(std::vector<std::int64_t> contexts, int window, int nodes, int dim);
    /// before: node of the word that stood before, below 0 for none. A node below 0 is another token and is left out.
    void add(std::int64_t position, int node, int before, std::span<const float> state);
    /// Sums and counts pooled elsewhere: sums [nodes, dim], counts [nodes]. There is then no word before.
    void addPooled(std::size_t context, std::span<const float> sums, std::span<const float> counts);
    std::size_t contexts() const { return m_contexts.size(); }
    /// The most that one takes, in bytes; does not depend on how many tokens are added.
    static std::uint64_t memoryFor(std::size_t contexts, int nodes, int dim) {
        return memoryFor(contexts, nodes, dim, contexts);
    }
    /// withAlone: in how many of the contexts there are words with none before them.
    static std::uint64_t memoryFor(std::size_t contexts, int nodes, int dim, std::size_t withAlone);
    ClassMeans means(std::size_t context) const;
    /// What fitMixing() needs, of states less the first one, which changes nothing but a constant of `own`; all counts are zero where states were
    /// pooled elsewhere.
    MixingSums mixing(std::size_t context) const;

  private:
    std::vector<std::int64_t> m_contexts;
    int m_window, m_nodes, m_dim;
    bool m_elsewhere = false;
    std::vector<float> m_first;  // the first state
    /// What is known of tokens that stand after a word, and of those that do not, of which mixing() knows nothing
    /// (the first words of prompts; words between other tokens).
    struct Sums {
        std::vector<float> sum;     // [nodes, dim]
        std::vector<double> count;  // [nodes]
        double squares = 0;
    };
    std::vector<Sums> m_after, m_alone;  // [context]; those alone have no sums where there is none
    std::vector<float> m_sumBefore;      // [context, nodes, dim], by the node before
    std::vector<double> m_together;      // [context, node, node before]
};

/// Logarithmically spaced whole numbers from `first` to `last`, both included, without repeats.
std::vector<std::int64_t> contextsUpTo(std::int64_t first, std::int64_t last, int count);

struct LayerOptions {
    int components = 4;
    int first = 0, second = 1;  ///< the components that alignment and R² are of, 0-based
    int draws = 100;            ///< of the null of permuted labels; 0: none
    int mixingDraws = 0;        ///< of the null of fitted mixing, which makes a map for each; 0: none

    bool mixing = true;  ///< whether neighbour mixing is fitted, the most expensive part

    /// Of the second graph of a mixture, which is asked of less.
    LayerOptions withoutMixing() const { return {components, first, second, draws, 0, false}; }
    /// Of controls, whose geometry alone is looked at.
    LayerOptions withoutNulls() const { return {components, first, second, 0, 0, false}; }
};

/// Arrays over the contexts, row-major with what stands behind; NaN where it cannot be measured.
struct LayerGeometry {
    std::vector<double> energy, energyPerEdge, energyStandardised, rayleigh, rayleighPlane;  // [context]
    std::vector<double> alignment;                                                           // [context, 2]
    std::vector<double> gridR2, seen;                                                        // [context]
    std::vector<double> isotropic;  // [context]: of the graph of the nodes that were seen
    std::vector<double>
        rayleighBeyond;  // [context], on the scale of the whole graph: its isotropic value where nothing is left
    std::vector<double> mixingExplained;    // [context], share of the variance within words
    MixingSizes mixingSizes;                // of the longest context
    std::vector<double> explainedVariance;  // [context, component]
    std::vector<double> pca;  // [context, node, component]; no number where a component does not exist
    /// [context, 3]: mean, low, high.
    struct Bands {
        std::vector<double> energy, energyStandardised, rayleigh, alignment, gridR2, explained;
        void add(const NullBands& bands);
    };
    Bands permuted, mixing;
};
/// The Rayleigh quotient on the scale of the whole graph: times isotropic(graph)/isotropic(nodes seen), so that values
/// at contexts where fewer words were seen can be compared with those at others [context].
std::vector<double> comparableRayleigh(const LayerGeometry& layer, const Graph& graph);
/// Components are turned so that they change their sign as little as possible from one context to the next.
LayerGeometry measureLayer(const PooledLayer& layer, const Graph& graph, const LayerOptions& options,
                           std::uint64_t seed);

}  // namespace icl_graphs
