// SPDX-License-Identifier: Apache-2.0
// HDF5 recordings: numeric datasets at the root and in groups ("group/name"). Filters of plugins, external links and storage, virtual
// datasets, and everything that is not a plain number are refused, because such files could read others or run code.
#include <hdf5.h>

#include <array>
#include <latent/error.hpp>

#include "recordings/array_file.hpp"

namespace icl_graphs {
namespace {

constexpr std::size_t kMostArrays = 10'000;
constexpr int kDeepest = 3;
constexpr std::size_t kMostText = 1'000'000;

/// An identifier of HDF5 and how it is closed.
class Handle {
  public:
    Handle(hid_t id, herr_t (*close)(hid_t)) : m_id(id), m_close(close) {}
    ~Handle() {
        if (m_id >= 0) m_close(m_id);
    }
    Handle(const Handle&) = delete;
    Handle& operator=(const Handle&) = delete;
    operator hid_t() const { return m_id; }

  private:
    hid_t m_id;
    herr_t (*m_close)(hid_t);
};

class Hdf5File final : public ArrayFile {
  public:
    explicit Hdf5File(const std::filesystem::path& path) : ArrayFile(path), m_file(open(path), H5Fclose) {
        if (m_file < 0) refuse("it is no HDF5 file, or damaged");
        visit("", 0);
        readTexts();
    }

  private:
    static hid_t open(const std::filesystem::path& path) {
        H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr);
        unsigned off = 0;
        H5PLset_loading_state(off);  // a file must not be able to load a filter's library
        const Handle access(H5Pcreate(H5P_FILE_ACCESS), H5Pclose);
        H5Pset_fclose_degree(access, H5F_CLOSE_STRONG);
        return H5Fopen(path.c_str(), H5F_ACC_RDONLY, access);
    }

    void visit(const std::string& folder, int depth) {
        const Handle group(H5Gopen2(m_file, folder.empty() ? "/" : folder.c_str(), H5P_DEFAULT), H5Gclose);
        H5G_info_t info{};
        if (group < 0 || H5Gget_info(group, &info) < 0) refuse("its group '" + folder + "' is damaged");
        for (hsize_t i = 0; i < info.nlinks; ++i) {
            std::array<char, 256> name{};
            const ssize_t length = H5Lget_name_by_idx(group, ".", H5_INDEX_NAME, H5_ITER_INC, i, name.data(),
                                                      name.size(), H5P_DEFAULT);
            if (length <= 0 || static_cast<std::size_t>(length) >= name.size()) continue;
            const std::string path = folder.empty() ? name.data() : folder + "/" + name.data();
            H5L_info_t link{};
            if (H5Lget_info(group, name.data(), &link, H5P_DEFAULT) < 0)
                refuse("its link '" + path + "' is damaged");
            if (link.type != H5L_TYPE_HARD) {
                m_arrays[path] = {{}, Element::U8, "is a link, which is not followed"};
                continue;
            }
            const Handle object(H5Oopen(group, name.data(), H5P_DEFAULT), H5Oclose);
            if (object < 0) refuse("its object '" + path + "' is damaged");
            const H5I_type_t kind = H5Iget_type(object);
            if (kind == H5I_GROUP && depth < kDeepest) visit(path, depth + 1);
            if (kind == H5I_DATASET) m_arrays[path] = describe(object);
            if (m_arrays.size() > kMostArrays) refuse("it has more than 10,000 arrays");
        }
    }

    static ArrayInfo describe(hid_t dataset) {
        const Handle space(H5Dget_space(dataset), H5Sclose), type(H5Dget_type(dataset), H5Tclose),
            made(H5Dget_create_plist(dataset), H5Pclose);
        if (space < 0 || type < 0 || made < 0) return {{}, Element::U8, "is damaged"};
        if (H5Pget_external_count(made) > 0 || H5Pget_layout(made) == H5D_VIRTUAL)
            return {{}, Element::U8, "lies in other files, which are not opened"};
        for (int f = 0; f < H5Pget_nfilters(made); ++f) {
            unsigned flags = 0;
            std::size_t values = 0;
            const H5Z_filter_t filter =
                H5Pget_filter2(made, static_cast<unsigned>(f), &flags, &values, nullptr, 0, nullptr, nullptr);
            if (filter != H5Z_FILTER_DEFLATE && filter != H5Z_FILTER_SHUFFLE &&
                filter != H5Z_FILTER_FLETCHER32)
                return {{},
                        Element::U8,
                        "is compressed by a filter that is not built in; write it with gzip or without"};
        }
        const int rank = H5Sget_simple_extent_ndims(space);
        if (rank < 0 || rank > 32) return {{}, Element::U8, "is damaged"};
        std::vector<hsize_t> extent(static_cast<std::size_t>(rank) + 1);
        H5Sget_simple_extent_dims(space, extent.data(), nullptr);
        ArrayInfo info;
        std::uint64_t bytes = 8;
        for (int d = 0; d < rank; ++d) {
            if (__builtin_mul_overflow(bytes, static_cast<std::uint64_t>(extent[static_cast<std::size_t>(d)]),
                                       &bytes) ||
                bytes > std::uint64_t{1} << 62)
                return {{}, Element::U8, "is larger than any memory"};
            info.shape.push_back(static_cast<std::int64_t>(extent[static_cast<std::size_t>(d)]));
        }
        const std::size_t size = H5Tget_size(type);
        const H5T_class_t kind = H5Tget_class(type);
        if (kind == H5T_FLOAT && (size == 2 || size == 4 || size == 8))
            info.type = size == 2 ? Element::F16 : size == 4 ? Element::F32 : Element::F64;
        else if (kind == H5T_INTEGER && size <= 8)
            info.type = Element::I64;
        else
            info.refusal = "does not hold plain numbers";
        return info;
    }

