// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// What several runs have in common and what not, as tables of words: parameters that differ, metrics, claims.
//
// Columns are the names of things first, then one for each run. Pure functions, any thread.
//
//     CompareTable table = parameterTable({first, second}, {"mu 1", "mu 2"});    // rows of what differs
//     grid->setTable(metricTable(arrays, labels));

#include <QString>
#include <QStringList>
#include <nlohmann/json_fwd.hpp>
#include <vector>

#include "engine/figures/array_set.hpp"

namespace latent::desktop {

struct CompareTable {
    struct Cell {
        QString text;
        QString verdict = {};  ///< "holds", "tie", …: shown with its mark and colour
        QString toolTip = {};
        bool isNumber = false;
    };
    QStringList columns;
    std::vector<std::vector<Cell>> rows;
    bool empty() const { return rows.empty(); }
};

/// Parameters that are not the same in all runs, by name; "–" where a run has none. Where runs of different experiments
/// have many that no other run has, a last row counts those and its tooltips name them. So for metrics.
CompareTable parameterTable(const std::vector<nlohmann::json>& parameters,
                            const std::vector<QString>& labels);
/// Of each metric the last, least and greatest value; "not a number" values are left out.
CompareTable metricTable(const std::vector<engine::figures::ArraySet>& arrays,
                         const std::vector<QString>& labels);
/// From the answers of `latent claims --json`, one a run; null where it is not known yet.
CompareTable claimTable(const std::vector<nlohmann::json>& answers, const std::vector<QString>& labels);

}  // namespace latent::desktop
