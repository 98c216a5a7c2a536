// SPDX-License-Identifier: GPL-3.0-or-later
#include "desktop/jobs/trash.hpp"

#include <QFile>

#include "engine/files/operations.hpp"
#include "engine/jobs/run_status.hpp"

namespace latent::desktop {
namespace {

namespace fs = std::filesystem;

engine::Result<Trashed> moveToOwnTrash(const fs::path& run) {
    const fs::path trash = run.parent_path().parent_path() / ".trash";
    if (const auto made = engine::makeFolder(trash); !made) return made.error();
    const fs::path to = trash / run.filename();
    std::error_code error;
    if (fs::exists(to, error))
        return engine::failed("The trash " + trash.string() + " already has a run of the name " +
                              run.filename().string() + ".");
    fs::rename(run, to, error);
    if (error) return engine::fileError("move", run, error.value());
    return Trashed{run, to, {}};
}

}  // namespace

engine::Result<Trashed> moveRunToTrash(const fs::path& run) {
    // A folder that cannot be read as a run may go: that is what a trash is for.
    if (const auto status = engine::runStatus(run); status && status->alive)
        return engine::badRequest("A worker is busy with the run " + run.filename().string() +
                                  ". Stop it first.");
    QString to;
    if (QFile::moveToTrash(QString::fromStdString(run.string()), &to) && !to.isEmpty()) {
        const fs::path place = to.toStdString();
        return Trashed{
            run, place,
            place.parent_path().parent_path() / "info" / (place.filename().string() + ".trashinfo")};
    }
    return moveToOwnTrash(run);
}

engine::Status takeBack(const Trashed& trashed) {
    std::error_code error;
    if (fs::exists(trashed.from, error))
        return engine::failed("The run " + trashed.from.filename().string() +
                              " cannot be taken back: there is one of that name again.");
    fs::rename(trashed.to, trashed.from, error);
    if (error) return engine::fileError("take back", trashed.from, error.value());
    return trashed.info.empty() ? engine::ok() : engine::removeFile(trashed.info);
}

}  // namespace latent::desktop
