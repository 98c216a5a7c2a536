// SPDX-License-Identifier: Apache-2.0
#pragma once
// What LibTorch throws, as sentences: its own messages end in a backtrace. Include <latent/learn/torch/torch.hpp> before. Any
// thread.
//
//     return learn::inSentences("a step of training", "Take a smaller batch.", [&] { return step(); });

#include <c10/util/Exception.h>

#include <latent/error.hpp>
#include <string>

namespace latent::learn {

/// Does the work. Throws RunError where LibTorch throws; `remedy` is the sentence that says what to do when memory runs out.
template <class F>
auto inSentences(const std::string& doing, const std::string& remedy, F&& work) {
    try {
        return work();
    } catch (const c10::OutOfMemoryError&) {
        throw RunError("The device has no room left for " + doing + ". " + remedy);
    } catch (const c10::Error& e) {
        throw RunError("LibTorch failed at " + doing + ": " + e.what_without_backtrace());
    }
}

}  // namespace latent::learn
