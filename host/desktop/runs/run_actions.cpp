// SPDX-License-Identifier: GPL-3.0-or-later
#include "desktop/runs/run_actions.hpp"

#include <QClipboard>
#include <QDesktopServices>
#include <QFileInfo>
#include <QGuiApplication>
#include <QMessageBox>
#include <QPushButton>
#include <QStyle>
#include <QUrl>
#include <algorithm>

#include "desktop/runs/notes_dialog.hpp"
#include "desktop/theme/icon.hpp"

namespace latent::desktop {
namespace {

/// Applied to each run; the sentences of those that failed.
QStringList changeEach(const QStringList& folders, const std::function<void(RunNotes&)>& change) {
    QStringList problems;
    for (const QString& folder : folders)
        if (const engine::Status done = changeNotes(folder.toStdString(), change); !done)
            problems << QString::fromStdString(done.error().message);
    return problems;
}

}  // namespace

RunActions::RunActions(RunList& list, QWidget* parent) : QObject(parent), m_list(list), m_parent(parent) {
    open = make("chevron-right", tr("Open"), tr("Show its figures"), {}, [this] {
        for (const QString& folder : m_folders) Q_EMIT openRun(folder);
    });
    compare =
        make("compare", tr("Compare"), tr("Parameters that differ, metrics, claims and curves side by side"),
             {}, [this] { Q_EMIT compareRuns(m_folders); });
    clone = make("clone", tr("Clone into form"), tr("Its parameters, to change and run again"), {},
                 [this] { Q_EMIT cloneRun(m_folders.first()); });
    report = make("report", tr("Report"), tr("One HTML file with claims, figures and provenance"), {},
                  [this] { Q_EMIT reportRuns(m_folders); });
    resume = make("resume", tr("Resume"), tr("Go on from the last checkpoint"), {}, [this] {
        const QStringList folders = m_folders;
        for (std::size_t i = 0; i < m_chosen.size(); ++i)
            if (canGoOn(i)) Q_EMIT resumeRun(folders[static_cast<qsizetype>(i)].toStdString());
    });
    star = make("star", tr("Star"), tr("Mark it, or take the mark away"), QKeySequence(Qt::Key_S), [this] {
        const bool on =
            !std::all_of(m_chosen.begin(), m_chosen.end(), [](const Chosen& run) { return run.star; });
        change(m_folders, [on](RunNotes& its) { its.star = on; });
    });
    notes = make("tag", tr("Tags and notes…"), tr("Kept in the run's user.json"), QKeySequence(Qt::Key_T),
                 [this] { editNotes(); });
    copyPath =
        make("copy", tr("Copy path"), tr("Its folder, for a terminal or a notebook"), QKeySequence::Copy,
             [this] { QGuiApplication::clipboard()->setText(m_folders.join(QLatin1Char('\n'))); });
    showFolder = make("folder", tr("Show folder"), tr("In the file manager"), {}, [this] {
        for (const QString& folder : m_folders.mid(0, 5))
            QDesktopServices::openUrl(QUrl::fromLocalFile(folder));
    });
    trash = make("trash", tr("Move to trash…"), tr("The folder with all that was computed"),
                 QKeySequence::Delete, [this] { confirmTrash(); });
    setSelection({});
}

QAction* RunActions::make(const char* name, const QString& text, const QString& help, const QKeySequence& key,
                          std::function<void()> what) {
    auto* action = new QAction(icon(QLatin1String(name)), text, this);
    action->setToolTip(
        key.isEmpty() ? help : QStringLiteral("%1 (%2)").arg(help, key.toString(QKeySequence::NativeText)));
    action->setShortcut(key);
    action->setShortcutContext(Qt::WidgetShortcut);
    connect(action, &QAction::triggered, this, [what = std::move(what)] { what(); });
    return action;
}

bool RunActions::canGoOn(std::size_t at) const {
    const std::string& state = m_chosen[at].state;
    return state == "paused" || state == "interrupted" || state == "stopped" || state == "failed" ||
           state == "queued";
}

void RunActions::setSelection(const std::vector<int>& rows) {
    m_folders.clear();
    m_chosen.clear();
    for (const int row : rows) {
        const engine::IndexedRun* run = m_list.run(row);
        if (!run) continue;
        m_chosen.push_back({run->state, run->star});
        m_folders << QString::fromStdString(run->folder.string());
    }
    const std::size_t count = m_chosen.size();
    for (QAction* action : {open, report, star, notes, copyPath, showFolder, trash})
        action->setEnabled(count > 0);
    compare->setEnabled(count > 1);
    clone->setEnabled(count == 1);
    bool anyGoesOn = false;
    for (std::size_t i = 0; i < count && !anyGoesOn; ++i) anyGoesOn = canGoOn(i);
    resume->setEnabled(anyGoesOn);
    const bool starred = count > 0 && std::all_of(m_chosen.begin(), m_chosen.end(),
                                                  [](const Chosen& run) { return run.star; });
    star->setText(starred ? tr("Remove star") : tr("Star"));
    star->setIcon(icon(starred ? QStringLiteral("star-filled") : QStringLiteral("star")));
}

void RunActions::change(const QStringList& folders, std::function<void(RunNotes&)> how) {
    m_files.run([folders, how = std::move(how)] { return changeEach(folders, how); },
                [this](const QStringList& problems) {
                    m_list.refresh();
                    for (const QString& sentence : problems) Q_EMIT problem(sentence);
                });
}

void RunActions::editNotes() {
    std::vector<engine::IndexedRun> runs;
    for (const QString& folder : m_folders)
        if (const auto* run = m_list.run(m_list.rowOf(folder.toStdString()))) runs.push_back(*run);
    if (runs.empty()) return;
    auto* dialog = new NotesDialog(runs, m_parent);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    const QStringList folders = m_folders;
    connect(dialog, &QDialog::accepted, this, [this, dialog, folders] { change(folders, dialog->change()); });
    dialog->open();
}

void RunActions::confirmTrash() {
    const QStringList folders = m_folders;
    const auto count = static_cast<int>(folders.size());
    auto* box = new QMessageBox(
        QMessageBox::Question, tr("Move to trash?"),
        count == 1 ? tr("Move this run to the trash?\n%1").arg(QFileInfo(folders.front()).fileName())
                   : tr("Move %n runs to the trash?", nullptr, count),
        QMessageBox::Cancel, m_parent);
    box->setAttribute(Qt::WA_DeleteOnClose);
    box->setInformativeText(tr("Its results go with it. It can be taken back until the trash is emptied."));
    QPushButton* move = box->addButton(tr("Move to trash"), QMessageBox::DestructiveRole);
    move->setProperty("look", "danger");
    move->style()->unpolish(move);  // the box has polished it already
    move->style()->polish(move);
    connect(move, &QPushButton::clicked, this, [this, folders] { moveToTrash(folders); });
    box->setDefaultButton(QMessageBox::Cancel);
    box->open();
}

void RunActions::moveToTrash(const QStringList& folders) {
    struct Moved {
        std::vector<Trashed> gone;
        QStringList problems;
    };
    m_files.run(
        [folders] {
            Moved moved;
            for (const QString& folder : folders) {
                auto gone = moveRunToTrash(folder.toStdString());
                if (gone)
                    moved.gone.push_back(*std::move(gone));
                else
                    moved.problems << QString::fromStdString(gone.error().message);
            }
            return moved;
        },
        [this](Moved moved) {
            m_list.refresh();
            if (!moved.gone.empty()) {
                m_trashed = std::move(moved.gone);
                Q_EMIT trashed(static_cast<int>(m_trashed.size()));
            }
            for (const QString& sentence : moved.problems) Q_EMIT problem(sentence);
        });
}

void RunActions::undoTrash() {
    m_files.run(
        [gone = std::exchange(m_trashed, {})] {
            QStringList problems;
            int back = 0;
            for (const Trashed& one : gone) {
                const engine::Status done = takeBack(one);
                done ? static_cast<void>(++back)
                     : static_cast<void>(problems << QString::fromStdString(done.error().message));
            }
            return std::make_pair(back, problems);
        },
        [this](const std::pair<int, QStringList>& result) {
            m_list.refresh();
            Q_EMIT takenBack(result.first);
            for (const QString& sentence : result.second) Q_EMIT problem(sentence);
        });
}

}  // namespace latent::desktop
