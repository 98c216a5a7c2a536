// SPDX-License-Identifier: Apache-2.0
#pragma once
// Cubes in HDF5 and NetCDF4: MethaneAIR and MethaneSAT L1B, EMIT and AVIRIS-NG, and any dataset with three
// dimensions.
//
// The order of the radiance's dimensions comes from their names, never from their sizes. What lies beside it
// (flags, uncertainties, wavelengths, the truth) may have another order: its own names say which, else its
// sizes where they leave one, else the order of the radiance. Values that are flagged, filled or not finite are
// NaN. One thread.
//
//     auto cube = openHdf5("MethaneAIR_L1B_CH4_….nc", {});

#include <memory>

#include "data/axis_order.hpp"
#include "data/cube.hpp"
#include "data/hdf5_file.hpp"

namespace hyperspectral_shadows {

/// A dataset of one number for each value of a cube, and how it lies in the file.
struct OrderedDataset {
    std::shared_ptr<Hdf5Dataset> set;
    AxisOrder order;
    std::int64_t rowLines =
        0;  ///< of a row of chunks that is moved whole (linesOfPackedRow); 0: any lines are
    std::int64_t chunkSamples = 0;  ///< 0: there are no chunks
    /// A part cut along the samples, but through no chunk: what is turned into another order of axes at once.
    std::vector<CubeBox> columnsOf(const CubeBox& box) const;
    explicit operator bool() const { return set != nullptr; }
};

class Hdf5Cube final : public CubeReader {
  public:
    Hdf5Cube(const std::string& path, const OpenOptions& options);

    void read(std::int64_t first, std::int64_t count, float* out) override;
    void readBox(const CubeBox& box, float* out) override;
    std::optional<std::vector<float>> image(const std::string& name) override;
    bool readUnshadowed(std::int64_t first, std::int64_t count, float* out) override;
    bool readUncertainty(std::int64_t first, std::int64_t count, float* out) override;

    /// For a writer of the same layout.
    const OrderedDataset& radiance() const { return m_radiance; }
    /// The radiance's standard deviation; none when the file has none for each value. Opened when it is asked for.
    const OrderedDataset& uncertainty();

  private:
    /// Lines that were unpacked with those that were asked for. A pass asks for each once, so its memory is given back
    /// then: a result that is kept until its row is whole takes the place.
    struct KeptRow {
        std::int64_t first = 0, count = 0;
        std::int64_t left = 0;  ///< lines before this one are gone
        std::vector<float> values;
    };
    void readLines(const OrderedDataset& from, KeptRow& row, std::int64_t first, std::int64_t count,
                   float* out);
    void markBad(const CubeBox& box, float* out);
    void readFrom(const OrderedDataset& from, const CubeBox& box, float* out, Fill fill = Fill::Missing);
    /// The order of a dataset of one number for each of the radiance; nothing when its dimensions are others.
    std::optional<AxisOrder> orderBeside(const Hdf5Dataset& set) const;
    /// Such a dataset; none when it is none.
    OrderedDataset openBeside(const std::optional<std::string>& name) const;
    std::optional<std::string> beside(std::initializer_list<const char*> names) const;
    void readPiece();
    void readWavelengths(const std::string& path);
    void readWavelengthsOfPixels(const OrderedDataset& from, const std::string& path);
    void openFlags();

    Hdf5File m_file;
    std::string m_folder;  ///< of the radiance, with a slash at the end
    OrderedDataset m_radiance, m_flags;
    std::optional<OrderedDataset> m_uncertainty, m_unshadowed;  ///< once they were asked for
    KeptRow m_radianceRow, m_uncertaintyRow, m_unshadowedRow;
    std::vector<bool> m_pixelBad;   ///< [lines, samples]; where a flag holds for all bands of a pixel
    std::vector<bool> m_columnBad;  ///< columns across the track without a longitude
    std::vector<float> m_scratch, m_flagValues;
};

std::unique_ptr<CubeReader> openHdf5(const std::string& path, const OpenOptions& options);

}  // namespace hyperspectral_shadows
