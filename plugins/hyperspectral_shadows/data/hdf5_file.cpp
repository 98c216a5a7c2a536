// SPDX-License-Identifier: Apache-2.0
#include "data/hdf5_file.hpp"

#include <hdf5_hl.h>

#include <algorithm>
#include <cmath>
#include <latent/error.hpp>
#include <limits>

#include "data/element.hpp"
#include "model/no_number.hpp"

namespace hyperspectral_shadows {
namespace {

constexpr std::size_t kObjects = 20'000;

/// Messages of libhdf5 are for programmers; ours are made from what failed.
void quiet() {
    H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr);
    H5PLset_loading_state(0);
}

herr_t gatherDatasets(hid_t group, const char* name, const H5L_info_t* info, void* data) {
    auto& found = *static_cast<std::vector<std::string>*>(data);
    if (info->type != H5L_TYPE_HARD || found.size() >= kObjects) return 0;
    H5O_info_t object;
    if (H5Oget_info_by_name2(group, name, &object, H5O_INFO_BASIC, H5P_DEFAULT) >= 0 &&
        object.type == H5O_TYPE_DATASET)
        found.emplace_back(name);
    return 0;
}

herr_t firstScale(hid_t, unsigned, hid_t scale, void* data) {
    char name[256] = {};
    if (H5Iget_name(scale, name, sizeof name) > 0) *static_cast<std::string*>(data) = name;
    return 1;  // enough
}

/// A sentence for the filters that stand between us and the values; empty when all are there.
std::string missingFilter(hid_t dataset) {
    const Hdf5Id list(H5Dget_create_plist(dataset), H5Pclose);
    const int count = H5Pget_nfilters(list.get());
    for (int i = 0; i < count; ++i) {
        unsigned flags = 0, config = 0;
        std::size_t values = 0;
        char name[64] = {};
        const H5Z_filter_t filter = H5Pget_filter2(list.get(), static_cast<unsigned>(i), &flags, &values,
                                                   nullptr, sizeof name - 1, name, &config);
        if (filter >= 0 && H5Zfilter_avail(filter) <= 0)
            return "is compressed with the filter " + std::to_string(filter) +
                   (name[0] ? " (" + std::string(name) + ")" : "") +
                   ", which is not part of HDF5 itself. Make a copy that everyone can read: h5repack -f "
                   "GZIP=1 IN OUT, on a machine that has the filter.";
    }
    return {};
}

}  // namespace

std::string textAttribute(hid_t object, const char* name) {
    if (H5Aexists(object, name) <= 0) return {};
    const Hdf5Id it(H5Aopen(object, name, H5P_DEFAULT), H5Aclose);
    const Hdf5Id type(it ? H5Aget_type(it.get()) : -1, H5Tclose),
        space(it ? H5Aget_space(it.get()) : -1, H5Sclose);
    if (!type || H5Tget_class(type.get()) != H5T_STRING || H5Sget_simple_extent_npoints(space.get()) != 1)
        return {};
    if (H5Tis_variable_str(type.get()) > 0) {
        const Hdf5Id memory(H5Tcopy(H5T_C_S1), H5Tclose);
        H5Tset_size(memory.get(), H5T_VARIABLE);
        H5Tset_cset(memory.get(), H5Tget_cset(type.get()));
        char* words = nullptr;
        if (H5Aread(it.get(), memory.get(), &words) < 0 || !words) return {};
        std::string copy(words);
        H5free_memory(words);
        return copy;
    }
    const std::size_t size = H5Tget_size(type.get());
    if (size == 0 || size > 65536) return {};
    std::string words(size, '\0');
    if (H5Aread(it.get(), type.get(), words.data()) < 0) return {};
    return words.substr(0, words.find('\0'));
}

