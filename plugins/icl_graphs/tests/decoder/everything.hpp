// SPDX-License-Identifier: Apache-2.0
#pragma once
// All that a forward pass gives, side by side, to be compared with what another one gives.

#include <algorithm>
#include <mutex>
#include <vector>

#include "decoder/language_model.hpp"

namespace icl_graphs {

struct Everything {
    std::vector<float> logits;  ///< [tokens, vocabulary]
    std::vector<float>
        hidden;  ///< [layers + 1, tokens, width], the last one after the final norm, as transformers gives it
    std::vector<float> attention;  ///< [layers, heads, tokens, tokens]; empty unless asked for
    std::vector<float> logSumExp;  ///< [tokens]
    std::vector<float> selected;   ///< [tokens, selected]
};

inline Everything all(const LanguageModel& model, const std::vector<int>& tokens, DecoderRun run,
                      bool attention = true) {
    const DecoderConfig& c = model.config();
    const std::size_t t = tokens.size(), w = static_cast<std::size_t>(c.width),
                      h = static_cast<std::size_t>(c.heads);
    Everything e;
    e.hidden.resize((static_cast<std::size_t>(c.layers) + 1) * t * w);
    if (attention) e.attention.resize(static_cast<std::size_t>(c.layers) * h * t * t);
    std::mutex guard;
    run.allLogits = true;
    const auto keep = [&](const Block& b) {
        for (int r = 0; r < b.rows; ++r)
            std::copy_n(
                b.row(r).data(), w,
                e.hidden.begin() +
                    static_cast<std::ptrdiff_t>(
                        (static_cast<std::size_t>(b.layer) * t + static_cast<std::size_t>(b.first + r)) * w));
    };
    const auto edit = run.residual;
    run.residual = [&, edit](const Block& b) {
        if (edit) edit(b);
        keep(b);
    };
    const auto last = run.final;
    run.final = [&, last](const Block& b) {
        if (last) last(b);
        keep(b);
    };
    run.predictions = [&](const Predictions& p) {
        e.logits.insert(e.logits.end(), p.logits,
                        p.logits + static_cast<std::ptrdiff_t>(p.rows) * c.vocabulary);
        e.logSumExp.insert(e.logSumExp.end(), p.logSumExp, p.logSumExp + p.rows);
        e.selected.insert(
            e.selected.end(), p.selected,
            p.selected + static_cast<std::ptrdiff_t>(static_cast<std::size_t>(p.rows) * run.selected.size()));
    };
    if (attention)
        run.attention = [&](const AttentionBlock& a) {
            const std::scoped_lock lock(guard);
            for (int r = 0; r < a.rows; ++r)
                std::copy_n(
                    a.probability + r * a.stride, a.first + r + 1,
                    e.attention.begin() +
                        static_cast<std::ptrdiff_t>(
                            ((static_cast<std::size_t>(a.layer) * h + static_cast<std::size_t>(a.head)) * t +
                             static_cast<std::size_t>(a.first + r)) *
                            t));
        };
    model.forward(tokens, run);
    return e;
}

}  // namespace icl_graphs
