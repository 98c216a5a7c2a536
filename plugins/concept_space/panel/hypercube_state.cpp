// SPDX-License-Identifier: GPL-3.0-or-later
#include "panel/hypercube_state.hpp"

#include <algorithm>
#include <cmath>
#include <latent/panel/number.hpp>

namespace concept_space {
namespace {

/// Losses that fell by more than this look alike: nothing is told by colours a million times below the largest.
constexpr double kMostDecades = 4;
constexpr std::size_t kMostSamples = 2000;  // of the broken pairs over time

}  // namespace

QString number(double value) {
    return std::isnan(value) ? QStringLiteral("–") : latent::panel::numberWords(value, 3);
}

void HypercubeState::setData(NodeLosses data, double learnedFraction, double tolerance) {
    m_data = std::move(data);
    m_learnedFraction = learnedFraction;
    m_tolerance = tolerance;
    m_lattice = Lattice(m_data.concepts);
    m_chosen.resize(m_data.leading.size(), 0);
    for (std::size_t i = 0; i < m_chosen.size(); ++i)
        m_chosen[i] = std::min(m_chosen[i], m_data.leading[i].coordinate.size() - 1);
    if (m_selected && *m_selected >= m_lattice.nodes()) m_selected.reset();
    m_hovered.reset();
    follow();
    Q_EMIT dataReset();
    Q_EMIT changed();
}

void HypercubeState::follow() {
    ++m_revision;
    m_curves.assign(m_lattice.nodes(), {});
    m_brokenOverTime.clear();
    if (isEmpty()) {
        m_frame = 0;
        m_brokenPairs = 0;
        m_brokenEdges.clear();
        m_order = {};
        return;
    }
    m_brokenStride = 1 + m_data.frames() / kMostSamples;
    for (auto& curve : m_curves) curve.reserve(m_data.frames());
    for (std::size_t at = 0; at < m_data.frames(); ++at) {
        const auto losses = m_data.frame(m_chosen, at);
        for (std::size_t node = 0; node < losses.size(); ++node) m_curves[node].push_back(losses[node]);
        if (at % m_brokenStride == 0) m_brokenOverTime.push_back(m_lattice.brokenPairs(losses, m_tolerance));
    }
    m_order = findLearnedOrder(m_lattice, m_curves, m_learnedFraction);
    const auto last = static_cast<int64_t>(m_data.frames()) - 1;
    m_frame = static_cast<std::size_t>(std::clamp(m_wanted.value_or(last), int64_t{0}, last));
    findBroken();
}

void HypercubeState::findBroken() {
    m_brokenEdges = m_lattice.brokenEdges(losses(), m_tolerance);
    m_brokenPairs = m_lattice.brokenPairs(losses(), m_tolerance);
}

void HypercubeState::setTheme(const latent::panel::Theme& theme) {
    m_theme = theme;
    ++m_revision;
    Q_EMIT themeChanged();
    Q_EMIT changed();
}

void HypercubeState::setFrame(std::optional<int64_t> frame) {
    m_wanted = frame;
    if (isEmpty()) return;
    const auto last = static_cast<int64_t>(m_data.frames()) - 1;
    const auto at = static_cast<std::size_t>(std::clamp(frame.value_or(last), int64_t{0}, last));
    if (at == m_frame) return;
    m_frame = at;
    findBroken();
    Q_EMIT changed();
}

void HypercubeState::choose(std::size_t leading, std::size_t index) {
    if (leading >= m_chosen.size() || m_chosen[leading] == index) return;
    m_chosen[leading] = std::min(index, m_data.leading[leading].coordinate.size() - 1);
    follow();
    Q_EMIT changed();
}

void HypercubeState::setSelected(std::optional<std::size_t> node) {
    if (node == m_selected || (node && *node >= m_lattice.nodes())) return;
    m_selected = node;
    Q_EMIT selectionChanged();
    Q_EMIT changed();
}

void HypercubeState::setHovered(std::optional<std::size_t> node) {
    if (node == m_hovered) return;
    m_hovered = node;
    Q_EMIT changed();
}

void HypercubeState::setLogarithmic(bool on) {
    if (on == m_logarithmic) return;
    m_logarithmic = on;
    ++m_revision;
    Q_EMIT changed();
}

void HypercubeState::askFrame(int64_t frame) {
    if (isEmpty()) return;
    Q_EMIT frameAsked(std::clamp(frame, int64_t{0}, static_cast<int64_t>(m_data.frames()) - 1));
}

bool HypercubeState::moveByKey(int key) {
    const auto frame = static_cast<int64_t>(m_frame);
    switch (key) {
        case Qt::Key_Left:
            return askFrame(frame - 1), true;
        case Qt::Key_Right:
            return askFrame(frame + 1), true;
        case Qt::Key_PageDown:
            return askFrame(frame - kPageFrames), true;
        case Qt::Key_PageUp:
            return askFrame(frame + kPageFrames), true;
        case Qt::Key_Home:
            return askFrame(0), true;
        case Qt::Key_End:
            return askFrame(static_cast<int64_t>(m_data.frames()) - 1), true;
        default:
            return false;
    }
}

double HypercubeState::low() const {
    if (!m_logarithmic || high() <= 0) return 0;
    const double least = std::max(m_data.smallestPositive, high() * std::pow(10, -kMostDecades));
    return std::pow(10, std::floor(std::log10(least)));
}

std::vector<double> HypercubeState::ticks() const {
    std::vector<double> all;
    if (high() <= 0) return {0};
    if (!m_logarithmic) {
        const double decade = std::pow(10, std::floor(std::log10(high())));
        const double step = high() / decade >= 4 ? 2 * decade : high() / decade >= 2 ? decade : decade / 2;
        for (int i = 0; i * step <= high(); ++i) all.push_back(i * step);
        return all;
    }
    // Every decade, or every second one, from the bottom.
    const double decades = std::log10(high() / low());
    for (double at = 0; at <= decades; at += decades > 3 ? 2 : 1) all.push_back(low() * std::pow(10, at));
    return all;
}

double HypercubeState::position(double loss) const {
    if (std::isnan(loss)) return loss;
    const double bottom = low(), top = high();
    if (top <= bottom) return loss < top ? 0 : 1;
    if (!m_logarithmic) return std::clamp((loss - bottom) / (top - bottom), 0.0, 1.0);
    if (loss <= bottom) return 0;
    return std::min(std::log(loss / bottom) / std::log(top / bottom), 1.0);
}

QString HypercubeState::nameOf(std::size_t node) const {
    QStringList concepts;
    for (int p = 0; p < m_lattice.concepts(); ++p)
        if (node >> p & 1) concepts.append(QString::number(p + 1));
    if (concepts.isEmpty()) return tr("no concept");
    if (concepts.size() == 1) return tr("concept %1").arg(concepts.first());
    const QString last = concepts.takeLast();
    return tr("concepts %1 and %2").arg(concepts.join(QStringLiteral(", ")), last);
}

QString HypercubeState::timeText(std::size_t frame) const {
    const QString value = number(m_data.time.at(frame));
    return m_data.timeUnit.empty() ? value : tr("%1 %2").arg(value, QString::fromStdString(m_data.timeUnit));
}

QString HypercubeState::readout(std::size_t node) const {
    QStringList words{tr("%1: loss %2").arg(nameOf(node), number(losses()[node]))};
    words[0][0] = words[0][0].toUpper();
    if (node != 0)
        words.append(isLearned(node) ? tr("learned at %1").arg(timeText(m_order.frame[node]))
                                     : tr("not learned yet"));
    QStringList below;
    for (std::size_t i = 0; i < m_brokenEdges.size(); ++i)
        if (m_brokenEdges[i] && m_lattice.edges()[i].part == node)
            below.append(QString::fromStdString(m_data.names[m_lattice.edges()[i].whole]));
    if (!below.isEmpty()) words.append(tr("above the loss of %1").arg(below.join(QStringLiteral(", "))));
    return words.join(QStringLiteral(" · "));
}

}  // namespace concept_space
