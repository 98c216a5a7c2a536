// SPDX-License-Identifier: Apache-2.0
#include "data/hdf5_handle.hpp"

#include <algorithm>
#include <cstring>

namespace concept_space {
namespace {

constexpr std::size_t kMostNames = 1000, kLongestText = 1 << 16;

Hdf5Shape refusedShape(std::string why) {
    Hdf5Shape shape;
    shape.refusal = std::move(why);
    return shape;
}

Hdf5Shape::Kind kindOf(hid_t type) {
    const std::size_t size = H5Tget_size(type);
    switch (H5Tget_class(type)) {
        case H5T_FLOAT:
            return size == 2 || size == 4 || size == 8 ? Hdf5Shape::Kind::Floats : Hdf5Shape::Kind::Other;
        case H5T_INTEGER:
            return size == 1 && H5Tget_sign(type) == H5T_SGN_NONE ? Hdf5Shape::Kind::Bytes
                   : size <= 8                                    ? Hdf5Shape::Kind::WholeNumbers
                                                                  : Hdf5Shape::Kind::Other;
        case H5T_ENUM:  // NumPy's booleans
            return size == 1 ? Hdf5Shape::Kind::WholeNumbers : Hdf5Shape::Kind::Other;
        default:
            return Hdf5Shape::Kind::Other;
    }
}

std::vector<std::string> wordsOf(const std::string& text) {
    std::vector<std::string> words;
    for (std::size_t from = 0; from <= text.size() && words.size() <= kMostNames;) {
        const std::size_t to = std::min(text.find(',', from), text.size());
        const std::size_t first = text.find_first_not_of(' ', from),
                          last = text.find_last_not_of(' ', to - 1);
        words.push_back(first < to ? text.substr(first, last - first + 1) : "");
        from = to + 1;
    }
    return words;
}

}  // namespace

Hdf5Shape shapeOf(hid_t dataset) {
    const Hdf5Handle space(H5Dget_space(dataset), H5Sclose), type(H5Dget_type(dataset), H5Tclose),
        made(H5Dget_create_plist(dataset), H5Pclose);
    const int rank = space < 0 ? -1 : H5Sget_simple_extent_ndims(space);
    if (type < 0 || made < 0 || rank < 0 || rank > H5S_MAX_RANK) return refusedShape("is damaged");
    if (H5Pget_external_count(made) > 0 || H5Pget_layout(made) == H5D_VIRTUAL)
        return refusedShape("lies in other files, which are not opened; make a copy with h5repack");
    for (int f = 0; f < H5Pget_nfilters(made); ++f) {
        unsigned flags = 0;
        std::size_t values = 0;
        const H5Z_filter_t filter =
            H5Pget_filter2(made, static_cast<unsigned>(f), &flags, &values, nullptr, 0, nullptr, nullptr);
        if (filter < 0 || H5Zfilter_avail(filter) <= 0)
            return refusedShape("is compressed by a filter that is not part of HDF5; write it with gzip");
    }
    Hdf5Shape shape;
    hsize_t extent[H5S_MAX_RANK] = {}, chunk[H5S_MAX_RANK] = {};
    H5Sget_simple_extent_dims(space, extent, nullptr);
    if (H5Pget_layout(made) == H5D_CHUNKED && H5Pget_chunk(made, H5S_MAX_RANK, chunk) != rank)
        return refusedShape("is damaged");
    for (int d = 0; d < rank; ++d) {
        if (extent[d] > hsize_t{1} << 32) return refusedShape("is longer than any set of images");
        shape.extent.push_back(static_cast<std::int64_t>(extent[d]));
        if (chunk[0] > 0) shape.chunk.push_back(static_cast<std::int64_t>(chunk[d]));
    }
    shape.kind = kindOf(type);
    std::size_t together = shape.elementBytes = H5Tget_size(type);
    for (const std::int64_t length : shape.chunk) {
        if (together > kMostChunkBytes / static_cast<std::size_t>(std::max<std::int64_t>(1, length)))
            return refusedShape("is stored in chunks of more than 256 megabytes");
        together *= static_cast<std::size_t>(std::max<std::int64_t>(1, length));
    }
    return shape;
}

std::vector<std::string> namesIn(hid_t dataset, const char* attribute) {
    if (H5Aexists(dataset, attribute) <= 0) return {};
    const Hdf5Handle it(H5Aopen(dataset, attribute, H5P_DEFAULT), H5Aclose);
    const Hdf5Handle type(H5Aget_type(it), H5Tclose), space(H5Aget_space(it), H5Sclose);
    const hssize_t count = space < 0 ? -1 : H5Sget_simple_extent_npoints(space);
    if (type < 0 || H5Tget_class(type) != H5T_STRING || count < 1 ||
        count > static_cast<hssize_t>(kMostNames))
        return {};
    std::vector<std::string> names;
    const Hdf5Handle memory(H5Tcopy(H5T_C_S1), H5Tclose);
    H5Tset_cset(memory, H5Tget_cset(type));
    if (H5Tis_variable_str(type) > 0) {
        H5Tset_size(memory, H5T_VARIABLE);
        std::vector<char*> texts(static_cast<std::size_t>(count), nullptr);
        if (H5Aread(it, memory, texts.data()) < 0) return {};
        const bool tooLong = std::any_of(texts.begin(), texts.end(), [](const char* text) {
            return text && strnlen(text, kLongestText) == kLongestText;
        });
        if (!tooLong)
            for (const char* text : texts) names.emplace_back(text ? text : "");
        H5Dvlen_reclaim(memory, space, H5P_DEFAULT, texts.data());
        if (tooLong) return {};
    } else {
        const std::size_t size = H5Tget_size(type) + 1;
        if (size > kLongestText) return {};
        H5Tset_size(memory, size);
        std::vector<char> texts(size * static_cast<std::size_t>(count), '\0');
        if (H5Aread(it, memory, texts.data()) < 0) return {};
        for (std::size_t i = 0; i < static_cast<std::size_t>(count); ++i)
            names.emplace_back(texts.data() + i * size);
    }
    return names.size() == 1 ? wordsOf(names.front()) : names;
}

}  // namespace concept_space
