// SPDX-License-Identifier: Apache-2.0
#pragma once
// Dimension scales as netCDF-4 lays them out; called by the Writer when all datasets are there. Only for
// h5/*.cpp.
//
//     LATENT_CHECK(writeScales(file.id(), "run.h5", {{"loss", {200}, {"time"}}, …}));

#include <hdf5.h>

#include <string>
#include <vector>

#include "engine/h5/array.hpp"
#include "engine/result.hpp"

namespace latent::engine::h5 {

struct DimensionedDataset {
    std::string name;  ///< path in the file
    Shape shape;
    std::vector<std::string> dims;
};

Status writeScales(hid_t file, const std::string& what, const std::vector<DimensionedDataset>& datasets);

}  // namespace latent::engine::h5
