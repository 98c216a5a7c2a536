// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// An answer that is kept to compare with: its lines and paths lie faint under those of the answers that follow.
//
// Immutable; any thread. Figures of other kinds stay as they are.
//
//     auto kept = std::make_shared<const KeptAnswer>(KeptAnswer{source.arrays(), source.views(), values});
//     source.setFinish([kept](Figure& figure, const Cursors& cursors) { layUnder(figure, *kept, cursors); });
//     differenceWords(schema, kept->parameters, values);      // "mu 1, 2 → 1.5, 2"

#include <QString>
#include <nlohmann/json.hpp>
#include <vector>

#include "engine/figures/resolve.hpp"
#include "engine/parameters/schema_model.hpp"

namespace latent::desktop {

struct KeptAnswer {
    engine::figures::ArraySet arrays;
    std::vector<nlohmann::json> views;
    nlohmann::json parameters;   ///< of the question
};

/// Adds what the kept answer has in the figure of this name, as a solid reference in one look.
void layUnder(engine::figures::Figure& figure, const KeptAnswer& kept, const engine::figures::Cursors& cursors);

/// How `now` differs from `before`, parameter by parameter; empty when it does not.
QString differenceWords(const engine::SchemaModel& schema, const nlohmann::json& before, const nlohmann::json& now);

}  // namespace latent::desktop
