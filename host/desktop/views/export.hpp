// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Figures as files: PNG, SVG, PDF and CSV, at the size of a paper's column, drawn by the same canvases as in the window.
//
// Files are written whole or not at all, and never over an existing one unless told. UI thread only (also off-screen).
//
//     ExportOptions options{.width_mm = 85};
//     LATENT_CHECK(exportFigure(figure, "losses.pdf", options));         // the ending decides
//     LATENT_CHECK(exportFigure(figure, "losses.svg", {.theme = Theme::Kind::Dark, .viewState = canvas->viewState()}));

#include <QByteArray>
#include <QVariantMap>
#include <filesystem>
#include <string_view>

#include "desktop/views/canvas.hpp"
#include "engine/result.hpp"

namespace latent::desktop {

struct ExportOptions {
    double width_mm = 85;        ///< 85: one column, 180: two
    double height_mm = 0;        ///< 0: what suits the kind
    double dots_per_inch = 300;  ///< of PNG
    Theme::Kind theme = Theme::Kind::Paper;
    bool title = false;  ///< papers have captions; reports and screens want titles
    bool replace = false;
    QVariantMap viewState = {};  ///< zoom and hidden series to export; empty: all data
};

engine::Status exportFigure(const FigurePtr& figure, const std::filesystem::path& file,
                            const ExportOptions& options = {});
/// Puts what was exported into its file; refused where that is there and is not to be replaced.
engine::Status writeExport(const std::filesystem::path& file, std::string_view content, bool replace);
/// The same in memory; `format` is "png", "svg", "pdf" or "csv".
engine::Result<QByteArray> renderFigure(const FigurePtr& figure, const QString& format,
                                        const ExportOptions& options = {});

}  // namespace latent::desktop
