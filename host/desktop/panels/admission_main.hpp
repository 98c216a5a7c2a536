// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// The child process that tries a panel library. main() asks first thing, before it makes an application:
//
//     if (isPanelAdmission(argc, argv)) return latent::desktop::panelAdmissionMain(argc, argv);

#include <cstring>

namespace latent::desktop {

inline constexpr const char* kPanelAdmissionWord = "--admit-panel";
inline bool isPanelAdmission(int argc, char** argv) {
    return argc == 3 && std::strcmp(argv[1], kPanelAdmissionWord) == 0;
}
int panelAdmissionMain(int argc, char** argv);

}  // namespace latent::desktop
