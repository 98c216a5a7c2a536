// SPDX-License-Identifier: GPL-3.0-or-later
#include "desktop/around/share_folder.hpp"

#include "engine/plugins/search.hpp"

namespace latent::desktop {
namespace {

QString& chosenFolder() {
    static QString folder;
    return folder;
}

}  // namespace

QString shareFolder() {
    if (!chosenFolder().isEmpty()) return chosenFolder();
    return QString::fromStdString((engine::programFile().parent_path().parent_path() / "share" / "latent").string());
}

void setShareFolder(const QString& folder) { chosenFolder() = folder; }

}  // namespace latent::desktop
