// SPDX-License-Identifier: Apache-2.0
#pragma once
// Figures drawn by the desktop's renderer: `latent-workbench --render`, a process of its own, off-screen.
//
// It is looked for beside this program; without it there are no pictures, and everything else works. Main thread.
//
//     if (const auto draw = desktopDrawer()) report = writeReport(catalog, runs, title, *draw);
//     LATENT_CHECK(drawFigure(run, "losses", "losses.pdf", {"--width-mm", "85"}));

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "engine/report/report.hpp"
#include "engine/result.hpp"

namespace latent::cli {

std::optional<engine::FigureDrawer> desktopDrawer();
/// Refused (exit 3) where the renderer is not installed, with what works without it.
engine::Status drawFigure(const std::filesystem::path& run, const std::string& figure,
                          const std::filesystem::path& file, const std::vector<std::string>& options);

}  // namespace latent::cli
