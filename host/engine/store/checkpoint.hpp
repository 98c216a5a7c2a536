// SPDX-License-Identifier: Apache-2.0
#pragma once
// A checkpoint: the commit point of a run. It holds what the experiment needs to go on (a JSON state and
// arrays) and what the run was at that moment: live segments with their SHA-256, the length of the events,
// which elements of the large arrays were written, the declared arrays.
//
// Plain values; reading is done in this process only for files that carry our own seal (see run_files.hpp).
//
//     LATENT_TRY(Checkpoint last, readCheckpoint(folder, "000200", files));
//     last.state["step"], last.array("model.weight") …

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "engine/files/seal.hpp"
#include "engine/result.hpp"
#include "engine/store/array_spec.hpp"
#include "engine/store/run_files.hpp"
#include "engine/store/run_state.hpp"

namespace latent::engine {

struct Checkpoint {
    std::string name;    ///< "000200"
    std::string sha256;  ///< of the file, without its trailer
    int attempt = 0;
    bool keep = false;
    std::shared_ptr<const nlohmann::json> state;  ///< the experiment's own
    std::map<std::string, Array> arrays;          ///< the experiment's own
    std::vector<SegmentInfo> segments;
    std::uint64_t eventsBytes = 0;
    std::map<std::string, IntervalSet> slabs;
    std::vector<ArraySpec> specs;
    std::map<std::string, std::shared_ptr<const nlohmann::json>> figures;

    const Array* array(const std::string& key) const;
};

/// Writes checkpoints/<name>.h5 (new, sealed); its SHA-256; `checkpoint.arrays` is not looked at.
Result<std::string> writeCheckpoint(const std::filesystem::path& run, const Checkpoint& checkpoint,
                                    const std::vector<NamedArray>& arrays, const SealKey& key);

/// Reads and checks one. Without `withArrays` only the account of the run is read.
Result<Checkpoint> readCheckpoint(const std::filesystem::path& run, const std::string& name, RunFiles& files,
                                  bool withArrays = true);

/// Names of the checkpoint files, oldest first.
Result<std::vector<std::string>> listCheckpoints(const std::filesystem::path& run);

}  // namespace latent::engine
