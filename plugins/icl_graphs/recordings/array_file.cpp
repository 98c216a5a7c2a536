// SPDX-License-Identifier: Apache-2.0
#include "recordings/array_file.hpp"

#include <array>
#include <fstream>
#include <latent/error.hpp>

namespace icl_graphs {

std::int64_t ArrayInfo::count() const {
    std::int64_t n = 1;
    for (const std::int64_t length : shape) n *= length;
    return n;
}

void ArrayFile::refuse(const std::string& why) const {
    throw latent::RunError("'" + m_path.string() + "' cannot be read: " + why + ".");
}

const ArrayInfo& ArrayFile::info(const std::string& name) const {
    const auto found = m_arrays.find(name);
    if (found == m_arrays.end()) {
        std::string known;
        for (const auto& [other, info] : m_arrays)
            if (known.size() < 200) known += (known.empty() ? "" : ", ") + other;
        refuse("it has no array '" + name + "'" + (known.empty() ? std::string() : "; it has " + known));
    }
    if (!found->second.refusal.empty()) refuse("the array '" + name + "' " + found->second.refusal);
    return found->second;
}

void ArrayFile::read(const std::string& name, const std::vector<std::int64_t>& start,
                     const std::vector<std::int64_t>& count, std::span<float> out) {
    const ArrayInfo& array = info(name);
    std::int64_t elements = 1;
    if (start.size() != array.shape.size() || count.size() != array.shape.size())
        refuse("the array '" + name + "' has " + std::to_string(array.shape.size()) +
               " dimensions, which is not what is asked for");
    for (std::size_t d = 0; d < start.size(); ++d) {
        if (start[d] < 0 || count[d] < 0 || count[d] > array.shape[d] || start[d] > array.shape[d] - count[d])
            refuse("the array '" + name + "' does not reach as far as is asked for");
        elements *= count[d];
    }
    if (elements != static_cast<std::int64_t>(out.size()))
        throw latent::UsageError("ArrayFile::read: the box and its place differ in size.");
    if (elements > 0) readBox(name, array, start, count, out);
}

std::vector<float> ArrayFile::floats(const std::string& name, std::int64_t most) {
    const ArrayInfo& array = info(name);
    if (array.count() > most)
        refuse("the array '" + name + "' has " + std::to_string(array.count()) + " numbers; at most " +
               std::to_string(most) + " are read at once");
    std::vector<float> values(static_cast<std::size_t>(array.count()));
    read(name, std::vector<std::int64_t>(array.shape.size(), 0), array.shape, values);
    return values;
}

std::vector<std::int64_t> ArrayFile::integers(const std::string& name, std::int64_t most) {
    const ArrayInfo& array = info(name);
    if (isFloating(array.type)) refuse("the array '" + name + "' must hold whole numbers");
    if (array.count() > most)
        refuse("the array '" + name + "' has " + std::to_string(array.count()) + " numbers; at most " +
               std::to_string(most) + " are read at once");
    std::vector<std::int64_t> values(static_cast<std::size_t>(array.count()));
    if (!values.empty()) readIntegers(name, array, values);
    return values;
}

std::unique_ptr<ArrayFile> openArrayFile(const std::filesystem::path& path) {
    std::ifstream in(path, std::ios::binary);
    std::array<unsigned char, 8> magic{};
    if (!in || !std::filesystem::is_regular_file(path))
        throw latent::RunError("The file '" + path.string() + "' cannot be read.");
    in.read(reinterpret_cast<char*>(magic.data()), magic.size());
    if (in.gcount() >= 4 && magic[0] == 'P' && magic[1] == 'K') return openNpzFile(path);
    if (in.gcount() == 8 &&
        magic == std::array<unsigned char, 8>{0x89, 'H', 'D', 'F', '\r', '\n', 0x1A, '\n'})
        return openHdf5File(path);
    if (in.gcount() >= 1 && magic[0] == 0x80)
        throw latent::RunError("'" + path.string() +
                               "' looks like a pickle (torch.save), which is never opened because it could "
                               "run code; save it as safetensors, npz or HDF5.");
    if (in.gcount() >= 6 && magic[0] == 0x93 && magic[1] == 'N')
        throw latent::RunError("'" + path.string() +
                               "' is a single npy array; save it with numpy.savez under its name.");
    return openSafetensorsFile(path);
}

}  // namespace icl_graphs
