// SPDX-License-Identifier: Apache-2.0
#pragma once
// What a plugin that has described itself would show and claim, before there is a run of it: its schemas make sense, its
// claims can be judged, and with the defaults its arrays, figures and gestures fit together.
//
// Called in the admission child, where a crash or a hang of outputs() costs a sentence. What an experiment refuses in its
// own words is no fault: with the defaults it may lack a file that no default can name; nor is one whose parameters have no
// defaults asked. The job checks the outputs again, for the parameters that it gets.
//
//     LATENT_CHECK(checkDescribed(contributions, what));                   // no code of the plugin runs
//     LATENT_CHECK(checkOutputs(plugin, contributions, what));

#include <string>
#include <vector>

#include "engine/plugins/contribution.hpp"
#include "engine/plugins/loaded_plugin.hpp"

namespace latent::engine {

/// Schemas and claims. `what` begins the refusal: 'The description of the plugin "walk"'.
Status checkDescribed(const std::vector<Contribution>& contributions, const std::string& what);

/// The outputs of experiments and data sources; probes are not asked without a run.
Status checkOutputs(LoadedPlugin& plugin, const std::vector<Contribution>& contributions, const std::string& what);

}  // namespace latent::engine