Hdf5Dataset::Hdf5Dataset(hid_t file, std::string path, std::string fileName)
    : m_path(std::move(path)),
      m_file(std::move(fileName)),
      m_id(H5Dopen2(file, m_path.c_str(), H5P_DEFAULT), H5Dclose) {
    if (!m_id)
        throw latent::RunError("The dataset '" + m_path + "' of " + m_file +
                               " cannot be opened; the file may be damaged.");
    const Hdf5Id list(H5Dget_create_plist(m_id.get()), H5Pclose), space(H5Dget_space(m_id.get()), H5Sclose);
    const H5D_layout_t layout = list ? H5Pget_layout(list.get()) : H5D_LAYOUT_ERROR;
    if (layout == H5D_VIRTUAL || (layout == H5D_CONTIGUOUS && H5Pget_external_count(list.get()) > 0))
        throw latent::RunError(
            "The dataset '" + m_path + "' of " + m_file +
            " keeps its values in other files; make a copy that holds them: h5repack IN OUT.");
    const int rank = space ? H5Sget_simple_extent_ndims(space.get()) : -1;
    if (rank < 0 || rank > 8)
        throw latent::RunError("The dataset '" + m_path + "' of " + m_file +
                               " has no shape that can be read.");
    hsize_t sizes[H5S_MAX_RANK] = {};
    H5Sget_simple_extent_dims(space.get(), sizes, nullptr);
    for (int i = 0; i < rank; ++i) {
        if (sizes[i] > (1ull << 40))
            throw latent::RunError("The dataset '" + m_path + "' of " + m_file +
                                   " claims more than 2^40 values along one dimension.");
        m_shape.push_back(static_cast<std::int64_t>(sizes[i]));
    }
    m_fill = readFill();
}

void Hdf5Dataset::keepRows(int linesAxis) {
    const Hdf5Id access = accessKeepingRows(m_id.get(), linesAxis);
    if (!access) return;
    const Hdf5Id file(H5Iget_file_id(m_id.get()), H5Fclose);
    m_id = Hdf5Id();  // closed before it is opened with a cache of another size
    m_id = Hdf5Id(H5Dopen2(file.get(), m_path.c_str(), access.get()), H5Dclose);
    if (!m_id)
        throw latent::RunError("The dataset '" + m_path + "' of " + m_file +
                               " cannot be opened again; the file may be damaged.");
}

std::vector<std::string> Hdf5Dataset::dimensions() const {
    std::vector<std::string> names;
    for (unsigned i = 0; i < m_shape.size(); ++i) {
        std::string name;
        if (H5DSget_num_scales(m_id.get(), i) > 0)
            H5DSiterate_scales(m_id.get(), i, nullptr, firstScale, &name);
        if (name.empty()) {
            char label[128] = {};
            if (H5DSget_label(m_id.get(), i, label, sizeof label) > 0) name = label;
        }
        names.push_back(name.substr(name.rfind('/') + 1));
    }
    return names;
}

std::optional<double> Hdf5Dataset::readFill() const {
    double value = 0;
    if (H5Aexists(m_id.get(), "_FillValue") > 0) {
        const Hdf5Id it(H5Aopen(m_id.get(), "_FillValue", H5P_DEFAULT), H5Aclose),
            space(it ? H5Aget_space(it.get()) : -1, H5Sclose);
        if (!space || H5Sget_simple_extent_npoints(space.get()) != 1 ||
            H5Aread(it.get(), H5T_NATIVE_DOUBLE, &value) < 0)
            return std::nullopt;
        return value;
    }
    // netCDF has a fill value of its own for floats where nothing was written, and names it in no attribute.
    constexpr double kNetcdfFill = 9.9692099683868690e+36;
    const Hdf5Id list(H5Dget_create_plist(m_id.get()), H5Pclose);
    H5D_fill_value_t state = H5D_FILL_VALUE_UNDEFINED;
    if (!list || H5Pfill_value_defined(list.get(), &state) < 0 || state != H5D_FILL_VALUE_USER_DEFINED)
        return std::nullopt;
    if (H5Pget_fill_value(list.get(), H5T_NATIVE_DOUBLE, &value) < 0 || value != kNetcdfFill)
        return std::nullopt;
    return value;
}

