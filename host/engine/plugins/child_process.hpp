// SPDX-License-Identifier: Apache-2.0
#pragma once
// Starts the admission child and collects what it says, within a time limit and under Ctrl-C.
//
// The child gets exactly five descriptors: nothing to read, nowhere to print, a pipe for stderr, the library, a pipe for
// its answers. It leads its own process group, which is killed when time is up or a signal waits. Blocks the caller; any
// one thread at a time.
//
//     const InterruptHold hold;                       // Ctrl-C waits until this scope has cleaned up
//     const ChildEnd end = runChild({program, arguments, file.descriptor(), std::chrono::seconds(10)});
//     if (end.timedOut) …

#include <signal.h>

#include <chrono>
#include <filesystem>
#include <string>
#include <vector>

namespace latent::engine {

/// Blocks SIGINT, SIGTERM and SIGHUP in this thread for a scope; they arrive at its end.
class InterruptHold {
  public:
    InterruptHold();
    ~InterruptHold();
    InterruptHold(const InterruptHold&) = delete;
    InterruptHold& operator=(const InterruptHold&) = delete;
    static bool waiting();

  private:
    sigset_t m_before;
};

/// Set in the environment of every such child.
inline constexpr const char* kAdmissionMark = "LATENT_ADMISSION_CHILD";

struct ChildStart {
    std::filesystem::path program;
    std::vector<std::string> arguments;  ///< without the program itself
    int library = -1;
    std::chrono::milliseconds timeout{0};
    std::size_t maxAnswerBytes = 32u << 20;
};

struct ChildEnd {
    int startError = 0;  ///< errno when no child came to be
    bool timedOut = false;
    bool interrupted = false;
    bool tooLong = false;  ///< said more than maxAnswerBytes
    int status = 0;        ///< as from waitpid
    std::string answer;
    std::string lastWords;  ///< the last line of its stderr, made printable
};

ChildEnd runChild(const ChildStart& start);

}  // namespace latent::engine
