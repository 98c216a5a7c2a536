// SPDX-License-Identifier: Apache-2.0
#pragma once
// A spectral cube as everything here sees it: lines by samples by bands, read a few lines at a time.
//
// Whatever the file (NetCDF4, HDF5, ENVI, NumPy), read() gives [line, sample, band] in float32 with the bands
// together, and NaN where a value is flagged, filled or missing. Nothing but headers is read before. A reader
// belongs to one thread. Errors are latent::RunError with a sentence that names the file.
//
//     const auto cube = openCube("scene.nc");
//     std::vector<float> lines(cube->header().valuesPerLine() * 8);
//     cube->read(0, 8, lines.data());

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace hyperspectral_shadows {

/// A part of a cube: where it begins and how much there is of it.
struct CubeBox {
    std::int64_t line = 0, sample = 0, band = 0;
    std::int64_t lines = 0, samples = 0, bands = 0;
    std::size_t values() const { return static_cast<std::size_t>(lines * samples * bands); }
};

/// Values that cost no more to read than one of them: a chunk, a piece of a plane, a line. 0: all there are.
struct StoredPiece {
    std::int64_t lines = 1, samples = 0, bands = 0;
    bool packed = false;  ///< by a filter: unpacked whole for any part of it
};

/// Of what is packed that is kept in memory, so that it is unpacked once: a row of chunks (all that hold a part of one
/// line), for each dataset, or a chunk. A row of a granule of 1280 x 1024 float32 may have 51 lines.
inline constexpr std::size_t kMostKeptBytes = std::size_t{256} << 20;

struct CubeHeader {
    /// "MethaneAIR/MethaneSAT L1B", "EMIT/AVIRIS-NG", "ENVI bil", "NumPy", "MATLAB 7.3", "HDF5"
    std::string format;
    std::int64_t lines = 0, samples = 0, bands = 0;
    /// [bands]; of the middle pixel where each pixel has its own; empty when the file has none
    std::vector<double> wavelengthNm;
    std::string unit;            ///< of the radiance; empty when the file has none
    std::vector<bool> goodBand;  ///< [bands]; empty: all are
    StoredPiece piece;
    /// Lines that a pass over all of the cube does best to read at once.
    std::int64_t linesTogether = 1;
    /// Lines of a row that is unpacked for the first of them and kept for the others, each until it was read; 0: none.
    std::int64_t keptLines = 0;
    /// What a person should know: wavelengths that differ between pixels, columns that are missing.
    std::vector<std::string> notes;

    std::size_t valuesPerLine() const {
        return static_cast<std::size_t>(samples) * static_cast<std::size_t>(bands);
    }
    std::size_t pixels() const { return static_cast<std::size_t>(lines) * static_cast<std::size_t>(samples); }
    CubeBox wholeLines(std::int64_t first, std::int64_t count) const {
        return {.line = first, .lines = count, .samples = samples, .bands = bands};
    }
};

class CubeReader {
  public:
    virtual ~CubeReader() = default;
    const CubeHeader& header() const { return m_header; }
    /// Lines first … first + count − 1 into `out` [count, samples, bands].
    virtual void read(std::int64_t first, std::int64_t count, float* out) = 0;
    /// Any part, into `out` [lines, samples, bands] of it. Files give it without reading what lies around it;
    /// as it stands here, from whole lines.
    virtual void readBox(const CubeBox& box, float* out);
    /// An image [lines, samples] that lies beside the radiance: "coverage", "hard_mask" and "material" of the
    /// truth, in HDF5 any dataset by its path. Nothing when there is none of that name.
    virtual std::optional<std::vector<float>> image(const std::string& name) {
        return (void)name, std::nullopt;
    }
    /// The same lines without shadow, where the truth is known (synthetic scenes). False when it is not; of no lines that is all it tells.
    virtual bool readUnshadowed(std::int64_t first, std::int64_t count, float* out) {
        return (void)first, (void)count, (void)out, false;
    }
    /// Standard deviation of the radiance, same shape and unit. False when the file does not say.
    virtual bool readUncertainty(std::int64_t first, std::int64_t count, float* out) {
        return (void)first, (void)count, (void)out, false;
    }

  protected:
    CubeHeader m_header;
};

struct OpenOptions {
    std::string dataset;  ///< of an HDF5 file; empty: the one that its layout names, or the only one with
                          ///< three dimensions
    std::string axes;     ///< "y,x,band" in the file's order, where the file does not name its dimensions
};

/// Opens any supported file by its content, not its name. ENVI: the header or the data file.
std::unique_ptr<CubeReader> openCube(const std::string& path, const OpenOptions& options = {});

/// How many lines fit into `bytes`, at least one.
std::int64_t linesWithin(const CubeHeader& header, std::size_t bytes);

/// Throws UsageError for a part that does not lie in the cube.
void requireInside(const CubeBox& box, const CubeHeader& header);

/// Checks sizes and wavelengths that came from a file (positive, below 2^40 values, finite wavelengths that
/// rise). Wavelengths that fall or repeat throw.
void checkHeader(const CubeHeader& header, const std::string& path);

}  // namespace hyperspectral_shadows
