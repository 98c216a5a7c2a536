// SPDX-License-Identifier: GPL-3.0-or-later
// What the cells of the run list say.
#include <QDateTime>
#include <QLocale>
#include <algorithm>

#include "desktop/live/run_title.hpp"
#include "desktop/live/run_words.hpp"
#include "desktop/runs/run_list.hpp"
#include "desktop/runs/run_order.hpp"
#include "desktop/theme/theme.hpp"

namespace latent::desktop {
namespace {

constexpr int kLookedAt = 50;  ///< rows that tell whether a column holds numbers

double now_s() { return static_cast<double>(QDateTime::currentMSecsSinceEpoch()) / 1000; }

QString stateText(const engine::IndexedRun& run) {
    const QString word = lookOfState(run.state).word;
    return run.state == "running"
               ? QStringLiteral("%1 %2 %").arg(word).arg(static_cast<int>(100 * run.fraction))
               : word;
}

QString tagText(const engine::IndexedRun& run) {
    QStringList tags;
    for (const std::string& tag : run.tags) tags << QString::fromStdString(tag);
    return tags.join(QStringLiteral(", "));
}

const nlohmann::json* valueOf(const engine::IndexedRun& run, const QString& column) {
    const bool isMetric = column.endsWith(QLatin1Char('@'));
    const nlohmann::json& values = isMetric ? run.metrics : run.parameters;
    const auto found = values.find((isMetric ? column.chopped(1) : column).toStdString());
    return found == values.end() ? nullptr : &*found;
}

QString line(const QString& word, const QString& text) {
    return text.isEmpty() ? QString() : QStringLiteral("<br><b>%1</b> %2").arg(word, text.toHtmlEscaped());
}

QString toolTip(const engine::IndexedRun& run, const QString& title) {
    QString text = QStringLiteral("<b>%1</b><br>%2")
                       .arg(title.toHtmlEscaped(), QString::fromStdString(run.id).toHtmlEscaped());
    text += line(RunList::tr("State:"), stateText(run)) +
            line(RunList::tr("Why:"), QString::fromStdString(run.reason).left(500));
    const QDateTime created = QDateTime::fromSecsSinceEpoch(static_cast<qint64>(run.created));
    text += line(RunList::tr("Made:"), QLocale().toString(created, QLocale::LongFormat));
    return text + line(RunList::tr("Tags:"), tagText(run)) +
           line(RunList::tr("Notes:"), QString::fromStdString(run.notes).left(500));
}

QString headerOf(const QString& column) {
    if (column == QLatin1String("star")) return {};
    if (column == QLatin1String("state")) return RunList::tr("State");
    if (column == QLatin1String("name")) return RunList::tr("Run");
    if (column == QLatin1String("experiment")) return RunList::tr("Experiment");
    if (column == QLatin1String("created")) return RunList::tr("Made");
    if (column == QLatin1String("duration")) return RunList::tr("Duration");
    if (column == QLatin1String("tags")) return RunList::tr("Tags");
    if (column == QLatin1String("notes")) return RunList::tr("Notes");
    return column.endsWith(QLatin1Char('@')) ? RunList::tr("%1 (last)").arg(column.chopped(1)) : column;
}

bool isNumeric(const QString& column, const engine::IndexedRun& run) {
    const nlohmann::json* value = valueOf(run, column);
    return value && value->is_number();
}

}  // namespace

QVariant RunList::display(int row, const QString& column) const {
    const engine::IndexedRun& it = *run(row);
    if (column == QLatin1String("star")) return it.star ? tr("starred") : QString();
    if (column == QLatin1String("state")) return stateText(it);
    if (column == QLatin1String("name")) return title(row);
    if (column == QLatin1String("experiment")) return QString::fromStdString(it.experiment);
    if (column == QLatin1String("created")) return ageWords(it.created, QDateTime::currentDateTime());
    if (column == QLatin1String("duration"))
        return it.state == "queued" ? QString() : durationWords(durationOf(it, now_s()));
    if (column == QLatin1String("tags")) return tagText(it);
    if (column == QLatin1String("notes")) return QString::fromStdString(it.notes).simplified();
    const nlohmann::json* value = valueOf(it, column);
    return value ? valueWords(*value) : QString();
}

QVariant RunList::sortKey(int row, const QString& column) const {
    const engine::IndexedRun& it = *run(row);
    if (column == QLatin1String("created")) return it.created;
    if (column == QLatin1String("duration")) return durationOf(it, now_s());
    if (column == QLatin1String("star")) return it.star;
    const nlohmann::json* value = valueOf(it, column);
    return value && value->is_number() ? QVariant(value->get<double>()) : display(row, column);
}

QVariant RunList::data(const QModelIndex& index, int role) const {
    const engine::IndexedRun* it = index.isValid() ? run(index.row()) : nullptr;
    if (!it || index.column() >= columnCount()) return {};
    const QString column = columns().at(index.column());
    switch (role) {
        case Qt::DisplayRole:
            return display(index.row(), column);
        case Qt::ToolTipRole:
            return toolTip(*it, title(index.row()));
        case Qt::AccessibleTextRole:
            return column == QLatin1String("name")
                       ? QStringLiteral("%1, %2").arg(title(index.row()), stateText(*it))
                       : display(index.row(), column).toString();
        case Qt::TextAlignmentRole:
            return QVariant(Qt::AlignVCenter | (isNumeric(column, *it) ? Qt::AlignRight : Qt::AlignLeft));
        case Qt::FontRole:
            return isNumeric(column, *it) ? QVariant(theme().tabular) : QVariant();
        case Qt::ForegroundRole:
            return column == QLatin1String("name") || column == QLatin1String("state")
                       ? QVariant()
                       : QVariant(theme().muted);
        case FolderRole:
            return QString::fromStdString(it->folder.string());
        case StateRole:
            return QString::fromStdString(it->state);
        case StarRole:
            return it->star;
        case KindRole:
            return QString::fromStdString(it->kind);
        case ExperimentRole:
            return QString::fromStdString(it->experiment);
        case SortRole:
            return sortKey(index.row(), column);
        default:
            return {};
    }
}

QVariant RunList::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal || section < 0 || section >= columnCount()) return {};
    const QString column = columns().at(section);
    if (role == Qt::DisplayRole) return headerOf(column);
    if (role == Qt::ToolTipRole && column == QLatin1String("star")) return tr("Star");
    if (role == Qt::AccessibleTextRole && column == QLatin1String("star")) return tr("Star");
    bool right = column.endsWith(QLatin1Char('@'));
    for (int row = 0; !right && role == Qt::TextAlignmentRole && row < std::min(rowCount(), kLookedAt); ++row)
        right = isNumeric(column, *run(row));
    if (role == Qt::TextAlignmentRole)
        return QVariant(Qt::AlignVCenter | (right ? Qt::AlignRight : Qt::AlignLeft));
    return {};
}

}  // namespace latent::desktop
