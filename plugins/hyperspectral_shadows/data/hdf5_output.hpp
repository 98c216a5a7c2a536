// SPDX-License-Identifier: Apache-2.0
#pragma once
// Writing HDF5 with named dimensions, as NetCDF4 has them: a new file, or more in a copy of one.
//
// A new file is written under another name and takes its own when finish() is called, so that a half-written one never looks
// whole. Of two that are written at once under one name, the last that finishes stays, and knows it. Errors are
// latent::RunError with a sentence. One thread.
//
//     Hdf5Output out(path);
//     out.dimension("y", lines);
//     out.create("Shadow/Coverage", {"y", "x"}, "1");
//     out.write("Shadow/Coverage", {0, 0}, {lines, samples}, values);
//     out.finish();

#include <filesystem>
#include <map>

#include "data/hdf5_file.hpp"
#include "data/partial_files.hpp"

namespace hyperspectral_shadows {

class Hdf5Output {
  public:
    /// A new file. With `copyOf`, it begins as a copy of that one. `origin`: what it is a result of; it is written into the
    /// file, and a file of this path that names another origin is not replaced (throws a sentence).
    explicit Hdf5Output(std::string path, const std::string& copyOf = {}, std::string origin = {});
    ~Hdf5Output();
    Hdf5Output(const Hdf5Output&) = delete;
    Hdf5Output& operator=(const Hdf5Output&) = delete;

    void dimension(const std::string& name, std::int64_t size);
    bool has(const std::string& path) const;
    /// A dataset over dimensions that were declared; float32, or bytes. Groups on its path are made.
    void create(const std::string& path, const std::vector<std::string>& dimensions, const std::string& units,
                bool bytes = false);
    /// Makes a dataset of whole numbers one of float32, so that fractions have a place: same shape, chunks, compression,
    /// dimensions and attributes, except the fill value, which becomes NaN. One of floats stays as it is.
    void makeFloat(const std::string& path);
    /// A box of any dataset of the file, from float32.
    void write(const std::string& path, const std::vector<std::int64_t>& offset,
               const std::vector<std::int64_t>& count, const float* values);
    void attribute(const std::string& name,
                   const std::string& text);  ///< of the file; replaces one of that name
    void finish();
    const std::string& path() const { return m_path; }
    /// Names of the files that belong to this one, until they are finished.
    const PartialFiles& partialFiles() const { return m_partialFiles; }
    /// Whether another took the name while this one was written, so that finish() replaced it.
    bool replacedAnother() const { return m_replacedAnother; }

  private:
    /// What a file of this name is told by; nothing where there is none.
    using Stamp = std::optional<std::pair<std::filesystem::file_time_type, std::uintmax_t>>;
    Stamp stamp() const;
    void requireOwn() const;
    [[noreturn]] void fail(const std::string& what) const;

    std::string m_path, m_origin;
    PartialFiles m_partialFiles;
    std::string m_partial;
    Stamp m_before;
    Hdf5Id m_file;
    std::map<std::string, std::int64_t> m_dimensions;
    std::map<std::string, Hdf5Id> m_open;
    bool m_done = false, m_replacedAnother = false;
};

}  // namespace hyperspectral_shadows
