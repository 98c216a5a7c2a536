// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// The thread side of LogReader: one tail for each run, polled twice a second while somebody looks.

#include <QObject>
#include <QTimer>
#include <map>

#include "desktop/jobs/log_reader.hpp"
#include "engine/store/events.hpp"

namespace latent::desktop {

class LogTailer : public QObject {
    Q_OBJECT
  public:
    LogTailer();
    void follow(const std::vector<std::filesystem::path>& runs);
    void setActive(bool active);

  Q_SIGNALS:
    void lines(const latent::desktop::LogLines& lines);

  private:
    void poll();
    QTimer* m_timer;
    std::map<std::filesystem::path, engine::EventTail> m_tails;
};

}  // namespace latent::desktop
