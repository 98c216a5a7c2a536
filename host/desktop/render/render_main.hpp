// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Figures into files, without a window: what `latent figure` and the figures of `latent report` are drawn by.
//
//     latent-workbench --render RUN VIEW FILE.{png,svg,pdf,csv} [--width-mm 85] [--theme paper|light|dark] [--cursor frame=12]
//     latent-workbench --render RUN --all FOLDER --format svg        every figure, and a line of JSON that names the files
//
// Exit codes are those of `latent`; a sentence goes to stderr. Main thread; needs a QApplication (off-screen is enough).

#include <QStringList>

namespace latent::desktop {

inline constexpr const char* kRenderWord = "--render";
/// The words after --render.
int renderMain(const QStringList& words);

}  // namespace latent::desktop
