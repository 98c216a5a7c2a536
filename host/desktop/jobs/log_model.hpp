// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// The last lines that jobs have said, as a table (time, level, job, text), and what the panel's filter lets through.
//
// Lines beyond the limit are dropped from the front. UI thread only.
//
//     LogModel model;
//     model.add(lines);
//     LogFilter filter(&model);  filter.setLevel(LogLevel::Warning);  filter.setText("overflow");

#include <QAbstractTableModel>
#include <QSortFilterProxyModel>
#include <deque>
#include <map>

#include "desktop/jobs/log_reader.hpp"

namespace latent::desktop {

class LogModel : public QAbstractTableModel {
    Q_OBJECT
  public:
    enum Column { Time, Level, JobName, Text, Columns };
    static constexpr std::size_t kMostLines = 5000;
    explicit LogModel(QObject* parent = nullptr) : QAbstractTableModel(parent) {}

    void add(const LogLines& lines);
    void clear();
    /// What jobs are called; for lines that are there and those that come.
    void setTitles(std::map<std::filesystem::path, QString> titles);
    const LogLine& line(int row) const { return m_lines[static_cast<std::size_t>(row)]; }
    /// "2026-11-25 21:04:05  warning  sim/theory · mu 1  text"
    QString lineText(int row) const;

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

  private:
    QString titleOf(const std::filesystem::path& run) const;
    std::deque<LogLine> m_lines;
    std::map<std::filesystem::path, QString> m_titles;
};

class LogFilter : public QSortFilterProxyModel {
    Q_OBJECT
  public:
    explicit LogFilter(LogModel* model);
    /// This level and worse.
    void setLevel(LogLevel level);
    void setText(const QString& text);
    /// An empty path: all.
    void setRun(const std::filesystem::path& run);

  protected:
    bool filterAcceptsRow(int row, const QModelIndex& parent) const override;

  private:
    LogModel* m_model;
    LogLevel m_level = LogLevel::Info;
    QString m_text;
    std::filesystem::path m_run;
};

QString levelWord(LogLevel level);

}  // namespace latent::desktop
