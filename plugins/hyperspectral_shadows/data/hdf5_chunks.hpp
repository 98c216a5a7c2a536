// SPDX-License-Identifier: Apache-2.0
#pragma once
// How a dataset is cut into chunks, and how they are packed and unpacked once although lines come a few at a time.
//
// libhdf5 unpacks a chunk for each call that reads a part of it, and packs it again for each that writes one,
// unless its cache holds the chunk; that cache has 1 MB where nobody asks for more, and for a chunk that was
// deflated takes up to twice what the values do. So whoever moves lines keeps a row of chunks himself. A chunk that
// reaches beyond the last line, sample or band is unpacked before it is written all the same. One thread.
//
//     const std::int64_t lines = linesOfPackedRow(set, 0);

#include <cstdint>
#include <vector>

#include "data/cube.hpp"
#include "data/hdf5_id.hpp"

namespace hyperspectral_shadows {

/// How many values along each dimension are in a chunk; empty where the dataset has none.
std::vector<std::int64_t> chunkOf(hid_t dataset);

/// Whether any filter packs its chunks.
bool isPacked(hid_t dataset);

/// Bytes of the chunks that hold a part of one line, unpacked, `axis` being that of lines. 0 where there are no
/// chunks, or where they are too many to be counted.
std::size_t bytesOfChunkRow(hid_t dataset, int axis);

/// Lines of such a row, where it is packed (any filter), has more than one line, and fits as float32 into
/// kMostKeptBytes; else 0.
std::int64_t linesOfPackedRow(hid_t dataset, int axis);

/// How H5Dopen2 is asked for room in libhdf5's cache for a row of its chunks as they lie in the file: for small values
/// of which any part may be asked for. None where a row takes more than kMostKeptBytes, or there are no chunks. The
/// dataset has to be closed before: libhdf5 has one cache for all that have it open.
Hdf5Id accessKeepingRows(hid_t dataset, int axis);

}  // namespace hyperspectral_shadows
