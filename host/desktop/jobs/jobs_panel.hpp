// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// The jobs of the queue, one line each: title, bar, words (62 % · 4 s left · checkpoint 12 s ago), and what may be asked.
//
// It shows the queue and asks it; it knows no files. Lines of jobs that stay are kept, so that a button does not move away
// under the mouse. With no job it says what to do. UI thread only.
//
//     auto* panel = new JobsPanel(bench.jobs(), dock);
//     connect(panel, &JobsPanel::openRun, window, &Window::openRun);
//     connect(panel, &JobsPanel::selected, log, &LogPanel::showJob);

#include <QWidget>
#include <filesystem>
#include <map>

class QLabel;
class QScrollArea;
class QSpinBox;
class QVBoxLayout;

namespace latent::desktop {

class JobQueue;
class JobRow;

class JobsPanel : public QWidget {
    Q_OBJECT
  public:
    explicit JobsPanel(JobQueue& queue, QWidget* parent = nullptr);
    ~JobsPanel() override;

    /// The job whose line was clicked or has the focus; empty when none.
    const std::filesystem::path& selection() const { return m_selection; }

  public Q_SLOTS:
    void select(const std::filesystem::path& run);

  Q_SIGNALS:
    void openRun(const std::filesystem::path& run);
    /// The person wants another budget of cores; the queue has it already.
    void coresChosen(int cores);
    void selected(const std::filesystem::path& run);

  protected:
    void changeEvent(QEvent* event) override;

  private:
    void update();
    void confirmForeign(const std::filesystem::path& run, const QStringList& paths);
    JobQueue& m_queue;
    QLabel* m_summary;
    QSpinBox* m_cores;
    QWidget* m_empty;
    QScrollArea* m_area;
    QVBoxLayout* m_rows;
    QWidget* m_clear;
    std::map<int, JobRow*> m_byId;
    std::filesystem::path m_selection;
};

}  // namespace latent::desktop
