// SPDX-License-Identifier: Apache-2.0
#pragma once
// The other side of admission.hpp: what the child process does.
//
// `latent admit-plugin <request>` calls this first thing in main(), before it starts any thread; the request is the
// last argument (JSON), the library is descriptor 3, answers go to descriptor 4 as lines of JSON. It loads the library,
// checks its descriptor, makes the plugin, asks for its description and for the outputs with the defaults, validates
// them (promises.hpp), answers and leaves by _exit, so that no destructor of the plugin runs. Everything that goes wrong
// in plugin code ends this process and nothing else, so `rehearse` may do more with a plugin that has described itself:
// the desktop makes the widgets of panels.
//
//     if (argc > 1 && std::string_view(argv[1]) == "admit-plugin")
//         return latent::engine::admissionChildMain(argc, argv);

#include <functional>

#include "engine/plugins/contribution.hpp"

namespace latent::engine {

inline constexpr int kAdmissionLibraryDescriptor = 3;
inline constexpr int kAdmissionAnswerDescriptor = 4;

class LoadedPlugin;
using Rehearsal = std::function<void(LoadedPlugin& plugin, const std::vector<Contribution>& contributions)>;

int admissionChildMain(int argc, char** argv, const ContributionCheck& check = {},
                       const Rehearsal& rehearse = {});

}  // namespace latent::engine
