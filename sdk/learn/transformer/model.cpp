// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <latent/learn/parallel.hpp>
#include <limits>

#include "batch_check.hpp"
#include "latent/learn/transformer/forward.hpp"
#include "sequence.hpp"

namespace latent::learn::transformer {
namespace {

std::size_t sized(int n) { return static_cast<std::size_t>(n); }

/// Each thread has a Sequence of its own; results lie in places of their own.
template <class Body>
void eachSequence(const detail::Packed& packed, int length, int batch, int threads, Body body) {
    const int runs = std::clamp(threads, 1, batch);
    forEachIndex(sized(runs), runs, [&](std::size_t run) {
        detail::Sequence sequence(packed, length);
        const auto at = static_cast<std::int64_t>(run);
        for (std::int64_t b = batch * at / runs; b < batch * (at + 1) / runs; ++b)
            body(sequence, static_cast<std::size_t>(b), run);
    });
}

}  // namespace

struct Model::Members {
    Members(const Weights& given, Instructions instructions)
        : weights(given), layout(given.shape()), packed(layout, detail::kernelsFor(instructions)) {
        packed.refresh(weights.flat().data());
    }

    /// What the asked heads give instead: [layers, heads, head width], and which they are.
    struct Ablated {
        std::vector<float> values;
        std::unique_ptr<bool[]> is;
    };
    Ablated ablated(const std::int32_t* inputs, int length, int batch, const ForwardOptions& options) const;

    Weights weights;
    detail::Layout layout;
    detail::Packed packed;
};

Model::Members::Ablated Model::Members::ablated(const std::int32_t* inputs, int length, int batch,
                                                const ForwardOptions& options) const {
    const Shape& shape = layout.shape;
    if (options.ablate.empty()) return {};
    const std::size_t all = sized(shape.layers) * sized(shape.heads), width = sized(shape.headWidth());
    std::vector<double> means(all * width);
    bool wantsMeans = false;
    for (const Ablation& a : options.ablate) {
        if (a.layer < 0 || a.layer >= shape.layers || a.head < 0 || a.head >= shape.heads)
            throw UsageError("There is no head " + std::to_string(a.head) + " in layer " +
                             std::to_string(a.layer) + " to ablate; there are " +
                             std::to_string(shape.layers) + " layers of " + std::to_string(shape.heads) +
                             " heads.");
        wantsMeans = wantsMeans || a.by == Ablation::By::Mean;
    }
    if (wantsMeans) {
        const std::size_t runs = sized(std::clamp(options.threads, 1, batch));
        std::vector<double> sums(runs * means.size());
        eachSequence(packed, length, batch, options.threads,
                     [&](detail::Sequence& sequence, std::size_t b, std::size_t run) {
                         detail::Watch watch;
                         watch.headSums = sums.data() + run * means.size();
                         sequence.forward(inputs + b * sized(length), watch);
                     });
        for (std::size_t i = 0; i < sums.size(); ++i)
            means[i % means.size()] += sums[i] / (static_cast<double>(batch) * length);
    }
    Ablated result{std::vector<float>(means.size()), std::make_unique<bool[]>(all)};
    for (const Ablation& a : options.ablate) {
        const std::size_t index = sized(a.layer) * sized(shape.heads) + sized(a.head);
        result.is[index] = true;
        for (std::size_t c = index * width; c < (index + 1) * width; ++c)
            result.values[c] = a.by == Ablation::By::Mean ? static_cast<float>(means[c]) : 0.0F;
    }
    return result;
}

Model::Model(const Weights& weights, Instructions instructions)
    : m(std::make_unique<Members>(weights, instructions)) {}
Model::~Model() = default;
Model::Model(Model&&) noexcept = default;
Model& Model::operator=(Model&&) noexcept = default;

const Shape& Model::shape() const { return m->layout.shape; }

Result Model::forward(std::span<const std::int32_t> tokens, int batch, const ForwardOptions& options) const {
    const int length = detail::checkedLength(shape(), detail::columnsOf(tokens.size(), batch));
    detail::checkTokens(tokens, shape().inputs(), 0);
    const std::size_t l = sized(length), b = sized(batch), vocabulary = sized(shape().vocabulary);
    const std::size_t mapFloats = sized(shape().layers) * sized(shape().heads) * l * l,
                      hiddenFloats = (sized(shape().layers) + 1) * l * sized(shape().width);
    Result result;
    if (options.logits) result.logits.resize(b * l * vocabulary);
    if (options.attention) result.attention.resize(b * mapFloats);
    if (options.hidden) result.hidden.resize(b * hiddenFloats);
    const Members::Ablated ablated = m->ablated(tokens.data(), length, batch, options);
    eachSequence(m->packed, length, batch, options.threads,
                 [&](detail::Sequence& sequence, std::size_t i, std::size_t) {
                     detail::Watch watch;
                     if (options.attention) watch.attention = result.attention.data() + i * mapFloats;
                     if (options.hidden) watch.hidden = result.hidden.data() + i * hiddenFloats;
                     watch.replacement = ablated.values.data();
                     watch.ablated = ablated.is.get();
                     sequence.forward(tokens.data() + i * l, watch);
                     if (!options.logits) return;
                     const float* logits = sequence.logits();
                     for (std::size_t t = 0; t < l; ++t)
                         std::copy_n(logits + t * sized(sequence.logitStride()), vocabulary,
                                     result.logits.data() + (i * l + t) * vocabulary);
                 });
    return result;
}

std::vector<float> Model::losses(std::span<const std::int32_t> inputs, std::span<const std::int32_t> targets,
                                 int batch, const ForwardOptions& options) const {
    const int length = detail::checkedLength(shape(), detail::columnsOf(inputs.size(), batch));
    if (targets.size() != inputs.size()) throw UsageError("There must be one target for each input.");
    detail::checkTokens(inputs, shape().inputs(), 0);
    detail::checkTokens(targets, shape().vocabulary, std::numeric_limits<std::int32_t>::min());
    const Members::Ablated ablated = m->ablated(inputs.data(), length, batch, options);
    std::vector<float> each(inputs.size());
    eachSequence(m->packed, length, batch, options.threads,
                 [&](detail::Sequence& sequence, std::size_t i, std::size_t) {
                     detail::Watch watch;
                     watch.replacement = ablated.values.data();
                     watch.ablated = ablated.is.get();
                     sequence.forward(inputs.data() + i * sized(length), watch);
                     sequence.loss(targets.data() + i * sized(length), 0.0F, each.data() + i * sized(length));
                 });
    return each;
}

}  // namespace latent::learn::transformer
