// SPDX-License-Identifier: GPL-3.0-or-later
#include "desktop/form/text_editor.hpp"

#include <QHBoxLayout>
#include <QMimeData>
#include <QRandomGenerator>
#include <QSignalBlocker>
#include <QStyle>
#include <QToolButton>
#include <algorithm>

#include "desktop/form/number_text.hpp"
#include "desktop/form/request_text.hpp"
#include "desktop/theme/theme.hpp"
#include "engine/parameters/value_text.hpp"

namespace latent::desktop {

using engine::ParameterModel;
using engine::ParameterType;

void repolish(QWidget* widget) {
    widget->style()->unpolish(widget);
    widget->style()->polish(widget);
    widget->update();
}

void setWrongLook(QWidget* widget, bool wrong) {
    if (widget->property("wrong").toBool() == wrong) return;
    widget->setProperty("wrong", wrong);
    repolish(widget);
}

TextEditor::TextEditor(const ParameterModel& parameter, QWidget* parent)
    : ParameterEditor(parameter, parent), m_line(new FieldLine(this)) {
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(0, 0, 0, 0);
    row->addWidget(m_line);
    if (parameter.optional)
        m_line->setPlaceholderText(tr("not given"));
    else if (!parameter.exclusiveWith.empty())
        m_line->setPlaceholderText(tr("none"));
    if (engine::isNumeric(parameter.type)) m_line->setFont(theme().tabular);
    if (parameter.unit != "1") m_line->setUnit(QString::fromStdString(parameter.unit));
    m_line->setTaker([this](const QMimeData& dropped) {
        if (!looksLikeRequest(dropped.text())) return take(dropped);
        Q_EMIT requestPasted(dropped.text());
        return true;
    });
    setFocusProxy(m_line);
    connect(m_line, &QLineEdit::textEdited, this, &ParameterEditor::edited);
    connect(m_line, &QLineEdit::editingFinished, this, &ParameterEditor::left);
}

engine::Assignment TextEditor::assignment() const {
    const bool keepsBlanks = parameter().type == ParameterType::Text;
    return {parameter().name, (keepsBlanks ? m_line->text() : m_line->text().trimmed()).toStdString(), true};
}

namespace {

/// Whether a list of texts can be written without quotes and is read as the same.
bool isPlain(const nlohmann::json& list) {
    return !list.empty() && std::all_of(list.begin(), list.end(), [](const nlohmann::json& entry) {
        if (!entry.is_string()) return false;
        const QString text = QString::fromStdString(entry.get<std::string>());
        return !text.isEmpty() && text == text.trimmed() && !text.contains(QLatin1Char(',')) &&
               !text.startsWith(QLatin1Char('['));
    });
}

}  // namespace

/// Lists are written with a blank after each comma, which the engine reads as well.
QString TextEditor::textOf(const nlohmann::json& value) const {
    if (parameter().type == ParameterType::Texts && value.is_array() && isPlain(value)) {
        QStringList entries;
        for (const nlohmann::json& entry : value) entries << QString::fromStdString(entry.get<std::string>());
        return entries.join(QStringLiteral(", "));
    }
    QString text = QString::fromStdString(engine::textOf(parameter(), value));
    if (engine::isNumeric(parameter().type)) text.replace(QLatin1Char(','), QStringLiteral(", "));
    return text;
}

void TextEditor::show(const nlohmann::json& value) {
    const engine::Assignment typed = assignment();
    const std::string& text = typed.value.get_ref<const std::string&>();
    // "1e6" stays while it means the same.
    const bool same =
        value.is_null() ? text.empty() : !text.empty() && engine::parseText(parameter(), text).value == value;
    if (same && m_line->isModified()) return;
    if (const QString canonical = textOf(value); canonical != m_line->text()) {
        m_line->setText(canonical);
        if (!m_line->hasFocus()) m_line->home(false);
    }
}

void TextEditor::showGiven(const engine::Assignment& given) {
    if (!given.isText || !given.value.is_string()) return TextEditor::show(given.value);
    const QString text = QString::fromStdString(given.value.get<std::string>());
    if (m_line->text().trimmed() != text.trimmed()) m_line->setText(text);
}

void TextEditor::setText(const QString& text) {
    m_line->setText(text);
    m_line->setModified(true);
    if (!m_line->hasFocus()) m_line->home(false);
    Q_EMIT edited();
    if (!m_line->hasFocus()) Q_EMIT left();
}

void TextEditor::setError(const QString& sentence) { setWrongLook(m_line, !sentence.isEmpty()); }

bool TextEditor::isUnfinished() const {
    return m_line->hasFocus() && desktop::isUnfinished(parameter(), m_line->text(), m_line->cursorPosition());
}

NumberEditor::NumberEditor(const ParameterModel& parameter, QWidget* parent) : TextEditor(parameter, parent) {
    line()->setSteps(true);
    connect(line(), &FieldLine::stepAsked, this, &NumberEditor::step);
}

void NumberEditor::step(int by, bool large) {
    const ParameterModel& p = parameter();
    if (line()->text().trimmed().isEmpty() && !engine::isList(p.type)) {
        // From nothing to where one would begin.
        const double start = p.defaultValue.is_number() ? p.defaultValue.get<double>()
                             : p.min && !p.minExclusive ? *p.min
                             : p.max && *p.max < 1      ? *p.max
                                                        : 1;
        return setText(shortNumber(p, start));
    }
    const auto next = stepText(p, line()->text(), line()->cursorPosition(), by, large);
    if (!next || next->text == line()->text()) return;
    line()->setText(next->text);
    line()->setCursorPosition(next->cursor);
    line()->setModified(true);
    Q_EMIT edited();
}

SeedEditor::SeedEditor(const ParameterModel& parameter, QWidget* parent) : NumberEditor(parameter, parent) {
    connect(line()->addButton(QStringLiteral("dice"), tr("Another seed")), &QToolButton::clicked, this,
            &SeedEditor::draw);
}

/// Short enough to be told to somebody, within the limits of the schema.
void SeedEditor::draw() {
    const double low = std::max(0.0, parameter().min.value_or(0)),
                 high = std::min(low + 999'999, parameter().max.value_or(low + 999'999));
    const auto count = static_cast<quint32>(std::max(1.0, high - low + 1));
    const QString before = line()->text();
    for (int tries = 0; tries < 8; ++tries) {
        const QString next =
            QString::number(static_cast<qint64>(low) + QRandomGenerator::global()->bounded(count));
        if (next == before && count > 1) continue;
        return setText(next);
    }
}

}  // namespace latent::desktop
