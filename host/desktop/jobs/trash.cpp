// SPDX-License-Identifier: GPL-3.0-or-later
#include "desktop/jobs/trash.hpp"

#include <QCoreApplication>
#include <QFile>

#include "engine/files/operations.hpp"
#include "engine/jobs/run_status.hpp"

namespace latent::desktop {
namespace {

namespace fs = std::filesystem;

/// With a context that lupdate knows.
class TrashWords {
    Q_DECLARE_TR_FUNCTIONS(Trash)
};

QString nameIn(const fs::path& run) { return QString::fromStdString(run.filename().string()); }

engine::Result<Trashed> moveToOwnTrash(const fs::path& run) {
    const fs::path trash = run.parent_path().parent_path() / ".trash";
    if (const auto made = engine::makeFolder(trash); !made) return made.error();
    const fs::path to = trash / run.filename();
    std::error_code error;
    if (fs::exists(to, error))
        return engine::failed(TrashWords::tr("The trash %1 already has a run of the name %2.")
                                  .arg(QString::fromStdString(trash.string()), nameIn(run))
                                  .toStdString());
    fs::rename(run, to, error);
    if (error) return engine::fileError("move", run, error.value());
    return Trashed{run, to, {}};
}

}  // namespace

engine::Result<Trashed> moveRunToTrash(const fs::path& run) {
    // A folder that cannot be read as a run may go: that is what a trash is for.
    if (const auto status = engine::runStatus(run); status && status->alive)
        return engine::badRequest(TrashWords::tr("A worker is busy with the run %1. Stop it first.")
                                      .arg(nameIn(run))
                                      .toStdString());
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
        return engine::failed(
            TrashWords::tr("The run %1 cannot be taken back: there is one of that name again.")
                .arg(nameIn(trashed.from))
                .toStdString());
    fs::rename(trashed.to, trashed.from, error);
    if (error) return engine::fileError("take back", trashed.from, error.value());
    return trashed.info.empty() ? engine::ok() : engine::removeFile(trashed.info);
}

}  // namespace latent::desktop
