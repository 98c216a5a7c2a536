// SPDX-License-Identifier: GPL-3.0-or-later
// What the window looked like, saved when it closes or changes workspace, and put back.
#include <QGuiApplication>
#include <QScreen>

#include "desktop/around/layout_undo.hpp"
#include "desktop/around/manual.hpp"
#include "desktop/around/settings.hpp"
#include "desktop/runs/compare.hpp"
#include "desktop/runs/runs_panel.hpp"
#include "desktop/window/form_dock.hpp"
#include "desktop/window/main_window.hpp"
#include "desktop/window/session.hpp"
#include "desktop/window/split_tabs.hpp"

namespace latent::desktop {
namespace {

QString encoded(const QByteArray& bytes) { return QString::fromLatin1(bytes.toBase64()); }
QByteArray decoded(const QVariant& text) { return QByteArray::fromBase64(text.toString().toLatin1()); }

}  // namespace

QVariantMap MainWindow::pageStates() const {
    QVariantList pages;
    int current = 0;
    for (QWidget* page : m_tabs->pages()) {
        QVariantMap state;
        if (auto* shown = qobject_cast<StudyPage*>(page))
            state = shown->viewState();
        else if (auto* compare = qobject_cast<CompareView*>(page))
            state = {{QStringLiteral("kind"), QStringLiteral("compare")},
                     {QStringLiteral("runs"), compare->runs()}};
        else if (auto* manual = qobject_cast<ManualView*>(page))
            state = {{QStringLiteral("kind"), QStringLiteral("manual")},
                     {QStringLiteral("page"), manual->page()}};
        else
            state = {{QStringLiteral("kind"), page->property("kind")}};
        state[QStringLiteral("pane")] = m_tabs->paneOf(page);
        if (page == m_tabs->current()) current = static_cast<int>(pages.size());
        pages << state;
    }
    return {{QStringLiteral("pages"), pages}, {QStringLiteral("current"), current}};
}

void MainWindow::save() {
    if (m_restoring) return;
    QVariantMap state = pageStates();
    state[QStringLiteral("geometry")] = encoded(saveGeometry());
    const bool hasMadeRoom = m_hasMadeRoom;
    makeRoom(false);  // a session keeps the layout that the person made
    state[QStringLiteral("docks")] = encoded(saveState(kLayoutVersion));
    makeRoom(hasMadeRoom);
    state[QStringLiteral("form")] = m_form->viewState();
    state[QStringLiteral("runs")] = m_runsPanel->viewState();
    const QString problem = SessionFile(m_bench.workspace()).save(state);
    if (!problem.isEmpty()) say(MessageBar::Level::Warning, problem);
}

void MainWindow::restore() {
    m_restoring = true;
    makeRoom(false);
    for (QWidget* page : m_tabs->pages()) m_tabs->closePage(page);
    const SessionFile::Loaded loaded = SessionFile(m_bench.workspace()).load();
    if (!loaded.message.isEmpty()) say(MessageBar::Level::Warning, loaded.message);
    const QVariantMap& state = loaded.state;
    if (state.contains(QStringLiteral("geometry")) && !isVisible())
        restoreGeometry(decoded(state.value(QStringLiteral("geometry"))));
    if (state.contains(QStringLiteral("docks")))
        restoreState(decoded(state.value(QStringLiteral("docks"))), kLayoutVersion);
    else
        proportionDocks();
    m_form->setViewState(state.value(QStringLiteral("form")).toMap());
    m_runsPanel->setViewState(state.value(QStringLiteral("runs")).toMap());
    restorePages(state);
    m_layoutUndo->forget();
    m_restoring = false;
    updateActions();
}

/// A page whose experiment is absent now is left out of the window, but what it needs stays with its run.
void MainWindow::restorePages(const QVariantMap& state) {
    const QVariantList pages = state.value(QStringLiteral("pages")).toList();
    std::vector<QWidget*> made;
    for (const QVariant& entry : pages) {
        const QVariantMap page = entry.toMap();
        const QString kind = page.value(QStringLiteral("kind")).toString();
        const std::size_t before = m_tabs->pages().size();
        if (kind == QLatin1String("study")) {
            if (StudyPage* shown =
                    makeStudy(page.value(QStringLiteral("experiment")).toString().toStdString()))
                shown->setViewState(page);
        } else if (kind == QLatin1String("compare")) {
            compareRuns(page.value(QStringLiteral("runs")).toStringList());
        } else if (kind == QLatin1String("manual")) {
            openManual(page.value(QStringLiteral("page")).toString());
        } else if (kind == QLatin1String("welcome")) {
            openWelcome();
        }
        const std::vector<QWidget*> now = m_tabs->pages();
        QWidget* added = now.size() > before ? m_tabs->current() : nullptr;
        made.push_back(added);
        if (added && page.value(QStringLiteral("pane")).toInt() > 0)
            m_tabs->moveToPane(added, page.value(QStringLiteral("pane")).toInt());
    }
    if (m_tabs->pages().empty()) openWelcome();
    const auto current = static_cast<std::size_t>(state.value(QStringLiteral("current")).toInt());
    if (current < made.size() && made[current]) {
        m_tabs->show(made[current]);
        made[current]
            ->setFocus();  // else the window, when it appears, gives it to the first pane, which then is the current one
    }
    pageChanged(m_tabs->current());
}

}  // namespace latent::desktop
