// SPDX-License-Identifier: Apache-2.0
#pragma once
// Damaged copies of an HDF5 file that get past the first checks of libhdf5: bytes are edited, then the checksums of the
// superblock and of the object headers are mostly made right again.
//
// Pure values; one Random per thread.
//
//     Random random(17);
//     std::string bytes = mutant(good, random);

#include <cstdint>
#include <random>
#include <string>

using Random = std::mt19937_64;

/// One to eight edits: bytes, words (with values that overflow), moved and cleared blocks, letters of texts; rarely shorter.
std::string edited(std::string bytes, Random& random);

/// `good` edited, and in three cases of four with the checksums of its metadata made to fit.
std::string mutant(const std::string& good, Random& random);

/// The checksum of HDF5's metadata (Bob Jenkins' lookup3, "hashlittle" with start value 0).
std::uint32_t metadataChecksum(std::string_view bytes);
