// SPDX-License-Identifier: Apache-2.0
#include "engine/h5/writer.hpp"

#include <atomic>
#include <bit>
#include <map>
#include <nlohmann/json.hpp>

#include "engine/h5/handle.hpp"
#include "engine/h5/memory_image.hpp"
#include "engine/h5/scales.hpp"

namespace latent::engine::h5 {
namespace {

Status writeText(hid_t object, const std::string& what, const std::string& name, std::string_view text) {
    if (text.empty()) return ok();
    Handle type(H5Tcopy(H5T_C_S1), H5Tclose);
    H5Tset_size(type.id(), text.size());
    H5Tset_strpad(type.id(), H5T_STR_NULLPAD);
    H5Tset_cset(type.id(), H5T_CSET_UTF8);
    Handle space(H5Screate(H5S_SCALAR), H5Sclose);
    Handle attribute(H5Acreate2(object, name.c_str(), type.id(), space.id(), H5P_DEFAULT, H5P_DEFAULT),
                     H5Aclose);
    if (!attribute || H5Awrite(attribute.id(), type.id(), text.data()) < 0) {
        return h5Error("Cannot write the attribute " + name + " of", what);
    }
    return ok();
}

}  // namespace

struct Writer::State {
    std::string what;
    bool inMemory = true;
    std::unique_ptr<MemoryImage> image = std::make_unique<MemoryImage>();  // outlives the file
    Handle file;
    std::vector<DimensionedDataset> dimensioned;
    std::map<std::string, DType> types;
    std::map<std::string, SlabPlace> places;
    std::vector<Lent> lent;

