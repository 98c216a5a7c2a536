// SPDX-License-Identifier: Apache-2.0
#pragma once
// The index of a workspace: every run in one SQLite file, so that ten thousand of them are listed and filtered at once.
//
// It is a cache and nothing else: everything in it comes from the run directories and can be made again at any time. It
// lies in the user's cache folder, named after the workspace's absolute path; a damaged file is set aside and made anew,
// and where the cache folder is on a network (SQLite's locks are not to be trusted there) or cannot be written, the index
// is kept in memory. Several processes may use it at once. One thread for each RunIndex.
//
//     LATENT_TRY(RunIndex index, RunIndex::open(workspace));
//     LATENT_TRY(RefreshReport report, index.refresh());
//     LATENT_TRY(auto runs, index.listRuns("mu>1 state=done tag:x", "-created", 100));

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "engine/index/run_row.hpp"
#include "engine/result.hpp"

namespace latent::engine {

struct IndexSettings {
    std::filesystem::path cacheFolder;  ///< empty: the user's
    bool inMemory = false;
};

struct RefreshReport {
    std::size_t runs = 0, read = 0, removed = 0;
    bool isWhole = true;                ///< false: it was interrupted, and what it had found so far is kept
    std::vector<std::string> messages;  ///< folders that are no readable runs, at most 100
};

class RunIndex {
  public:
    static Result<RunIndex> open(const std::filesystem::path& workspace, IndexSettings settings = {});
    RunIndex(RunIndex&&) noexcept;
    RunIndex& operator=(RunIndex&&) noexcept;
    ~RunIndex();

    /// Looks at every run directory, the newest first, and reads what has changed. `isInterrupted` is asked now and then
    /// once something was read; after a yes the next refresh goes on.
    Result<RefreshReport> refresh(const std::function<bool()>& isInterrupted = {});
    /// Forgets everything first.
    Result<RefreshReport> rebuild();

    /// `filter` as in run_filter.hpp, `sort` a key with '-' for descending (empty: newest first), `limit` 0: all.
    Result<std::vector<IndexedRun>> listRuns(std::string_view filter = {}, std::string_view sort = {},
                                             std::size_t limit = 0);
    /// The same without copies: the rows are kept in memory as long as nothing else writes the index.
    Result<std::vector<IndexedRunPtr>> sharedRuns(std::string_view filter = {}, std::string_view sort = {});
    Result<std::size_t> count(std::string_view filter = {});

    /// Where it lies; empty when it is kept in memory.
    const std::filesystem::path& file() const;
    /// What was noticed at opening: a damaged index set aside, a cache folder on a network.
    const std::vector<std::string>& messages() const;

  private:
    struct State;
    explicit RunIndex(std::unique_ptr<State> state);
    std::unique_ptr<State> m_state;
};

/// The index file of a workspace below a cache folder.
std::filesystem::path indexFile(const std::filesystem::path& workspace,
                                const std::filesystem::path& cacheFolder);

}  // namespace latent::engine
