// SPDX-License-Identifier: Apache-2.0
#pragma once
// Which data concept/diffusion and concept/images are about, as their parameters say: `data` is images, own or vector.
//
// Earlier versions knew no `own`: they took a folder or file with `data=images`, and concept/images had no `data`. Their runs and
// parameter files mean the same today, and asWrittenNow() is the only place that knows of them. Pure; any thread.
//
//     const latent::Parameters now = asWrittenNow(p);
//     if (now.choice("data") == "own") readOwnImages(*ownSpecOf(now));

#include <latent/latent.hpp>
#include <optional>

#include "data/own_images.hpp"

namespace concept_space {

/// The same parameters as this version writes them: what is about data is all there, and own images are data=own.
latent::Parameters asWrittenNow(const latent::Parameters& p);
/// Whether a user's images stand in place of the drawn ones, in parameters of any version.
bool hasOwnImages(const latent::Parameters& p);
/// Logs that they are, where 'data' says "images" and a folder or file is given.
void tellOwnImages(const latent::Parameters& p, latent::Job& job);
/// Where they are; empty where there are none. Throws UsageError.
std::optional<OwnSpec> ownSpecOf(const latent::Parameters& p);

}  // namespace concept_space
