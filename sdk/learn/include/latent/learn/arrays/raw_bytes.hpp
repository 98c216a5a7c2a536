// SPDX-License-Identifier: Apache-2.0
#pragma once
// Bytes at offsets of a file, or of a deflated part of it, and boxes of dense arrays in them: what readers of
// formats are made of.
//
// Errors are latent::RunError; what is wrong with the bytes of one array is a ReadFault, of which ArrayFile makes a
// refusal that names file and array. One thread at a time.
//
//     auto bytes = plainBytes(std::make_shared<FileHandle>(path), dataStart, dataBytes);
//     readDenseBox(*bytes, {offset}, info, {12, 0, 0}, {1, 10, 10}, out);

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <latent/error.hpp>
#include <latent/learn/arrays/array_file.hpp>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace latent::learn {

/// "An array is cut off.", and as a reason what follows "the array 'x' ": "is cut off".
class ReadFault : public RunError {
  public:
    explicit ReadFault(const std::string& reason) : RunError("An array " + reason + "."), m_reason(reason) {}
    const std::string& reason() const { return m_reason; }

  private:
    std::string m_reason;
};

/// An open file: its descriptor, and its length when it was opened.
class FileHandle {
  public:
    explicit FileHandle(const std::filesystem::path& path);
    ~FileHandle();
    FileHandle(const FileHandle&) = delete;
    FileHandle& operator=(const FileHandle&) = delete;
    std::uint64_t size() const { return m_size; }
    /// Throws when the file ends before.
    void read(std::uint64_t offset, std::span<std::byte> out) const;
    const std::filesystem::path& path() const { return m_path; }

  private:
    std::filesystem::path m_path;
    int m_descriptor = -1;
    std::uint64_t m_size = 0;
};

/// Bytes that may come from anywhere. Small reads go through a window, so that reading forward element by
/// element is not slow.
class RawBytes {
  public:
    virtual ~RawBytes() = default;
    virtual std::uint64_t size() const = 0;
    void read(std::uint64_t offset, std::span<std::byte> out);

  protected:
    virtual void fetch(std::uint64_t offset, std::span<std::byte> out) = 0;

  private:
    std::vector<std::byte> m_window;
    std::uint64_t m_at = 0;
};

/// A part of a file as it is.
std::unique_ptr<RawBytes> plainBytes(std::shared_ptr<const FileHandle> file, std::uint64_t start,
                                     std::uint64_t size);
/// A deflated part (zip's method 8) that gives `size` bytes. Reading forward inflates on; reading backward
/// begins again.
std::unique_ptr<RawBytes> inflatedBytes(std::shared_ptr<const FileHandle> file, std::uint64_t start,
                                        std::uint64_t compressed, std::uint64_t size);

/// A dense array in bytes, first element at `offset`; `fortran`: the first index runs fastest.
struct DenseLayout {
    std::uint64_t offset = 0;
    bool fortran = false;
};
void readDenseBox(RawBytes& bytes, const DenseLayout& layout, const ArrayInfo& info,
                  const std::vector<std::int64_t>& start, const std::vector<std::int64_t>& count,
                  std::span<float> out);
void readDenseBox(RawBytes& bytes, const DenseLayout& layout, const ArrayInfo& info,
                  const std::vector<std::int64_t>& start, const std::vector<std::int64_t>& count,
                  std::span<double> out);
void readDenseIntegers(RawBytes& bytes, const DenseLayout& layout, const ArrayInfo& info,
                       std::span<std::int64_t> out);

}  // namespace latent::learn
