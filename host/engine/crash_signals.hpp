// SPDX-License-Identifier: Apache-2.0
#pragma once
// For children that may crash: the signal itself ends them, whatever handlers a library or a sanitizer has set, so that
// whoever waits for them can say what it was. Called once, at the start of the child.
//
//     letCrashesShow();

#include <csignal>

namespace latent::engine {

inline void letCrashesShow() {
    for (const int crash : {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT}) std::signal(crash, SIG_DFL);
}

}  // namespace latent::engine
