// SPDX-License-Identifier: Apache-2.0
#pragma once
// Admission: a library is tried once in a child process, so that a crash, an exit or a hang costs a sentence.
//
// The child is this same program (or a test's helper) started with the already opened and hashed file as descriptor 3
// and a pipe as descriptor 4; see admission_child.hpp. It gets limits on time, memory and files, its stderr is kept for
// the sentence, and it dies with its parent. Blocks the calling thread for at most two timeouts; Ctrl-C ends the child
// first. One thread at a time per library; no state.
//
//     Admission result = admit(file, manifest, sha256, {.program = "/proc/self/exe", .arguments = {"admit-plugin"}});
//     if (result.outcome == Admission::Outcome::Accepted) use(result.contributions);

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "engine/plugins/contribution.hpp"
#include "engine/plugins/descriptor.hpp"
#include "engine/plugins/library_file.hpp"
#include "engine/plugins/manifest.hpp"

namespace latent::engine {

struct AdmissionSettings {
    std::filesystem::path program = "/proc/self/exe";
    std::vector<std::string> arguments = {"admit-plugin"};  ///< before the request
    std::chrono::milliseconds timeout = std::chrono::seconds(10);
    std::string torchVersion;     ///< that plugins with LibTorch have to match exactly; empty: any
    std::uint32_t qtVersion = 0;  ///< of this process, when it admits panel libraries; 0: compute libraries
};

struct Admission {
    enum class Outcome {
        Accepted,
        Refused,  ///< for good: the same bytes will be refused again
        NotNow,   ///< a dependency is missing, or no child could be started: tried again at the next start
        Crashed,  ///< signal, exit, abort: to be quarantined
        Hung      ///< twice over the time limit: to be quarantined
    };
    Outcome outcome = Outcome::NotNow;
    std::string sentence;  ///< empty when accepted
    DescriptorFacts descriptor;
    std::vector<Contribution> contributions;
    int childrenStarted = 0;
};

Admission admit(const LibraryFile& file, const Manifest& manifest, const std::string& sha256,
                const AdmissionSettings& settings);

}  // namespace latent::engine
