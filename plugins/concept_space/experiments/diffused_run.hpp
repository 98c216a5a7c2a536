// SPDX-License-Identifier: Apache-2.0
#pragma once
// Finished runs of concept/diffusion as claims read them: curves and times by seed, and which runs may be
// compared. Values; one thread.
//
//     const DiffusedRun run(latentRun);
//     run.conceptTime(seed, 0);             // when its colour was learned, empty: not within the run
//     const Pairs times = runs.pairs("sep_colour", [](const DiffusedRun& r, std::size_t seed) { … });
//     times.low.means(), times.high.means(), times.low.names();             // one value a seed, seed by seed

#include <algorithm>
#include <array>
#include <latent/latent.hpp>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "experiments/measurements.hpp"
#include "experiments/run_groups.hpp"
#include "model/diffusion/assessment.hpp"

namespace concept_space {

struct DiffusedRun {
    /// Throws RunError with a sentence when the arrays are not as long as the parameters say.
    explicit DiffusedRun(const latent::Run& run);

    std::string unit(std::size_t seed) const { return "seed " + std::to_string(firstSeed + seed); }
    /// All parameters but the number of seeds and this one: runs that agree in it differ in nothing else. The
    /// seed is among them, as it draws the data.
    std::string setting(const std::string& except) const {
        return parametersWithout(parameters, {"seeds", except.c_str()});
    }
    double number(const std::string& parameter) const { return parameters.at(parameter).get<double>(); }

    std::size_t heldOut() const { return classes - 1; }
    /// The class in which this concept alone is changed.
    std::size_t alone(std::size_t concept_) const { return std::size_t{1} << (concepts - 1 - concept_); }
    double valueOf(std::size_t itsClass, std::size_t concept_) const {
        return itsClass & alone(concept_) ? 1 : 0;
    }
    double coordinate(std::size_t seed, std::size_t itsClass, std::size_t checkpoint,
                      std::size_t concept_) const {
        return coordinates[((seed * classes + itsClass) * step.size() + checkpoint) * concepts + concept_];
    }
    /// From the coordinates of a class at a checkpoint to the corner of another.
    double distance(std::size_t seed, std::size_t itsClass, std::size_t checkpoint, std::size_t corner) const;

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

    /// Fraction of the training that passes before it is learned: all of it where it is not (the restricted
    /// mean of a time that may be censored averages these).
    double restricted(const std::optional<double>& time) const {
        return std::min(time.value_or(step.back()), step.back()) / step.back();
    }
    /// Of the trained class that takes longest.
    double slowestTrained(std::size_t seed) const;

    static std::optional<double> finite(double value);

    nlohmann::json parameters;
    std::uint64_t firstSeed = 0;
    bool ofOwnImages = false;  ///< whose separations nobody knows, whatever the parameters say
    std::size_t seeds = 0, classes = 0, concepts = 0;
    double threshold = 0;
    std::vector<double> step, coordinates, methodTimes, classTimes, turns, mse, speed;
};

/// Values at the lowest and at the highest value of a parameter: of each seed and otherwise equal setting
/// that has both, then averaged over settings.
struct Pairs {
    Units low, high;
};

struct DiffusedRuns {
    std::vector<DiffusedRun> all;

    /// The distinct values of a parameter, ascending.
    std::vector<double> values(const std::string& parameter) const;

    /// Of every seed where `value(run, seed)` is not empty at both ends of the parameter, and where
    /// `isThat(run, high)` is true of both runs.
    template <class Value>
    Pairs pairs(const std::string& parameter, Value value,
                bool (*isThat)(const DiffusedRun&, bool high) = nullptr) const {
        const std::vector<double> ends = values(parameter);
        if (ends.size() < 2) return {};
        std::map<std::pair<std::string, std::string>, std::array<std::optional<double>, 2>> found;
        for (const DiffusedRun& r : all)
            for (const bool high : {false, true}) {
                if (r.number(parameter) != (high ? ends.back() : ends.front())) continue;
                if (isThat && !isThat(r, high)) continue;
                const std::string setting = r.setting(parameter);
                for (std::size_t s = 0; s < r.seeds; ++s)
                    found[{r.unit(s), setting}][high ? 1 : 0] = value(r, s);
            }
        Pairs pairs;
        for (const auto& [key, both] : found)
            if (both[0] && both[1]) {
                pairs.low.add(key.first, *both[0]);
                pairs.high.add(key.first, *both[1]);
            }
        return pairs;
    }

    /// Those with the lowest separation of colours, if it is below that of the sizes: a colour that is not
    /// weaker than its rival says nothing of weak ones.
    std::vector<const DiffusedRun*> weak() const;
};

}  // namespace concept_space
