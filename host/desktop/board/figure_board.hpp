// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// The figures of a FigureSource side by side, in groups with headings, in as many columns as fit; one may fill the page.
//
// It makes a card for each view when views come or change and keeps those that stay. UI thread only.
//
//     auto* board = new FigureBoard(source, this);
//     board->setFilter([](const nlohmann::json& view) { return view.value("group", "") != "Health"; });
//     board->exportAll();

#include <QScrollArea>
#include <QUrl>
#include <functional>
#include <map>

#include "desktop/board/figure_card.hpp"

class QLabel;
class QUndoStack;

namespace latent::desktop {

class CellOffer;
class FlowLayout;

class FigureBoard : public QScrollArea {
    Q_OBJECT
  public:
    explicit FigureBoard(FigureSource& source, QWidget* parent = nullptr);
    ~FigureBoard() override;

    using Filter = std::function<bool(const nlohmann::json& view)>;
    void setFilter(Filter filter);
    /// Words while there is no figure; of links in rich text one hears by placeholderLink.
    void setPlaceholder(const QString& words);
    void setLive(bool live);
    /// What a card says that has no values.
    void setEmptyWords(const QString& words);
    /// For boards beside sliders: cards without captions, at least so large, whole rows of them filling the height.
    void setCompact(int leastWidth, int leastHeight);
    void setRunPath(const QString& run);
    void setUndoStack(QUndoStack* stack);
    FigureCard* card(const QString& view) const;
    QStringList shown() const;
    QString maximised() const { return m_maximised; }

    /// Zoom of every figure and what fills the page, for sessions.
    QVariantMap viewState() const;
    void setViewState(const QVariantMap& state);

  public Q_SLOTS:
    /// Of all figures: what was painted for a question is gone.
    void forgetPainted();
    void exportAll();
    void maximise(const QString& view);

  Q_SIGNALS:
    void probeAsked(const QString& probe, const nlohmann::json& parameters);
    void cellPicked(const latent::desktop::CellPlace& place);
    void viewEdited();
    void placeholderLink(const QUrl& target);
    /// Figures were written into these files.
    void exported(const QStringList& files);

  protected:
    void keyPressEvent(QKeyEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;

  private:
    void rebuild();
    FigureCard* makeCard(const QString& view);
    void arrange();
    QSize cardSize() const;
    FigureSource& m_source;
    Filter m_filter;
    QWidget* m_page;
    FlowLayout* m_flow;
    QLabel* m_placeholder;
    CellOffer* m_offer;
    std::map<QString, FigureCard*> m_cards;
    std::vector<QLabel*> m_headings;
    QStringList m_order, m_arrangement;
    QString m_maximised, m_run;
    QVariantMap m_pendingState;
    QSize m_least;  ///< of a compact card; invalid: cards have their usual size
    QUndoStack* m_undo = nullptr;
    bool m_live = false;
    QString m_emptyWords;
};

}  // namespace latent::desktop
