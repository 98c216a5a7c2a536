// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// One figure in its frame: title and actions above, the canvas, caption, readout, scrubber, and the age of its data.
//
// It shows what a FigureSource gives for one view, says what it waits for while there is nothing, and says what is wrong
// with the sentence of the engine and a copy button. Its actions: numbers, export, home, maximise, more (copy as picture,
// python script, gestures). UI thread only.
//
//     auto* card = new FigureCard(source, "losses", this);
//     connect(card, &FigureCard::probeAsked, probes, &ProbePanel::ask);

#include <QFrame>
#include <QString>
#include <chrono>
#include <cstdint>
#include <map>
#include <nlohmann/json.hpp>
#include <string>

#include "desktop/board/export_item.hpp"
#include "desktop/live/figure_source.hpp"
#include "desktop/views/canvas.hpp"

class QUndoStack;

namespace latent::desktop {

/// Index by dimension: of the two sides of a map, and of the cursors that it is drawn at.
using CellPlace = std::map<std::string, std::int64_t>;

class FigureCard : public QFrame {
    Q_OBJECT
  public:
    FigureCard(FigureSource& source, const QString& view, QWidget* parent = nullptr);
    ~FigureCard() override;
    QString view() const;
    QString title() const;
    FigureCanvas* canvas() const;  ///< null before the first figure
    /// Zoom and rotation as a session keeps them; nothing before the first figure.
    void setViewState(const QVariantMap& state);
    /// For the Python script: the run that the data come from.
    void setRunPath(const QString& run);
    /// What an export of it is made from; its figure is null before the first.
    ExportItem exportItem() const;
    /// Whether what is shown still changes: the age is shown then.
    void setLive(bool live);
    /// Zooms, rotations and hidden series go here; null: no undo.
    void setUndoStack(QUndoStack* stack);
    void setMaximised(bool maximised);
    /// Less room: the caption is told by the title when the mouse rests on it, and the menu holds most buttons.
    void setCompact();
    /// Words while there are no values.
    void setEmptyWords(const QString& words);

  public Q_SLOTS:
    void exportAs();
    void showNumbers();
    void copyPicture();

  Q_SIGNALS:
    /// A gesture asks a probe: its id, and parameters by name.
    void probeAsked(const QString& probe, const nlohmann::json& parameters);
    void maximiseAsked(bool maximised);
    void viewEdited();
    /// The first figure has come, or one of another kind.
    void canvasMade();
    void exported(const QStringList& files);
    /// A cell of a map was clicked: of a sweep's, it has a run of its own.
    void cellPicked(const latent::desktop::CellPlace& place);

  private:
    void show(const FigurePtr& figure);
    void showWords(const engine::figures::Figure& figure);
    void explain(const QString& sentence);
    void replaceCanvas(const engine::figures::Figure& figure);
    void showScrubber(const engine::figures::Figure& figure);
    void showGestures(const engine::figures::Figure& figure);
    void gestured(int index, const nlohmann::json& results);
    void recordEdit();
    void showAge();
    void saveScript();
    struct Parts;
    std::unique_ptr<Parts> m_parts;
};

}  // namespace latent::desktop
