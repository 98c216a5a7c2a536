// SPDX-License-Identifier: Apache-2.0
#include <latent/error.hpp>
#include <latent/learn/arrays/array_file.hpp>
#include <latent/learn/arrays/raw_bytes.hpp>

namespace latent::learn {

std::int64_t ArrayInfo::count() const {
    std::int64_t n = 1;
    for (const std::int64_t length : shape) n *= length;
    return n;
}

void ArrayFile::refuse(const std::string& why) const {
    throw RunError("'" + m_path.string() + "' cannot be read: " + why + ".");
}

void ArrayFile::naming(const std::string& array, const std::function<void()>& read) const {
    try {
        read();
    } catch (const ReadFault& fault) {
        refuse("the array '" + array + "' " + fault.reason());
    }
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

template <class T>
void ArrayFile::readChecked(const std::string& name, const std::vector<std::int64_t>& start,
                            const std::vector<std::int64_t>& count, std::span<T> out) {
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
        throw UsageError("ArrayFile::read: the box and its place differ in size.");
    if (elements > 0) naming(name, [&] { readBox(name, array, start, count, out); });
}

void ArrayFile::read(const std::string& name, const std::vector<std::int64_t>& start,
                     const std::vector<std::int64_t>& count, std::span<float> out) {
    readChecked(name, start, count, out);
}
void ArrayFile::read(const std::string& name, const std::vector<std::int64_t>& start,
                     const std::vector<std::int64_t>& count, std::span<double> out) {
    readChecked(name, start, count, out);
}

const ArrayInfo& ArrayFile::atMost(const std::string& name, std::int64_t most) const {
    const ArrayInfo& array = info(name);
    if (array.count() > most)
        refuse("the array '" + name + "' has " + std::to_string(array.count()) + " numbers; at most " +
               std::to_string(most) + " are read at once");
    return array;
}

std::vector<float> ArrayFile::floats(const std::string& name, std::int64_t most) {
    const ArrayInfo& array = atMost(name, most);
    std::vector<float> values(static_cast<std::size_t>(array.count()));
    read(name, std::vector<std::int64_t>(array.shape.size(), 0), array.shape, std::span(values));
    return values;
}

std::vector<double> ArrayFile::doubles(const std::string& name, std::int64_t most) {
    const ArrayInfo& array = atMost(name, most);
    std::vector<double> values(static_cast<std::size_t>(array.count()));
    read(name, std::vector<std::int64_t>(array.shape.size(), 0), array.shape, std::span(values));
    return values;
}

std::vector<std::int64_t> ArrayFile::integers(const std::string& name, std::int64_t most) {
    if (isFloating(info(name).type)) refuse("the array '" + name + "' must hold whole numbers");
    const ArrayInfo& array = atMost(name, most);
    std::vector<std::int64_t> values(static_cast<std::size_t>(array.count()));
    if (!values.empty()) naming(name, [&] { readIntegers(name, array, values); });
    return values;
}

}  // namespace latent::learn
