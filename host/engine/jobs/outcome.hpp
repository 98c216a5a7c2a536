// SPDX-License-Identifier: Apache-2.0
#pragma once
// How one attempt ended: the state for the events, the sentence for people, the exit code of `latent`.
//
// The computing child sends it to its supervisor as one line of JSON; the supervisor makes one itself when the child
// died. Plain value, any thread.
//
//     Outcome outcome{"failed", "The plugin crashed.", Exit::Failed};

#include <string>

#include "engine/result.hpp"

namespace latent::engine {

struct Outcome {
    std::string state = "done";  ///< done | paused | stopped | interrupted | failed
    std::string reason;
    Exit exit = Exit::Done;
};

}  // namespace latent::engine
