// SPDX-License-Identifier: GPL-3.0-or-later
#include "desktop/jobs/log_model.hpp"

#include <QDateTime>
#include <algorithm>

#include "desktop/theme/icon.hpp"
#include "desktop/theme/theme.hpp"

namespace latent::desktop {
namespace {

QColor colourOf(LogLevel level) {
    switch (level) {
        case LogLevel::Debug:
            return theme().muted;
        case LogLevel::Info:
            return theme().text;
        case LogLevel::Warning:
            return theme().warning;
        case LogLevel::Error:
            return theme().bad;
    }
    return theme().text;
}

const char* iconOf(LogLevel level) {
    switch (level) {
        case LogLevel::Warning:
            return "warning";
        case LogLevel::Error:
            return "error";
        default:
            return "info";
    }
}

QDateTime timeOf(const LogLine& line) {
    return QDateTime::fromMSecsSinceEpoch(static_cast<qint64>(line.time * 1000));
}

}  // namespace

QString levelWord(LogLevel level) {
    switch (level) {
        case LogLevel::Debug:
            return LogModel::tr("debug");
        case LogLevel::Info:
            return LogModel::tr("info");
        case LogLevel::Warning:
            return LogModel::tr("warning");
        case LogLevel::Error:
            return LogModel::tr("error");
    }
    return {};
}

void LogModel::add(const LogLines& lines) {
    const std::size_t from = lines.size() > kMostLines ? lines.size() - kMostLines : 0;
    const std::size_t count = lines.size() - from;
    if (count == 0) return;
    if (m_lines.size() + count > kMostLines) {
        const std::size_t over = m_lines.size() + count - kMostLines;
        beginRemoveRows({}, 0, static_cast<int>(over) - 1);
        m_lines.erase(m_lines.begin(), m_lines.begin() + static_cast<std::ptrdiff_t>(over));
        endRemoveRows();
    }
    beginInsertRows({}, static_cast<int>(m_lines.size()), static_cast<int>(m_lines.size() + count) - 1);
    m_lines.insert(m_lines.end(), lines.begin() + static_cast<std::ptrdiff_t>(from), lines.end());
    endInsertRows();
}

void LogModel::clear() {
    beginResetModel();
    m_lines.clear();
    endResetModel();
}

void LogModel::setTitles(std::map<std::filesystem::path, QString> titles) {
    if (titles == m_titles) return;
    m_titles = std::move(titles);
    if (!m_lines.empty()) Q_EMIT dataChanged(index(0, JobName), index(rowCount() - 1, JobName));
}

QString LogModel::titleOf(const std::filesystem::path& run) const {
    const auto found = m_titles.find(run);
    return found != m_titles.end() ? found->second : QString::fromStdString(run.filename().string());
}

QString LogModel::lineText(int row) const {
    const LogLine& it = line(row);
    return QStringList{timeOf(it).toString(QStringLiteral("yyyy-MM-dd HH:mm:ss")), levelWord(it.level),
                       titleOf(it.run), it.text}
        .join(QStringLiteral("  "));
}

int LogModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(m_lines.size());
}
int LogModel::columnCount(const QModelIndex& parent) const { return parent.isValid() ? 0 : Columns; }

QVariant LogModel::data(const QModelIndex& index, int role) const {
    if (!index.isValid()) return {};
    const LogLine& it = line(index.row());
    if (role == Qt::ForegroundRole)
        return index.column() == Text || index.column() == Level ? colourOf(it.level) : theme().muted;
    if (role == Qt::DecorationRole && index.column() == Level)
        return iconPixmap(QLatin1String(iconOf(it.level)), colourOf(it.level), 14, 2);
    if (role == Qt::AccessibleTextRole) return lineText(index.row());
    if (role == Qt::ToolTipRole && index.column() == Text) return it.text.toHtmlEscaped();
    if (role != Qt::DisplayRole) return {};
    switch (index.column()) {
        case Time:
            return timeOf(it).toString(QStringLiteral("HH:mm:ss"));
        case Level:
            return levelWord(it.level);
        case JobName:
            return titleOf(it.run);
        case Text:
            return it.text.simplified();
        default:
            return {};
    }
}

QVariant LogModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole) return {};
    switch (section) {
        case Time:
            return tr("Time");
        case Level:
            return tr("Level");
        case JobName:
            return tr("Job");
        case Text:
            return tr("Message");
        default:
            return {};
    }
}

LogFilter::LogFilter(LogModel* model) : QSortFilterProxyModel(model), m_model(model) {
    setSourceModel(model);
}

void LogFilter::setLevel(LogLevel level) {
    m_level = level;
    invalidateFilter();
}

void LogFilter::setText(const QString& text) {
    m_text = text;
    invalidateFilter();
}

void LogFilter::setRun(const std::filesystem::path& run) {
    m_run = run;
    invalidateFilter();
}

bool LogFilter::filterAcceptsRow(int row, const QModelIndex&) const {
    const LogLine& line = m_model->line(row);
    if (line.level < m_level || (!m_run.empty() && line.run != m_run)) return false;
    return m_text.isEmpty() || line.text.contains(m_text, Qt::CaseInsensitive);
}

}  // namespace latent::desktop
