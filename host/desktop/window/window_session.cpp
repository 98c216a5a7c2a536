// SPDX-License-Identifier: GPL-3.0-or-later
// What the window looked like, kept while it is open and when it closes or changes workspace, and put back.
#include <QGuiApplication>
#include <QScreen>
#include <algorithm>
#include <iterator>
#include <numeric>
#include <utility>

#include "desktop/around/layout_undo.hpp"
#include "desktop/around/manual.hpp"
#include "desktop/around/settings.hpp"
#include "desktop/runs/compare.hpp"
#include "desktop/runs/runs_panel.hpp"
#include "desktop/window/form_dock.hpp"
#include "desktop/window/main_window.hpp"
#include "desktop/window/pages_undo.hpp"
#include "desktop/window/session.hpp"
#include "desktop/window/session_keeper.hpp"
#include "desktop/window/split_tabs.hpp"

namespace latent::desktop {
namespace {

QString encoded(const QByteArray& bytes) { return QString::fromLatin1(bytes.toBase64()); }
QByteArray decoded(const QVariant& text) { return QByteArray::fromBase64(text.toString().toLatin1()); }

}  // namespace

QVariantMap MainWindow::stateOf(QWidget* page) const {
    QVariantMap state;
    if (auto* shown = qobject_cast<StudyPage*>(page)) {
        state = shown->viewState();
    } else if (auto* compare = qobject_cast<CompareView*>(page)) {
        state = compare->viewState();
        state[QStringLiteral("kind")] = QStringLiteral("compare");
    } else if (auto* manual = qobject_cast<ManualView*>(page)) {
        state = {{QStringLiteral("kind"), QStringLiteral("manual")},
                 {QStringLiteral("page"), manual->page()}};
    } else {
        state = {{QStringLiteral("kind"), page->property("kind")}};
    }
    state[QStringLiteral("pane")] = m_tabs->paneOf(page);
    state[QStringLiteral("front")] = m_tabs->isInFront(page);
    return state;
}

/// Pages that could not be opened this time stand where they stood.
QVariantMap MainWindow::pageStates() const {
    const QList<int> widths = m_tabs->sizes();
    std::map<double, int> widthOf;  // of all panes, also those of which no page could be opened
    for (int pane = 0; pane < m_tabs->count(); ++pane) widthOf[pane] = widths.value(pane);
    const int usual = std::accumulate(widths.begin(), widths.end(), 0) / std::max(1, m_tabs->count());
    for (const Unopened& one : m_unopened) widthOf.try_emplace(one.pane, usual);
    const auto placed = [&](QVariantMap state, double pane) {
        state[QStringLiteral("pane")] = static_cast<int>(std::distance(widthOf.begin(), widthOf.find(pane)));
        return state;
    };
    QVariantList pages;
    qsizetype current = 0;
    for (QWidget* page : m_tabs->pages()) {
        if (page == m_tabs->current()) current = pages.size();
        pages << placed(stateOf(page), m_tabs->paneOf(page));
    }
    for (const Unopened& one : m_unopened) {
        const qsizetype at = std::min<qsizetype>(one.place, pages.size());
        pages.insert(at, placed(one.state, one.pane));
        if (at <= current && pages.size() > 1) ++current;
    }
    QVariantList panes;
    for (const auto& [pane, width] : widthOf) panes << width;
    return {{QStringLiteral("pages"), pages},
            {QStringLiteral("current"), current},
            {QStringLiteral("panes"), panes}};
}

/// `docks`: a session keeps the layout that the person made, also while the form has made room.
QVariantMap MainWindow::sessionState(const QByteArray& docks) const {
    QVariantMap state = pageStates();
    state[QStringLiteral("geometry")] = encoded(saveGeometry());
    state[QStringLiteral("docks")] = encoded(docks);
    state[QStringLiteral("form")] = m_form->viewState();
    state[QStringLiteral("runs")] = m_runsPanel->viewState();
    return state;
}

void MainWindow::save() {
    if (m_restoring) return;
    const bool hasMadeRoom = m_hasMadeRoom;
    makeRoom(false);
    const QByteArray docks = saveState(kLayoutVersion);
    makeRoom(hasMadeRoom);
    if (!m_keeper->isOpen()) m_keeper->open(m_bench.workspace());
    const QString problem = m_keeper->close(sessionState(docks));
    if (!problem.isEmpty()) say(MessageBar::Level::Warning, problem);
}

void MainWindow::makeKeeper() {
    m_keeper = new SessionKeeper(
        [this] {
            return m_restoring ? QVariantMap()
                               : sessionState(m_hasMadeRoom ? m_layoutBeforeRoom : saveState(kLayoutVersion));
        },
        this);
    m_pagesUndo = new PagesUndo(
        *m_tabs, m_bench.undo(), [this](QWidget* page) { return stateOf(page); },
        [this](const QVariantMap& state) { return openPage(state); });
    connect(m_tabs, &SplitTabs::arranged, m_keeper, &SessionKeeper::changed);
    connect(m_tabs, &SplitTabs::currentChanged, m_keeper, &SessionKeeper::changed);
    connect(m_form, &FormDock::readyChanged, m_keeper, &SessionKeeper::changed);
    connect(m_keeper, &SessionKeeper::problem, this,
            [this](const QString& sentence) { say(MessageBar::Level::Warning, sentence); });
    connect(m_keeper, &SessionKeeper::alone, this, [this] { m_messages->withdraw(otherWindowWords()); });
    connect(&m_bench, &Workbench::pluginsChanged, this, &MainWindow::reopenPages);
    connect(&m_bench.runs(), &RunService::snapshot, this, &MainWindow::receiveLone);
}

QString MainWindow::otherWindowWords() const {
    return tr(
        "This workspace is open in another window too. Both show the same runs; of pages and layout those "
        "are kept of the window that is closed last.");
}

void MainWindow::restore() {
    m_restoring = true;
    makeRoom(false);
    for (QWidget* page : m_tabs->pages()) m_tabs->closePage(page);
    m_unopened.clear();
    m_messages->withdraw(otherWindowWords());  // of the workspace before
    const bool isOurs = m_keeper->open(m_bench.workspace());
    const SessionFile file(m_bench.workspace());
    const SessionFile::Loaded loaded = file.load(isOurs);
    if (!loaded.message.isEmpty()) say(MessageBar::Level::Warning, loaded.message);
    if (!isOurs) say(MessageBar::Level::Info, otherWindowWords());
    const QVariantMap& state = loaded.state;
    bool isUsable = true;
    // Qt refuses a place of a screen of another width; then the window opens as a new one does, and nothing is lost.
    if (state.contains(QStringLiteral("geometry")) && !isVisible())
        restoreGeometry(decoded(state.value(QStringLiteral("geometry"))));
    if (state.contains(QStringLiteral("docks")) &&
        !restoreState(decoded(state.value(QStringLiteral("docks"))), kLayoutVersion)) {
        isUsable = false;
        restoreState(m_standardLayout, kLayoutVersion);
        proportionDocks();
    }
    if (!state.contains(QStringLiteral("docks"))) proportionDocks();
    if (!isUsable)
        say(MessageBar::Level::Warning,
            file.copyAside(tr("The places of the docks of this workspace could not be read.")));
    m_form->setViewState(state.value(QStringLiteral("form")).toMap());
    m_runsPanel->setViewState(state.value(QStringLiteral("runs")).toMap());
    restorePages(state);
    m_layoutUndo->forget();
    m_pagesUndo->forget();
    m_restoring = false;
    updateActions();
}

/// Null where the page needs something that is not here now.
QWidget* MainWindow::openPage(QVariantMap page) {
    const QString kind = page.value(QStringLiteral("kind")).toString();
    const std::size_t before = m_tabs->pages().size();
    if (kind == QLatin1String("study")) {
        const std::string id = page.value(QStringLiteral("experiment")).toString().toStdString();
        if (StudyPage* there = studyOf(id)) return there;
        const std::optional<ExperimentInfo> info = m_bench.experiment(id);
        std::error_code ignored;
        // Without its plugin the figures of its run can be shown, where it has one.
        if (!info &&
            !std::filesystem::exists(page.value(QStringLiteral("run")).toString().toStdString(), ignored))
            return nullptr;
        if (!m_panelsInFront && page.value(QStringLiteral("inner")) != QLatin1String("questions"))
            page[QStringLiteral("inner")] = QStringLiteral("figures");
        StudyPage* shown = addStudy(info ? *info : m_bench.absent(id));
        shown->setViewState(page);
        return shown;
    }
    if (kind == QLatin1String("compare")) {
        compareRuns(page.value(QStringLiteral("runs")).toStringList());
        if (auto* compare = qobject_cast<CompareView*>(m_tabs->current());
            compare && m_tabs->pages().size() > before)
            compare->setViewState(page);
    } else if (kind == QLatin1String("manual") || kind == QLatin1String("welcome")) {
        // One that is open stays as it is: it may be what is being read.
        if (QWidget* there = pageOfKind(qUtf8Printable(kind))) return there;
        if (kind == QLatin1String("manual"))
            openManual(page.value(QStringLiteral("page")).toString());
        else
            openWelcome();
    }
    return m_tabs->pages().size() > before ? m_tabs->current() : nullptr;
}

/// A page whose experiment is absent now is kept for the time when it is back.
void MainWindow::restorePages(const QVariantMap& state) {
    const QVariantList pages = state.value(QStringLiteral("pages")).toList();
    std::vector<QWidget*> made;
    std::map<double, QList<QWidget*>> panes;
    QStringList absent;
    for (const QVariant& entry : pages) {
        const QVariantMap page = entry.toMap();
        const int pane = std::max(0, page.value(QStringLiteral("pane")).toInt());
        QWidget* added = openPage(page);
        made.push_back(added);
        if (added) panes[pane] << added;
        if (added || page.value(QStringLiteral("kind")) != QLatin1String("study")) continue;
        m_unopened.push_back({made.size() - 1, static_cast<double>(pane), page});
        absent << page.value(QStringLiteral("experiment")).toString();
    }
    if (!absent.isEmpty())
        say(MessageBar::Level::Info, tr("%1 cannot be opened now: the plugin is absent, disabled or not "
                                        "trusted. The page is kept, and comes "
                                        "back with the plugin.")
                                         .arg(absent.join(QStringLiteral(", "))));
    if (m_tabs->pages().empty()) {
        openWelcome();
        panes[m_unopened.empty() ? 0 : m_unopened.front().pane] << m_tabs->current();
    }
    const QVariantList saved = state.value(QStringLiteral("panes")).toList();
    QList<int> widths;
    for (const auto& [pane, inIt] : panes) widths << saved.value(static_cast<int>(pane)).toInt();
    layOutPanes(panes);
    for (std::size_t i = 0; i < made.size(); ++i)
        if (made[i] && pages[static_cast<qsizetype>(i)].toMap().value(QStringLiteral("front")).toBool())
            m_tabs->bringToFront(made[i]);
    if (widths.size() == m_tabs->count() && !widths.contains(0)) m_tabs->setSizes(widths);
    const auto current = static_cast<std::size_t>(state.value(QStringLiteral("current")).toInt());
    if (current < made.size() && made[current]) {
        m_tabs->show(made[current]);
        made[current]->setFocus();  // else the window, when it appears, gives it to the first pane, which
                                    // then is the current one
    }
    pageChanged(m_tabs->current());
}

/// Pages by pane, of which no number need follow on the one before: the window has none that are empty. What is
/// not opened keeps its place among them, so that it comes back to it.
void MainWindow::layOutPanes(const std::map<double, QList<QWidget*>>& panes) {
    SplitTabs::Arrangement arrangement;
    for (const auto& [pane, pages] : panes) arrangement << pages;
    m_tabs->setArrangement(arrangement);
    std::set<double> own;
    for (const Unopened& one : m_unopened)
        if (!panes.contains(one.pane)) own.insert(one.pane);
    for (Unopened& one : m_unopened) {
        const auto before = static_cast<double>(std::distance(panes.begin(), panes.lower_bound(one.pane)));
        const auto found = own.find(one.pane);
        const auto rank = static_cast<double>(std::distance(own.begin(), found));
        one.pane =
            found == own.end() ? before : before - 1 + (rank + 1) / (static_cast<double>(own.size()) + 1);
    }
}

/// Other plugins than before: pages that waited for one are opened, and those that showed figures alone become
/// whole. What is in front of its pane stays there.
void MainWindow::reopenPages() {
    QWidget* current = m_tabs->current();
    m_restoring = true;
    const QList<int> widths = m_tabs->sizes();
    QList<QWidget*> fronts;
    std::map<double, QList<QWidget*>> panes;
    for (QWidget* page : m_tabs->pages()) {
        panes[m_tabs->paneOf(page)] << page;
        if (m_tabs->isInFront(page)) fronts << page;
    }
    for (QWidget* page : m_tabs->pages()) {
        auto* shown = qobject_cast<StudyPage*>(page);
        if (!shown || !shown->isAbsent() || !m_bench.experiment(shown->info().id)) continue;
        const QVariantMap state = stateOf(shown);
        m_tabs->closePage(shown);
        QWidget* whole = openPage(state);
        for (auto& [pane, pages] : panes) std::replace(pages.begin(), pages.end(), page, whole);
        std::replace(fronts.begin(), fronts.end(), page, whole);
        if (page == current) current = whole;
    }
    for (const Unopened& one : std::exchange(m_unopened, {})) {
        QWidget* page = openPage(one.state);
        if (!page)
            m_unopened.push_back(one);
        else if (std::none_of(panes.begin(), panes.end(),
                              [page](const auto& pane) { return pane.second.contains(page); }))
            panes[one.pane] << page;
    }
    layOutPanes(panes);
    for (QWidget* page : fronts) m_tabs->bringToFront(page);
    if (widths.size() == m_tabs->count()) m_tabs->setSizes(widths);
    m_tabs->show(current);
    m_pagesUndo->forget();
    m_restoring = false;
    pageChanged(m_tabs->current());
}

}  // namespace latent::desktop
