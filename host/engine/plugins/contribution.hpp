// SPDX-License-Identifier: Apache-2.0
#pragma once
// What a plugin contributes, as its describe() said: experiments, probes and data sources with ids and schemas.
//
// Structure is checked here; what a schema may hold is the business of engine/parameters, which comes in as a callback
// so that this library does not depend on it. Plain values; any thread.
//
//     LATENT_TRY(auto contributions, readContributions(text, "The description of the plugin \"walk\"", check));
//     for (const Contribution& c : contributions) if (c.kind == "experiment") …

#include <functional>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "engine/result.hpp"

namespace latent::engine {

struct Contribution {
    std::string kind;       ///< "experiment", "probe", "data_source" or "panel"
    std::string interface;  ///< "latent.experiment/1"
    std::string id;         ///< "sim/theory"
    std::string title;
    std::string summary;
    std::shared_ptr<const nlohmann::json> description;  ///< all of it: schema (but for panels), claims, …
    std::string refusal;  ///< why this one cannot be used although the plugin can; empty: it can
};

/// Says what is wrong with one contribution's schema or claims.
using ContributionCheck = std::function<Status(const nlohmann::json& contribution)>;

inline constexpr std::size_t kMaxDescriptionBytes = 16u << 20;

/// A contribution of an interface that this host does not know gets a refusal; anything malformed is an error.
Result<std::vector<Contribution>> readContributions(const nlohmann::json& description,
                                                    const std::string& what,
                                                    const ContributionCheck& check = {});

}  // namespace latent::engine
