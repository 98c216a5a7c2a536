// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <limits>

#include "decoder/pass.hpp"

namespace icl_graphs {

void Pass::predict() {
    const int vocabulary = c.vocabulary;
    const auto rows = static_cast<std::size_t>(m_rows), wanted = m_run.selected.size();
    m_pieces.clear();
    for (int p = 0; p < roundUpToPanel(vocabulary) / kPanel; p += kMostPanels)
        m_pieces.push_back(
            {{&w.head}, nullptr, p, std::min(kMostPanels, roundUpToPanel(vocabulary) / kPanel - p)});
    // Of each piece, so that the sum does not depend on which thread had it.
    struct Sum {
        float largest, sum;
    };
    std::vector<Sum> sums(m_pieces.size() * rows);
    std::vector<float> selected(rows * wanted),
        all(m_run.allLogits ? rows * static_cast<std::size_t>(vocabulary) : 0);
    m_products.run(
        m_normed, m_rows, m_pieces,
        [&](const Products::Columns& of, int, int firstRow, int count, const float* out, int stride, int) {
            const int first = of.firstPanel * kPanel,
                      columns = std::min(of.panels * kPanel, vocabulary - first);
            Sum* to = sums.data() + static_cast<std::size_t>(of.firstPanel / kMostPanels) * rows;
            for (int r = 0; r < count; ++r) {
                const float* logits = out + static_cast<std::ptrdiff_t>(r) * stride;
                const auto row = static_cast<std::size_t>(firstRow + r);
                k.logSum(logits, columns, &to[row].largest, &to[row].sum);
                if (m_run.allLogits)
                    std::copy_n(logits, columns,
                                all.begin() + static_cast<std::ptrdiff_t>(row) * vocabulary + first);
                for (std::size_t s = 0; s < wanted; ++s)
                    if (m_run.selected[s] >= first && m_run.selected[s] < first + columns)
                        selected[row * wanted + s] = logits[m_run.selected[s] - first];
            }
        });
    std::vector<float> logSumExp(rows);
    eachSixteen([&](int first, int count, int) {
        for (auto r = static_cast<std::size_t>(first); r < static_cast<std::size_t>(first + count); ++r) {
            float largest = -std::numeric_limits<float>::infinity();
            double sum = 0;
            for (std::size_t p = 0; p < m_pieces.size(); ++p)
                largest = std::max(largest, sums[p * rows + r].largest);
            for (std::size_t p = 0; p < m_pieces.size(); ++p) {
                const Sum& s = sums[p * rows + r];
                sum += static_cast<double>(s.sum) * std::exp(static_cast<double>(s.largest) - largest);
            }
            logSumExp[r] = static_cast<float>(largest + std::log(sum));
        }
    });
    m_run.predictions(
        {m_first, m_rows, logSumExp.data(), selected.data(), m_run.allLogits ? all.data() : nullptr});
}

}  // namespace icl_graphs
