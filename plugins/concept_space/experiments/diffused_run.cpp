// SPDX-License-Identifier: Apache-2.0
#include "experiments/diffused_run.hpp"

#include <cmath>

#include "model/diffusion/curves.hpp"

namespace concept_space {

DiffusedRun::DiffusedRun(const latent::Run& run) {
    const latent::Parameters& p = run.parameters();
    colour = p.number("sep_colour");
    mask = p.number("mask");
    threshold = p.number("threshold");
    firstSeed = p.seed();
    seeds = static_cast<std::size_t>(p.integer("seeds"));
    const auto read = [&](const char* name) { return run.read(name).toDoubles(); };
    step = read("step");
    coordinates = read("coordinates");
    methodTimes = read("learning_time");
    classTimes = read("class_time");
    turns = read("turn_step");
    mse = read("concept_mse");
    speed = read("speed");
    classes = classTimes.size() / seeds;
    concepts = coordinates.size() / (seeds * classes * step.size());
}

std::optional<double> DiffusedRun::finite(double value) {
    return std::isfinite(value) ? std::optional(value) : std::nullopt;
}

std::vector<double> DiffusedRun::trajectory(std::size_t seed, std::size_t itsClass) const {
    const std::size_t each = step.size() * concepts;
    const auto begin = coordinates.begin() + static_cast<std::ptrdiff_t>((seed * classes + itsClass) * each);
    return {begin, begin + static_cast<std::ptrdiff_t>(each)};
}

std::optional<double> DiffusedRun::conceptTime(std::size_t seed, std::size_t concept_) const {
    std::vector<double> curve;
    for (std::size_t c = 0; c < step.size(); ++c) curve.push_back(coordinate(seed, classes - 1, c, concept_));
    return learningTime(step, curve, threshold);
}

std::optional<std::size_t> DiffusedRun::checkpointAt(double atStep) const {
    for (std::size_t c = 0; c < step.size(); ++c)
        if (step[c] == atStep) return c;
    return std::nullopt;
}

}  // namespace concept_space
