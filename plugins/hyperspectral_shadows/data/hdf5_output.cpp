// SPDX-License-Identifier: Apache-2.0
#include "data/hdf5_output.hpp"

#include <hdf5_hl.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <latent/error.hpp>
#include <limits>

namespace hyperspectral_shadows {

namespace {

namespace fs = std::filesystem;

constexpr const char* kOrigin = "shadow_input";

/// Whether attributes of this name are HDF5's own, or do not hold for float32.
bool staysBehind(const std::string& name) { return name == "DIMENSION_LIST" || name == "_FillValue"; }

struct CopyOfAttributes {
    hid_t from, to;
    bool whole = true;
};

herr_t copyAttribute(hid_t, const char* name, const H5A_info_t*, void* data) {
    auto& copy = *static_cast<CopyOfAttributes*>(data);
    if (staysBehind(name)) return 0;
    const Hdf5Id old(H5Aopen(copy.from, name, H5P_DEFAULT), H5Aclose);
    const Hdf5Id type(old ? H5Aget_type(old.get()) : -1, H5Tclose),
        space(old ? H5Aget_space(old.get()) : -1, H5Sclose);
    const Hdf5Id made(
        space ? H5Acreate2(copy.to, name, type.get(), space.get(), H5P_DEFAULT, H5P_DEFAULT) : -1, H5Aclose);
    const hssize_t count = space ? H5Sget_simple_extent_npoints(space.get()) : -1;
    // One of no value has nothing to copy.
    copy.whole = copy.whole && made && count >= 0;
    if (!made || count <= 0) return 0;
    std::vector<char> values(static_cast<std::size_t>(count) * H5Tget_size(type.get()));
    const bool read = H5Aread(old.get(), type.get(), values.data()) >= 0;
    copy.whole = copy.whole && read && H5Awrite(made.get(), type.get(), values.data()) >= 0;
    if (read) H5Dvlen_reclaim(type.get(), space.get(), H5P_DEFAULT, values.data());
    return 0;
}

herr_t keepScale(hid_t, unsigned, hid_t scale, void* data) {
    H5Iinc_ref(scale);
    static_cast<std::vector<Hdf5Id>*>(data)->emplace_back(scale, H5Dclose);
    return 0;
}

/// Dimensions belong to one dataset instead of the other.
bool moveScales(hid_t from, hid_t to, unsigned rank) {
    bool whole = true;
    for (unsigned i = 0; i < rank; ++i) {
        std::vector<Hdf5Id> scales;
        if (H5DSget_num_scales(from, i) > 0) H5DSiterate_scales(from, i, nullptr, keepScale, &scales);
        for (const Hdf5Id& scale : scales)
            whole = H5DSattach_scale(to, scale.get(), i) >= 0 &&
                    H5DSdetach_scale(from, scale.get(), i) >= 0 && whole;
    }
    return whole;
}

}  // namespace

void Hdf5Output::fail(const std::string& what) const {
    std::error_code error;
    const auto space = fs::space(fs::path(m_path).parent_path(), error);
    throw latent::RunError("The file " + m_path + " " + what + "." +
                           (!error && space.available < (std::uintmax_t{64} << 20)
                                ? " The disk is full."
                                : " May this folder be written to?"));
}

Hdf5Output::Hdf5Output(std::string path, const std::string& copyOf, std::string origin)
    : m_path(std::move(path)),
      m_origin(std::move(origin)),
      m_partialFiles(m_origin),
      m_partial(m_partialFiles.of(m_path)),
      m_before(stamp()) {
    H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr);
    requireOwn();
    m_partialFiles.removeAbandoned(m_path);
    std::error_code error;
    if (!copyOf.empty()) {
        if (fs::exists(m_path, error) && fs::equivalent(m_path, copyOf, error))
            throw latent::RunError("The result would replace its own input " + m_path +
                                   "; choose another folder.");
        fs::copy_file(copyOf, m_partial, error);
        if (error) fail("cannot be made as a copy of " + copyOf);
        fs::permissions(m_partial, fs::perms::owner_read | fs::perms::owner_write, fs::perm_options::add,
                        error);
        m_file = Hdf5Id(H5Fopen(m_partial.c_str(), H5F_ACC_RDWR, H5P_DEFAULT), H5Fclose);
    } else {
        m_file = Hdf5Id(H5Fcreate(m_partial.c_str(), H5F_ACC_EXCL, H5P_DEFAULT, H5P_DEFAULT), H5Fclose);
    }
    if (!m_file) fail("cannot be written");
    if (!m_origin.empty()) attribute(kOrigin, m_origin);
}

