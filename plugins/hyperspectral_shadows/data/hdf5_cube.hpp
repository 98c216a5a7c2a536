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

#include "data/cube.hpp"
#include "data/hdf5_file.hpp"
#include "data/raw_cube.hpp"

namespace hyperspectral_shadows {

/// What a dimension of this name runs over: 'y' along the track, 'x' across it, 'c' along the spectrum, '?'
/// unknown. The names are those of MethaneAIR, MethaneSAT, EMIT and AVIRIS-NG products.
char roleOf(const std::string& dimension);

class Hdf5Cube final : public CubeReader {
  public:
    Hdf5Cube(const std::string& path, const OpenOptions& options);

    void read(std::int64_t first, std::int64_t count, float* out) override;
    std::optional<std::vector<float>> image(const std::string& name) override;
    bool readUnshadowed(std::int64_t first, std::int64_t count, float* out) override;
    bool readUncertainty(std::int64_t first, std::int64_t count, float* out) override;

    /// For a writer of the same layout.
    const std::string& radiance() const { return m_radiance; }
    AxisOrder order() const { return m_order; }
    /// A dataset of one number for each of the radiance, and the order of its dimensions.
    struct Beside {
        std::string path;
        AxisOrder order;
    };
    /// Of the radiance's standard deviation; nothing when there is none for each value.
    std::optional<Beside> uncertainty() const;
    const Hdf5File& file() const { return m_file; }

  private:
    /// Lines of a dataset of one number for each of the radiance.
    void readLines(const Hdf5Dataset& set, AxisOrder order, std::int64_t first, std::int64_t count,
                   float* out, Fill fill = Fill::Missing);
    /// The order of such a dataset; nothing when its dimensions are not those of the radiance.
    std::optional<AxisOrder> orderBeside(const Hdf5Dataset& set) const;
    void readWavelengths(const std::string& path);
    void openFlags();
    std::optional<Hdf5Dataset> beside(std::initializer_list<const char*> names) const;

    Hdf5File m_file;
    std::string m_radiance, m_folder;  ///< its dataset, and the folder with a slash at the end
    AxisOrder m_order;
    std::unique_ptr<Hdf5Dataset> m_values, m_flags;
    AxisOrder m_flagOrder;          ///< of m_flags
    std::vector<bool> m_pixelBad;   ///< [lines, samples]; where a flag holds for all bands of a pixel
    std::vector<bool> m_columnBad;  ///< columns across the track without a longitude
    std::vector<float> m_scratch, m_flagLines;
};

std::unique_ptr<CubeReader> openHdf5(const std::string& path, const OpenOptions& options);

}  // namespace hyperspectral_shadows
