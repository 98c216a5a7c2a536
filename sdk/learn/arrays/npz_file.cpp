// SPDX-License-Identifier: Apache-2.0
// Archives of numpy.savez: a zip (also zip64) of npy members, stored or deflated. Pickled arrays are named
// and never opened.
#include <algorithm>
#include <latent/error.hpp>
#include <optional>
#include <set>

#include "numpy_file.hpp"
#include "zip_records.hpp"

namespace latent::learn {
namespace {

constexpr std::uint64_t kMostComment = 65'535, kMostEntries = 100'000, kMostDirectory = 64'000'000;
constexpr std::uint64_t kMostRatio = 1100;  // deflate cannot give more than 1032 bytes for one

std::uint64_t number(std::span<const std::byte> bytes, std::size_t at, std::size_t size) {
    std::uint64_t value = 0;
    for (std::size_t i = size; i-- > 0;) value = value << 8 | std::to_integer<std::uint64_t>(bytes[at + i]);
    return value;
}

struct Member {
    std::string name;
    std::uint64_t method = 0, compressed = 0, size = 0, local = 0;
};

class NpzFile final : public NumpyFile {
  public:
    explicit NpzFile(const std::filesystem::path& path)
        : NumpyFile(path), m_file(std::make_shared<FileHandle>(path)) {
        for (const Member& member : directory()) add(member);
    }

  private:
    std::vector<std::byte> bytesAt(std::uint64_t offset, std::uint64_t size) const {
        if (offset > m_file->size() || size > m_file->size() - offset)
            refuse("its directory points outside of the file, which may be cut off");
        std::vector<std::byte> bytes(static_cast<std::size_t>(size));
        m_file->read(offset, bytes);
        return bytes;
    }

    std::vector<Member> directory() const {
        const std::uint64_t size = m_file->size(), tailBytes = std::min(size, zip::kEndBytes + kMostComment);
        if (size < zip::kEndBytes) refuse("it is too short for an npz archive");
        const std::vector<std::byte> tail = bytesAt(size - tailBytes, tailBytes);
        std::optional<std::size_t> found;
        for (std::size_t at = tail.size() - zip::kEndBytes + 1; at-- > 0 && !found;)
            if (number(tail, at, 4) == zip::kEnd &&
                at + zip::kEndBytes + number(tail, at + 20, 2) == tail.size())
                found = at;
        if (!found) refuse("it has no zip directory at its end, so it is cut off or no npz archive");
        std::uint64_t entries = number(tail, *found + 10, 2), bytes = number(tail, *found + 12, 4),
                      offset = number(tail, *found + 16, 4);
        const std::uint64_t endAt = size - tailBytes + *found;
        if (entries == 0xFFFF || bytes == 0xFFFFFFFF || offset == 0xFFFFFFFF) {
            if (endAt < 20) refuse("its zip64 directory is missing");
            const auto locator = bytesAt(endAt - 20, 20);
            if (number(locator, 0, 4) != zip::kLocator64) refuse("its zip64 directory is missing");
            const auto end = bytesAt(number(locator, 8, 8), 56);
            if (number(end, 0, 4) != zip::kEnd64) refuse("its zip64 directory is missing");
            entries = number(end, 32, 8), bytes = number(end, 40, 8), offset = number(end, 48, 8);
        }
        if (entries > kMostEntries || bytes > kMostDirectory)
            refuse("its directory would be larger than that of any recording");
        const auto directory = bytesAt(offset, bytes);
        std::vector<Member> members;
        std::set<std::string> names;
        std::size_t at = 0;
        for (std::uint64_t e = 0; e < entries; ++e) {
            if (directory.size() - at < zip::kEntryBytes || number(directory, at, 4) != zip::kEntry)
                refuse("its directory is damaged");
            const std::size_t nameBytes = number(directory, at + 28, 2),
                              extraBytes = number(directory, at + 30, 2),
                              comment = number(directory, at + 32, 2);
            if (directory.size() - at - zip::kEntryBytes < nameBytes + extraBytes + comment)
                refuse("its directory is damaged");
            Member m{std::string(reinterpret_cast<const char*>(directory.data() + at + zip::kEntryBytes),
                                 nameBytes),
                     number(directory, at + 10, 2), number(directory, at + 20, 4),
                     number(directory, at + 24, 4), number(directory, at + 42, 4)};
            if ((number(directory, at + 8, 2) & 1) != 0) refuse("'" + m.name + "' in it is encrypted");
            widen(m, std::span(directory).subspan(at + zip::kEntryBytes + nameBytes, extraBytes));
            if (!names.insert(m.name).second) refuse("'" + m.name + "' is in it twice");
            members.push_back(std::move(m));
            at += zip::kEntryBytes + nameBytes + extraBytes + comment;
        }
        return members;
    }

    /// Sizes that do not fit in 32 bits stand in the extra field 1.
    void widen(Member& m, std::span<const std::byte> extra) const {
        while (extra.size() >= 4) {
            const std::uint64_t id = number(extra, 0, 2), size = number(extra, 2, 2);
            if (size > extra.size() - 4) return;
            if (id == 1) {
                std::size_t at = 4;
                for (std::uint64_t* value : {&m.size, &m.compressed, &m.local})
                    if (*value == 0xFFFFFFFF) {
                        if (at + 8 > 4 + size) refuse("the sizes of '" + m.name + "' are missing");
                        *value = number(extra, at, 8);
                        at += 8;
                    }
                return;
            }
            extra = extra.subspan(4 + static_cast<std::size_t>(size));
        }
    }

    void add(const Member& member) {
        if (member.name.size() <= 4 || member.name.substr(member.name.size() - 4) != ".npy") {
            m_arrays[member.name] = {{}, Element::U8, "is no npy array"};
            return;
        }
        const std::string name = member.name.substr(0, member.name.size() - 4);
        const auto local = bytesAt(member.local, zip::kLocalBytes);
        if (number(local, 0, 4) != zip::kLocal)
            refuse("the array '" + name + "' is not where the directory says");
        const std::uint64_t start =
            member.local + zip::kLocalBytes + number(local, 26, 2) + number(local, 28, 2);
        if (start > m_file->size() || member.compressed > m_file->size() - start)
            refuse("the array '" + name + "' reaches beyond the end of the file");
        if (member.method == 0) {
            if (member.compressed != member.size) refuse("the array '" + name + "' has two sizes");
            addNpy(name, plainBytes(m_file, start, member.size));
        } else if (member.method == 8) {
            if (member.size / kMostRatio > member.compressed)
                refuse("the array '" + name + "' claims to be larger than its compressed data can be");
            addNpy(name, inflatedBytes(m_file, start, member.compressed, member.size));
        } else {
            refuse("the array '" + name + "' is compressed by a method that numpy does not use");
        }
    }

    std::shared_ptr<const FileHandle> m_file;
};

}  // namespace

std::unique_ptr<ArrayFile> openNpzFile(const std::filesystem::path& path) {
    return std::make_unique<NpzFile>(path);
}

}  // namespace latent::learn
