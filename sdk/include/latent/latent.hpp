// SPDX-License-Identifier: Apache-2.0
#pragma once
// The one header that a plugin includes.
//
// It brings the classes to derive from (Experiment, Probe, DataSource), the schema and outputs builders, the job, the
// claims, and LATENT_PLUGIN. Header-only, C++20; exceptions are allowed inside a plugin. See sdk/template for a plugin
// to copy and resources/manual/plugin-authors.md for the guide. Each class says on which thread it is called.
//
//     #include <latent/latent.hpp>
//     struct Walk final : latent::Experiment { … };
//     LATENT_PLUGIN(Walk);

#include "latent/plugin.hpp"