    ~State() {
        const auto lock = enter();
        file.close();
    }
    /// Groups are made by hand because intermediate ones would store their times.
    Status makeGroups(const std::string& name) {
        for (auto slash = name.find('/'); slash != std::string::npos; slash = name.find('/', slash + 1)) {
            const std::string group = name.substr(0, slash);
            if (H5Lexists(file.id(), group.c_str(), H5P_DEFAULT) > 0) continue;
            Handle creation(H5Pcreate(H5P_GROUP_CREATE), H5Pclose);
            H5Pset_obj_track_times(creation.id(), false);
            Handle made(H5Gcreate2(file.id(), group.c_str(), H5P_DEFAULT, creation.id(), H5P_DEFAULT),
                        H5Gclose);
            if (!made) return h5Error("Cannot write the group " + group + " of", what);
        }
        return ok();
    }
};

Writer::Writer(std::unique_ptr<State> state) : m_state(std::move(state)) {}
Writer::Writer(Writer&&) noexcept = default;
Writer& Writer::operator=(Writer&&) noexcept = default;
Writer::~Writer() = default;

Result<Writer> Writer::inMemory(std::string what, std::uint64_t metadataBytes) {
    const auto lock = enter();
    auto state = std::make_unique<State>();
    state->what = std::move(what);
    Handle access(H5Pcreate(H5P_FILE_ACCESS), H5Pclose);
    H5Pset_fapl_core(access.id(), 1u << 20, false);
    // The core driver clears all memory up to the highest address that is written to: metadata that came behind lent
    // arrays would cost a pass over the room of all of them.
    if (metadataBytes > 0) H5Pset_meta_block_size(access.id(), metadataBytes);
    state->image->useFor(access.id());
    H5Pset_libver_bounds(access.id(), H5F_LIBVER_V18, H5F_LIBVER_V110);
    H5Pset_fclose_degree(access.id(), H5F_CLOSE_STRONG);
    Handle creation(H5Pcreate(H5P_FILE_CREATE), H5Pclose);
    H5Pset_obj_track_times(creation.id(), false);
    // libhdf5 takes files in memory for the same if their names are.
    static std::atomic<std::uint64_t> counter{0};
    const std::string name = "latent-image-" + std::to_string(counter.fetch_add(1));
    state->file = Handle(H5Fcreate(name.c_str(), H5F_ACC_TRUNC, creation.id(), access.id()), H5Fclose);
    if (!state->file) return h5Error("Cannot make", state->what);
    return Writer(std::move(state));
}

Result<Writer> Writer::toFile(const std::filesystem::path& path) {
    const auto lock = enter();
    auto state = std::make_unique<State>();
    state->what = path.string();
    state->inMemory = false;
    Handle access(H5Pcreate(H5P_FILE_ACCESS), H5Pclose);
    H5Pset_libver_bounds(access.id(), H5F_LIBVER_V18, H5F_LIBVER_V110);
    H5Pset_fclose_degree(access.id(), H5F_CLOSE_STRONG);
    H5Pset_alignment(access.id(), 64u << 10, 4096);  // large data begin on a page
    H5Pset_file_locking(access.id(), false, true);
    Handle creation(H5Pcreate(H5P_FILE_CREATE), H5Pclose);
    H5Pset_obj_track_times(creation.id(), false);
    state->file = Handle(H5Fcreate(path.c_str(), H5F_ACC_EXCL, creation.id(), access.id()), H5Fclose);
    if (!state->file) return h5Error("Cannot make", state->what);
    return Writer(std::move(state));
}

Status Writer::dataset(const std::string& name, const ArrayView& view, const std::vector<std::string>& dims,
                       const Texts& attributes) {
    LATENT_CHECK(create(name, view.dtype, view.shape, dims, attributes));
    return writeAll(name, view);
}

Status Writer::writeAll(const std::string& name, const ArrayView& view) {
    if (view.elements() == 0) return ok();
    const auto lock = enter();
    Handle data(H5Dopen2(m_state->file.id(), name.c_str(), H5P_DEFAULT), H5Dclose);
    if (!data || H5Dwrite(data.id(), memoryType(view.dtype), H5S_ALL, H5S_ALL, H5P_DEFAULT, view.data) < 0) {
        return h5Error("Cannot write the array " + name + " of", m_state->what);
    }
    return ok();
}

Status Writer::create(const std::string& name, DType dtype, const Shape& shape,
                      const std::vector<std::string>& dims, const Texts& attributes) {
    // On disk the space is a hole that reads as zeros; in memory it must be cleared.
    return make(name, dtype, shape, dims, attributes, m_state->inMemory ? Fill::Zeros : Fill::Nothing);
}

Status Writer::lend(const std::string& name, DType dtype, const Shape& shape,
                    const std::vector<std::string>& dims, const Texts& attributes,
                    const std::vector<std::string_view>& pieces) {
    std::uint64_t bytes = 0;
    for (const std::string_view piece : pieces) bytes += piece.size();
    if (bytes != byteCount(dtype, shape))
        return failed("What was lent for the array " + name + " of " + m_state->what +
                      " is not as long as the array.");
    const bool asItLies = m_state->inMemory && std::endian::native == std::endian::little;
    LATENT_CHECK(make(name, dtype, shape, dims, attributes,
                      asItLies || !m_state->inMemory ? Fill::Nothing : Fill::Zeros));
    if (bytes == 0) return ok();
    if (asItLies) {
        LATENT_TRY(const SlabPlace room, place(name));
        m_state->lent.push_back({room.offset, pieces});
        return ok();
    }
    if (pieces.size() == 1) return writeAll(name, {dtype, shape, pieces.front().data()});
    const std::uint64_t rowBytes = bytes / shape.front();
    Shape part = shape;
    std::uint64_t row = 0;
    for (const std::string_view piece : pieces) {
        part.front() = piece.size() / rowBytes;
        LATENT_CHECK(writeRows(name, row, {dtype, part, piece.data()}));
        row += part.front();
    }
    return ok();
}

Status Writer::make(const std::string& name, DType dtype, const Shape& shape,
                    const std::vector<std::string>& dims, const Texts& attributes, Fill fill) {
    if (!dims.empty() && dims.size() != shape.size()) {
        return badRequest("The array " + name + " has " + std::to_string(shape.size()) + " axes but " +
                          std::to_string(dims.size()) + " dimension names.");
    }
    const auto lock = enter();
    LATENT_CHECK(m_state->makeGroups(name));
    const std::vector<hsize_t> extents(shape.begin(), shape.end());
    Handle space(extents.empty()
                     ? H5Screate(H5S_SCALAR)
                     : H5Screate_simple(static_cast<int>(extents.size()), extents.data(), nullptr),
                 H5Sclose);
    Handle creation(H5Pcreate(H5P_DATASET_CREATE), H5Pclose);
    H5Pset_obj_track_times(creation.id(), false);
    H5Pset_alloc_time(creation.id(), H5D_ALLOC_TIME_EARLY);
    H5Pset_fill_time(creation.id(), fill == Fill::Zeros ? H5D_FILL_TIME_ALLOC : H5D_FILL_TIME_NEVER);
    Handle data(H5Dcreate2(m_state->file.id(), name.c_str(), fileType(dtype), space.id(), H5P_DEFAULT,
                           creation.id(), H5P_DEFAULT),
                H5Dclose);
    if (!data) return h5Error("Cannot write the array " + name + " of", m_state->what);
    if (!dims.empty()) {
        const std::string names = nlohmann::json(dims).dump();
        LATENT_CHECK(writeText(data.id(), m_state->what, kDimsAttribute, names));
        m_state->dimensioned.push_back({name, shape, dims});
    }
    for (const auto& [key, value] : attributes) LATENT_CHECK(writeText(data.id(), m_state->what, key, value));
    m_state->types[name] = dtype;
    const haddr_t offset = H5Dget_offset(data.id());
    if (offset != HADDR_UNDEF) m_state->places[name] = {offset, byteCount(dtype, shape).value_or(0)};
    return ok();
}

Status Writer::writeRows(const std::string& name, std::uint64_t start, const ArrayView& rows) {
    if (rows.elements() == 0) return ok();
    const auto lock = enter();
    Handle data(H5Dopen2(m_state->file.id(), name.c_str(), H5P_DEFAULT), H5Dclose);
    Handle space(data ? H5Dget_space(data.id()) : -1, H5Sclose);
    const std::vector<hsize_t> count(rows.shape.begin(), rows.shape.end());
    std::vector<hsize_t> begin(count.size(), 0);
    if (!begin.empty()) begin[0] = start;
    Handle memory(H5Screate_simple(static_cast<int>(count.size()), count.data(), nullptr), H5Sclose);
    if (!space || !memory ||
        H5Sselect_hyperslab(space.id(), H5S_SELECT_SET, begin.data(), nullptr, count.data(), nullptr) < 0 ||
        H5Dwrite(data.id(), memoryType(rows.dtype), memory.id(), space.id(), H5P_DEFAULT, rows.data) < 0) {
        return h5Error("Cannot write rows of the array " + name + " of", m_state->what);
    }
    return ok();
}

Status Writer::attribute(const std::string& object, const std::string& name, std::string_view text) {
    const auto lock = enter();
    Handle target(H5Oopen(m_state->file.id(), object.c_str(), H5P_DEFAULT), H5Oclose);
    if (!target) return h5Error("Cannot write the attribute " + name + " of", m_state->what);
    return writeText(target.id(), m_state->what, name, text);
}

Status Writer::attribute(const std::string& object, const std::string& name, std::int64_t value) {
    const auto lock = enter();
    Handle target(H5Oopen(m_state->file.id(), object.c_str(), H5P_DEFAULT), H5Oclose);
    Handle space(H5Screate(H5S_SCALAR), H5Sclose);
    Handle made(
        target ? H5Acreate2(target.id(), name.c_str(), H5T_STD_I64LE, space.id(), H5P_DEFAULT, H5P_DEFAULT)
               : -1,
        H5Aclose);
    if (!made || H5Awrite(made.id(), H5T_NATIVE_INT64, &value) < 0) {
        return h5Error("Cannot write the attribute " + name + " of", m_state->what);
    }
    return ok();
}

Result<SlabPlace> Writer::place(const std::string& name) const {
    const auto found = m_state->places.find(name);
    if (found == m_state->places.end())
        return failed("The array " + name + " has no place in " + m_state->what + ".");
    return found->second;
}

Status Writer::close() {
    const auto lock = enter();
    LATENT_CHECK(writeScales(m_state->file.id(), m_state->what, m_state->dimensioned));
    if (!m_state->file.close()) return h5Error("Cannot write", m_state->what);
    return ok();
}

Result<Image> Writer::finish() {
    LATENT_CHECK(close());
    if (m_state->image->end() == 0)
        return failed("Cannot write " + m_state->what + ": there is not enough memory.");
    return Image(std::move(m_state->image), std::move(m_state->lent));
}

Status Writer::finishFile() { return close(); }

}  // namespace latent::engine::h5
