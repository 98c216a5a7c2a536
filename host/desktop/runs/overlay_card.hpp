// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// One overlaid figure in its frame: title, age of its data, numbers, export, smoothing and scales, canvas, readout. UI thread only.
//
//     card->setFigure(overlay(figures));

#include <QFrame>
#include <string>
#include <utility>
#include <vector>

#include "desktop/board/export_item.hpp"
#include "desktop/views/canvas.hpp"

class QLabel;
class QToolButton;
class QVBoxLayout;

namespace latent::desktop {

class OverlayCard : public QFrame {
    Q_OBJECT
  public:
    explicit OverlayCard(QWidget* parent = nullptr);
    void setFigure(const FigurePtr& figure);
    /// What a script of it is made from: the view, and the runs by name and path.
    void setScript(const nlohmann::json& view, std::vector<std::pair<std::string, std::string>> runs);
    /// Seconds since the oldest of its data changed; below 0: nothing is shown, no run goes on.
    void setAge(double age_s);
    ExportItem exportItem() const;
    FigurePtr figure() const { return m_figure; }
    QVariantMap viewState() const { return m_canvas ? m_canvas->viewState() : QVariantMap(); }
    void setViewState(const QVariantMap& state) {
        if (m_canvas) m_canvas->setViewState(state);
    }

  Q_SIGNALS:
    void exported(const QStringList& files);

  private:
    void exportAs();
    FigurePtr m_figure;
    FigureCanvas* m_canvas = nullptr;
    nlohmann::json m_view;
    std::vector<std::pair<std::string, std::string>> m_runs;
    bool m_isLive = false;
    QLabel *m_title, *m_age, *m_readout;
    QVBoxLayout* m_column;
};

}  // namespace latent::desktop
