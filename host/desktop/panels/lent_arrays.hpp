// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// The arrays of an ArraySet as a panel gets them: a list in JSON, and views of memory that stays while it is lent.
//
// Nothing is copied; a view keeps its array alive until the panel releases it. Metrics bring the steps of their values as one
// more array, "metrics/NAME/step". Pure functions; any thread.
//
//     send(json, listArrays(arrays).dump());
//     if (lendArray(arrays, "node_loss", *out)) return abi::kOk;

#include <nlohmann/json_fwd.hpp>
#include <string_view>

#include "engine/figures/array_set.hpp"
#include "latent/abi/types.hpp"

namespace latent::desktop {

nlohmann::json listArrays(const engine::figures::ArraySet& arrays);
/// False when there is none of that name.
bool lendArray(const engine::figures::ArraySet& arrays, std::string_view name, abi::Array& out);

}  // namespace latent::desktop
