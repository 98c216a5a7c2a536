// SPDX-License-Identifier: GPL-3.0-or-later
#include "desktop/form/grid_text.hpp"

#include <QRegularExpression>
#include <nlohmann/json.hpp>

#include "engine/json/bounded.hpp"
#include "engine/parameters/value_text.hpp"

namespace latent::desktop {
namespace {

using engine::ParameterModel;
using engine::ParameterType;
using nlohmann::json;

/// The parameter of a single entry.
ParameterModel oneOf(const ParameterModel& p) {
    ParameterModel one = p;
    one.type = p.type == ParameterType::Integers ? ParameterType::Integer
               : p.type == ParameterType::Texts  ? ParameterType::Text
                                                 : ParameterType::Number;
    return one;
}

QString cellOf(const json& entry) {
    return QString::fromStdString(entry.is_string() ? entry.get<std::string>() : entry.dump());
}

GridRows fromJson(const json& value) {
    GridRows rows;
    for (const json& row : value) {
        QStringList cells;
        if (row.is_array())
            for (const json& entry : row) cells << cellOf(entry);
        else
            cells << cellOf(row);
        rows.push_back(cells);
    }
    return rows;
}

/// What numpy prints: rows in brackets, entries apart by blanks or commas.
GridRows fromPython(QString text) {
    text = text.mid(text.indexOf(QLatin1Char('[')));
    text.truncate(text.lastIndexOf(QLatin1Char(']')) + 1);
    GridRows rows;
    static const QRegularExpression row(QStringLiteral("[^\\[\\]]+")), apart(QStringLiteral("[\\s,]+"));
    for (auto it = row.globalMatch(text); it.hasNext();)
        if (const QStringList cells = it.next().captured().split(apart, Qt::SkipEmptyParts); !cells.isEmpty())
            rows.push_back(cells);
    return rows;
}

/// Spreadsheets of half of the world write 0,5.
QString withPoint(const QString& cell) {
    static const QRegularExpression comma(QStringLiteral("^[+-]?\\d+,\\d+([eE][+-]?\\d+)?$"));
    QString point = cell;
    return comma.match(cell).hasMatch() ? point.replace(QLatin1Char(','), QLatin1Char('.')) : cell;
}

GridRows fromLines(const QString& text, bool hasLetters) {
    static const QRegularExpression lineEnd(QStringLiteral("\\r\\n|\\n|\\r|;")),
        textEnd(QStringLiteral("\\r\\n|\\n|\\r")), blanks(QStringLiteral("\\s+"));
    const bool tabs = text.contains(QLatin1Char('\t'));
    GridRows rows;
    for (const QString& line : text.split(hasLetters ? textEnd : lineEnd)) {
        if (line.trimmed().isEmpty()) continue;
        QStringList cells = tabs                              ? line.split(QLatin1Char('\t'))
                            : line.contains(QLatin1Char(',')) ? line.split(QLatin1Char(','))
                            : hasLetters                      ? QStringList{line}
                                                              : line.trimmed().split(blanks);
        for (QString& cell : cells)
            cell = hasLetters ? cell.trimmed() : tabs ? withPoint(cell.trimmed()) : cell.trimmed();
        rows.push_back(cells);
    }
    return rows;
}

GridRows anyRows(const QString& text, bool hasLetters) {
    const QString trimmed = text.trimmed();
    if (trimmed.isEmpty()) return {};
    if (!trimmed.contains(QLatin1Char('['))) return fromLines(trimmed, hasLetters);
    if (const auto value = engine::parseJson(trimmed.toStdString(), "", {.bytes = 16u << 20, .depth = 4});
        value && value->is_array())
        return fromJson(*value);
    return hasLetters ? fromLines(trimmed, true) : fromPython(trimmed);
}

}  // namespace

GridRows rowsFrom(const ParameterModel& p, const QString& text) {
    GridRows rows = anyRows(text, p.type == ParameterType::Texts);
    if (p.type != ParameterType::Matrix) {
        GridRows single;
        for (const QStringList& row : rows)
            for (const QString& cell : row) single.push_back({cell});
        return single;
    }
    qsizetype most = 0;
    for (const QStringList& row : rows) most = std::max(most, row.size());
    for (QStringList& row : rows)
        while (row.size() < most) row << QString();
    return rows;
}

bool isRight(const ParameterModel& p, const QString& cell) {
    return engine::parseText(oneOf(p), cell.toStdString()).right();
}

QString textFrom(const ParameterModel& p, const GridRows& rows) {
    if (p.type == ParameterType::Texts) {
        json list = json::array();
        for (const QStringList& row : rows) list.push_back(row.value(0).toStdString());
        return QString::fromStdString(list.dump());
    }
    const ParameterModel one = oneOf(p);
    QStringList lines;
    bool isRightAll = true;
    for (const QStringList& row : rows) {
        QStringList cells;
        for (const QString& cell : row) {
            const engine::CheckedValue checked = engine::parseText(one, cell.toStdString());
            isRightAll = isRightAll && checked.right();
            // "1." of Python and "+1" are no JSON.
            cells << (checked.right() ? QString::fromStdString(engine::textOf(p, checked.value)) : cell);
        }
        lines << cells.join(QStringLiteral(", "));
    }
    if (p.type != ParameterType::Matrix)
        return rows.empty() ? QStringLiteral("[]") : lines.join(QStringLiteral(", "));
    // Words in brackets would not be JSON, and the engine could not say which entry is wrong.
    if (!isRightAll) return lines.join(QStringLiteral("; "));
    return rows.empty() ? QStringLiteral("[]")
                        : QStringLiteral("[[") + lines.join(QStringLiteral("], [")) + QStringLiteral("]]");
}

bool isTable(const QString& text) {
    const QString trimmed = text.trimmed();
    static const QRegularExpression python(QStringLiteral("^[a-zA-Z_.]+\\(\\s*\\["));
    return trimmed.contains(QLatin1Char('\n')) || trimmed.contains(QLatin1Char('\t')) ||
           python.match(trimmed).hasMatch();
}

}  // namespace latent::desktop