Hdf5Output::Stamp Hdf5Output::stamp() const {
    std::error_code error;
    const auto written = fs::last_write_time(m_path, error);
    if (error) return std::nullopt;
    const std::uintmax_t size = fs::file_size(m_path, error);
    return error ? Stamp() : Stamp({written, size});
}

void Hdf5Output::requireOwn() const {
    const Hdf5Id file(m_origin.empty() ? -1 : H5Fopen(m_path.c_str(), H5F_ACC_RDONLY, H5P_DEFAULT), H5Fclose);
    const std::string there = file ? textAttribute(file.get(), kOrigin) : "";
    if (there.empty() || there == m_origin) return;
    throw latent::RunError("The folder " + fs::path(m_path).parent_path().string() + " already has a file " +
                           fs::path(m_path).filename().string() + ", which is the result of " + there +
                           ", not of " + m_origin +
                           ". Choose another 'output_folder', or move that result away.");
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

void Hdf5Output::makeFloat(const std::string& path) {
    const std::string beside = path + ".float32";
    {
        const Hdf5Id old(H5Dopen2(m_file.get(), path.c_str(), H5P_DEFAULT), H5Dclose);
        const Hdf5Id type(old ? H5Dget_type(old.get()) : -1, H5Tclose);
        const bool fractions =
            type && H5Tget_class(type.get()) == H5T_FLOAT && H5Tget_size(type.get()) >= sizeof(float);
        if (!type || fractions) return;
        const Hdf5Id space(H5Dget_space(old.get()), H5Sclose), list(H5Dget_create_plist(old.get()), H5Pclose);
        // Filters that pack whole numbers do not fit fractions.
        for (const H5Z_filter_t filter : {H5Z_FILTER_SCALEOFFSET, H5Z_FILTER_NBIT, H5Z_FILTER_SZIP})
            H5Premove_filter(list.get(), filter);
        const float none = std::numeric_limits<float>::quiet_NaN();
        H5Pset_fill_value(list.get(), H5T_NATIVE_FLOAT, &none);
        H5Pset_fill_time(list.get(), H5D_FILL_TIME_NEVER);  // everything is written
        const Hdf5Id made(H5Dcreate2(m_file.get(), beside.c_str(), H5T_IEEE_F32LE, space.get(), H5P_DEFAULT,
                                     list.get(), H5P_DEFAULT),
                          H5Dclose);
        if (!made) fail("cannot hold '" + path + "' as fractions");
        CopyOfAttributes attributes{old.get(), made.get()};
        H5Aiterate2(old.get(), H5_INDEX_NAME, H5_ITER_INC, nullptr, copyAttribute, &attributes);
        const auto rank = static_cast<unsigned>(H5Sget_simple_extent_ndims(space.get()));
        if (!attributes.whole || !moveScales(old.get(), made.get(), rank))
            fail("cannot hold '" + path + "' as fractions");
    }
    m_open.erase(path);
    if (H5Ldelete(m_file.get(), path.c_str(), H5P_DEFAULT) < 0 ||
        H5Lmove(m_file.get(), beside.c_str(), H5L_SAME_LOC, path.c_str(), H5P_DEFAULT, H5P_DEFAULT) < 0)
        fail("cannot hold '" + path + "' as fractions");
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
    requireOwn();  // another may have been finished meanwhile
    m_open.clear();
    const bool flushed = H5Fflush(m_file.get(), H5F_SCOPE_LOCAL) >= 0;
    m_file = Hdf5Id();
    std::error_code error;
    const Stamp there = stamp();
    m_replacedAnother = there && there != m_before;
    if (flushed) fs::rename(m_partial, m_path, error);
    if (!flushed || error) fail("cannot be finished");
    m_done = true;
}

}  // namespace hyperspectral_shadows
