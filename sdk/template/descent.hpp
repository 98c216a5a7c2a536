// SPDX-License-Identifier: Apache-2.0
#pragma once
// Gradient descent with noise on the loss L(x) = 1/2 sum_i a_i x_i^2: the science of this plugin, without any of the
// workbench in it, so that a test can call it directly. Plain values; one thread at a time.
//
//     bowl::Descent descent({.curvature = {1, 0.1}, .noise = 0.5, .learningRate = 0.1, .distance = 10, .seed = 0});
//     for (int64_t step = 0; step < 1000; ++step) descent.advance(step);
//     descent.loss() / bowl::plateau(descent.settings());   // scatters around 1

#include <cstdint>
#include <latent/learn/random.hpp>
#include <utility>
#include <vector>

namespace bowl {

struct Settings {
    std::vector<double> curvature;  ///< a_i, one for each axis
    double noise = 0;               ///< standard deviation of the noise on each component of the gradient
    double learningRate = 0;
    double distance = 0;            ///< where each coordinate starts
    uint64_t seed = 0;
};

inline double lossAt(const std::vector<double>& curvature, const std::vector<double>& position) {
    double sum = 0;
    for (std::size_t i = 0; i < curvature.size(); ++i) sum += 0.5 * curvature[i] * position[i] * position[i];
    return sum;
}

/// The mean loss in the long run. Each coordinate is an AR(1) process, x' = (1 - h a) x - h s z, with the stationary
/// variance h s^2 / (a (2 - h a)).
inline double plateau(const Settings& it) {
    double sum = 0;
    for (const double a : it.curvature)
        sum += 0.5 * it.learningRate * it.noise * it.noise / (2 - it.learningRate * a);
    return sum;
}

/// Whether the steps shrink: beyond 2 / a they grow without end.
inline bool converges(const Settings& it) {
    for (const double a : it.curvature)
        if (it.learningRate * a >= 2) return false;
    return true;
}

class Descent {
  public:
    explicit Descent(Settings settings)
        : m_settings(std::move(settings)), m_position(m_settings.curvature.size(), m_settings.distance) {}

    /// The noise of a step depends on the seed and the step alone, so a resumed run needs nothing but the position.
    void advance(int64_t step) {
        latent::learn::RandomStream noise(m_settings.seed, "bowl/noise", static_cast<uint64_t>(step));
        for (std::size_t i = 0; i < m_position.size(); ++i) {
            const double gradient = m_settings.curvature[i] * m_position[i] + m_settings.noise * noise.normal();
            m_position[i] -= m_settings.learningRate * gradient;
        }
    }
    double loss() const { return lossAt(m_settings.curvature, m_position); }
    const std::vector<double>& position() const { return m_position; }
    void moveTo(std::vector<double> position) { m_position = std::move(position); }
    const Settings& settings() const { return m_settings; }

  private:
    Settings m_settings;
    std::vector<double> m_position;
};

}  // namespace bowl
