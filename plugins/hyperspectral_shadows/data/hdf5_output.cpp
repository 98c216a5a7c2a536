// SPDX-License-Identifier: Apache-2.0
#include "data/hdf5_output.hpp"

#include <hdf5_hl.h>

#include <filesystem>
#include <latent/error.hpp>

namespace hyperspectral_shadows {

namespace fs = std::filesystem;

void Hdf5Output::fail(const std::string& what) const {
    std::error_code error;
    const auto space = fs::space(fs::path(m_path).parent_path(), error);
    throw latent::RunError("The file " + m_path + " " + what + "." +
                           (!error && space.available < (std::uintmax_t{64} << 20)
                                ? " The disk is full."
                                : " May this folder be written to?"));
}

Hdf5Output::Hdf5Output(std::string path, const std::string& copyOf)
    : m_path(std::move(path)), m_partial(m_path + ".partial") {
    H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr);
    std::error_code error;
    if (!copyOf.empty()) {
        if (fs::exists(m_path, error) && fs::equivalent(m_path, copyOf, error))
            throw latent::RunError("The result would replace its own input " + m_path +
                                   "; choose another folder.");
        fs::copy_file(copyOf, m_partial, fs::copy_options::overwrite_existing, error);
        if (error) fail("cannot be made as a copy of " + copyOf);
        fs::permissions(m_partial, fs::perms::owner_read | fs::perms::owner_write, fs::perm_options::add,
                        error);
        m_file = Hdf5Id(H5Fopen(m_partial.c_str(), H5F_ACC_RDWR, H5P_DEFAULT), H5Fclose);
    } else {
        m_file = Hdf5Id(H5Fcreate(m_partial.c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT), H5Fclose);
    }
    if (!m_file) fail("cannot be written");
}

Hdf5Output::~Hdf5Output() {
    if (m_done) return;
    m_open.clear();
    m_file = Hdf5Id();
    std::error_code error;
    fs::remove(m_partial, error);
}

void Hdf5Output::dimension(const std::string& name, std::int64_t size) {
    m_dimensions[name] = size;
    if (H5Lexists(m_file.get(), name.c_str(), H5P_DEFAULT) > 0) return;
    const auto count = static_cast<hsize_t>(size);
    const Hdf5Id space(H5Screate_simple(1, &count, nullptr), H5Sclose);
    const Hdf5Id set(H5Dcreate2(m_file.get(), name.c_str(), H5T_NATIVE_FLOAT, space.get(), H5P_DEFAULT,
                                H5P_DEFAULT, H5P_DEFAULT),
                     H5Dclose);
    // netCDF's own name for a dimension without coordinates.
    char words[64];
    std::snprintf(words, sizeof words, "This is a netCDF dimension but not a netCDF variable.%10lld",
                  static_cast<long long>(size));
    if (!set || H5DSset_scale(set.get(), words) < 0) fail("cannot be written");
}

bool Hdf5Output::has(const std::string& path) const {
    for (std::size_t slash = path.find('/'); slash != std::string::npos; slash = path.find('/', slash + 1))
        if (H5Lexists(m_file.get(), path.substr(0, slash).c_str(), H5P_DEFAULT) <= 0) return false;
    return H5Lexists(m_file.get(), path.c_str(), H5P_DEFAULT) > 0;
}

void Hdf5Output::create(const std::string& path, const std::vector<std::string>& dimensions,
                        const std::string& units, bool bytes) {
    if (has(path)) {  // a copy of one of our own results
        m_open.erase(path);
        H5Ldelete(m_file.get(), path.c_str(), H5P_DEFAULT);
    }
    std::vector<hsize_t> shape;
    for (const std::string& name : dimensions) shape.push_back(static_cast<hsize_t>(m_dimensions.at(name)));
    const Hdf5Id space(H5Screate_simple(static_cast<int>(shape.size()), shape.data(), nullptr), H5Sclose);
    const Hdf5Id groups(H5Pcreate(H5P_LINK_CREATE), H5Pclose), list(H5Pcreate(H5P_DATASET_CREATE), H5Pclose);
    H5Pset_create_intermediate_group(groups.get(), 1);
    H5Pset_fill_time(list.get(),
                     H5D_FILL_TIME_NEVER);  // everything is written; filling first would write it twice
    Hdf5Id set(H5Dcreate2(m_file.get(), path.c_str(), bytes ? H5T_STD_U8LE : H5T_IEEE_F32LE, space.get(),
                          groups.get(), list.get(), H5P_DEFAULT),
               H5Dclose);
    if (!set) fail("cannot hold '" + path + "'");
    for (unsigned i = 0; i < dimensions.size(); ++i) {
        const Hdf5Id scale(H5Dopen2(m_file.get(), dimensions[i].c_str(), H5P_DEFAULT), H5Dclose);
        if (!scale || H5DSattach_scale(set.get(), scale.get(), i) < 0) fail("cannot hold '" + path + "'");
    }
    if (!units.empty()) H5LTset_attribute_string(m_file.get(), path.c_str(), "units", units.c_str());
    m_open[path] = std::move(set);
}

void Hdf5Output::write(const std::string& path, const std::vector<std::int64_t>& offset,
                       const std::vector<std::int64_t>& count, const float* values) {
    Hdf5Id& set = m_open[path];
    if (!set) set = Hdf5Id(H5Dopen2(m_file.get(), path.c_str(), H5P_DEFAULT), H5Dclose);
    if (!set) fail("has no dataset '" + path + "' to write to");
    const std::vector<hsize_t> first(offset.begin(), offset.end()), size(count.begin(), count.end());
    const Hdf5Id space(H5Dget_space(set.get()), H5Sclose),
        memory(H5Screate_simple(static_cast<int>(size.size()), size.data(), nullptr), H5Sclose);
    if (H5Sselect_hyperslab(space.get(), H5S_SELECT_SET, first.data(), nullptr, size.data(), nullptr) < 0 ||
        H5Dwrite(set.get(), H5T_NATIVE_FLOAT, memory.get(), space.get(), H5P_DEFAULT, values) < 0)
        fail("cannot be written ('" + path + "')");
}

void Hdf5Output::attribute(const std::string& name, const std::string& text) {
    if (H5LTset_attribute_string(m_file.get(), "/", name.c_str(), text.c_str()) < 0)
        fail("cannot hold the attribute '" + name + "'");
}

void Hdf5Output::finish() {
    m_open.clear();
    const bool flushed = H5Fflush(m_file.get(), H5F_SCOPE_LOCAL) >= 0;
    m_file = Hdf5Id();
    std::error_code error;
    if (flushed) fs::rename(m_partial, m_path, error);
    if (!flushed || error) fail("cannot be finished");
    m_done = true;
}

}  // namespace hyperspectral_shadows
