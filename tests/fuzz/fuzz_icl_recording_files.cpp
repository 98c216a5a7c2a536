// SPDX-License-Identifier: Apache-2.0
// Damaged HDF5 recordings of hidden states, one of single tokens and one pooled, each read by a child (mutant_children.hpp).
#include <hdf5_hl.h>

#include <algorithm>
#include <fstream>
#include <sstream>

#include "mutant_children.hpp"
#include "plugins/icl_graphs/recordings/recording.hpp"
#include "scratch_folder.hpp"

using namespace icl_graphs;

namespace {

constexpr std::int64_t kMostValues = 1 << 20;

/// As readOrRefused(); 9: read, but not as any recording is.
int readAs(const std::string& path) {
    bool right = true;
    int alone = 0;
    const int refused = readOrRefused([&] {
        const auto arrays = openArrayFile(path);
        for (const auto& [name, info] : arrays->arrays()) {
            if (!info.refusal.empty() || info.count() > kMostValues) continue;
            // What is refused is refused alone; the others are read all the same.
            alone = std::max(alone, readOrRefused([&, &one = name] { arrays->doubles(one); }));
        }
        Recording r = Recording::open(path, {.words = {"a", "b", "c"}});
        right = r.nodes() == 3 && r.dim() >= 1 &&
                std::all_of(r.nodeIds().begin(), r.nodeIds().end(), [](int n) { return n >= -1 && n < 3; });
        for (int i = 0; i < std::min(r.layers(), 4); ++i) {
            if (!r.pooled()) {
                r.hidden(i);
                continue;
            }
            for (std::size_t c = 0; c < std::min<std::size_t>(r.contexts().size(), 4); ++c) {
                r.pooledSum(i, static_cast<int>(c));
                r.pooledCount(static_cast<int>(c));
            }
        }
    });
    return right ? std::max(refused, alone) : 9;
}

void put(hid_t file, const char* name, const std::vector<hsize_t>& shape) {
    hsize_t count = 1;
    for (const hsize_t n : shape) count *= n;
    std::vector<float> values(count);
    for (std::size_t i = 0; i < count; ++i) values[i] = static_cast<float>(i % 7);
    H5LTmake_dataset_float(file, name, static_cast<int>(shape.size()), shape.data(), values.data());
}

void putWhole(hid_t file, const char* name, const std::vector<int>& values) {
    const hsize_t count = values.size();
    H5LTmake_dataset_int(file, name, 1, &count, values.data());
}

std::string recording(const ScratchFolder& folder, bool pooled) {
    const std::string path = (folder.path() / "good.h5").string();
    const hid_t file = H5Fcreate(path.c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT);
    if (pooled) {
        put(file, "pooled_sum", {2, 2, 3, 4});
        put(file, "pooled_count", {2, 3});
        putWhole(file, "context", {5, 9});
        putWhole(file, "layer", {1, 2});
    } else {
        put(file, "hidden", {2, 9, 4});
        put(file, "node_probs", {9, 3});
        putWhole(file, "node_ids", {0, 1, 2, 1, -1, 0, 2, 1, 0});
        putWhole(file, "prompt_offsets", {0, 5, 9});
    }
    H5LTset_attribute_string(file, "/", "words", R"(["a", "b", "c"])");
    H5Fclose(file);
    std::ostringstream text;
    text << std::ifstream(path, std::ios::binary).rdbuf();
    return text.str();
}

}  // namespace

int main() {
    std::string tokens, pooled;
    {
        const ScratchFolder folder;
        tokens = recording(folder, false), pooled = recording(folder, true);
    }
    return std::max(readMutants(tokens, "mutant.h5", readAs), readMutants(pooled, "mutant.h5", readAs));
}
