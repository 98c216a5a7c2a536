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
    /// Whether a neighbour ought to come after each recorded token: as the recorded mass says, which is no number where none
    /// ought to, else where one comes. What was measured, its null and the learners are all over these tokens.
    std::vector<bool> asksByToken() const;
    /// Probability of the valid neighbours at each recorded token, where hasAccuracy(); NaN where none ought to come.
    /// `moved`: of the neighbours in this graph instead; needs the probabilities of all words.
    std::vector<double> accuracyByToken(const Graph* moved = nullptr) const;
    /// What counting learners give to valid neighbours at each recorded token; NaN where none ought to come. They know
    /// what was recorded only, so the beginning has to be among it.
    CountBaselines countedByToken() const;
    /// Share of the nodes in the largest component of the edges that each prompt has shown up to this word, by words that
    /// follow each other whatever stands between them; NaN at other tokens. Needs the beginning, too.
    std::vector<double> giantByToken() const;
    bool hasBeginning() const { return recording->before() == 0 && !recording->nodeIds().empty(); }
    /// Position of each recorded token in its prompt: how many words of the graph stand before it, those included that
    /// were not recorded.
    std::vector<std::int64_t> positions() const;

  private:
    /// The words of a prompt without the tokens between them; a step is where the next word is a neighbour.
    struct Prompt {
        std::vector<std::size_t> tokens;  ///< where they stand in the recording
        Sequence read;
    };
    std::vector<Prompt> prompts() const;
};

latent::Schema analysisParameters();

}  // namespace icl_graphs
