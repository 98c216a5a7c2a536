// SPDX-License-Identifier: Apache-2.0
#pragma once
// A cube a few lines at a time, with the bands that are used only. The memory that this takes does not depend
// on its length.
//
// A slab of kSlabBytes stays in the last cache from the moment it is read until its result is written, and a
// piece of it in the second one through all that is computed of it: what limits a pass is moving the cube
// once, as for a copy. Where lines are best read together (`linesTogether`: chunks, pieces of planes), a slab has
// all of them and is larger, up to 64 MB or one line. Two slabs are on their way, each with what comes of it:
// as much again for the corrected spectra, for the kept bands where some are left out, and for the cube by the
// hard mask; so four to eight times a slab. While helping threads compute a slab, the calling one hands on the slab before and
// reads the next; it alone touches files, which HDF5 asks for.
//
//     const Bands bands = chooseBands(cube, {});
//     forEachSlab(cube, bands, threads, kSlabBytes, task);

#include <functional>

#include "data/cube.hpp"

namespace hyperspectral_shadows {

inline constexpr std::size_t kSlabBytes = std::size_t{8} << 20;
/// However many lines are stored together.
inline constexpr std::size_t kMostSlabBytes = std::size_t{64} << 20;

/// The bands that are used, in rising order.
struct Bands {
    std::vector<std::size_t> kept;
    std::vector<double> wavelengthNm;  ///< of the kept ones; their numbers where the cube has no wavelengths
    std::string words;                 ///< what was left out and why; empty when nothing was
    bool all = true;
};

/// Leaves out bands that the header calls bad, that lie outside [lowNm, highNm], or that have no number in more than half of the
/// pixels of four to sixteen pieces (lines, or all chunks at a place) that are spread over the image. Throws when fewer than two are
/// left.
Bands chooseBands(CubeReader& cube, std::optional<double> lowNm = {}, std::optional<double> highNm = {});

struct SlabView {
    std::int64_t first, count;  ///< lines
    const float* x;             ///< [count × samples, kept bands]; a pixel that lacks a number has NaN
    std::size_t pixels;
};

/// What is done with slabs. Two are on their way at once; `turn`, 0 or 1, says which of two sets of buffers a
/// slab uses. begin() and end() run on the calling thread, slab by slab. Spectra are there
/// in piece() and end() only.
class SlabTask {
  public:
    virtual ~SlabTask() = default;
    /// Makes room for what comes of a slab.
    virtual void begin(const SlabView& slab, int turn) = 0;
    /// Pixels first … first + count − 1 of a slab, on any thread; results must not depend on how a slab is cut.
    virtual void piece(const SlabView& slab, int turn, std::size_t first, std::size_t count) = 0;
    /// The slab is done; false stops.
    virtual bool end(const SlabView& slab, int turn) = 0;
};

/// Slabs of about `bytes`, more where the file stores more lines together. None has lines of two rows that the reader
/// keeps (`keptLines`), and a row ends before the next is read. False when the task stopped it.
bool forEachSlab(CubeReader& cube, const Bands& bands, int threads, std::size_t bytes, SlabTask& task);

/// Lines by rising number, with all their bands, to `body(index in lines, values)`. Those that the file stores
/// together are read at once (up to kMostSlabBytes, or one line): line by line a chunk would be unpacked as often
/// as it has lines. False when the body said so.
bool forEachLine(CubeReader& cube, const std::vector<std::int64_t>& lines,
                 const std::function<bool(std::size_t, const float*)>& body);

/// What lies beside the radiance: CubeReader::readUnshadowed or CubeReader::readUncertainty.
using ReadBeside = bool (CubeReader::*)(std::int64_t first, std::int64_t count, float* out);
/// Lines first … first + count − 1 of it into `out` [count × samples, kept bands]. False where the cube has none.
bool readBeside(CubeReader& cube, ReadBeside what, const Bands& bands, std::int64_t first, std::int64_t count,
                std::vector<float>& out);

/// From all bands to the kept ones, into the same place if that is wanted; and back with NaN in the others.
void compact(const float* all, std::size_t pixels, std::size_t bands, const Bands& kept, float* out);
void expand(const float* kept, std::size_t pixels, std::size_t bands, const Bands& which, float* out);

}  // namespace hyperspectral_shadows
