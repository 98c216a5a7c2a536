// SPDX-License-Identifier: Apache-2.0
#include "experiments/reading.hpp"

#include <algorithm>
#include <cmath>
#include <latent/error.hpp>
#include <limits>
#include <mutex>

namespace icl_graphs {

Reader::Heard Reader::read(std::span<const int> nodes, const ReadOptions& options) const {
    const int lead = m_bos >= 0 ? 1 : 0;
    const DecoderConfig& c = config();
    std::vector<int> tokens;
    if (lead > 0) tokens.push_back(m_bos);
    for (const int node : nodes) tokens.push_back(m_tokens.at(static_cast<std::size_t>(node)));
    Heard heard;
    DecoderRun run;
    run.threads = m_threads;
    run.chunk = 1024;
    run.lastLayer = options.lastLayer;
    run.keepGoing = options.keepGoing;
    if (options.onState)
        run.residual = [&](const Block& b) {
            for (int r = 0; r < b.rows; ++r)
                if (b.first + r >= lead) options.onState(b.layer, b.first + r - lead, b.row(r));
        };
    const auto width = static_cast<std::size_t>(c.heads) * static_cast<std::size_t>(c.headWidth);
    std::vector<double> headSums(options.headMeans ? static_cast<std::size_t>(c.layers) * width : 0);
    if (!options.ablated.empty() || options.headMeans)
        run.heads = [&](const Block& b) {
            for (int r = 0; r < b.rows && options.headMeans; ++r)
                for (std::size_t i = 0; i < width && b.first + r >= lead; ++i)
                    headSums[static_cast<std::size_t>(b.layer) * width + i] += b.row(r)[i];
            for (const auto& [block, head] : options.ablated)
                for (int r = 0; r < b.rows && block == b.layer; ++r) {
                    float* to = b.row(r).data() + head * c.headWidth;
                    if (options.instead.empty())
                        std::fill_n(to, c.headWidth, 0.0F);
                    else
                        std::copy_n(options.instead.begin() +
                                        static_cast<std::ptrdiff_t>(static_cast<std::size_t>(block) * width) +
                                        head * c.headWidth,
                                    c.headWidth, to);
                }
        };
    if (options.lastLayer < 0) {
        run.selected = m_tokens;
        heard.probability.resize(nodes.size() * m_tokens.size());
        run.predictions = [&](const Predictions& p) {
            for (int r = 0; r < p.rows; ++r) {
                if (p.first + r < lead) continue;
                const std::size_t t = static_cast<std::size_t>(p.first + r - lead), n = m_tokens.size();
                for (std::size_t v = 0; v < n; ++v)
                    heard.probability[t * n + v] =
                        std::exp(p.selected[static_cast<std::size_t>(r) * n + v] - p.logSumExp[r]);
            }
        };
    }
    struct Part {
        int first;
        double induction, previous;
    };
    std::mutex guard;
    std::vector<std::vector<Part>> parts;
    const std::size_t heads = static_cast<std::size_t>(c.layers) * static_cast<std::size_t>(c.heads);
    if (options.headScores) {
        parts.resize(heads);
        heard.scores.induction.assign(heads, 0);
        heard.scores.previous.assign(heads, 0);
        const double counted = static_cast<double>(nodes.size() - nodes.size() / 2);
        run.attention = [&, counted](const AttentionBlock& a) {
            double induction = 0, previous = 0;
            for (int r = 0; r < a.rows; ++r) {
                const int t = a.first + r - lead;  // words of the second half: by then most have a past
                if (t < static_cast<int>(nodes.size() / 2)) continue;
                const float* row = a.probability + r * a.stride + lead;
                if (t > 0) previous += row[t - 1];
                for (int s = 1; s <= t; ++s)
                    if (nodes[static_cast<std::size_t>(s) - 1] == nodes[static_cast<std::size_t>(t)])
                        induction += row[s];
            }
            const std::scoped_lock lock(guard);
            parts[static_cast<std::size_t>(a.layer) * static_cast<std::size_t>(c.heads) +
                  static_cast<std::size_t>(a.head)]
                .push_back({a.first, induction / counted, previous / counted});
        };
    }
    heard.finished = m_model.forward(tokens, run);
    for (std::size_t i = 0; heard.finished && i < heard.probability.size(); ++i)
        if (!std::isfinite(heard.probability[i]))
            throw latent::RunError("What the model predicts after word " +
                                   std::to_string(i / m_tokens.size() + 1) +
                                   " is not a number; its weights may be damaged.");
    for (const double sum : headSums)
        heard.headMeans.push_back(static_cast<float>(sum / static_cast<double>(nodes.size())));
    for (std::size_t at = 0; at < parts.size(); ++at) {
        // In the order of positions, so that sums do not depend on which thread came first.
        std::sort(parts[at].begin(), parts[at].end(),
                  [](const Part& a, const Part& b) { return a.first < b.first; });
        for (const Part& part : parts[at]) {
            heard.scores.induction[at] += part.induction;
            heard.scores.previous[at] += part.previous;
        }
    }
    return heard;
}

std::vector<double> neighbourMass(std::span<const Graph> graphs, const Sequence& sequence,
                                  std::span<const float> probability) {
    std::vector<double> mass(sequence.nodes.size(), std::numeric_limits<double>::quiet_NaN());
    const std::size_t n = static_cast<std::size_t>(graphs[0].nodes);
    std::vector<std::vector<std::vector<int>>> near;
    for (const Graph& graph : graphs) near.push_back(graph.neighbours());
    for (std::size_t t = 0; t < mass.size(); ++t) {
        if (!sequence.follows[t]) continue;
        mass[t] = 0;
        for (const int v :
             near[static_cast<std::size_t>(sequence.graph[t])][static_cast<std::size_t>(sequence.nodes[t])])
            mass[t] += probability[t * n + static_cast<std::size_t>(v)];
    }
    return mass;
}

}  // namespace icl_graphs
