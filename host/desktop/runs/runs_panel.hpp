// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// The run browser: a search field with the filter language, and the runs, as a table or (narrow) as lines of two rows.
//
// It changes what belongs to the person (star, tags, notes, trash) by itself, on a thread; everything else it asks of the
// window with signals. UI thread only.
//
//     auto* panel = new RunsPanel(bench.list(), dock);
//     connect(panel, &RunsPanel::openRun, window, &Window::openRun);
//     connect(panel, &RunsPanel::resumeRun, &bench.jobs(), &JobQueue::resume);

#include <QStringList>
#include <QVariantMap>
#include <QWidget>
#include <filesystem>
#include <memory>

namespace latent::desktop {

class RunList;

class RunsPanel : public QWidget {
    Q_OBJECT
  public:
    explicit RunsPanel(RunList& list, QWidget* parent = nullptr);
    ~RunsPanel() override;

    /// Folders of the selected runs, in the order of the list.
    QStringList selection() const;
    /// Filter, columns, widths and sort, for sessions.
    QVariantMap viewState() const;
    void setViewState(const QVariantMap& state);

  public Q_SLOTS:
    void setFilter(const QString& filter);
    void focusFilter();
    void select(const std::filesystem::path& run);

  Q_SIGNALS:
    void openRun(const QString& run);
    void compareRuns(const QStringList& runs);
    void cloneRun(const QString& run);
    void reportRuns(const QStringList& runs);
    void resumeRun(const std::filesystem::path& run);
    void selectionChanged();
    /// Something did not work, in a sentence.
    void problem(const QString& sentence);

  protected:
    void resizeEvent(QResizeEvent* event) override;

  private:
    struct Parts;
    std::unique_ptr<Parts> m_parts;
};

}  // namespace latent::desktop
