// SPDX-License-Identifier: Apache-2.0
#pragma once
// A finished run of concept/diffusion as claims read it: curves and times by seed. Values; one thread.
//
//     const DiffusedRun run(latentRun);
//     run.held(seed);                       // trajectory of the held-out class, [step, concept]
//     run.conceptTime(seed, 0);             // when its colour was learned, empty: not within the run

#include <latent/latent.hpp>
#include <optional>
#include <string>
#include <vector>

#include "model/diffusion/assessment.hpp"

namespace concept_space {

struct DiffusedRun {
    explicit DiffusedRun(const latent::Run& run);

    std::string unit(std::size_t seed) const { return "seed " + std::to_string(firstSeed + seed); }
    std::vector<double> trajectory(std::size_t seed, std::size_t itsClass) const;
    std::vector<double> held(std::size_t seed) const { return trajectory(seed, classes - 1); }
    double coordinate(std::size_t seed, std::size_t itsClass, std::size_t checkpoint,
                      std::size_t concept_) const {
        return coordinates[((seed * classes + itsClass) * step.size() + checkpoint) * concepts + concept_];
    }
    /// First of three checkpoints at which the held-out class's coordinate is at or above the threshold.
    std::optional<double> conceptTime(std::size_t seed, std::size_t concept_) const;
    /// By an elicitation, or of a trained class.
    std::optional<double> methodTime(std::size_t method, std::size_t seed) const {
        return finite(methodTimes[method * seeds + seed]);
    }
    std::optional<double> classTime(std::size_t itsClass, std::size_t seed) const {
        return finite(classTimes[itsClass * seeds + seed]);
    }
    std::optional<double> turn(std::size_t seed) const { return finite(turns[seed]); }
    std::optional<std::size_t> checkpointAt(double atStep) const;

    static std::optional<double> finite(double value);

    double colour = 0, mask = 0, threshold = 0;  // separations and options
    std::uint64_t firstSeed = 0;
    std::size_t seeds = 0, classes = 0, concepts = 0;
    std::vector<double> step, coordinates, methodTimes, classTimes, turns, mse, speed;
};

}  // namespace concept_space
