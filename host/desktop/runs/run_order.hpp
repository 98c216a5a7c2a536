// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// How runs are put in order by a column: what the index can sort it sorts, and the rest is sorted here. Any thread.
//
//     auto rows = index.sharedRuns(filter, indexOrder("mu", Qt::AscendingOrder));
//     sortRuns(rows, "duration", Qt::AscendingOrder, titleOf);

#include <QString>
#include <functional>
#include <string>
#include <vector>

#include "engine/index/run_row.hpp"

namespace latent::desktop {

/// The index's word for it: "-created"; the newest first where the index cannot.
std::string indexOrder(const QString& column, Qt::SortOrder order);
/// By name, tags or duration; rows of equal keys keep their order. Other columns are left as they are.
void sortRuns(std::vector<engine::IndexedRunPtr>& rows, const QString& column, Qt::SortOrder order,
              const std::function<QString(const engine::IndexedRun&)>& titleOf);
/// From its making to its end, or to now while it goes on; 0 of one that waits.
double durationOf(const engine::IndexedRun& run, double now_s);

}  // namespace latent::desktop
