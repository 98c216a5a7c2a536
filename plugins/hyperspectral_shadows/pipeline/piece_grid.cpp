// SPDX-License-Identifier: Apache-2.0
#include "pipeline/piece_grid.hpp"

#include <algorithm>
#include <cmath>
#include <set>

namespace hyperspectral_shadows {

std::vector<std::int64_t> evenly(std::int64_t n, std::int64_t m) {
    const std::int64_t count = std::clamp<std::int64_t>(m, 0, n);
    std::vector<std::int64_t> chosen;
    for (std::int64_t i = 0; i < count; ++i) chosen.push_back(middleOf(i, count, n));
    return chosen;
}

PieceGrid::PieceGrid(const CubeHeader& header, const PieceLimits& limits)
    : m_all{header.lines, header.samples, header.bands} {
    const std::int64_t piece[3] = {header.piece.lines, header.piece.samples, header.piece.bands};
    for (int i = 0; i < 3; ++i)
        m_step[i] = piece[i] > 0 ? std::min(piece[i], m_all[i]) : std::max<std::int64_t>(m_all[i], 1);
    const std::size_t line = static_cast<std::size_t>(m_step[1] * m_step[2]) * sizeof(float);
    const std::size_t most = header.piece.packed ? limits.packed : limits.loose;
    m_step[0] = std::clamp<std::int64_t>(static_cast<std::int64_t>(most / line), 1, m_step[0]);
    m_bytes = line * static_cast<std::size_t>(m_step[0]);
    const auto pieces = [&](int i) { return (m_all[i] + m_step[i] - 1) / m_step[i]; };
    m_rows = pieces(0), m_columns = pieces(1), m_layers = pieces(2);
}

CubeBox PieceGrid::box(std::int64_t row, std::int64_t column, std::int64_t layer) const {
    const std::int64_t first[3] = {row * m_step[0], column * m_step[1], layer * m_step[2]};
    const auto count = [&](int i) { return std::min(m_step[i], m_all[i] - first[i]); };
    return {first[0], first[1], first[2], count(0), count(1), count(2)};
}

PieceChoice PieceGrid::all() const {
    return {evenly(m_rows, m_rows), evenly(m_columns, m_columns), evenly(m_layers, m_layers)};
}

PieceChoice PieceGrid::picture(std::size_t bytes) const {
    const auto room = static_cast<std::int64_t>(std::max<std::size_t>(1, bytes / m_bytes));
    const std::int64_t columns = std::min(m_columns, room), rows = std::min(m_rows, room / columns),
                       layers = std::min(m_layers, room / (rows * columns));
    return {evenly(m_rows, rows), evenly(m_columns, columns), evenly(m_layers, layers)};
}

std::vector<std::pair<std::int64_t, std::int64_t>> PieceGrid::spread(std::int64_t m) const {
    std::set<std::pair<std::int64_t, std::int64_t>> places;
    if (m >= m_rows * m_columns) {
        for (std::int64_t row = 0; row < m_rows; ++row)
            for (std::int64_t column = 0; column < m_columns; ++column) places.emplace(row, column);
        return {places.begin(), places.end()};
    }
    // Steps of the golden ratio fill the columns evenly, however many there are, and never along a diagonal only.
    constexpr double kGolden = .6180339887498949;
    for (std::int64_t i = 0; i < m; ++i) {
        const double across = .5 + kGolden * static_cast<double>(i);
        places.emplace(middleOf(i, m, m_rows), static_cast<std::int64_t>((across - std::floor(across)) *
                                                                         static_cast<double>(m_columns)));
    }
    return {places.begin(), places.end()};
}

}  // namespace hyperspectral_shadows
