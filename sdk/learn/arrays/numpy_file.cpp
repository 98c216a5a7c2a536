// SPDX-License-Identifier: Apache-2.0
#include "numpy_file.hpp"

#include <algorithm>
#include <array>
#include <fstream>
#include <latent/error.hpp>
#include <latent/learn/arrays/npy_header.hpp>

namespace latent::learn {
namespace {

constexpr std::uint64_t kMostHead = 1'000'000;  // bytes before the first element

class NpyFile final : public NumpyFile {
  public:
    explicit NpyFile(const std::filesystem::path& path) : NumpyFile(path) {
        auto file = std::make_shared<const FileHandle>(path);
        const std::uint64_t size = file->size();
        addNpy("array", plainBytes(std::move(file), 0, size));
    }
};

}  // namespace

void NumpyFile::addNpy(const std::string& name, std::unique_ptr<RawBytes> bytes) {
    std::string head(static_cast<std::size_t>(std::min<std::uint64_t>(12, bytes->size())), '\0');
    const auto read = [&] { bytes->read(0, std::as_writable_bytes(std::span(head))); };
    naming(name, read);
    const auto offset = npyDataOffset(head);
    if (!offset || *offset > kMostHead || *offset > bytes->size())
        refuse("the array '" + name + "' has no npy header");
    head.resize(static_cast<std::size_t>(*offset));
    naming(name, read);
    auto header = readNpyHeader(head);
    if (!header) refuse("the npy header of '" + name + "' is damaged");
    ArrayInfo& info = header->info;
    if (info.refusal.empty() && header->bigEndian)
        info.refusal =
            "is of a big-endian type ('>f4' and the like), which is not read; save it with astype('<f4')";
    if (info.refusal.empty()) {
        std::uint64_t expected = sizeOf(info.type);
        for (const std::int64_t length : info.shape)
            if (__builtin_mul_overflow(expected, static_cast<std::uint64_t>(length), &expected))
                refuse("the array '" + name + "' is larger than any memory");
        if (expected != bytes->size() - *offset)
            refuse("the array '" + name + "' does not have the bytes that its shape needs");
    }
    m_stored[name] = {std::move(bytes), {*offset, header->fortran}};
    m_arrays[name] = std::move(info);
}

void NumpyFile::readBox(const std::string& name, const ArrayInfo& info,
                        const std::vector<std::int64_t>& start, const std::vector<std::int64_t>& count,
                        std::span<float> out) {
    readDenseBox(*m_stored.at(name).bytes, m_stored.at(name).layout, info, start, count, out);
}
void NumpyFile::readBox(const std::string& name, const ArrayInfo& info,
                        const std::vector<std::int64_t>& start, const std::vector<std::int64_t>& count,
                        std::span<double> out) {
    readDenseBox(*m_stored.at(name).bytes, m_stored.at(name).layout, info, start, count, out);
}
void NumpyFile::readIntegers(const std::string& name, const ArrayInfo& info, std::span<std::int64_t> out) {
    readDenseIntegers(*m_stored.at(name).bytes, m_stored.at(name).layout, info, out);
}

std::unique_ptr<ArrayFile> openNpyFile(const std::filesystem::path& path) {
    return std::make_unique<NpyFile>(path);
}

std::unique_ptr<ArrayFile> openNumpyFile(const std::filesystem::path& path) {
    std::array<char, 6> magic{};
    std::ifstream in(path, std::ios::binary);
    if (!in || !std::filesystem::is_regular_file(path))
        throw RunError("The file '" + path.string() + "' cannot be read.");
    in.read(magic.data(), magic.size());
    if (in.gcount() >= 2 && magic[0] == 'P' && magic[1] == 'K') return openNpzFile(path);
    if (in.gcount() == 6 && std::string_view(magic.data(), 6) == "\x93NUMPY") return openNpyFile(path);
    if (in.gcount() >= 1 && static_cast<unsigned char>(magic[0]) == 0x80)
        throw RunError("'" + path.string() +
                       "' looks like a pickle, which is never opened because it could run code; save it with "
                       "numpy.savez.");
    throw RunError("'" + path.string() + "' is neither an npz archive nor an npy array of NumPy.");
}

}  // namespace latent::learn
