// SPDX-License-Identifier: Apache-2.0
#include "experiments/diffused_run.hpp"

#include <cmath>
#include <set>

#include "experiments/own_parameters.hpp"
#include "model/diffusion/curves.hpp"

namespace concept_space {

DiffusedRun::DiffusedRun(const latent::Run& run) : parameters(asWrittenNow(run.parameters()).json()) {
    const latent::Parameters p = latent::Parameters::fromJson(parameters);
    ofOwnImages = hasOwnImages(p);
    if (p.number("average") > 0 && !run.has("coordinates_ema"))
        throw latent::RunError(
            "an earlier version stored this run, which measured the moving average of the weights in place "
            "of the weights; run it again.");
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
    classes = seeds > 0 ? classTimes.size() / seeds : 0;
    while (std::size_t{1} << (concepts + 1) <= classes) ++concepts;
    const std::size_t n = step.size();
    if (n == 0 || concepts < 2 || classes != std::size_t{1} << concepts ||
        classTimes.size() != classes * seeds || coordinates.size() != seeds * classes * n * concepts ||
        methodTimes.size() != kMethodCount * seeds || turns.size() != seeds || mse.size() != seeds * n ||
        speed.size() != seeds * n)
        throw latent::RunError("The arrays of the run " + run.id() +
                               " are not as long as its parameters say; its claims cannot be judged.");
}

std::optional<double> DiffusedRun::finite(double value) {
    return std::isfinite(value) ? std::optional(value) : std::nullopt;
}

double DiffusedRun::distance(std::size_t seed, std::size_t itsClass, std::size_t checkpoint,
                             std::size_t corner) const {
    double squares = 0;
    for (std::size_t k = 0; k < concepts; ++k)
        squares += std::pow(coordinate(seed, itsClass, checkpoint, k) - valueOf(corner, k), 2);
    return std::sqrt(squares);
}

std::optional<double> DiffusedRun::conceptTime(std::size_t seed, std::size_t concept_) const {
    std::vector<double> curve;
    for (std::size_t c = 0; c < step.size(); ++c) curve.push_back(coordinate(seed, heldOut(), c, concept_));
    return learningTime(step, curve, threshold);
}

std::optional<std::size_t> DiffusedRun::checkpointAt(double atStep) const {
    for (std::size_t c = 0; c < step.size(); ++c)
        if (step[c] == atStep) return c;
    return std::nullopt;
}

double DiffusedRun::slowestTrained(std::size_t seed) const {
    double slowest = 0;
    for (std::size_t c = 0; c < classes; ++c)
        if (!isHeldOut(static_cast<int>(c))) slowest = std::max(slowest, restricted(classTime(c, seed)));
    return slowest;
}

std::vector<double> DiffusedRuns::values(const std::string& parameter) const {
    std::set<double> found;
    for (const DiffusedRun& r : all) found.insert(r.number(parameter));
    return {found.begin(), found.end()};
}

std::vector<const DiffusedRun*> DiffusedRuns::weak() const {
    std::vector<const DiffusedRun*> some;
    const std::vector<double> colours = values("sep_colour");
    for (const DiffusedRun& r : all)
        if (r.number("sep_colour") == colours.front() && colours.front() < r.number("sep_size"))
            some.push_back(&r);
    return some;
}

}  // namespace concept_space
