// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Rows of cells as text and back: what spreadsheets, JSON and Python put on the clipboard, and what a field holds.
//
// Nothing is judged here: a cell that is no number stays as it is, for the engine to refuse by row and column. Pure functions.
//
//     rowsFrom(matrix, "1\t2\n3\t4");          // {{"1", "2"}, {"3", "4"}}
//     rowsFrom(matrix, "[[1. 2.]\n [3. 4.]]"); // the same from numpy
//     textFrom(matrix, rows);                  // "[[1, 2], [3, 4]]"

#include <QString>
#include <QStringList>
#include <vector>

#include "engine/parameters/schema_model.hpp"

namespace latent::desktop {

using GridRows = std::vector<QStringList>;

/// Of lists every cell is a row of one. Rows of different lengths are filled with empty cells.
GridRows rowsFrom(const engine::ParameterModel& parameter, const QString& text);
QString textFrom(const engine::ParameterModel& parameter, const GridRows& rows);

/// Whether the engine takes the cell, lengths aside.
bool isRight(const engine::ParameterModel& parameter, const QString& cell);

/// A list or matrix that would be split wrongly as one line: it has lines or tabs, or is an array of Python.
bool isTable(const QString& text);

}  // namespace latent::desktop
