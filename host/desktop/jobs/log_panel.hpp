// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// What jobs say: the log and the states of the selected job or of all, newest at the end, level by word, icon and colour.
//
// Events are read on a thread of its own, only while the panel can be seen, and only the last 5,000 lines are kept. UI
// thread only.
//
//     auto* log = new LogPanel(bench.jobs(), dock);
//     log->showJob(run);          // an empty path: all jobs

#include <QWidget>
#include <filesystem>
#include <memory>

namespace latent::desktop {

class JobQueue;

class LogPanel : public QWidget {
    Q_OBJECT
  public:
    explicit LogPanel(JobQueue& queue, QWidget* parent = nullptr);
    ~LogPanel() override;
    int lineCount() const;

  public Q_SLOTS:
    void showJob(const std::filesystem::path& run);
    /// The selected lines, or all that the filter lets through.
    void copy();

  protected:
    void showEvent(QShowEvent* event) override;
    void hideEvent(QHideEvent* event) override;

  private:
    struct Parts;
    std::unique_ptr<Parts> m_parts;
};

}  // namespace latent::desktop
