// SPDX-License-Identifier: Apache-2.0
#include "engine/h5/inspect.hpp"

#include <algorithm>
#include <set>
#include <utility>

#include "engine/h5/handle.hpp"
#include "engine/json/bounded.hpp"

#include <nlohmann/json.hpp>

namespace latent::engine::h5 {
namespace {

struct LinkList {
    std::vector<std::pair<std::string, H5L_type_t>> links;
    std::size_t limit = 0;
};

herr_t collectLink(hid_t, const char* name, const H5L_info_t* info, void* data) {
    auto& list = *static_cast<LinkList*>(data);
    if (list.links.size() >= list.limit) return 1;
    list.links.emplace_back(name, info->type);
    return 0;
}

herr_t collectAttribute(hid_t, const char* name, const H5A_info_t*, void* data) {
    auto& names = *static_cast<std::vector<std::string>*>(data);
    if (names.size() >= 1000) return 1;
    names.emplace_back(name);
    return 0;
}

class Inspector {
  public:
    Inspector(hid_t file, const std::string& what, const Limits& limits)
        : m_file(file), m_what(what), m_limits(limits) {}

    Result<Inventory> run() {
        Handle root(H5Gopen2(m_file, "/", H5P_DEFAULT), H5Gclose);
        if (!root) return h5Error("Cannot read", m_what, Exit::RefusedInput);
        std::map<std::string, std::int64_t> numbers;
        bool phony = false;
        LATENT_CHECK(readAttributes(root.id(), m_inventory.texts, numbers, phony));
        LATENT_CHECK(visitGroup(root.id(), "", 0));
        std::sort(m_inventory.datasets.begin(), m_inventory.datasets.end(),
                  [](const DatasetInfo& a, const DatasetInfo& b) { return a.name < b.name; });
        return std::move(m_inventory);
    }

  private:
    Error refuse(const std::string& reason) const {
        return refused(m_what + " " + reason + "; it is not read.");
    }

    Status visitGroup(hid_t group, const std::string& prefix, std::size_t depth) {
        if (depth > m_limits.depth) return refuse("has groups nested too deeply");
        LinkList list;
        list.limit = m_limits.objects;
        const herr_t outcome = H5Literate(group, H5_INDEX_NAME, H5_ITER_NATIVE, nullptr, collectLink, &list);
        if (outcome < 0) return h5Error("Cannot read", m_what, Exit::RefusedInput);
        if (outcome > 0) return refuse("has too many objects");
        for (const auto& [name, type] : list.links) {
            if (type != H5L_TYPE_HARD)
                return refuse("has the link " + prefix + name + ", which may lead out of the file");
            if (++m_objects > m_limits.objects) return refuse("has too many objects");
            if (!isUtf8(name)) return refuse("has a name that is not valid UTF-8");
            Handle object(H5Oopen(group, name.c_str(), H5P_DEFAULT), H5Oclose);
            if (!object) return h5Error("Cannot read " + prefix + name + " in", m_what, Exit::RefusedInput);
            const H5I_type_t kind = H5Iget_type(object.id());
            if (kind == H5I_GROUP) {
                H5O_info_t info{};
                if (H5Oget_info(object.id(), &info) < 0)
                    return h5Error("Cannot read", m_what, Exit::RefusedInput);
                if (!m_groups.insert(info.addr).second) return refuse("has a group that is linked twice");
                LATENT_CHECK(visitGroup(object.id(), prefix + name + "/", depth + 1));
            } else if (kind == H5I_DATASET) {
                LATENT_CHECK(visitDataset(object.id(), prefix + name));
            } else {
                return refuse("has the object " + prefix + name + ", which is no array");
            }
        }
        return ok();
    }

    Status visitDataset(hid_t dataset, const std::string& name) {
        DatasetInfo info;
        info.name = name;
        bool phony = false;
        LATENT_CHECK(readAttributes(dataset, info.texts, info.numbers, phony));
        Handle creation(H5Dget_create_plist(dataset), H5Pclose);
        if (!creation) return h5Error("Cannot read " + name + " in", m_what, Exit::RefusedInput);
        const H5D_layout_t layout = H5Pget_layout(creation.id());
        if (layout == H5D_VIRTUAL || H5Pget_external_count(creation.id()) != 0) {
            return refuse("keeps the values of " + name + " in other files");
        }
        LATENT_CHECK(checkStorage(creation.id(), layout, name));
        Handle space(H5Dget_space(dataset), H5Sclose);
        const int rank = space ? H5Sget_simple_extent_ndims(space.id()) : -1;
        if (rank < 0) return h5Error("Cannot read " + name + " in", m_what, Exit::RefusedInput);
        if (static_cast<std::size_t>(rank) > m_limits.rank)
            return refuse("has the array " + name + " with too many axes");
        if (H5Sget_simple_extent_type(space.id()) == H5S_NULL)
            return refuse("has the array " + name + " without a shape");
        if (phony) return ok();
        std::vector<hsize_t> extents(static_cast<std::size_t>(rank));
        if (rank > 0) H5Sget_simple_extent_dims(space.id(), extents.data(), nullptr);
        info.shape.assign(extents.begin(), extents.end());
        Handle type(H5Dget_type(dataset), H5Tclose);
        const auto dtype = type ? dtypeOf(type.id()) : std::nullopt;
        if (!dtype) return refuse("has the array " + name + " of a type that runs do not use");
        info.dtype = *dtype;
        if (!byteCount(info.dtype, info.shape))
            return refuse("has the array " + name + " of an impossible size");
        if (const auto found = info.texts.find(kDimsAttribute); found != info.texts.end()) {
            LATENT_TRY(info.dims, parseDims(found->second, name, info.shape.size()));
            info.texts.erase(found);
        }
        m_inventory.datasets.push_back(std::move(info));
        return ok();
    }

