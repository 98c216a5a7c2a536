// SPDX-License-Identifier: Apache-2.0
#pragma once
// A resolved figure in other words: its numbers as CSV or as a table on the screen, and a Python script that draws it anew.
//
// CSV is RFC 4180 with one header line, UTF-8, numbers in the shortest form that reads back exactly, "nan" for no number;
// series of different length are told apart by a first column `series`. Pure functions; any thread.
//
//     writeNew("losses.csv", figureCsv(figure));
//     NumberTable numbers = figureNumbers(figure);      // "show the numbers"
//     writeNew("losses.py", figureScript(view, cursors, "runs/2026-…-sim-theory-3f2a9c0b1e"));

#include <functional>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

#include "engine/figures/figure.hpp"
#include "engine/figures/resolve.hpp"

namespace latent::engine::figures {

/// Numbers in columns, made cell by cell as a view asks for them, so that a million rows cost nothing until they are seen.
/// Borrows the figure, which must outlive it.
struct NumberTable {
    std::vector<std::string> columns;
    std::size_t rows = 0;
    std::function<std::string(std::size_t row, std::size_t column)> cell;
};
NumberTable figureNumbers(const Figure& figure);

std::string figureCsv(const Figure& figure);

/// What a person has changed of a figure in the window, beside its view.
struct ScriptLook {
    std::vector<std::string> hidden{};                  ///< labels of series that are not drawn
    std::optional<std::pair<double, double>> camera{};  ///< azimuth and elevation in degrees, of scenes
};

/// A script of numpy, h5py and matplotlib that opens the run with latent.py and draws this figure: the person's own
/// starting point for a paper's figure. `run` is written into it as the default path.
std::string figureScript(const nlohmann::json& view, const Cursors& cursors, const std::string& run,
                         const ScriptLook& look = {});
/// The same of several runs in one figure, each with a colour and a marker of its own. `runs`: name and path.
std::string figureScript(const nlohmann::json& view, const Cursors& cursors,
                         const std::vector<std::pair<std::string, std::string>>& runs,
                         const ScriptLook& look = {});

}  // namespace latent::engine::figures
