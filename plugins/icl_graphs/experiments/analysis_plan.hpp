// SPDX-License-Identifier: Apache-2.0
#pragma once
// What icl/analysis will do with a recording: which contexts, which words. Opens the recording's headers, so it throws what these throw.

#include "experiments/geometry_record.hpp"
#include "experiments/graph_parameters.hpp"
#include "measures/baselines.hpp"
#include "recordings/recording.hpp"

namespace icl_graphs {

struct AnalysisPlan {
    Graph graph;
    std::vector<std::string> words;
    std::vector<std::int64_t> contexts;
    std::int64_t window = 200;
    LayerOptions options;
    std::vector<int> layers;  ///< indices into the recording's layers
    std::shared_ptr<Recording> recording;

    static AnalysisPlan of(const latent::Parameters& p);
    GeometryAxes axes() const;
    std::int64_t dim() const { return recording->dim(); }
    bool hasAccuracy() const {
        return !recording->nodeProbabilities().empty() || !recording->neighbourMass().empty();
    }
    /// Probability of the valid neighbours at each recorded token, where hasAccuracy(); NaN where none ought to come: as
    /// the recorded mass says, or (probabilities of all words) where the next token is no neighbour.
    /// `moved`: of the neighbours in this graph instead, at the same tokens; needs the probabilities of all words.
    std::vector<double> accuracyByToken(const Graph* moved = nullptr) const;
    /// What counting learners give to valid neighbours at each recorded token; NaN where none came. They know what was
    /// recorded only, so the beginning has to be among it.
    CountBaselines countedByToken() const;
    bool hasBeginning() const { return recording->before() == 0 && !recording->nodeIds().empty(); }
    /// Position of each recorded token in its prompt: how many words of the graph stand before it, those included that
    /// were not recorded.
    std::vector<std::int64_t> positions() const;
};

latent::Schema analysisParameters();

}  // namespace icl_graphs
