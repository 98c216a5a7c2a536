// SPDX-License-Identifier: Apache-2.0
#include "data/hdf5_chunks.hpp"

#include <algorithm>
#include <bit>

namespace hyperspectral_shadows {
namespace {

struct ChunkRow {
    std::size_t bytes = 0;
    std::size_t slots = 1;  ///< for which libhdf5's table of chunks puts no two of the dataset into one place
};

std::vector<std::int64_t> shapeOf(hid_t dataset) {
    const Hdf5Id space(H5Dget_space(dataset), H5Sclose);
    hsize_t sizes[H5S_MAX_RANK] = {};
    const int rank = space ? H5Sget_simple_extent_dims(space.get(), sizes, nullptr) : 0;
    return {sizes, sizes + std::max(rank, 0)};
}

ChunkRow chunkRow(hid_t dataset, int axis) {
    constexpr std::size_t kMostBytes = std::size_t{1} << 40, kMostSlots = std::size_t{1} << 20;
    const std::vector<std::int64_t> shape = shapeOf(dataset), chunk = chunkOf(dataset);
    if (chunk.empty() || chunk.size() != shape.size()) return {};
    const Hdf5Id type(H5Dget_type(dataset), H5Tclose);
    ChunkRow row{H5Tget_size(type.get()), 1};
    for (std::size_t i = 0; i < chunk.size(); ++i) {
        if (shape[i] <= 0 || chunk[i] <= 0) return {};
        const auto chunks = static_cast<std::size_t>((shape[i] - 1) / chunk[i] + 1),
                   across = i == static_cast<std::size_t>(axis) ? 1 : chunks,
                   values = static_cast<std::size_t>(chunk[i]);
        for (const std::size_t factor : {values, across}) {
            if (row.bytes == 0 || factor > kMostBytes / row.bytes) return {};
            row.bytes *= factor;
        }
        // The place is made of the chunk's numbers along the dimensions, in whole bits each.
        row.slots = std::min(kMostSlots, row.slots * std::bit_ceil(std::min(chunks, kMostSlots)));
    }
    return row;
}

}  // namespace

std::vector<std::int64_t> chunkOf(hid_t dataset) {
    const Hdf5Id list(H5Dget_create_plist(dataset), H5Pclose);
    hsize_t sizes[H5S_MAX_RANK] = {};
    if (!list || H5Pget_layout(list.get()) != H5D_CHUNKED) return {};
    const int rank = H5Pget_chunk(list.get(), H5S_MAX_RANK, sizes);
    return {sizes, sizes + std::max(rank, 0)};
}

bool isPacked(hid_t dataset) {
    const Hdf5Id list(H5Dget_create_plist(dataset), H5Pclose);
    return list && H5Pget_nfilters(list.get()) > 0;
}

std::size_t bytesOfChunkRow(hid_t dataset, int axis) { return chunkRow(dataset, axis).bytes; }

std::int64_t linesOfPackedRow(hid_t dataset, int axis) {
    const std::vector<std::int64_t> shape = shapeOf(dataset), chunk = chunkOf(dataset);
    if (chunk.size() != shape.size() || chunk.empty() || !isPacked(dataset)) return 0;
    const auto at = static_cast<std::size_t>(axis);
    const std::int64_t lines = std::min(chunk[at], shape[at]);
    std::size_t values = static_cast<std::size_t>(std::max<std::int64_t>(lines, 0));
    for (std::size_t i = 0; i < shape.size(); ++i) {
        if (i == at) continue;
        const auto across = static_cast<std::size_t>(std::max<std::int64_t>(shape[i], 1));
        if (values > kMostKeptBytes / sizeof(float) / across) return 0;
        values *= across;
    }
    return lines > 1 ? lines : 0;
}

Hdf5Id accessKeepingRows(hid_t dataset, int axis) {
    const ChunkRow row = chunkRow(dataset, axis);
    if (row.bytes == 0 || row.bytes > kMostKeptBytes) return {};
    Hdf5Id access(H5Pcreate(H5P_DATASET_ACCESS), H5Pclose);
    // What was read or written whole goes first.
    H5Pset_chunk_cache(access.get(), row.slots, row.bytes, 1.0);
    return access;
}

}  // namespace hyperspectral_shadows
