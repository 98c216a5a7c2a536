// SPDX-License-Identifier: Apache-2.0
#include "model/diffusion/concept_set.hpp"

#include <algorithm>
#include <latent/error.hpp>
#include <latent/learn/random.hpp>
#include <memory>

#include "model/diffusion/probe_cache.hpp"

namespace concept_space {
namespace {

using latent::learn::RandomStream;

constexpr double kTrainFraction = .85;
constexpr int kPrompts = 5;
constexpr float kHidden = -1;  // outside of what vectors are told: 0 is a value of the class itself

}  // namespace

/// Training classes only; shuffled, so that the last ones are a fair validation set. `hide` takes the colour out of a condition.
void ConceptSet::fill(const std::vector<int>& samples, double mask, std::uint64_t seed,
                      const std::function<void(std::vector<float>&)>& hide) {
    std::vector<int> trained;
    std::size_t n = 0;
    for (int c = 0; c < classes(); ++c) {
        if (isHeldOut(c)) continue;
        trained.push_back(c);
        n += static_cast<std::size_t>(samples[static_cast<std::size_t>(c)]);
    }
    m_x.resize(n * each());
    m_condition.resize(n * static_cast<std::size_t>(m_conditions));
    m_label.resize(n);
    const std::vector<std::uint32_t> place =
        RandomStream(seed, "concept/shuffle").permutation(static_cast<std::uint32_t>(n));
    RandomStream hidden(seed, "concept/mask");
    std::size_t at = 0;
    for (const int c : trained)
        for (int i = 0; i < samples[static_cast<std::size_t>(c)]; ++i, ++at) {
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

std::vector<double> ConceptSet::readAll(std::span<const float> x, int n) const {
    std::vector<double> all;
    for (std::size_t i = 0; i < static_cast<std::size_t>(n); ++i) {
        const std::vector<double> one = read(x.subspan(i * each(), each()).data());
        all.insert(all.end(), one.begin(), one.end());
    }
    return all;
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
    set.fill(std::vector<int>(static_cast<std::size_t>(spec.classes()), spec.perClass), spec.mask, spec.seed,
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
    set.fill(std::vector<int>(4, spec.perClass), spec.mask, spec.seed,
             [](std::vector<float>& c) { c[0] = kHidden; });
    return set;
}

namespace {

/// Means of the images with and without each attribute, and what lies between them: how an image is read
/// without a network, and how strong the signals are.
struct OwnMeans {
    std::array<std::vector<double>, 4> ofClass;

    explicit OwnMeans(const OwnImages& images) {
        for (std::size_t c = 0; c < 4; ++c) {
            ofClass[c].resize(images.classes[c].front().size());
            for (const std::vector<float>& one : images.classes[c])
                for (std::size_t p = 0; p < one.size(); ++p)
                    ofClass[c][p] +=
                        static_cast<double>(one[p]) / static_cast<double>(images.classes[c].size());
        }
    }
    /// Where between the mean without and the mean with the attribute (bit 2: the first, 1: the second).
    double read(const float* x, std::size_t bit) const {
        double along = 0, length = 0;
        for (std::size_t p = 0; p < ofClass[0].size(); ++p) {
            const double off = (ofClass[0][p] + ofClass[3 - bit][p]) / 2,
                         on = (ofClass[bit][p] + ofClass[3][p]) / 2;
            along += (static_cast<double>(x[p]) - off) * (on - off);
            length += (on - off) * (on - off);
        }
        return length > 0 ? std::clamp(along / length, 0., 1.) : .5;
    }
    double signal(std::size_t bit) const {
        double sum = 0;
        for (std::size_t p = 0; p < ofClass[0].size(); ++p) {
            const double alone = ofClass[bit][p] - ofClass[0][p], with = ofClass[3][p] - ofClass[3 - bit][p];
            sum += (alone * alone + with * with) / 2;
        }
        return sum / static_cast<double>(ofClass[0].size());
    }
};

std::vector<float> attributesOf(float first, float second) { return {1 - first, first, 1 - second, second}; }

}  // namespace

ConceptSet ConceptSet::own(OwnImages images, double mask, std::uint64_t seed) {
    ConceptSet set;
    set.m_height = set.m_width = images.side;
    set.m_channels = 3;
    set.m_conditions = 4;
    const auto& [first, second] = images.attributes;
    set.m_conceptNames = {first, second};
    set.m_classNames = ownClassNames(first, second);
    const auto means = std::make_shared<const OwnMeans>(images);
    set.m_signal = {means->signal(2), means->signal(1)};
    set.m_read = [means](const float* x) {
        return std::vector<double>{means->read(x, 2), means->read(x, 1)};
    };
    std::vector<int> counts;
    DataHash hash;
    for (const auto& each : images.classes) {
        counts.push_back(static_cast<int>(each.size()));
        hash.add(each.size());
        for (const std::vector<float>& image : each) hash.add(image);
    }
    set.m_hash = hash.value();
    const auto kept = std::make_shared<const OwnImages>(std::move(images));
    set.m_sample = [kept](int itsClass, std::uint64_t index) {
        const auto& all = kept->classes[static_cast<std::size_t>(itsClass)];
        const auto known = static_cast<std::size_t>(static_cast<double>(all.size()) * kTrainFraction);
        const std::size_t at = index < kProbeNumbers   ? index % all.size()
                               : index < kFreshNumbers ? index % known
                                                       : known + index % (all.size() - known);
        return std::pair(all[at],
                         attributesOf(static_cast<float>(itsClass >> 1), static_cast<float>(itsClass & 1)));
    };
    for (int c = 0; c < 4; ++c)
        set.m_meanCondition.push_back(attributesOf(static_cast<float>(c >> 1), static_cast<float>(c & 1)));
    for (int k = 0; k < kPrompts; ++k)
        set.m_prompts.push_back(attributesOf(1 + .25F * static_cast<float>(k), 1));
    set.fill(counts, mask, seed, [](std::vector<float>& c) { c[0] = c[1] = 0; });
    return set;
}

}  // namespace concept_space
