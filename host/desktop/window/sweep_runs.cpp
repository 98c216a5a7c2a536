// SPDX-License-Identifier: GPL-3.0-or-later
#include "desktop/window/sweep_runs.hpp"

#include <QCoreApplication>
#include <QStringList>
#include <QUrl>
#include <map>

#include "desktop/live/run_title.hpp"
#include "desktop/window/sweep_cell.hpp"
#include "engine/jobs/cell_links.hpp"

namespace latent::desktop {
namespace {

class SweepRunWords {
    Q_DECLARE_TR_FUNCTIONS(SweepRuns)
};

/// Of other designs than grids the number.
QString placeWords(const std::vector<SweepAxis>& axes, std::uint64_t cell) {
    if (axes.empty()) return SweepRunWords::tr("cell %1").arg(cell + 1);
    QStringList words;
    std::uint64_t rest = cell;
    for (auto axis = axes.rbegin(); axis != axes.rend(); ++axis) {
        const std::size_t length = axis->values.size();
        words.prepend(QStringLiteral("%1 %2").arg(QString::fromStdString(axis->name),
                                                  valueWords(axis->values[rest % length])));
        rest /= length;
    }
    return words.join(QStringLiteral(" · "));
}

}  // namespace

std::vector<SweepRun> begunRuns(const std::filesystem::path& sweep, const nlohmann::json& request,
                                std::size_t most) {
    std::vector<SweepRun> begun;
    const auto links = engine::readCellLinks(sweep);
    if (!links) return begun;
    const std::vector<SweepAxis> axes = sweepAxes(request);
    std::map<std::string, std::size_t> ended;
    for (const engine::CellLink& cell : links->cells) ++ended[cell.run];
    for (auto job = links->jobs.rbegin(); job != links->jobs.rend() && begun.size() < most; ++job) {
        const bool isOne = job->cells.size() == 1;
        begun.push_back({sweep.parent_path() / job->run,
                         isOne
                             ? placeWords(axes, job->cells.front())
                             : SweepRunWords::tr("%n cells at once", "", static_cast<int>(job->cells.size())),
                         ended[job->run] >= job->cells.size()});
    }
    return begun;
}

QString sweepWords(const std::vector<SweepRun>& begun) {
    QString words = SweepRunWords::tr("The figures of a sweep are drawn when its last cell has ended.");
    QStringList running, done;
    for (const SweepRun& one : begun)
        (one.ended ? done : running) << QStringLiteral("<a href=\"%1\">%2</a>")
                                            .arg(QUrl::fromLocalFile(QString::fromStdString(one.run.string()))
                                                     .toString()
                                                     .toHtmlEscaped(),
                                                 one.cells.toHtmlEscaped());
    const auto add = [&words](const QString& title, const QStringList& links) {
        if (!links.isEmpty())
            words += QStringLiteral("<br><br>%1<br>%2").arg(title, links.join(QStringLiteral("<br>")));
    };
    add(SweepRunWords::tr("Being computed:"), running);
    add(SweepRunWords::tr("Ended last:"), done);
    return words;
}

}  // namespace latent::desktop
