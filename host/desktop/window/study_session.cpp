// SPDX-License-Identifier: GPL-3.0-or-later
// What a page of an experiment keeps from one day to the next.
#include <QTabWidget>
#include <algorithm>

#include "desktop/board/figure_board.hpp"
#include "desktop/live/run_words.hpp"
#include "desktop/panels/open_panel.hpp"
#include "desktop/probes/probe_panel.hpp"
#include "desktop/window/study_page.hpp"

namespace latent::desktop {

QVariantMap StudyPage::viewState() const {
    QVariantMap cursors;
    for (const auto& [name, index] : m_source.cursors())
        cursors[QString::fromStdString(name)] = static_cast<qlonglong>(index);
    QVariantMap panels = m_panelStates;
    for (const PanelFrame* panel : findChildren<PanelFrame*>())
        panels[QString::fromStdString(panel->offer().id)] = panel->viewState();
    QVariantMap fixed;
    for (const auto* cells : {&m_source.fixed(), &m_fixed})
        for (const auto& [axis, index] : *cells)
            fixed[QString::fromStdString(axis)] = static_cast<qlonglong>(index);
    QVariantMap state = m_kept;
    state[QStringLiteral("kind")] = QStringLiteral("study");
    state[QStringLiteral("panels")] = panels;
    state[QStringLiteral("experiment")] = QString::fromStdString(m_info.id);
    state[QStringLiteral("run")] = QString::fromStdString((m_run.empty() ? m_away : m_run).string());
    state[QStringLiteral("cursors")] = cursors;
    state[QStringLiteral("fixed")] = fixed;
    state[QStringLiteral("training")] = m_training->viewState();
    state[QStringLiteral("visualisation")] = m_visualisation->viewState();
    if (m_probe) state[QStringLiteral("question")] = m_probe->viewState();
    if (m_answers) state[QStringLiteral("answers")] = m_answers->viewState();
    if (m_preview) state[QStringLiteral("preview")] = m_preview->viewState();
    if (m_data) state[QStringLiteral("data")] = m_data->viewState();
    if (m_info.isAbsent) return state;  // which panel was in front comes back with the plugin
    state[QStringLiteral("panel")] = m_tabs->currentIndex();
    state[QStringLiteral("inner")] = m_inner ? m_inner->currentWidget()->objectName() : QString();
    return state;
}

void StudyPage::setViewState(const QVariantMap& state) {
    const std::filesystem::path run = state.value(QStringLiteral("run")).toString().toStdString();
    std::error_code ignored;
    m_kept = state;
    if (!run.empty() && std::filesystem::exists(run, ignored))
        setRun(run);
    else if (m_run.empty())
        m_away = run;
    m_panelStates = state.value(QStringLiteral("panels")).toMap();
    for (PanelFrame* panel : findChildren<PanelFrame*>())
        panel->setViewState(m_panelStates.value(QString::fromStdString(panel->offer().id)).toMap());
    showPanel(static_cast<Panel>(
        std::clamp(state.value(QStringLiteral("panel"), static_cast<int>(Panel::Training)).toInt(), 0,
                   m_tabs->count() - 1)));
    for (int i = 0; m_inner && i < m_inner->count(); ++i)
        if (m_inner->widget(i)->objectName() == state.value(QStringLiteral("inner")).toString())
            m_inner->setCurrentIndex(i);
    const QVariantMap cursors = state.value(QStringLiteral("cursors")).toMap();
    for (auto it = cursors.cbegin(); it != cursors.cend(); ++it)
        m_source.setCursor(it.key(), it.value().toLongLong());
    const QVariantMap fixed = state.value(QStringLiteral("fixed")).toMap();
    m_fixed.clear();
    if (!m_run.empty() || !m_away.empty())
        for (auto it = fixed.cbegin(); it != fixed.cend(); ++it)
            m_fixed[it.key().toStdString()] = it.value().toLongLong();
    takeFixed();
    m_training->setViewState(state.value(QStringLiteral("training")).toMap());
    m_visualisation->setViewState(state.value(QStringLiteral("visualisation")).toMap());
    if (m_probe) m_probe->setViewState(state.value(QStringLiteral("question")).toMap());
    if (m_answers) m_answers->setViewState(state.value(QStringLiteral("answers")).toMap());
    if (m_preview) m_preview->setViewState(state.value(QStringLiteral("preview")).toMap());
    if (m_data) m_data->setViewState(state.value(QStringLiteral("data")).toMap());
    showState();
}

/// A cell that was looked at waits until its axis is there, and while the run goes on until the axis is long enough:
/// arrays come one by one, and grow.
void StudyPage::takeFixed() {
    if (m_fixed.empty() || !m_snapshot) return;
    const bool mayGrow = isLive(m_snapshot->status.state);
    auto fixed = m_source.fixed();
    for (auto it = m_fixed.begin(); it != m_fixed.end();) {
        const auto extent = static_cast<std::int64_t>(m_source.extentOf(it->first));
        if (it->second >= 0 && (extent == 0 || (it->second >= extent && mayGrow))) {
            ++it;
            continue;
        }
        if (it->second >= 0 && it->second < extent) fixed[it->first] = it->second;
        it = m_fixed.erase(it);
    }
    m_source.fix(fixed);
}

}  // namespace latent::desktop
