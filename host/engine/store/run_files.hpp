// SPDX-License-Identifier: Apache-2.0
#pragma once
// Opens the HDF5 files of runs safely: in this process if their seal says that this user's engine wrote them,
// else in a reader child. Keeps the last few open.
//
// One RunFiles per thread of a reader; it may serve many runs. What it cannot open it refuses with the file's
// name.
//
//     LATENT_TRY(RunFiles files, RunFiles::make());       // key and reader child of this user and program
//     LATENT_TRY(h5::Source* source, files.open(layout::segment(folder, "000012"), expectedSha256));

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "engine/files/seal.hpp"
#include "engine/h5/source.hpp"
#include "engine/result.hpp"
#include "engine/store/reader_child.hpp"

namespace latent::engine {

class RunFiles {
  public:
    /// With the key in the user's state folder and the default reader child.
    static Result<RunFiles> make();
    RunFiles(SealKey key, ReaderChildOptions child);

    RunFiles(RunFiles&&) noexcept;
    RunFiles& operator=(RunFiles&&) noexcept;
    ~RunFiles();

    const SealKey& key() const;
    /// Opens a file or gives the open one. With `sha256` the file must have exactly that content. The pointer
    /// is good until the next call of open or forget. A missing file is `isGone(error)`.
    Result<h5::Source*> open(const std::filesystem::path& path, std::string_view sha256 = {});
    /// Only checks that the file is whole and has that content (empty: any).
    Result<SealReport> verify(const std::filesystem::path& path, std::string_view sha256 = {});
    /// What a look at all of the file proves to be wrong with it: it is gone, its seal is missing or does not fit, it
    /// has another content, it is (not) a large array. Empty when it is whole. An error says only that it could not be
    /// looked at: it may be whole.
    Result<std::string> damageOf(const std::filesystem::path& path, std::string_view sha256 = {},
                                 bool slab = false);
    /// True when the file opened last was opened in a child (it was not written by this user's engine).
    bool lastWasForeign() const;
    void forget(const std::filesystem::path& path);

  private:
    struct State;
    std::unique_ptr<State> m_state;
};

/// True for the error of a file that is no longer there (segments vanish when they are merged).
bool isGone(const Error& error);

}  // namespace latent::engine
