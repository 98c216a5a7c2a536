// SPDX-License-Identifier: Apache-2.0
#pragma once
// Requests as command lines, and what differs between two requests.
//
// For "copy as command line" in the form, for `latent show`, and for comparing runs. Values are resolved
// ones. Pure functions, any thread, never throw.
//
//     asCommandLine("sim/theory", schema, "smoke", values);
//     // latent run sim/theory --preset smoke --set mu=1,2 --set 'w0=[[1,0],[0,1]]'
//     for (const Difference& d : difference(a, b)) row(d.name, d.first, d.second);

#include "engine/parameters/schema_model.hpp"

namespace latent::engine {

/// {"--preset", "smoke", "--set", "mu=1,2", …}: what has to be given to get these values, and no more.
std::vector<std::string> commandLineArguments(const SchemaModel& schema, std::string_view preset,
                                              const nlohmann::json& values);

/// The same for a person to paste: "latent run EXPERIMENT …", quoted for a POSIX shell.
std::string asCommandLine(std::string_view experiment, const SchemaModel& schema, std::string_view preset,
                          const nlohmann::json& values);

/// One argument, quoted where a POSIX shell would not take it as it stands.
std::string shellQuoted(std::string_view argument);

/// A parameter whose values differ; null where one side does not have it.
struct Difference {
    std::string name;
    nlohmann::json first, second;
};

/// By name; works without a schema, for runs whose plugin is absent. 2 and 2.0 are equal.
std::vector<Difference> difference(const nlohmann::json& first, const nlohmann::json& second);

}  // namespace latent::engine
