// SPDX-License-Identifier: Apache-2.0
#pragma once
// Every verb of `latent`; each adds itself to the command line. Called once, from main.
//
//     addRunVerbs(app, context);

#include "cli/context.hpp"

namespace latent::cli {

void addPluginVerbs(CLI::App& app, Context& context);      // plugins
void addExperimentVerbs(CLI::App& app, Context& context);  // experiments, describe
void addRunVerbs(CLI::App& app, Context& context);         // run, resume, worker
void addControlVerbs(CLI::App& app, Context& context);     // pause, stop, checkpoint
void addShowVerbs(CLI::App& app, Context& context);        // show, compare
void addFigureVerb(CLI::App& app, Context& context);      // figure
void addExportVerb(CLI::App& app, Context& context);       // export
void addCheckVerb(CLI::App& app, Context& context);        // check
void addClaimsVerbs(CLI::App& app, Context& context);      // claims, report
void addRunsVerbs(CLI::App& app, Context& context);        // runs, index
void addSweepVerb(CLI::App& app, Context& context);        // sweep
void addProbeVerbs(CLI::App& app, Context& context);       // probe, probe-server
void addSamplesVerbs(CLI::App& app, Context& context);     // samples, tour

}  // namespace latent::cli
