// SPDX-License-Identifier: Apache-2.0
#pragma once
// GGUF files for tests, right or wrong, by the words of its specification alone and not by the code under test.
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

/// A GGUF file written piece by piece.
class GgufWriter {
  public:
    template <class T>
    GgufWriter& put(T value) {
        m_bytes.append(reinterpret_cast<const char*>(&value), sizeof value);
        return *this;
    }
    GgufWriter& text(const std::string& t) {
        put<std::uint64_t>(t.size());
        m_bytes += t;
        return *this;
    }
    GgufWriter& size(const std::string& key, std::uint32_t value) {
        return text(key).put<std::uint32_t>(4).put(value);
    }
    GgufWriter& word(const std::string& key, const std::string& value) {
        return text(key).put<std::uint32_t>(8).text(value);
    }
    GgufWriter& words(const std::string& key, const std::vector<std::string>& all) {
        text(key).put<std::uint32_t>(9).put<std::uint32_t>(8).put<std::uint64_t>(all.size());
        for (const std::string& one : all) text(one);
        return *this;
    }
    GgufWriter& tensor(const std::string& name, const std::vector<std::uint64_t>& shape, std::uint32_t type,
                       std::uint64_t offset) {
        text(name).put(static_cast<std::uint32_t>(shape.size()));
        for (const std::uint64_t n : shape) put(n);
        return put(type).put(offset);
    }
    /// Zeros up to a multiple of 32, where the weights begin.
    GgufWriter& align() {
        m_bytes.resize((m_bytes.size() + 31) / 32 * 32, '\0');
        return *this;
    }
    GgufWriter& raw(const std::string& bytes) {
        m_bytes += bytes;
        return *this;
    }
    void save(const std::filesystem::path& path) const { std::ofstream(path, std::ios::binary) << m_bytes; }

  private:
    std::string m_bytes;
};