void Hdf5Dataset::read(const std::vector<std::int64_t>& offset, const std::vector<std::int64_t>& count,
                       float* out, Fill fill) const {
    const Hdf5Id space(H5Dget_space(m_id.get()), H5Sclose);
    const std::vector<hsize_t> first(offset.begin(), offset.end()), size(count.begin(), count.end());
    const Hdf5Id memory(H5Screate_simple(static_cast<int>(size.size()), size.data(), nullptr), H5Sclose);
    const bool selected =
        space && memory &&
        H5Sselect_hyperslab(space.get(), H5S_SELECT_SET, first.data(), nullptr, size.data(), nullptr) >= 0;
    if (selected && H5Dread(m_id.get(), H5T_NATIVE_FLOAT, memory.get(), space.get(), H5P_DEFAULT, out) >= 0) {
        if (!m_fill || fill == Fill::Number) return;
        std::size_t values = 1;
        for (const std::int64_t n : count) values *= static_cast<std::size_t>(n);
        std::replace(out, out + values, asFloat(*m_fill), kNoNumber);
        // Of doubles HDF5 makes infinities where float32 ends.
        if (std::abs(*m_fill) > std::numeric_limits<float>::max())
            std::replace(out, out + values,
                         std::copysign(std::numeric_limits<float>::infinity(), asFloat(*m_fill)), kNoNumber);
        return;
    }
    const std::string filter = missingFilter(m_id.get());
    throw latent::RunError(
        "The dataset '" + m_path + "' of " + m_file + " " +
        (filter.empty() ? "cannot be read; the file is damaged or not complete, or its values are no numbers."
                        : filter));
}

std::vector<double> Hdf5Dataset::readDoubles() const {
    std::uint64_t count = 1;
    for (const std::int64_t size : m_shape)
        count = size > 0 && count <= (1u << 24) ? count * static_cast<std::uint64_t>(size)
                                                : (size > 0 ? count : 0);
    if (count == 0 || count > (1u << 24))
        throw latent::RunError("The dataset '" + m_path + "' of " + m_file +
                               " is empty or too large for what it should hold.");
    std::vector<double> values(count);
    if (H5Dread(m_id.get(), H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data()) >= 0) {
        if (!m_fill) return values;
        // The attribute may be of more digits than the values: −999.9 in double is no float32.
        const Hdf5Id type(H5Dget_type(m_id.get()), H5Tclose);
        const bool single = H5Tget_class(type.get()) == H5T_FLOAT && H5Tget_size(type.get()) <= sizeof(float);
        const double fill = single ? static_cast<double>(asFloat(*m_fill)) : *m_fill;
        std::replace(values.begin(), values.end(), fill, static_cast<double>(kNoNumber));
        return values;
    }
    const std::string filter = missingFilter(m_id.get());
    throw latent::RunError("The dataset '" + m_path + "' of " + m_file + " " +
                           (filter.empty() ? "cannot be read." : filter));
}

Hdf5File::Hdf5File(const std::string& path) : m_path(path) {
    quiet();
    m_id = Hdf5Id(H5Fopen(path.c_str(), H5F_ACC_RDONLY, H5P_DEFAULT), H5Fclose);
    if (!m_id)
        throw latent::RunError(
            "The file " + path +
            " begins as HDF5 does but cannot be opened: it is damaged, not complete, or being written.");
    H5Lvisit(m_id.get(), H5_INDEX_NAME, H5_ITER_INC, gatherDatasets, &m_datasets);
    std::sort(m_datasets.begin(), m_datasets.end());
}

bool Hdf5File::has(const std::string& dataset) const {
    return std::binary_search(m_datasets.begin(), m_datasets.end(), dataset);
}

Hdf5Dataset Hdf5File::open(const std::string& dataset) const {
    const std::string name = dataset.substr(std::min(dataset.find_first_not_of('/'), dataset.size()));
    if (has(name)) return Hdf5Dataset(m_id.get(), name, m_path);
    std::string known;
    for (std::size_t i = 0; i < m_datasets.size() && i < 12; ++i) known += (i ? ", " : "") + m_datasets[i];
    throw latent::RunError("The file " + m_path + " has no dataset '" + dataset.substr(0, 200) + "'. " +
                           (known.empty()
                                ? "It has none at all."
                                : "It has " + known + (m_datasets.size() > 12 ? " and more." : ".")));
}

std::optional<std::string> Hdf5File::firstOf(const std::vector<std::string>& names) const {
    for (const std::string& name : names)
        if (has(name)) return name;
    return std::nullopt;
}

bool looksLikeHdf5(const std::string& path) {
    quiet();
    return H5Fis_hdf5(path.c_str()) > 0;
}

}  // namespace hyperspectral_shadows
