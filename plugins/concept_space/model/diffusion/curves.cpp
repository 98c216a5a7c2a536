// SPDX-License-Identifier: Apache-2.0
#include "model/diffusion/curves.hpp"

#include <algorithm>
#include <cmath>
#include <set>

namespace concept_space {

std::optional<double> learningTime(std::span<const double> steps, std::span<const double> value,
                                   double threshold, std::size_t inARow) {
    std::size_t run = 0;
    for (std::size_t i = 0; i < value.size(); ++i) {
        run = value[i] >= threshold ? run + 1 : 0;
        if (run == inARow) return steps[i + 1 - inARow];
    }
    return std::nullopt;
}

std::vector<double> smoothed(std::span<const double> values, std::size_t columns, double deviation) {
    if (deviation <= 0) return {values.begin(), values.end()};
    const std::size_t n = values.size() / columns;
    std::vector<double> out(values.size());
    for (std::size_t i = 0; i < n; ++i) {
        double total = 0;
        for (std::size_t j = 0; j < n; ++j) {
            const double off = static_cast<double>(i) - static_cast<double>(j),
                         weight = std::exp(-.5 * off * off / (deviation * deviation));
            total += weight;
            for (std::size_t c = 0; c < columns; ++c)
                out[i * columns + c] += weight * values[j * columns + c];
        }
        for (std::size_t c = 0; c < columns; ++c) out[i * columns + c] /= total;
    }
    return out;
}

Turn sharpestTurn(std::span<const double> steps, std::span<const double> trajectory, std::size_t concepts,
                  double deviation, double moved) {
    const std::vector<double> path = smoothed(trajectory, concepts, deviation);
    const std::size_t n = steps.size();
    if (n < 3) return {};
    const auto distance = [&](std::size_t a, std::size_t b) {
        double sum = 0;
        for (std::size_t c = 0; c < concepts; ++c)
            sum += std::pow(path[a * concepts + c] - path[b * concepts + c], 2);
        return std::sqrt(sum);
    };
    double fastest = 0;
    for (std::size_t i = 0; i + 1 < n; ++i) fastest = std::max(fastest, distance(i, i + 1));
    Turn turn;
    bool hasMoved = false;
    for (std::size_t i = 1; i + 1 < n; ++i) {
        hasMoved = hasMoved || distance(0, i) >= moved;
        const double in = distance(i - 1, i), out = distance(i, i + 1);
        if (!hasMoved || in < fastest / 20 || out < fastest / 20) continue;
        double dot = 0;
        for (std::size_t c = 0; c < concepts; ++c)
            dot += (path[i * concepts + c] - path[(i - 1) * concepts + c]) *
                   (path[(i + 1) * concepts + c] - path[i * concepts + c]);
        const double angle = std::acos(std::clamp(dot / (in * out), -1., 1.));
        if (angle > turn.angle) turn = {steps[i], angle};
    }
    return turn;
}

std::vector<double> speedOf(std::span<const double> steps, std::span<const double> trajectory,
                            std::size_t concepts) {
    const std::size_t n = steps.size();
    std::vector<double> speed(n, 0.0);
    for (std::size_t i = 0; i < n && n > 1; ++i) {
        const std::size_t a = i == 0 ? 0 : i - 1, b = std::min(i + 1, n - 1);
        double sum = 0;
        for (std::size_t c = 0; c < concepts; ++c)
            sum += std::pow(
                (trajectory[b * concepts + c] - trajectory[a * concepts + c]) / (steps[b] - steps[a]), 2);
        speed[i] = std::sqrt(sum);
    }
    return speed;
}

std::vector<double> conceptMse(std::span<const double> trajectory, std::size_t concepts) {
    std::vector<double> mse(trajectory.size() / concepts, 0.0);
    for (std::size_t i = 0; i < trajectory.size(); ++i)
        mse[i / concepts] += std::pow(trajectory[i] - 1, 2) / static_cast<double>(concepts);
    return mse;
}

std::vector<double> kaplanMeier(const std::vector<std::optional<double>>& times, double end,
                                std::span<const double> at) {
    std::set<double> events;
    for (const auto& t : times)
        if (t && *t <= end) events.insert(*t);
    std::vector<double> survival;
    for (const double now : at) {
        double s = 1;
        for (const double event : events) {
            if (event > now) break;
            double risk = 0, died = 0;
            for (const auto& t : times) {
                risk += t.value_or(end) >= event ? 1 : 0;
                died += t && *t == event ? 1 : 0;
            }
            s *= 1 - died / risk;
        }
        survival.push_back(s);
    }
    return survival;
}

std::optional<double> medianTime(const std::vector<std::optional<double>>& times, double end) {
    std::set<double> events;
    for (const auto& t : times)
        if (t && *t <= end) events.insert(*t);
    for (const double event : events)
        if (kaplanMeier(times, end, std::span(&event, 1)).front() <= .5) return event;
    return std::nullopt;
}

std::optional<double> meanLead(const std::vector<std::optional<double>>& first,
                               const std::vector<std::optional<double>>& second, double end) {
    double sum = 0, count = 0;
    for (std::size_t s = 0; s < first.size(); ++s) {
        if (!first[s] && !second[s]) continue;
        sum += second[s].value_or(end) - first[s].value_or(end);
        ++count;
    }
    return count > 0 ? std::optional(sum / count) : std::nullopt;
}

double meanLearningSpeed(const std::vector<std::optional<double>>& times) {
    double sum = 0;
    for (const auto& t : times) sum += t && *t > 0 ? 1 / *t : 0;
    return sum / static_cast<double>(times.size());
}

LogRank logRank(const std::vector<std::optional<double>>& a, const std::vector<std::optional<double>>& b,
                double end) {
    std::set<double> events;
    for (const auto* group : {&a, &b})
        for (const auto& t : *group)
            if (t) events.insert(*t);
    double difference = 0, variance = 0;
    for (const double event : events) {
        double risk[2] = {}, died[2] = {};
        for (int g = 0; g < 2; ++g)
            for (const auto& t : g == 0 ? a : b) {
                risk[g] += t.value_or(end) >= event ? 1 : 0;
                died[g] += t && *t == event ? 1 : 0;
            }
        const double n = risk[0] + risk[1], d = died[0] + died[1];
        difference += died[0] - d * risk[0] / n;
        if (n > 1) variance += d * (risk[0] / n) * (risk[1] / n) * (n - d) / (n - 1);
    }
    if (variance <= 0) return {};
    const double chi = difference * difference / variance;
    return {chi, std::erfc(std::sqrt(chi / 2))};
}

}  // namespace concept_space
