// SPDX-License-Identifier: GPL-3.0-or-later
// What gestures in figures ask goes to the preview of the data or to the questions, and what they drew waits for the answer.
#include <QTabWidget>
#include <QTimer>
#include <algorithm>

#include "desktop/board/figure_board.hpp"
#include "desktop/form/parameter_form.hpp"
#include "desktop/probes/probe_panel.hpp"
#include "desktop/views/graph/graph_canvas.hpp"
#include "desktop/window/study_page.hpp"

namespace latent::desktop {

/// `filledBy`: whose answers the board shows; null: figures of the run.
void StudyPage::hearAsked(FigureBoard* board, ProbePanel* filledBy) {
    connect(board, &FigureBoard::probeAsked, this,
            [this, board](const QString& probe, const nlohmann::json& parameters) {
                ask(board, probe, parameters);
            });
    if (!filledBy) return;
    connect(filledBy, &ProbePanel::answered, board, [board, filledBy] {
        // An answer to an older question is told as well, while what the hand did meanwhile is in the form already.
        if (filledBy->shownParameters() != filledBy->form()->resolution().values) return;
        for (GraphCanvas* canvas : board->findChildren<GraphCanvas*>()) canvas->answered();
    });
}

/// What the figures of a board were computed from.
nlohmann::json StudyPage::valuesBehind(const FigureBoard* board) const {
    nlohmann::json values;
    if (board == m_answers)
        values = m_probe->shownParameters();
    else if (m_snapshot)
        values = m_snapshot->parameters();
    return values.is_object() ? values : nlohmann::json::object();
}

/// The figure of the preview in which the hand goes on with what it asked elsewhere.
void StudyPage::bringIntoSight(const std::string& probe) {
    for (const nlohmann::json& view : m_preview->figures().views())
        for (const nlohmann::json& gesture : view.value("gestures", nlohmann::json::array())) {
            if (gesture.value("probe", "") != probe) continue;
            QTimer::singleShot(0, m_data,
                               [board = m_data, name = view.value("name", "")] {  // once it is there
                                   if (FigureCard* card = board->card(QString::fromStdString(name)))
                                       board->ensureWidgetVisible(card);
                               });
            return;
        }
}

/// What a gesture asks goes where it is answered: to the preview of the data, or to the questions.
void StudyPage::ask(FigureBoard* asking, const QString& probe, const nlohmann::json& parameters) {
    const std::vector<std::string> sources = dataSources();
    const bool isOfData = std::find(sources.begin(), sources.end(), probe.toStdString()) != sources.end();
    ProbePanel* panel = isOfData ? m_preview : m_probe;
    if (!panel) return;
    showPanel(isOfData ? Panel::Data : Panel::Visualisation);
    if (!isOfData)
        for (int i = 0; i < m_inner->count(); ++i)
            if (m_inner->widget(i)->isAncestorOf(m_probe)) m_inner->setCurrentIndex(i);
    if (asking == (isOfData ? m_data : m_answers)) {
        for (GraphCanvas* canvas : asking->findChildren<GraphCanvas*>()) canvas->awaitAnswer();
    } else if (isOfData) {
        // The preview is of the data that the gesture was made in, and what the hand did goes on there. A question starts
        // from the run by itself, and what is painted for it in figures of the run stays until it is started over.
        panel->ask(probe, {});
        panel->fill(valuesBehind(asking));
        QMetaObject::invokeMethod(asking, &FigureBoard::forgetPainted, Qt::QueuedConnection);
        connect(
            panel, &ProbePanel::answered, m_data,
            [this, name = probe.toStdString()] { bringIntoSight(name); }, Qt::SingleShotConnection);
    }
    panel->ask(probe, parameters);
}

}  // namespace latent::desktop
