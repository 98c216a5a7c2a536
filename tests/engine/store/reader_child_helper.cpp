// SPDX-License-Identifier: Apache-2.0
// The reader child of the tests. With a word it misbehaves: crash, hang, garbage, memory.
#include <unistd.h>

#include <csignal>
#include <string>
#include <vector>

#include "engine/crash_signals.hpp"
#include "engine/store/reader_child.hpp"

int main(int argc, char** argv) {
    const std::string word = argc > 1 ? argv[1] : "";
    if (word == "crash") {
        latent::engine::letCrashesShow();
        std::raise(SIGSEGV);
    }
    if (word == "hang") ::sleep(600);
    if (word == "garbage") {
        const std::string bytes(64, '\xff');
        if (::write(1, bytes.data(), bytes.size()) < 0) return 1;
        ::sleep(600);
    }
    return latent::engine::readerChildMain(0, 1);
}