    Status checkStorage(hid_t creation, H5D_layout_t layout, const std::string& name) const {
        if (layout != H5D_CHUNKED) return ok();
        std::vector<hsize_t> chunk(H5S_MAX_RANK);
        const int rank = H5Pget_chunk(creation, H5S_MAX_RANK, chunk.data());
        const auto elements =
            rank > 0 ? elementCount(Shape(chunk.begin(), chunk.begin() + rank)) : std::nullopt;
        if (!elements || *elements > m_limits.readBytes / 8)
            return refuse("has chunks of " + name + " that are too large");
        const int filters = H5Pget_nfilters(creation);
        for (int i = 0; i < filters; ++i) {
            unsigned flags = 0, config = 0;
            std::size_t values = 0;
            const H5Z_filter_t filter = H5Pget_filter2(creation, static_cast<unsigned>(i), &flags, &values,
                                                       nullptr, 0, nullptr, &config);
            if (filter != H5Z_FILTER_DEFLATE && filter != H5Z_FILTER_SHUFFLE &&
                filter != H5Z_FILTER_FLETCHER32) {
                return refuse("packs " + name + " with a filter that is not read here");
            }
        }
        return ok();
    }

    Result<std::vector<std::string>> parseDims(const std::string& text, const std::string& name,
                                               std::size_t rank) const {
        LATENT_TRY(const nlohmann::json dims,
                   parseJson(text, "The dimension names of " + name + " in " + m_what));
        std::vector<std::string> names;
        if (dims.is_array()) {
            for (const auto& entry : dims) {
                if (entry.is_string()) names.push_back(entry.get<std::string>());
            }
        }
        if (names.size() != rank) return refuse("names other dimensions than the axes of " + name);
        return names;
    }

    /// Text and integer attributes; others (the lists of the dimension scales) are never touched.
    Status readAttributes(hid_t object, std::map<std::string, std::string>& texts,
                          std::map<std::string, std::int64_t>& numbers, bool& phony) {
        std::vector<std::string> names;
        const herr_t outcome =
            H5Aiterate2(object, H5_INDEX_NAME, H5_ITER_NATIVE, nullptr, collectAttribute, &names);
        if (outcome < 0) return h5Error("Cannot read the attributes of", m_what, Exit::RefusedInput);
        if (outcome > 0) return refuse("has too many attributes");
        for (const std::string& name : names) {
            Handle attribute(H5Aopen(object, name.c_str(), H5P_DEFAULT), H5Aclose);
            Handle type(attribute ? H5Aget_type(attribute.id()) : -1, H5Tclose);
            Handle space(attribute ? H5Aget_space(attribute.id()) : -1, H5Sclose);
            if (!type || !space) return h5Error("Cannot read the attributes of", m_what, Exit::RefusedInput);
            if (H5Sget_simple_extent_npoints(space.id()) != 1) continue;
            const H5T_class_t kind = H5Tget_class(type.id());
            if (kind == H5T_STRING && H5Tis_variable_str(type.id()) == 0) {
                const std::size_t size = H5Tget_size(type.id());
                m_textBytes += size;
                if (size > m_limits.textBytes || m_textBytes > m_limits.allTextBytes)
                    return refuse("has too much text");
                std::string text(size, '\0');
                if (H5Aread(attribute.id(), type.id(), text.data()) < 0) {
                    return h5Error("Cannot read the attribute " + name + " of", m_what, Exit::RefusedInput);
                }
                text.resize(std::min(text.size(), text.find('\0')));
                if (!isUtf8(text))
                    return refuse("has the text attribute " + name + ", which is not valid UTF-8");
                if (name == "NAME" && text.starts_with(kPhonyScale)) phony = true;
                if (name != "NAME" && name != "CLASS") texts[name] = std::move(text);
            } else if (kind == H5T_INTEGER && H5Tget_size(type.id()) <= 8) {
                std::int64_t value = 0;
                if (H5Aread(attribute.id(), H5T_NATIVE_INT64, &value) >= 0) numbers[name] = value;
            }
        }
        return ok();
    }

    hid_t m_file;
    const std::string& m_what;
    const Limits& m_limits;
    Inventory m_inventory;
    std::set<haddr_t> m_groups;
    std::size_t m_objects = 0;
    std::uint64_t m_textBytes = 0;
};

}  // namespace

Result<Inventory> inspectFile(hid_t file, const std::string& what, const Limits& limits) {
    return Inspector(file, what, limits).run();
}

}  // namespace latent::engine::h5
