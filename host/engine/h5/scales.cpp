// SPDX-License-Identifier: Apache-2.0
#include "engine/h5/scales.hpp"

#include <hdf5_hl.h>

#include <cstdio>
#include <map>
#include <set>
#include <utility>

#include "engine/h5/handle.hpp"

namespace latent::engine::h5 {
namespace {

std::string folderOf(const std::string& name) {
    const auto slash = name.rfind('/');
    return slash == std::string::npos ? std::string() : name.substr(0, slash + 1);
}

std::string leafOf(const std::string& name) { return name.substr(folderOf(name).size()); }

/// A dimension is known by its group, name and length.
struct DimensionKey {
    std::string folder;
    std::string name;
    std::uint64_t size = 0;
    auto operator<=>(const DimensionKey&) const = default;
};

class ScaleMaker {
  public:
    ScaleMaker(hid_t file, const std::string& what, const std::vector<DimensionedDataset>& datasets)
        : m_file(file), m_what(what), m_datasets(datasets) {
        for (const DimensionedDataset& dataset : datasets) m_taken.insert(dataset.name);
    }

    Status run() {
        LATENT_CHECK(markCoordinates());
        for (const DimensionedDataset& dataset : m_datasets) {
            for (std::size_t axis = 0; axis < dataset.dims.size(); ++axis) {
                const DimensionKey key{folderOf(dataset.name), dataset.dims[axis], dataset.shape[axis]};
                if (!m_scales.contains(key)) LATENT_CHECK(makePhony(key));
                if (m_scales[key] == dataset.name) continue;  // a coordinate is its own scale
                Handle data(H5Dopen2(m_file, dataset.name.c_str(), H5P_DEFAULT), H5Dclose);
                Handle scale(H5Dopen2(m_file, m_scales[key].c_str(), H5P_DEFAULT), H5Dclose);
                if (!data || !scale ||
                    H5DSattach_scale(data.id(), scale.id(), static_cast<unsigned>(axis)) < 0) {
                    return h5Error("Cannot write the dimensions of", m_what);
                }
            }
        }
        return ok();
    }

  private:
    Status markCoordinates() {
        for (const DimensionedDataset& dataset : m_datasets) {
            if (dataset.dims.size() != 1 || leafOf(dataset.name) != dataset.dims[0]) continue;
            Handle data(H5Dopen2(m_file, dataset.name.c_str(), H5P_DEFAULT), H5Dclose);
            if (!data || H5DSset_scale(data.id(), dataset.dims[0].c_str()) < 0) {
                return h5Error("Cannot write the dimensions of", m_what);
            }
            m_scales[{folderOf(dataset.name), dataset.dims[0], dataset.shape[0]}] = dataset.name;
            m_names.insert(dataset.name);
        }
        return ok();
    }

    Status makePhony(const DimensionKey& key) {
        std::string name = key.folder + key.name;
        // The plain name may belong to the same dimension at another length, or to an array that is no
        // coordinate.
        if (m_taken.contains(name) || m_names.contains(name)) name += "_" + std::to_string(key.size);
        while (m_taken.contains(name) || m_names.contains(name)) name += "_";
        const hsize_t size = key.size;
        Handle space(H5Screate_simple(1, &size, nullptr), H5Sclose);
        Handle creation(H5Pcreate(H5P_DATASET_CREATE), H5Pclose);
        H5Pset_obj_track_times(creation.id(), false);
        Handle scale(H5Dcreate2(m_file, name.c_str(), H5T_IEEE_F32BE, space.id(), H5P_DEFAULT, creation.id(),
                                H5P_DEFAULT),
                     H5Dclose);
        char text[96];
        std::snprintf(text, sizeof text, "%s%10llu", kPhonyScale.data(),
                      static_cast<unsigned long long>(key.size));
        if (!scale || H5DSset_scale(scale.id(), text) < 0)
            return h5Error("Cannot write the dimensions of", m_what);
        m_scales[key] = name;
        m_names.insert(name);
        return ok();
    }

    hid_t m_file;
    const std::string& m_what;
    const std::vector<DimensionedDataset>& m_datasets;
    std::set<std::string> m_taken;
    std::set<std::string> m_names;
    std::map<DimensionKey, std::string> m_scales;
};

}  // namespace

Status writeScales(hid_t file, const std::string& what, const std::vector<DimensionedDataset>& datasets) {
    return ScaleMaker(file, what, datasets).run();
}

}  // namespace latent::engine::h5
