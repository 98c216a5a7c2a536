// SPDX-License-Identifier: Apache-2.0
#include "experiments/token_bootstrap.hpp"

#include <latent/learn/random.hpp>
#include <utility>

#include "graphs/spectrum.hpp"
#include "measures/gram_geometry.hpp"

namespace icl_graphs {
namespace {

/// Inner products of the window's states, less their mean, which moves no map and would only cost digits.
Eigen::MatrixXd productsOf(const HiddenStates& hidden, const LastWindow& last) {
    Eigen::MatrixXd x(hidden.cols(), static_cast<Eigen::Index>(last.tokens.size()));
    for (std::size_t i = 0; i < last.tokens.size(); ++i)
        x.col(static_cast<Eigen::Index>(i)) =
            hidden.row(static_cast<Eigen::Index>(last.tokens[i])).transpose().cast<double>();
    x.colwise() -= x.rowwise().mean().eval();
    Eigen::MatrixXd products = Eigen::MatrixXd::Zero(x.cols(), x.cols());
    products.selfadjointView<Eigen::Lower>().rankUpdate(x.transpose());
    for (Eigen::Index i = 1; i < products.cols(); ++i)  // in place: a copy would be as large again
        products.col(i).head(i) = products.row(i).head(i).transpose();
    return products;
}

}  // namespace

LastWindow LastWindow::of(const AnalysisPlan& plan, const std::vector<std::int64_t>& positions) {
    LastWindow last;
    const auto& offsets = plan.recording->promptOffsets();
    for (std::size_t p = 0; p + 1 < offsets.size(); ++p) {
        last.withGaps.push_back(-1);
        bool first = true;
        for (auto t = static_cast<std::size_t>(offsets[p]); t < static_cast<std::size_t>(offsets[p + 1]);
             ++t) {
            if (positions[t] >= plan.contexts.back() || positions[t] < plan.contexts.back() - plan.window)
                continue;
            const int node = plan.recording->nodeIds()[t];
            // The first word of the window has one before it, unless the prompt begins here.
            if (std::exchange(first, false) && t > static_cast<std::size_t>(offsets[p]))
                last.withGaps.push_back(plan.recording->nodeIds()[t - 1]);
            last.withGaps.push_back(node);
            if (node < 0) continue;
            last.tokens.push_back(t);
            last.nodes.push_back(node);
        }
    }
    return last;
}

TokenSpread bootstrapTokens(const AnalysisPlan& plan, const HiddenStates& hidden, const LastWindow& last,
                            const BootstrapOptions& options, std::uint64_t seed) {
    std::vector<double> rayleigh, alignment, r2;
    const std::size_t count = last.tokens.size();
    const Eigen::MatrixXd products = options.draws > 0 ? productsOf(hidden, last) : Eigen::MatrixXd();
    for (std::int64_t d = 0; d < options.draws && count > 0; ++d) {
        latent::learn::RandomStream random(seed, "icl/bootstrap", static_cast<std::uint64_t>(d));
        std::vector<std::vector<Eigen::Index>> drawn(static_cast<std::size_t>(plan.graph.nodes));
        for (std::size_t done = 0; done < count;) {
            const std::size_t first = random.below(count);
            for (std::int64_t b = 0; b < options.block && done < count; ++b, ++done) {
                const std::size_t i = (first + static_cast<std::size_t>(b)) % count;
                drawn[static_cast<std::size_t>(last.nodes[i])].push_back(static_cast<Eigen::Index>(i));
            }
        }
        std::vector<int> seen;
        SparseRows weights;
        for (std::size_t node = 0; node < drawn.size(); ++node) {
            if (drawn[node].empty()) continue;
            seen.push_back(static_cast<int>(node));
            weights.emplace_back();
            for (const Eigen::Index i : drawn[node])
                weights.back().emplace_back(i, 1 / static_cast<double>(drawn[node].size()));
        }
        if (seen.size() < 3) continue;
        const Graph part = plan.graph.induced(seen);
        const GramGeometry g =
            measureGram(mixedGram(weights, products), part, lowestModes(part),
                        {plan.options.components, plan.options.first, plan.options.second});
        rayleigh.push_back(g.rayleigh);
        alignment.push_back(g.alignment);
        r2.push_back(g.gridR2);
    }
    const auto ends = [](const std::vector<double>& v) {
        const Band b = bandOf(v);
        return std::vector<double>{b.low, b.high};
    };
    return {ends(rayleigh), ends(alignment), ends(r2)};
}

}  // namespace icl_graphs
