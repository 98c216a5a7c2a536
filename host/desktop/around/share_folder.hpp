// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Where the files lie that came with the program: <prefix>/share/latent for <prefix>/bin/latent-workbench, in the build
// folder as in an installed prefix. manual/, samples/ and licences/ are in it. Any thread.
//
//     ManualPages pages = ManualPages::read(shareFolder() + QStringLiteral("/manual"));

#include <QString>

namespace latent::desktop {

QString shareFolder();
/// For the tests, before anything else runs.
void setShareFolder(const QString& folder);

}  // namespace latent::desktop
