// SPDX-License-Identifier: Apache-2.0
// Damaged HDF5 files of a user's own images, one with a dataset for each attribute and one with a table of them, each read by a child
// (mutant_children.hpp).
#include <hdf5_hl.h>

#include <algorithm>
#include <fstream>
#include <sstream>

#include "data/hdf5_images.hpp"
#include "mutant_children.hpp"
#include "scratch_folder.hpp"

using namespace concept_space;

namespace {

constexpr hsize_t kImages = 24, kSide = 6;

int readAs(const std::string& path) {
    int alone = 0;
    const int refused = readOrRefused([&] {
        const Hdf5Images file(path);
        for (std::size_t i = 0; i < std::min<std::size_t>(file.attributes().size(), 16); ++i)
            alone = std::max(alone, readOrRefused([&] { file.values(i); }));
        std::vector<float> rgb;
        for (std::size_t i = 0; i < std::min<std::size_t>(file.size(), 32); ++i)
            alone = std::max(alone, readOrRefused([&] { file.read(i, rgb); }));
    });
    return std::max(refused, alone);
}

std::string images(const ScratchFolder& folder, bool table) {
    const std::string path = (folder.path() / "good.h5").string();
    const hid_t file = H5Fcreate(path.c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT);
    const hsize_t extent[] = {kImages, kSide, kSide, 3}, chunk[] = {4, kSide, 3, 3};
    const hid_t space = H5Screate_simple(4, extent, nullptr), list = H5Pcreate(H5P_DATASET_CREATE);
    if (!table) {
        H5Pset_chunk(list, 4, chunk);
        H5Pset_shuffle(list);
        H5Pset_deflate(list, 1);
    }
    const hid_t set = H5Dcreate2(file, "images", H5T_NATIVE_UINT8, space, H5P_DEFAULT, list, H5P_DEFAULT);
    std::vector<std::uint8_t> pixels(kImages * kSide * kSide * 3);
    for (std::size_t i = 0; i < pixels.size(); ++i) pixels[i] = static_cast<std::uint8_t>(i % 251);
    H5Dwrite(set, H5T_NATIVE_UINT8, H5S_ALL, H5S_ALL, H5P_DEFAULT, pixels.data());
    H5Dclose(set), H5Pclose(list), H5Sclose(space);
    std::vector<int> values(2 * kImages);
    for (std::size_t i = 0; i < values.size(); ++i) values[i] = i % 3 == 0 ? 1 : -1;
    if (table) {
        const hsize_t columns[] = {kImages, 2};
        H5LTmake_dataset_int(file, "attributes", 2, columns, values.data());
        H5LTset_attribute_string(file, "attributes", "names", "Male,Smiling");
    } else {
        for (const char* name : {"Male", "Smiling"})
            H5LTmake_dataset_int(file, name, 1, extent, values.data());
    }
    H5Fclose(file);
    std::ostringstream text;
    text << std::ifstream(path, std::ios::binary).rdbuf();
    return text.str();
}

}  // namespace

int main() {
    std::string each, table;
    {
        const ScratchFolder folder;
        each = images(folder, false), table = images(folder, true);
    }
    return std::max(readMutants(each, "mutant.h5", readAs), readMutants(table, "mutant.h5", readAs));
}
