// SPDX-License-Identifier: Apache-2.0
#include "model/diffusion/drawing.hpp"

#include <cmath>
#include <latent/learn/random.hpp>

#include "model/diffusion/training.hpp"

namespace concept_space {

namespace diffusion = latent::learn::diffusion;

std::vector<float> intervened(const std::vector<float>& h, const std::vector<float>& direction,
                              double strength) {
    std::vector<float> moved = h;
    if (strength != 0)
        for (std::size_t i = 0; i < h.size(); ++i) moved[i] += static_cast<float>(strength) * direction[i];
    return moved;
}

Drawer::Drawer(const ConceptSet& set, const latent::learn::unet::Model& model,
               const diffusion::Schedule& schedule, const DrawOptions& options,
               const latent::learn::unet::Model* embedder)
    : m_set(set),
      m_model(model),
      m_embedder(embedder ? *embedder : model),
      m_schedule(schedule),
      m_options(options) {}

std::vector<float> Drawer::embed(const std::vector<float>& condition) const {
    return m_embedder.embed(condition, 1);
}

std::vector<float> Drawer::direction(int concept_) const {
    const int one = 1 << (m_set.concepts() - 1 - concept_);
    std::vector<float> to = embed(m_set.meanCondition(one));
    const std::vector<float> from = embed(m_set.meanCondition(0));
    for (std::size_t i = 0; i < to.size(); ++i) to[i] -= from[i];
    return to;
}

std::vector<float> Drawer::randomDirection(int concept_, std::uint64_t seed) const {
    const std::vector<float> like = direction(concept_);
    std::vector<float> random(like.size());
    latent::learn::RandomStream(seed, "concept/random_direction").fillNormal(std::span(random));
    double wanted = 0, has = 0;
    for (std::size_t i = 0; i < like.size(); ++i) {
        wanted += static_cast<double>(like[i]) * static_cast<double>(like[i]);
        has += static_cast<double>(random[i]) * static_cast<double>(random[i]);
    }
    const float factor = static_cast<float>(std::sqrt(wanted / has));
    for (float& r : random) r *= factor;
    return random;
}

std::vector<float> Drawer::draw(const std::vector<float>& h, int n, int first,
                                const std::function<bool()>& goOn) const {
    const auto count = static_cast<std::size_t>(n);
    const auto repeated = [&](const std::vector<float>& one) {
        std::vector<float> all;
        all.reserve(one.size() * count);
        for (std::size_t i = 0; i < count; ++i) all.insert(all.end(), one.begin(), one.end());
        return all;
    };
    const auto denoiser = [&](const std::vector<float>& latents) {
        return [this, latents, count, n](std::span<const float> z, double input, std::span<float> eps) {
            const std::vector<float> times(count, static_cast<float>(input));
            m_model.predict(z, times, latents, n, eps, m_options.threads);
        };
    };
    const std::vector<float> all = repeated(h);
    if (m_options.regression) {
        const std::vector<float> z(count * m_set.each()), times(count);
        std::vector<float> out(z.size());
        m_model.predict(z, times, all, n, out, m_options.threads);
        return out;
    }
    const diffusion::Denoiser guided =
        m_options.guidance == 0
            ? diffusion::Denoiser(denoiser(all))
            : diffusion::guided(denoiser(all), denoiser(repeated(embed(nullCondition(m_set)))),
                                m_options.guidance);
    diffusion::Sampler sampler(m_schedule, m_options.sampler, count, m_set.each(), m_options.seed,
                               static_cast<std::uint64_t>(first));
    while (sampler.step(guided))
        if (goOn && !goOn()) return {};
    return {sampler.z().begin(), sampler.z().end()};
}

}  // namespace concept_space
