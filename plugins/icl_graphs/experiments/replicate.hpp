// SPDX-License-Identifier: Apache-2.0
#pragma once
// One word placement of icl/model: all of its passes, and what they gave. A function of (plan, replicate) alone, so that a resumed run goes on
// with the next one.
//
//     const auto r = runReplicate(plan, decoder, vocabulary, 2, [&] { return !job.stopRequested(); }, [&](int done, int of) { … });
//     if (r) publish(job, plan, *r);

#include <functional>
#include <optional>

#include "experiments/calendar.hpp"
#include "experiments/model_plan.hpp"
#include "experiments/onset_record.hpp"
#include "experiments/reading.hpp"
#include "graphs/nth_seed.hpp"

namespace icl_graphs {

struct ReplicateResult {
    std::int64_t number = 0;
    std::vector<float> accuracy;                                                                 // [position]
    std::vector<double> accuracyContext, nodesContext, inductionContext, unigramContext, giant;  // [context]
    std::vector<double> shuffledContext, permutedContext;  // [context]; [context, 3]
    std::vector<LayerGeometry> layers, shuffled;           // [layers + 1]
    std::vector<LayerGeometry> second;                     // [layers + 1], on the second graph of a mixture
    std::vector<double> byGraph, otherGraph;               // [context, graph]; [context]: of a mixture
    Onset onset;
    double halfAccuracy = 0, halfEnergy = 0, beyond = 0, planted = 0, explained = 0;
    HeadScores heads;
    std::vector<float> headMeans;                            // [layers, heads, headWidth]
    std::vector<double> ablationAccuracy, ablationRayleigh;  // [arm]
    std::vector<double> moveTarget, moveOwn;                 // [move]
    CalendarCurves calendar;                                 // [layers + 1, context, …]
    std::vector<double> calendarNull, graphLaterNull;        // [draw], judged layer, longest context
    double graphLater = 0;
    std::vector<std::int32_t> placement;  // [node]

    /// Of this placement; no two placements of runs with two seeds share it (below a million of each).
    std::uint64_t seedOf(const ModelPlan& plan) const {
        return nthSeed(plan.study.seed, static_cast<std::uint64_t>(number));
    }
};

/// Nothing when keepGoing ended it. Throws latent::RunError for words that are not one token.
std::optional<ReplicateResult> runReplicate(const ModelPlan& plan, const LanguageModel& model,
                                            const Vocabulary& vocabulary, std::int64_t number,
                                            const std::function<bool()>& keepGoing,
                                            const std::function<void(int done, int of)>& progress);

// Parts of it, in replicate_controls.cpp.
using Heads = std::vector<std::pair<int, int>>;  ///< (block, head)
/// As many others in the same layers, none of `avoided` (nor of `chosen`) as long as a layer has others; where a layer
/// has too few, in the nearest that has some.
Heads othersLike(const Heads& chosen, const Heads& avoided, int layers, int heads, std::uint64_t seed);
bool ablate(const ModelPlan& plan, const Reader& reader, ReplicateResult& result,
            const std::function<bool()>& keepGoing, const std::function<void()>& step);
bool moveWords(const ModelPlan& plan, const Reader& reader, const ClassMeans& means, ReplicateResult& result,
               const std::function<bool()>& keepGoing, const std::function<void()>& step);
void calendarOf(const ModelPlan& plan, const ClassMeans& judged, ReplicateResult& result);
int passesOf(const ModelPlan& plan);

}  // namespace icl_graphs
