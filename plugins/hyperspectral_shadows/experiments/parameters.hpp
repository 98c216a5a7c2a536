// SPDX-License-Identifier: Apache-2.0
#pragma once
// The parameters that the experiments, sources and probes share, and what they mean to the code.
//
// Pure but for openInput(), which reads headers. Any thread.

#include <latent/latent.hpp>

#include "data/cube.hpp"
#include "model/scene/scene.hpp"
#include "pipeline/fit.hpp"

namespace hyperspectral_shadows {

/// Lines, samples, bands, reflectances, sun, noise, plumes and seed of a synthetic scene; shown only when the choice `source`, if
/// there is one, is `scene`.
void addSceneParameters(latent::Schema& schema, bool withSource);
SceneSpec sceneOf(const latent::Parameters& p);
/// What its files are called, without ending: scene_TIER_sunZENITH_seedSEED.
std::string sceneName(const latent::Parameters& p);

/// A file and how to read it.
void addFileParameters(latent::Schema& schema, bool withSource);
std::unique_ptr<CubeReader> openFile(const latent::Parameters& p);

/// `source`: a file or a scene; then both groups.
void addInputParameters(latent::Schema& schema);
std::unique_ptr<CubeReader> openInput(const latent::Parameters& p);

/// Labels, ILR, PLCG and correction.
void addMethodParameters(latent::Schema& schema);
FitOptions optionsOf(const latent::Parameters& p, int threads);
/// Labels that are known before the cube is read; nothing when brightness decides. Throws a sentence when what the rule needs is
/// missing.
std::optional<Labels> knownLabels(const latent::Parameters& p, CubeReader& cube);
Bands bandsOf(const latent::Parameters& p, CubeReader& cube);

/// The values of a run made before some parameters of a schema existed, with the defaults of those.
latent::Parameters completed(const latent::Schema& schema, const latent::Parameters& made);

/// 0 … n − 1.
std::vector<std::int32_t> counted(std::int64_t n);
/// Wavelengths of the cube, or band numbers.
std::vector<double> axisOf(const CubeHeader& header);

}  // namespace hyperspectral_shadows
