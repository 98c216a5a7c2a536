// SPDX-License-Identifier: Apache-2.0
#include <latent/latent.hpp>

#include "experiments/clusters_source.hpp"
#include "experiments/diffusion.hpp"
#include "experiments/draw.hpp"
#include "experiments/images_source.hpp"
#include "experiments/solve.hpp"
#include "experiments/theory.hpp"
#include "experiments/train.hpp"

LATENT_PLUGIN(concept_space::Theory, concept_space::Train, concept_space::Solve,
              concept_space::ClustersSource, concept_space::Diffusion, concept_space::Draw,
              concept_space::ImagesSource);
