// SPDX-License-Identifier: Apache-2.0
#include "experiments/reading.hpp"

#include <algorithm>
#include <cmath>
#include <latent/error.hpp>
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
    run.chunk = kChunk;
    run.lastLayer = options.lastLayer;
    run.keepGoing = options.keepGoing;
    run.residualLayers = options.layers;
    if (options.onState)
        run.residual = [&](const Block& b) {
            for (int r = 0; r < b.rows; ++r)
                if (b.first + r >= lead) options.onState(b.layer, b.first + r - lead, b.row(r));
        };
    const auto width = static_cast<std::size_t>(c.heads) * static_cast<std::size_t>(c.headWidth);
    std::vector<double> headSums(options.headMeans ? static_cast<std::size_t>(c.layers) * width : 0);
    if (!options.headMeans)
        for (const auto& [block, head] : options.ablated) run.headBlocks.push_back(block);
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
        double induction, previous, null;
    };
    std::mutex guard;
    std::vector<std::vector<Part>> parts;
    const std::size_t heads = static_cast<std::size_t>(c.layers) * static_cast<std::size_t>(c.heads);
    if (options.scoresAgainst) {
        const std::vector<int>& mixed = *options.scoresAgainst;
        const std::size_t half = nodes.size() / 2;
        const double counted = static_cast<double>(nodes.size() - half);
        parts.resize(heads);
        for (std::vector<double>* of :
             {&heard.scores.induction, &heard.scores.previous, &heard.scores.inductionNull})
            of->assign(heads, 0);
        for (std::size_t t = half; t < nodes.size(); ++t) {
            const double each = 1 / static_cast<double>(t + 1 + static_cast<std::size_t>(lead)) / counted;
            for (std::size_t s = 1; s < t; ++s)
                heard.scores.inductionEven += nodes[s - 1] == nodes[t] ? each : 0;
            heard.scores.previousEven += t > 0 ? each : 0;
        }
        run.attention = [&, counted, half](const AttentionBlock& a) {
            Part part{a.first, 0, 0, 0};
            for (int r = 0; r < a.rows; ++r) {
                if (a.first + r - lead < static_cast<int>(half)) continue;
                const auto t = static_cast<std::size_t>(a.first + r - lead);
                const float* row = a.probability + r * a.stride + lead;
                if (t > 0) part.previous += row[t - 1];
                for (std::size_t s = 1; s < t; ++s) {  // not its own, which nothing has followed yet
                    if (nodes[s - 1] == nodes[t]) part.induction += row[s];
                    if (mixed[s - 1] == mixed[t]) part.null += row[s];
                }
            }
            for (double* of : {&part.induction, &part.previous, &part.null}) *of /= counted;
            const std::scoped_lock lock(guard);
            parts[static_cast<std::size_t>(a.layer) * static_cast<std::size_t>(c.heads) +
                  static_cast<std::size_t>(a.head)]
                .push_back(part);
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
            heard.scores.inductionNull[at] += part.null;
        }
    }
    return heard;
}

}  // namespace icl_graphs
