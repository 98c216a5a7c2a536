// SPDX-License-Identifier: Apache-2.0
#pragma once
// Reads HDF5 files that somebody else wrote, in a child process with limits on memory, processor and wall
// time.
//
// libhdf5 1.10 crashes on some damaged files. The child crashes in our stead: the parent says which file it
// was and goes on. Requests and answers are frames on its standard input and output: a JSON header and raw
// bytes, each with its length. The child is the program that `ReaderChildOptions::command` names (by default
// this very program with the word `reader-child`, which must call readerChildMain). One thread at a time per
// source.
//
//     setReaderChildCommand({"/usr/bin/latent", "reader-child"});          // once, at the start of a program
//     LATENT_TRY(auto source, openInChild(path, {}));                      // an h5::Source like any other
//     int main(…) { if (word == "reader-child") return readerChildMain(0, 1); … }

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "engine/h5/source.hpp"
#include "engine/result.hpp"

namespace latent::engine {

struct ReaderChildOptions {
    std::vector<std::string> command;        ///< empty: the one set for the program
    std::uint64_t memoryBytes = 4ull << 30;  ///< RLIMIT_AS
    unsigned processorSeconds = 60;          ///< RLIMIT_CPU
    double answerSeconds = 30;               ///< wall time for one answer, then the child is killed
    h5::Limits limits;
};

/// Program and first arguments of every reader child of this process.
void setReaderChildCommand(std::vector<std::string> command);

/// Starts a child on one file. The error names the file, and the signal if the child died.
Result<std::unique_ptr<h5::Source>> openInChild(const std::filesystem::path& path,
                                                ReaderChildOptions options = {});

/// What the child runs: answers frames from `in` on `out` until the end of `in`. Returns the exit code.
int readerChildMain(int in, int out);

}  // namespace latent::engine
