// SPDX-License-Identifier: Apache-2.0
#pragma once
// icl/graphs: a graph, its words, and prompts to read: node ids (and, where a vocabulary is named, token ids) as arrays; text and
// both in the run's file prompts.json, which record_hidden_states.py reads.

#include <filesystem>
#include <latent/latent.hpp>
#include <optional>
#include <vector>

#include "experiments/graph_parameters.hpp"

namespace icl_graphs {

/// What the parameters of icl/graphs mean: the study, and the token of each node where a vocabulary is named.
struct SourcePlan {
    GraphStudy study;
    std::vector<int> tokens;  ///< [nodes]; empty: no vocabulary
    static SourcePlan of(const latent::Parameters& p);
};

/// The first `prompts` sequences as JSON, with token ids where the token of each node is given. The file is there whole or
/// not at all; throws latent::RunError where it cannot be written.
void writePrompts(const GraphStudy& study, std::int64_t prompts, const std::filesystem::path& file,
                  const std::vector<int>& tokens = {});

struct GraphsSource final : latent::DataSource {
    static latent::About about() {
        return {
            "icl/graphs", "Graphs and walks",
            "A graph with words on its nodes, its Laplacian spectrum, and random walks on it as prompts."};
    }
    static latent::Schema parameters();
    latent::Outputs outputs(const latent::Parameters& p) override;
    void preview(const latent::Parameters& p, latent::Reply& reply) override;
    void run(const latent::Parameters& p, latent::Job& job) override;

  private:
    /// That of outputs() where it is of the same parameters: the host asks for these first, and a vocabulary is long.
    SourcePlan take(const latent::Parameters& p);
    nlohmann::json m_parameters;
    std::optional<SourcePlan> m_plan;
};

}  // namespace icl_graphs
