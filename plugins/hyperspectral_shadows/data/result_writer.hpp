// SPDX-License-Identifier: Apache-2.0
#pragma once
// What was found and corrected, written in the layout that it came in.
//
// NetCDF4 and HDF5: a copy of the input in which the radiance (and its uncertainty, where there is one of the
// same shape) is replaced, in float32 where they were whole numbers, with a group /Shadow of coverage, masks and
// flags. ENVI: a cube of the same interleave in float32, its header with all that the input's says besides of the
// layout (map, coordinate system, wavelengths); NumPy: (H, W, C) float32; synthetic scenes, which have no file: ENVI
// bip. Beside these lies STEM_shadow.nc with the images. Files take their names when all are finished; what was
// begun and is not finished is removed. A result of another file is not replaced: that throws a sentence; of two of the
// same input at once, the last that finishes stays. One thread.
//
//     auto writer = ResultWriter::make(input, cube, folder);
//     writer->lines(0, 8, corrected, sigma);  writer->image("Coverage", coverage, "1");
//     writer->finish(provenance);

#include <functional>
#include <memory>

#include "data/cube.hpp"

namespace hyperspectral_shadows {

/// Where the uncertainty goes when the input has no place for it.
inline constexpr const char* kSigmaPath = "Shadow/RadianceUncertainty";

/// FOLDER/STEM + suffix + ending; an empty ending is the input's own.
std::string resultPath(const std::string& input, const std::string& folder, const std::string& suffix,
                       const std::string& ending);

class ResultWriter {
  public:
    /// The file is called as the input with _unshadowed before its ending.
    /// `withSigma`: also where the input has no uncertainty that could be replaced, as
    /// /Shadow/RadianceUncertainty [y, x, band].
    static std::unique_ptr<ResultWriter> make(const std::string& input, CubeReader& cube,
                                              const std::string& folder, bool withSigma = false);
    virtual ~ResultWriter() = default;
    /// Whether the result has a place for standard deviations.
    virtual bool takesSigma() const = 0;
    /// Corrected radiance [count, samples, bands] and its standard deviation (null: none).
    virtual void lines(std::int64_t first, std::int64_t count, const float* corrected,
                       const float* sigma) = 0;
    /// [lines, samples]; `bytes` for masks and flags.
    virtual void image(const std::string& name, const std::vector<float>& values, const std::string& units,
                       bool bytes = false) = 0;
    /// Provenance as one text (JSON); the file takes its name now.
    virtual void finish(const std::string& provenance) = 0;
    virtual std::string path() const = 0;
    /// After finish(): whether another run had finished a result of the same input meanwhile, which this one replaced.
    virtual bool replacedAnother() const = 0;
};

class SceneCube;
/// A synthetic scene in the L1B layout with /Truth; `keepGoing(line)` is asked between slabs. False when it
/// said no.
bool writeScene(SceneCube& scene, const std::string& path,
                const std::function<bool(std::int64_t)>& keepGoing = {});

}  // namespace hyperspectral_shadows
