// SPDX-License-Identifier: Apache-2.0
#pragma once
// The two exceptions of the authoring layer: UsageError for mistakes of the plugin's author, RunError for
// conditions of a run.
//
// A parameter that the schema does not have, a preset that names nothing, a figure without a name: these are
// bugs in a plugin, not conditions of a run, and every function of the authoring layer throws UsageError for
// them. The generated entry points catch it, so it never crosses the binary boundary: thrown by parameters() or
// claims() it is the sentence that refuses the plugin, by outputs() or run() the job fails with it. Any thread.
//
//     if (rows != columns) throw latent::UsageError("The start matrix must be square.");
//
// RunError is for what no schema can rule out: a full disk, a run without the array, values that diverge. A
// plugin throws it, and so does each call to the host that fails; the job fails with its sentence.
//
//     throw latent::RunError("The descent diverges: take a smaller learning_rate.");

#include <stdexcept>
#include <string>

namespace latent {

class UsageError : public std::logic_error {
  public:
    explicit UsageError(const std::string& sentence) : std::logic_error(sentence) {}
};

class RunError : public std::runtime_error {
  public:
    explicit RunError(const std::string& sentence) : std::runtime_error(sentence) {}
};

}  // namespace latent
