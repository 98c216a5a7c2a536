// SPDX-License-Identifier: Apache-2.0
#pragma once
// A folder for the files that one fuzzer rewrites for every input: in memory where the system has such a place, gone
// when the program ends. One thread.
//
//     static const ScratchFolder folder;
//     folder.write("control/0001.json", bytes);

#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <string_view>

class ScratchFolder {
  public:
    ScratchFolder() {
        std::error_code code;
        const std::filesystem::path memory = "/dev/shm";
        const auto base = ::access(memory.c_str(), W_OK) == 0 ? memory : std::filesystem::temp_directory_path();
        m_path = base / ("latent-fuzz-" + std::to_string(::getpid()));
        std::filesystem::create_directories(m_path, code);
    }
    ~ScratchFolder() {
        std::error_code code;
        std::filesystem::remove_all(m_path, code);
    }
    ScratchFolder(const ScratchFolder&) = delete;
    ScratchFolder& operator=(const ScratchFolder&) = delete;

    const std::filesystem::path& path() const { return m_path; }
    /// Replaces the file; its folder exists. Without the engine's care for durability, which costs time here.
    std::filesystem::path write(std::string_view name, std::string_view bytes, const char* mode = "wb") const {
        std::filesystem::path file = m_path / name;
        std::FILE* out = std::fopen(file.c_str(), mode);
        if (!out || std::fwrite(bytes.data(), 1, bytes.size(), out) != bytes.size()) std::abort();
        std::fclose(out);
        return file;
    }

  private:
    std::filesystem::path m_path;
};

/// Ends the program, so that the fuzzer keeps the input: a property that every input has to have does not hold.
inline void require(bool holds, std::string_view what) {
    if (holds) return;
    std::fprintf(stderr, "Property broken: %.*s\n", static_cast<int>(what.size()), what.data());
    std::abort();
}
