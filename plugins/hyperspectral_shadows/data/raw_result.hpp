// SPDX-License-Identifier: Apache-2.0
#pragma once
// A result beside an ENVI or NumPy input: float32 in the interleave of the input, and the images in a NetCDF4
// file.
//
// All files are written under other names and take their own together at the end; where one cannot, none
// stays. One thread.

#include <filesystem>
#include <fstream>
#include <map>

#include "data/hdf5_output.hpp"
#include "data/result_writer.hpp"

namespace hyperspectral_shadows {

/// Of the input: the file that holds its values (empty: there is none), and what its ENVI header says besides of the
/// layout.
struct RawOrigin {
    std::string file;
    std::map<std::string, std::string> enviFields;
};

class RawResult final : public ResultWriter {
  public:
    RawResult(const std::string& input, const CubeHeader& header, const std::string& folder, bool withSigma,
              const RawOrigin& origin);
    ~RawResult() override;
    RawResult(const RawResult&) = delete;
    RawResult& operator=(const RawResult&) = delete;

    bool takesSigma() const override { return m_sigma; }
    void lines(std::int64_t first, std::int64_t count, const float* corrected, const float* sigma) override;
    void image(const std::string& name, const std::vector<float>& values, const std::string& units,
               bool bytes) override;
    void finish(const std::string& provenance) override;
    std::string path() const override { return m_path.string(); }
    bool replacedAnother() const override { return m_images->replacedAnother(); }

  private:
    void putAt(std::int64_t element, const float* values, std::int64_t count);
    void writeEnviHeader();
    std::filesystem::path partial(const std::filesystem::path& path) const;
    void takeName(const std::filesystem::path& path);
    [[noreturn]] void fail(const std::filesystem::path& path) const;

    CubeHeader m_header;
    bool m_sigma;
    std::map<std::string, std::string> m_enviFields;
    std::string m_interleave;
    std::filesystem::path m_path, m_enviHeader;  ///< of NumPy results the second is empty
    std::unique_ptr<Hdf5Output> m_images;
    std::ofstream m_file;
    std::streamoff m_start = 0;
    std::vector<std::filesystem::path> m_named;  ///< files that have their names already
    bool m_done = false;
};

}  // namespace hyperspectral_shadows
