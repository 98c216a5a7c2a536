// SPDX-License-Identifier: Apache-2.0
#pragma once
// The manual's parameter tables, written from the schema so that they cannot go stale.
//
// Called by `latent describe --markdown` and by the build of resources/manual. Text of the plugin is escaped:
// it cannot open a link, an HTML tag or another table cell. Pure, any thread.
//
//     std::string markdown = manualTable(schema);
//     // | Parameter | Takes | Default | Unit | Meaning |
//     // |---|---|---|---|---|
//     // | `mu` | a list of 1 to 64 numbers, each from 0 to 100 | `1,2` | 1 | … |

#include "engine/parameters/schema_model.hpp"

namespace latent::engine {

/// One table for each group with its heading (`level` hashes), and one of the presets.
std::string manualTable(const SchemaModel& schema, int level = 3);

}  // namespace latent::engine
