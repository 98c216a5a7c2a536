// SPDX-License-Identifier: Apache-2.0
#pragma once
// The geometry of one layer over several contexts: states pooled by node in a window that ends at each context, and what is measured on
// the class means. Experiments on recordings, on models and on the oracle share it.
//
//     PooledLayer pooled({32, 64, …, 1400}, 50, 16, dim);
//     for each token at position t of each prompt: pooled.add(t, node, state);
//     const LayerGeometry g = measureLayer(pooled.means(), grid, {.components = 4, .draws = 100}, seed);
//     g.rayleigh[c];  g.pca[(c·nodes + i)·components + k];                    // NaN where a node was not seen
//
// A context of e tokens pools positions e − window … e − 1. Plain values; one thread at a time.

#include <cstdint>
#include <span>
#include <vector>

#include "measures/class_means.hpp"
#include "measures/geometry.hpp"
#include "measures/nulls.hpp"

namespace icl_graphs {

class PooledLayer {
  public:
    PooledLayer(std::vector<std::int64_t> contexts, int window, int nodes, int dim);
    void add(std::int64_t position, int node, std::span<const float> state);
    /// Sums and counts pooled elsewhere: sums [nodes, dim], counts [nodes].
    void addPooled(std::size_t context, std::span<const float> sums, std::span<const float> counts);
    std::vector<ClassMeans> means() const;  ///< [context]

  private:
    std::vector<std::int64_t> m_contexts;
    int m_window, m_nodes, m_dim;
    std::vector<float> m_sum;     // [context, nodes, dim]
    std::vector<double> m_count;  // [context, nodes]
};

/// Logarithmically spaced whole numbers from `first` to `last`, both included, without repeats.
std::vector<std::int64_t> contextsUpTo(std::int64_t first, std::int64_t last, int count);

struct LayerOptions {
    int components = 4;
    int first = 0, second = 1;  ///< the components that alignment and R² are of, 0-based
    int draws = 100;            ///< of the null of permuted labels; 0: none
};

/// Arrays over the contexts, row-major with what stands behind; NaN where it cannot be measured.
struct LayerGeometry {
    std::vector<double> energy, energyPerEdge, energyStandardised, rayleigh, rayleighPlane;       // [context]
    std::vector<double> alignment;                                                                // [context, 2]
    std::vector<double> gridR2, seen;                                                             // [context]
    std::vector<double> explainedVariance;                                                        // [context, component]
    std::vector<double> pca;                                                                      // [context, node, component]
    std::vector<double> rayleighNull, alignmentNull, gridR2Null;                                  // [context, 3]: mean, low, high
};
/// Components are turned so that they change their sign as little as possible from one context to the next.
LayerGeometry measureLayer(const std::vector<ClassMeans>& means, const Graph& graph, const LayerOptions& options, std::uint64_t seed);

}  // namespace icl_graphs
