// SPDX-License-Identifier: GPL-3.0-or-later
#include "desktop/form/list_editor.hpp"

#include <QMenu>
#include <QMimeData>
#include <QToolButton>

#include "desktop/theme/icon.hpp"

namespace latent::desktop {
namespace {

constexpr int kMostInLine = 8192;  ///< of a line that can still be read; a QLineEdit cuts at 32767

}  // namespace

ListEditor::ListEditor(const engine::ParameterModel& p, QWidget* parent) : NumberEditor(p, parent) {
    line()->setSteps(engine::isNumeric(p.type));
    QToolButton* cells = line()->addButton(QStringLiteral("numbers"), p.type == engine::ParameterType::Matrix
                                                                          ? tr("Edit as a grid")
                                                                          : tr("Edit as a list"));
    connect(cells, &QToolButton::clicked, this, &ListEditor::openCells);
}

void ListEditor::hold(const QString& text) {
    m_held = text.size() > kMostInLine ? text : QString();
    line()->setReadOnly(!m_held.isEmpty());
    if (m_held.isEmpty()) return;
    const GridRows rows = rowsFrom(parameter(), m_held);
    line()->setText(parameter().type == engine::ParameterType::Matrix
                        ? tr("%1 by %2 numbers").arg(rows.size()).arg(rows.empty() ? 0 : rows.front().size())
                        : tr("%n entries", nullptr, static_cast<int>(rows.size())));
}

engine::Assignment ListEditor::assignment() const {
    return m_held.isEmpty() ? NumberEditor::assignment()
                            : engine::Assignment{parameter().name, m_held.toStdString(), true};
}

void ListEditor::show(const nlohmann::json& value) {
    const QString text = textOf(value);
    if (text.size() <= kMostInLine) {
        if (!m_held.isEmpty()) line()->clear();
        hold({});
        return NumberEditor::show(value);
    }
    hold(text);
}

void ListEditor::showGiven(const engine::Assignment& given) {
    const QString text = given.isText && given.value.is_string()
                             ? QString::fromStdString(given.value.get<std::string>())
                             : QString();
    if (text.size() > kMostInLine) return hold(text);
    hold({});
    NumberEditor::showGiven(given);
}

void ListEditor::setText(const QString& text) {
    if (text.size() <= kMostInLine) {
        hold({});
        NumberEditor::setText(text);
        if (m_popup) Q_EMIT left();  // a cell is entered as a whole
        return;
    }
    hold(text);
    Q_EMIT edited();
    Q_EMIT left();
}

void ListEditor::setError(const QString& sentence) {
    NumberEditor::setError(sentence);
    if (m_popup) m_popup->setError(sentence);
}

void ListEditor::openCells() {
    if (m_popup) return;
    m_popup = new GridPopup(parameter(), QString::fromStdString(assignment().value.get<std::string>()), this);
    connect(m_popup, &GridPopup::changed, this, &ListEditor::setText);
    m_popup->openBelow(line());
}

/// A table from elsewhere; a list of one line goes in as text does.
bool ListEditor::take(const QMimeData& dropped) {
    if (!dropped.hasText() || !isTable(dropped.text())) return false;
    const GridRows rows = rowsFrom(parameter(), dropped.text());
    if (rows.empty()) return false;
    setText(textFrom(parameter(), rows));
    return true;
}

void ListEditor::addTo(QMenu& menu) {
    menu.addAction(icon(QStringLiteral("numbers")), line()->button()->accessibleName(), this,
                   &ListEditor::openCells);
}

}  // namespace latent::desktop
