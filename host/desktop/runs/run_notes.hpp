// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Tags, notes and star of a run: the one file of a run that a person changes, user.json.
//
// The file is replaced atomically and keys of others stay. A change is made to what the file holds at that moment, under a
// lock on the run's folder, so that a star set in one window does not undo a tag set in another. Reads and writes files:
// for a thread.
//
//     LATENT_CHECK(changeNotes(run, [](RunNotes& notes) { notes.star = true; }));

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "engine/result.hpp"
#include "engine/store/request.hpp"

namespace latent::desktop {

using RunNotes = engine::UserNotes;

engine::Result<RunNotes> readNotes(const std::filesystem::path& run);
engine::Status writeNotes(const std::filesystem::path& run, const RunNotes& notes);
engine::Status changeNotes(const std::filesystem::path& run, const std::function<void(RunNotes&)>& change);

/// "phase, paper" as a person types it: tags without blanks at their ends, each once, in order.
std::vector<std::string> tagsIn(const std::string& typed);

}  // namespace latent::desktop
