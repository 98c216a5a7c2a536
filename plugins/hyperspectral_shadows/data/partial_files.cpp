// SPDX-License-Identifier: Apache-2.0
#include "data/partial_files.hpp"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <random>
#include <vector>

namespace hyperspectral_shadows {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kDigits = 8;
constexpr const char* kEnding = ".partial";
constexpr std::chrono::hours kAbandonedAfter{24};

std::string hexadecimal(std::uint32_t number) {
    char text[16];
    std::snprintf(text, sizeof text, "%08x", number);
    return text;
}

/// Digits that differ with the words (FNV-1a).
std::string tagOf(const std::string& words) {
    std::uint32_t hash = 2166136261U;
    for (const char c : words) hash = (hash ^ static_cast<unsigned char>(c)) * 16777619U;
    return hexadecimal(hash);
}

}  // namespace

PartialFiles::PartialFiles(const std::string& origin)
    : m_before(origin.empty() ? "." : "." + tagOf(origin) + "."),
      m_number(hexadecimal(static_cast<std::uint32_t>(std::random_device()()))) {}

std::string PartialFiles::of(const std::string& path) const { return path + m_before + m_number + kEnding; }

void PartialFiles::removeAbandoned(const std::string& path) const {
    const fs::path whole(path), folder = whole.has_parent_path() ? whole.parent_path() : fs::path(".");
    const std::string before = whole.filename().string() + m_before;
    const auto isDigit = [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); };
    const auto now = fs::file_time_type::clock::now();
    std::vector<fs::path> abandoned;
    std::error_code error;
    for (fs::directory_iterator it(folder, error), end; !error && it != end; it.increment(error)) {
        const std::string name = it->path().filename().string();
        if (name.size() != before.size() + kDigits + std::string(kEnding).size() ||
            name.compare(0, before.size(), before) != 0 || name.substr(before.size() + kDigits) != kEnding ||
            !std::all_of(name.begin() + static_cast<std::ptrdiff_t>(before.size()),
                         name.begin() + static_cast<std::ptrdiff_t>(before.size() + kDigits), isDigit))
            continue;
        std::error_code unknown;
        const auto written = fs::last_write_time(it->path(), unknown);
        if (!unknown && now - written > kAbandonedAfter) abandoned.push_back(it->path());
    }
    for (const fs::path& file : abandoned) fs::remove(file, error);
}

}  // namespace hyperspectral_shadows
