// SPDX-License-Identifier: Apache-2.0
#pragma once
// The closed vocabularies of a claim, and the words they have in JSON and in reports.
//
// Used by claim.hpp and by whoever shows a claim. Plain values without owner or thread. The lists are closed
// on purpose: a token, a pixel or an image is no independent unit, so there is no word for it, and a
// deterministic result has none.
//
//     latent::Direction way = latent::Direction::Greater;
//     std::string word = latent::word(way);                                        // "greater"
//     way = latent::fromWord<latent::Direction>("less");
//     latent::fromWord<latent::Replication>("pixel");                              // throws, and says why

#include <array>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include "latent/error.hpp"

namespace latent {

/// Whether a claim is the paper's, or only labels how well a published figure is reproduced.
enum class ClaimKind { PaperClaim, FigureReplication };

/// The independent unit. What is drawn inside one of these (tokens, pixels, images, time steps) is not
/// independent.
enum class Replication { Seed, Initialisation, Walk, Chain, Scene, Simulation, Graph, DataSet };

/// On which side of the reference, by more than the margin; or within the margin of it.
enum class Direction { Greater, Less, Equivalent };

/// How the interval is made. Which one is right for which number is told in the authors' manual ("Which interval"); in
/// short: Proportion for yes or no, Median for skewed numbers, Mean for the rest.
enum class Interval { Mean, MeanBootstrap, Median, Proportion, PairedMean, PairedMedian, PairedRatio };

/// What protects a statistic that was chosen by a maximum or minimum from its own choice.
enum class Guard { None, HeldOut, MatchedNull };

namespace terms {
template <class Enum>
struct Table;

template <>
struct Table<ClaimKind> {
    static constexpr std::string_view name = "kind of claim";
    static constexpr std::array<std::pair<ClaimKind, std::string_view>, 2> words{
        {{ClaimKind::PaperClaim, "paper_claim"}, {ClaimKind::FigureReplication, "figure_replication"}}};
};
template <>
struct Table<Replication> {
    static constexpr std::string_view name = "unit of replication";
    static constexpr std::array<std::pair<Replication, std::string_view>, 8> words{
        {{Replication::Seed, "seed"},
         {Replication::Initialisation, "initialisation"},
         {Replication::Walk, "walk"},
         {Replication::Chain, "chain"},
         {Replication::Scene, "scene"},
         {Replication::Simulation, "simulation"},
         {Replication::Graph, "graph"},
         {Replication::DataSet, "data_set"}}};
};
template <>
struct Table<Direction> {
    static constexpr std::string_view name = "direction";
    static constexpr std::array<std::pair<Direction, std::string_view>, 3> words{
        {{Direction::Greater, "greater"}, {Direction::Less, "less"}, {Direction::Equivalent, "equivalent"}}};
};
template <>
struct Table<Interval> {
    static constexpr std::string_view name = "interval";
    static constexpr std::array<std::pair<Interval, std::string_view>, 7> words{
        {{Interval::Mean, "mean"},
         {Interval::MeanBootstrap, "mean_bootstrap"},
         {Interval::Median, "median"},
         {Interval::Proportion, "proportion"},
         {Interval::PairedMean, "paired_mean"},
         {Interval::PairedMedian, "paired_median"},
         {Interval::PairedRatio, "paired_ratio"}}};
};
template <>
struct Table<Guard> {
    static constexpr std::string_view name = "guard of a choice";
    static constexpr std::array<std::pair<Guard, std::string_view>, 3> words{
        {{Guard::None, "none"}, {Guard::HeldOut, "held_out"}, {Guard::MatchedNull, "matched_null"}}};
};
}  // namespace terms

template <class Enum>
std::string word(Enum value) {
    for (const auto& [each, text] : terms::Table<Enum>::words) {
        if (each == value) return std::string(text);
    }
    throw UsageError("A " + std::string(terms::Table<Enum>::name) + " has a value outside its list.");
}

/// Throws UsageError with a sentence when the word is not in the list.
template <class Enum>
Enum fromWord(std::string_view text) {
    std::string known;
    for (const auto& [each, spelled] : terms::Table<Enum>::words) {
        if (spelled == text) return each;
        known += (known.empty() ? "" : ", ") + std::string(spelled);
    }
    std::string sentence = "'" + std::string(text.substr(0, 64)) + "' is no " +
                           std::string(terms::Table<Enum>::name) + "; use one of: " + known + ".";
    if constexpr (std::is_same_v<Enum, Replication>) {
        if (text == "deterministic") {
            sentence += " A deterministic result has no sampling unit: repeat it over initialisations.";
        } else if (text == "token" || text == "pixel" || text == "image") {
            sentence += " What shares a seed, a chain or a scene is not independent.";
        }
    }
    throw UsageError(sentence);
}

}  // namespace latent
