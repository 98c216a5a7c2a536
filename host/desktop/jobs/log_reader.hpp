// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Reads what runs say in their events (log lines and states), on a thread of its own.
//
// Of a run that has said much only the last megabyte is read at first. Lines come in batches. Signals arrive on the UI
// thread; everything here is called from it.
//
//     LogReader reader;
//     connect(&reader, &LogReader::lines, model, &LogModel::add);
//     reader.follow({run});
//     reader.setActive(true);          // while somebody looks

#include <QMetaType>
#include <QObject>
#include <QString>
#include <QThread>
#include <filesystem>
#include <vector>

namespace latent::desktop {

enum class LogLevel { Debug, Info, Warning, Error };

struct LogLine {
    double time = 0;  ///< unix seconds, the writer's clock
    LogLevel level = LogLevel::Info;
    std::filesystem::path run;
    QString text;
};
using LogLines = std::vector<LogLine>;

class LogTailer;

class LogReader : public QObject {
    Q_OBJECT
  public:
    explicit LogReader(QObject* parent = nullptr);
    ~LogReader() override;

    /// Exactly these runs from now on; those that were followed already are not read again.
    void follow(const std::vector<std::filesystem::path>& runs);
    void setActive(bool active);

  Q_SIGNALS:
    void lines(const latent::desktop::LogLines& lines);

  private:
    QThread m_thread;
    LogTailer* m_tailer;  ///< lives on m_thread
};

}  // namespace latent::desktop
Q_DECLARE_METATYPE(latent::desktop::LogLines)
