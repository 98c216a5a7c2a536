// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <atomic>

#include "engine/h5/handle.hpp"
#include "engine/h5/inspect.hpp"
#include "engine/h5/source.hpp"

namespace latent::engine::h5 {
namespace {

class Reader final : public Source {
  public:
    Reader(Handle file, std::string what, Inventory inventory, Limits limits)
        : m_file(std::move(file)),
          m_what(std::move(what)),
          m_inventory(std::move(inventory)),
          m_limits(limits) {}
    ~Reader() override {
        const auto lock = enter();
        m_file.close();
    }

    const std::vector<DatasetInfo>& datasets() const override { return m_inventory.datasets; }
    const std::map<std::string, std::string>& texts() const override { return m_inventory.texts; }

    Result<Array> read(const std::string& name, const Shape& start, const Shape& count,
                       const Shape& stride) override {
        const DatasetInfo* info = find(name);
        if (!info) return badRequest(m_what + " has no array " + name + ".");
        const std::size_t rank = info->shape.size();
        const Shape steps = stride.empty() ? Shape(rank, 1) : stride;
        if (start.size() != rank || count.size() != rank || steps.size() != rank) {
            return badRequest("The array " + name + " of " + m_what + " has " + std::to_string(rank) +
                              " axes; the box asked for has " + std::to_string(start.size()) + ".");
        }
        for (std::size_t axis = 0; axis < rank; ++axis) {
            const std::uint64_t extent = info->shape[axis];
            const bool inside =
                steps[axis] > 0 && start[axis] <= extent &&
                (count[axis] == 0 ||
                 (start[axis] < extent && (count[axis] - 1) <= (extent - 1 - start[axis]) / steps[axis]));
            if (!inside) {
                return badRequest("The box asked for lies outside the array " + name + " of " + m_what +
                                  ", which is " + shapeText(info->shape) + ".");
            }
        }
        const auto bytes = byteCount(info->dtype, count);
        if (!bytes || *bytes > m_limits.readBytes) {
            return refused("The part of " + name + " asked for in " + m_what + " is larger than " +
                           std::to_string(m_limits.readBytes >> 20) + " MB; read it in pieces.");
        }
        Array array{info->dtype, count, std::string(static_cast<std::size_t>(*bytes), '\0')};
        if (*bytes == 0) return array;
        return fill(std::move(array), name, start, steps);
    }

  private:
    Result<Array> fill(Array array, const std::string& name, const Shape& start, const Shape& stride) {
        const auto lock = enter();
        Handle data(H5Dopen2(m_file.id(), name.c_str(), H5P_DEFAULT), H5Dclose);
        Handle space(data ? H5Dget_space(data.id()) : -1, H5Sclose);
        if (!space) return h5Error("Cannot read " + name + " in", m_what, Exit::RefusedInput);
        Handle memory;
        if (array.shape.empty()) {
            memory = Handle(H5Screate(H5S_SCALAR), H5Sclose);
        } else {
            const std::vector<hsize_t> begin(start.begin(), start.end()), step(stride.begin(), stride.end()),
                extent(array.shape.begin(), array.shape.end());
            memory =
                Handle(H5Screate_simple(static_cast<int>(extent.size()), extent.data(), nullptr), H5Sclose);
            if (H5Sselect_hyperslab(space.id(), H5S_SELECT_SET, begin.data(), step.data(), extent.data(),
                                    nullptr) < 0) {
                return h5Error("Cannot read " + name + " in", m_what, Exit::RefusedInput);
            }
        }
        if (H5Dread(data.id(), memoryType(array.dtype), memory.id(), space.id(), H5P_DEFAULT,
                    array.bytes.data()) < 0) {
            return h5Error("Cannot read " + name + " in", m_what, Exit::RefusedInput);
        }
        return array;
    }

    Handle m_file;
    std::string m_what;
    Inventory m_inventory;
    Limits m_limits;
};

Result<std::unique_ptr<Source>> makeReader(Handle file, std::string what, const Limits& limits) {
    if (!file) return h5Error("Cannot read", what, Exit::RefusedInput);
    LATENT_TRY(Inventory inventory, inspectFile(file.id(), what, limits));
    return std::unique_ptr<Source>(
        std::make_unique<Reader>(std::move(file), std::move(what), std::move(inventory), limits));
}

}  // namespace

const DatasetInfo* Source::find(const std::string& name) const {
    const auto& all = datasets();
    const auto found =
        std::lower_bound(all.begin(), all.end(), name,
                         [](const DatasetInfo& info, const std::string& key) { return info.name < key; });
    return found != all.end() && found->name == name ? &*found : nullptr;
}

Result<Array> Source::readAll(const std::string& name) {
    const DatasetInfo* info = find(name);
    if (!info) return read(name, {}, {});  // refuses, and names the file
    return read(name, Shape(info->shape.size(), 0), info->shape);
}

Result<std::unique_ptr<Source>> openReader(const std::filesystem::path& path, Limits limits) {
    const auto lock = enter();
    Handle access(H5Pcreate(H5P_FILE_ACCESS), H5Pclose);
    H5Pset_file_locking(access.id(), false, true);
    H5Pset_fclose_degree(access.id(), H5F_CLOSE_STRONG);
    Handle file(H5Fopen(path.c_str(), H5F_ACC_RDONLY, access.id()), H5Fclose);
    return makeReader(std::move(file), path.string(), limits);
}

Result<std::unique_ptr<Source>> openReader(std::string_view bytes, const std::string& what, Limits limits) {
    const auto lock = enter();
    Handle access(H5Pcreate(H5P_FILE_ACCESS), H5Pclose);
    H5Pset_fapl_core(access.id(), 1u << 20, false);
    H5Pset_fclose_degree(access.id(), H5F_CLOSE_STRONG);
    // libhdf5 copies the bytes; it takes them through a pointer that is not const.
    H5Pset_file_image(access.id(), const_cast<char*>(bytes.data()), bytes.size());
    static std::atomic<std::uint64_t> counter{0};
    const std::string name = "latent-bytes-" + std::to_string(counter.fetch_add(1));
    Handle file(H5Fopen(name.c_str(), H5F_ACC_RDONLY, access.id()), H5Fclose);
    return makeReader(std::move(file), what, limits);
}

}  // namespace latent::engine::h5
