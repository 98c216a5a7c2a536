// SPDX-License-Identifier: Apache-2.0
#include "cli/verbs/verbs.hpp"
namespace latent::cli {
void addProbeVerbs(CLI::App&, Context&) {}
}
