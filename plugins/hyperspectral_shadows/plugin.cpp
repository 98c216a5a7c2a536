// SPDX-License-Identifier: Apache-2.0
#include <latent/latent.hpp>

#include "experiments/ask.hpp"
#include "experiments/remove.hpp"
#include "experiments/sources.hpp"

LATENT_PLUGIN(hyperspectral_shadows::Remove, hyperspectral_shadows::Ask, hyperspectral_shadows::OpenSource,
              hyperspectral_shadows::SceneSource);
