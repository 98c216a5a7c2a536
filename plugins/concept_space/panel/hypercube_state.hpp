// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// What the parts of the hypercube panel share: the losses, where the frame cursor stands, what is chosen, the colours.
//
// The only place that knows how they depend on each other; the parts paint what it says and tell it what the person did.
// frameAsked goes to the host and comes back through setFrame, so that this panel and the figures beside it never disagree.
// UI thread.
//
//     connect(&state, &HypercubeState::changed, view, qOverload<>(&QWidget::update));
//     state.setSelected(5);
//     painter.setBrush(state.colourOf(state.losses()[node]));

#include <QObject>
#include <QString>
#include <latent/panel.hpp>
#include <optional>
#include <vector>

#include "panel/lattice.hpp"
#include "panel/learned_order.hpp"
#include "panel/node_losses.hpp"

namespace concept_space {

/// That Page Up and Page Down go.
inline constexpr int64_t kPageFrames = 10;

class HypercubeState : public QObject {
    Q_OBJECT
  public:
    explicit HypercubeState(QObject* parent = nullptr) : QObject(parent) {}

    void setData(NodeLosses data, double learnedFraction, double tolerance);
    void setTheme(const latent::panel::Theme& theme);
    /// Nothing: at the end, as a cursor that nobody has moved.
    void setFrame(std::optional<int64_t> frame);
    /// Which index of a leading dimension is shown.
    void choose(std::size_t leading, std::size_t index);
    void setSelected(std::optional<std::size_t> node);
    void setHovered(std::optional<std::size_t> node);
    void setLogarithmic(bool on);
    /// Asks the host to move the cursor, within the frames there are.
    void askFrame(int64_t frame);
    /// Asks for the frame that a slider's key (Qt::Key: arrows, page, home, end) goes to; false for another key.
    bool moveByKey(int key);

    const NodeLosses& data() const { return m_data; }
    const latent::panel::Theme& theme() const { return m_theme; }
    const Lattice& lattice() const { return m_lattice; }
    const LearnedOrder& order() const { return m_order; }
    bool isEmpty() const { return !m_data.problem.empty() || m_data.values.empty(); }
    std::size_t frame() const { return m_frame; }
    const std::vector<std::size_t>& chosen() const { return m_chosen; }
    std::optional<std::size_t> selected() const { return m_selected; }
    std::optional<std::size_t> hovered() const { return m_hovered; }
    bool logarithmic() const { return m_logarithmic; }
    /// Grows whenever something else than frame, selection and hovering changed: pictures of all frames may be kept.
    int revision() const { return m_revision; }

    /// Of the current frame.
    std::span<const double> losses() const { return m_data.frame(m_chosen, m_frame); }
    const std::vector<bool>& brokenEdges() const { return m_brokenEdges; }
    long brokenPairs() const { return m_brokenPairs; }
    /// Of every brokenStride()-th frame: more than a screen has columns would only cost time.
    const std::vector<long>& brokenPairsOverTime() const { return m_brokenOverTime; }
    std::size_t brokenStride() const { return m_brokenStride; }
    const std::vector<std::vector<double>>& curves() const { return m_curves; }
    bool isLearned(std::size_t node) const { return m_order.frame[node] <= m_frame; }

    double low() const;  ///< loss at the bottom of the colour scale
    double high() const { return m_data.largest; }
    double position(double loss) const;  ///< on the scale, 0 to 1; NaN stays NaN
    std::vector<double> ticks() const;   ///< losses to label on the scale: decades, or round numbers
    QColor colourOf(double loss) const { return m_theme.sequential(position(loss)); }

    QString nameOf(std::size_t node) const;     ///< "concepts 1 and 3", "no concept"
    QString timeText(std::size_t frame) const;  ///< "time 3.2"
    QString readout(std::size_t node) const;    ///< name, loss, when it was learned, what it breaks

  Q_SIGNALS:
    void dataReset();
    void changed();
    void selectionChanged();
    void themeChanged();
    void frameAsked(qint64 frame);

  private:
    void follow();
    void findBroken();

    NodeLosses m_data;
    latent::panel::Theme m_theme;
    Lattice m_lattice;
    LearnedOrder m_order;
    std::vector<std::vector<double>> m_curves;  ///< [node][frame] of what is chosen
    std::vector<long> m_brokenOverTime;
    std::size_t m_brokenStride = 1;
    long m_brokenPairs = 0;
    std::vector<bool> m_brokenEdges;
    std::vector<std::size_t> m_chosen;
    std::optional<std::size_t> m_selected, m_hovered;
    std::optional<int64_t> m_wanted;
    std::size_t m_frame = 0;
    int m_revision = 0;
    double m_learnedFraction = 0.9, m_tolerance = 0;
    bool m_logarithmic = true;
};

QString number(double value);

}  // namespace concept_space
