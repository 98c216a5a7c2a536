// SPDX-License-Identifier: GPL-3.0-or-later
#include "desktop/runs/run_order.hpp"

#include <algorithm>
#include <chrono>
#include <numeric>

namespace latent::desktop {
namespace {

/// Sorts by a key that is made once for each row: titles cost more than comparisons.
template <class Key>
void sortBy(std::vector<engine::IndexedRunPtr>& rows, Qt::SortOrder order, Key keyOf) {
    using Value = std::decay_t<decltype(keyOf(*rows.front()))>;
    std::vector<std::pair<Value, std::size_t>> keys;
    for (std::size_t i = 0; i < rows.size(); ++i) keys.emplace_back(keyOf(*rows[i]), i);
    std::stable_sort(keys.begin(), keys.end(), [order](const auto& a, const auto& b) {
        return order == Qt::AscendingOrder ? a.first < b.first : b.first < a.first;
    });
    std::vector<engine::IndexedRunPtr> sorted;
    sorted.reserve(rows.size());
    for (const auto& [key, at] : keys) sorted.push_back(std::move(rows[at]));
    rows = std::move(sorted);
}

}  // namespace

std::string indexOrder(const QString& column, Qt::SortOrder order) {
    if (column == QLatin1String("name") || column == QLatin1String("tags") ||
        column == QLatin1String("duration"))
        return "-created";
    return (order == Qt::DescendingOrder ? "-" : "") + column.toStdString();
}

double durationOf(const engine::IndexedRun& run, double now_s) {
    if (run.state == "queued" || run.created <= 0) return 0;
    const bool goesOn = run.state == "running" || run.state == "elsewhere";
    return std::max(0.0, (run.ended > 0 && !goesOn ? run.ended : goesOn ? now_s : run.created) - run.created);
}

void sortRuns(std::vector<engine::IndexedRunPtr>& rows, const QString& column, Qt::SortOrder order,
              const std::function<QString(const engine::IndexedRun&)>& titleOf) {
    if (rows.empty()) return;
    if (column == QLatin1String("name")) {
        sortBy(rows, order, titleOf);
    } else if (column == QLatin1String("tags")) {
        sortBy(rows, order, [](const engine::IndexedRun& run) { return run.tags; });
    } else if (column == QLatin1String("duration")) {
        const double now_s =
            std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
        sortBy(rows, order, [now_s](const engine::IndexedRun& run) { return durationOf(run, now_s); });
    }
}

}  // namespace latent::desktop