    void readTexts() {
        for (hsize_t i = 0;; ++i) {
            const Handle attribute(
                H5Aopen_by_idx(m_file, "/", H5_INDEX_NAME, H5_ITER_INC, i, H5P_DEFAULT, H5P_DEFAULT),
                H5Aclose);
            if (attribute < 0) return;
            std::array<char, 256> name{};
            if (H5Aget_name(attribute, name.size(), name.data()) <= 0) continue;
            const Handle type(H5Aget_type(attribute), H5Tclose), space(H5Aget_space(attribute), H5Sclose);
            if (H5Tget_class(type) != H5T_STRING || H5Sget_simple_extent_npoints(space) != 1) continue;
            const Handle memory(H5Tcopy(H5T_C_S1), H5Tclose);
            H5Tset_cset(memory, H5Tget_cset(type));
            if (H5Tis_variable_str(type) > 0) {
                H5Tset_size(memory, H5T_VARIABLE);
                char* text = nullptr;
                if (H5Aread(attribute, memory, &text) >= 0 && text)
                    m_metadata[name.data()] = std::string(text).substr(0, kMostText);
                if (text) H5free_memory(text);
            } else if (const std::size_t size = H5Tget_size(type); size <= kMostText) {
                std::string text(size + 1, '\0');
                H5Tset_size(memory, size + 1);
                if (H5Aread(attribute, memory, text.data()) >= 0) m_metadata[name.data()] = text.c_str();
            }
        }
    }

    void readInto(const std::string& name, const std::vector<std::int64_t>& start,
                  const std::vector<std::int64_t>& count, hid_t memoryType, void* out) {
        const Handle dataset(H5Dopen2(m_file, name.c_str(), H5P_DEFAULT), H5Dclose);
        const Handle space(H5Dget_space(dataset), H5Sclose);
        std::vector<hsize_t> from(start.begin(), start.end()), extent(count.begin(), count.end());
        if (!from.empty() &&
            H5Sselect_hyperslab(space, H5S_SELECT_SET, from.data(), nullptr, extent.data(), nullptr) < 0)
            refuse("the array '" + name + "' is damaged");
        const Handle memory(from.empty()
                                ? H5Screate(H5S_SCALAR)
                                : H5Screate_simple(static_cast<int>(extent.size()), extent.data(), nullptr),
                            H5Sclose);
        if (H5Dread(dataset, memoryType, memory, space, H5P_DEFAULT, out) < 0)
            refuse("the array '" + name + "' is damaged");
    }
    void readBox(const std::string& name, const ArrayInfo&, const std::vector<std::int64_t>& start,
                 const std::vector<std::int64_t>& count, std::span<float> out) override {
        readInto(name, start, count, H5T_NATIVE_FLOAT, out.data());
    }
    void readBox(const std::string& name, const ArrayInfo&, const std::vector<std::int64_t>& start,
                 const std::vector<std::int64_t>& count, std::span<double> out) override {
        readInto(name, start, count, H5T_NATIVE_DOUBLE, out.data());
    }
    void readIntegers(const std::string& name, const ArrayInfo& info, std::span<std::int64_t> out) override {
        readInto(name, std::vector<std::int64_t>(info.shape.size(), 0), info.shape, H5T_NATIVE_INT64,
                 out.data());
    }

    Handle m_file;
};

}  // namespace

std::unique_ptr<ArrayFile> openHdf5File(const std::filesystem::path& path) {
    return std::make_unique<Hdf5File>(path);
}

}  // namespace icl_graphs
