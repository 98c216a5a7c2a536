// SPDX-License-Identifier: Apache-2.0
#pragma once
// The part of a large array that a figure needs: one box around all that its view selects.
//
// Pure; any thread. The array gives names and extents of the dimensions; its bytes are not looked at.
//
//     const Box box = boxOf(view, samples, arrays, cursors, options);
//     LATENT_TRY(Array part, reader.read("samples", box.start, box.count));

#include <nlohmann/json_fwd.hpp>

#include "engine/figures/resolve.hpp"

namespace latent::engine::figures {

struct Box {
    Shape start, count;
};

Box boxOf(const nlohmann::json& view, const LoadedArray& array, const ArraySet& arrays,
          const Cursors& cursors, const ResolveOptions& options);

}  // namespace latent::engine::figures
