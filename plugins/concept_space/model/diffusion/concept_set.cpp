// SPDX-License-Identifier: Apache-2.0
#include "model/diffusion/concept_set.hpp"

#include <algorithm>
#include <latent/error.hpp>
#include <latent/learn/random.hpp>

namespace concept_space {
namespace {

using latent::learn::RandomStream;

constexpr double kTrainFraction = .85;
constexpr int kPrompts = 5;

}  // namespace

/// Training classes only; shuffled, so that the last ones are a fair validation set. `hide` takes the colour
/// out of a condition.
void ConceptSet::fill(int perClass, double mask, std::uint64_t seed,
                      const std::function<void(std::vector<float>&)>& hide) {
    std::vector<int> trained;
    for (int c = 0; c < classes(); ++c)
        if (!isHeldOut(c)) trained.push_back(c);
    const std::size_t n = trained.size() * static_cast<std::size_t>(perClass);
    m_x.resize(n * each());
    m_condition.resize(n * static_cast<std::size_t>(m_conditions));
    m_label.resize(n);
    const std::vector<std::uint32_t> place =
        RandomStream(seed, "concept/shuffle").permutation(static_cast<std::uint32_t>(n));
    RandomStream hidden(seed, "concept/mask");
    std::size_t at = 0;
    for (const int c : trained)
        for (int i = 0; i < perClass; ++i, ++at) {
            auto [x, condition] = m_sample(c, static_cast<std::uint64_t>(i));
            // The class that shares the second concept with the held-out one: "red triangle".
            const bool sharesSecond = concepts() >= 2 && conceptOf(c, 0) == 0 && conceptOf(c, 1) == 1;
            if (sharesSecond && hidden.uniform() < mask) hide(condition);
            const std::size_t to = place[at];
            std::copy(x.begin(), x.end(), m_x.begin() + static_cast<std::ptrdiff_t>(to * each()));
            std::copy(condition.begin(), condition.end(),
                      m_condition.begin() +
                          static_cast<std::ptrdiff_t>(to * static_cast<std::size_t>(m_conditions)));
            m_label[to] = c;
        }
    m_trainSize = std::max<std::size_t>(1, static_cast<std::size_t>(static_cast<double>(n) * kTrainFraction));
}

ConceptSet ConceptSet::images(const ImageSpec& spec) {
    spec.validate();
    ConceptSet set;
    set.m_height = set.m_width = spec.side;
    set.m_channels = 3;
    set.m_conditions = kConditions;
    set.m_conceptNames = concept_space::conceptNames(spec);
    set.m_classNames = concept_space::classNames(spec);
    const auto plain = [](const std::array<float, kConditions>& c) {
        return std::vector<float>(c.begin(), c.end());
    };
    set.m_sample = [spec, plain](int itsClass, std::uint64_t index) {
        const Scene scene = drawScene(spec, itsClass, index);
        return std::pair(render(scene, spec, static_cast<std::uint64_t>(itsClass) << 48 | index),
                         plain(conditionOf(spec, scene)));
    };
    set.m_read = [spec](const float* x) { return readConcepts(spec, x); };
    for (int c = 0; c < spec.classes(); ++c)
        set.m_meanCondition.push_back(plain(conditionOf(spec, meanScene(spec, c))));
    for (int k = 0; k < kPrompts; ++k) set.m_prompts.push_back(plain(strongPrompt(spec, k, kPrompts)));
    for (int i = 0; i < spec.concepts(); ++i) set.m_signal.push_back(conceptSignal(spec, i));
    set.fill(spec.perClass, spec.mask, spec.seed,
             [](std::vector<float>& c) { std::fill(c.begin() + 4, c.begin() + 7, 0.0F); });
    return set;
}

ConceptSet ConceptSet::vectors(const VectorSpec& spec) {
    if (!(spec.first > 0 && spec.second > 0 && spec.perClass > 0 && spec.mask >= 0 && spec.mask <= 1))
        throw latent::UsageError(
            "Separations of vectors must be above 0, and the masked fraction between 0 and 1.");
    ConceptSet set;
    set.m_channels = set.m_conditions = 2;
    set.m_conceptNames = {"first", "second"};
    set.m_classNames = {"neither", "second", "first", "both"};
    const auto mean = [spec](int itsClass) {
        return std::vector<float>{static_cast<float>(spec.first * (itsClass >> 1)),
                                  static_cast<float>(spec.second * (itsClass & 1))};
    };
    set.m_sample = [spec, mean](int itsClass, std::uint64_t index) {
        RandomStream stream(spec.seed, "concept/vector", static_cast<std::uint64_t>(itsClass) << 48 | index);
        std::vector<float> condition = mean(itsClass), x(2);
        condition[0] += static_cast<float>(spec.first * spec.jitter * (2 * stream.uniform() - 1));
        condition[1] += static_cast<float>(spec.second * spec.jitter * (2 * stream.uniform() - 1));
        for (std::size_t i = 0; i < 2; ++i)
            x[i] = condition[i] + static_cast<float>(spec.deviation * stream.normal());
        return std::pair(x, condition);
    };
    set.m_read = [spec](const float* x) {
        return std::vector<double>{std::clamp(static_cast<double>(x[0]) / spec.first, 0., 1.),
                                   std::clamp(static_cast<double>(x[1]) / spec.second, 0., 1.)};
    };
    for (int c = 0; c < 4; ++c) set.m_meanCondition.push_back(mean(c));
    for (int k = 0; k < kPrompts; ++k) {
        std::vector<float> prompt = mean(3);
        prompt[0] *= 1 + .25F * static_cast<float>(k);
        set.m_prompts.push_back(prompt);
    }
    set.m_signal = {spec.first * spec.first / 2, spec.second * spec.second / 2};
    set.fill(spec.perClass, spec.mask, spec.seed, [](std::vector<float>& c) { c[0] = 0; });
    return set;
}

}  // namespace concept_space
