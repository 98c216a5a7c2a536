// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// What can be done with the selected runs, as actions for buttons, menus and keys; and the doing of what belongs to the
// person: star, tags, notes, trash and back.
//
// Files are changed on a thread; the list is refreshed after it. What others must do comes out as a signal. UI thread only.
//
//     RunActions actions(list, view);
//     actions.setSelection(rows);
//     menu->addActions(actions.all());

#include <QAction>
#include <QObject>
#include <QStringList>
#include <functional>
#include <vector>

#include "desktop/jobs/trash.hpp"
#include "desktop/live/file_thread.hpp"
#include "desktop/runs/run_list.hpp"
#include "desktop/runs/run_notes.hpp"

namespace latent::desktop {

class RunActions : public QObject {
    Q_OBJECT
  public:
    RunActions(RunList& list, QWidget* parent);

    void setSelection(const std::vector<int>& rows);
    QStringList folders() const { return m_folders; }

    QAction *open, *compare, *clone, *report, *resume, *star, *notes, *copyPath, *showFolder, *trash;

    /// Changes user.json of these runs, each as it is at that moment.
    void change(const QStringList& folders, std::function<void(RunNotes&)> change);
    /// Without asking.
    void moveToTrash(const QStringList& folders);
    /// Takes back what went to the trash last.
    void undoTrash();

  Q_SIGNALS:
    void openRun(const QString& run);
    void compareRuns(const QStringList& runs);
    void cloneRun(const QString& run);
    void reportRuns(const QStringList& runs);
    void resumeRun(const std::filesystem::path& run);
    void problem(const QString& sentence);
    /// For the message bar with its undo.
    void trashed(int count);
    void takenBack(int count);

  private:
    QAction* make(const char* icon, const QString& text, const QString& help, const QKeySequence& key,
                  std::function<void()> what);
    void editNotes();
    void confirmTrash();
    RunList& m_list;
    bool canGoOn(std::size_t at) const;
    QWidget* m_parent;
    QStringList m_folders;
    struct Chosen {
        std::string state;
        bool star = false;
    };
    std::vector<Chosen> m_chosen;  ///< of m_folders, as they were; light, for ten thousand may be selected
    std::vector<Trashed> m_trashed;
    FileThread m_files;
};

}  // namespace latent::desktop
