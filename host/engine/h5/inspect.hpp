// SPDX-License-Identifier: Apache-2.0
#pragma once
// Looks through an open HDF5 file and lists what may be read, refusing what a run's file never holds. Only
// for h5/*.cpp.
//
//     LATENT_TRY(Inventory inventory, inspectFile(file.id(), what, limits));

#include <hdf5.h>

#include <map>
#include <string>
#include <vector>

#include "engine/h5/source.hpp"
#include "engine/result.hpp"

namespace latent::engine::h5 {

struct Inventory {
    std::vector<DatasetInfo> datasets;  ///< sorted by name
    std::map<std::string, std::string> texts;
};

Result<Inventory> inspectFile(hid_t file, const std::string& what, const Limits& limits);

}  // namespace latent::engine::h5
