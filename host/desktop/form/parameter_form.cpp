// SPDX-License-Identifier: GPL-3.0-or-later
#include "desktop/form/parameter_form.hpp"

#include <QApplication>
#include <QClipboard>
#include <QComboBox>
#include <QKeyEvent>
#include <QLabel>
#include <QPushButton>

#include "desktop/form/form_edit.hpp"
#include "desktop/form/form_parts.hpp"
#include "desktop/form/parameter_help.hpp"
#include "desktop/form/request_text.hpp"
#include "desktop/form/segment_bar.hpp"
#include "engine/parameters/value_text.hpp"

namespace latent::desktop {

using engine::Assignment;
using nlohmann::json;

namespace {

constexpr int kFrame_ms = 16;
constexpr int kPatience_ms = 350;  ///< a hand that types on is not interrupted

}  // namespace

ParameterForm::ParameterForm(QWidget* parent) : QScrollArea(parent), m_parts(std::make_unique<Parts>()) {
    setWidgetResizable(true);
    setFrameShape(QFrame::NoFrame);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setFocusPolicy(Qt::NoFocus);
    m_parts->coalesce.setSingleShot(true);
    m_parts->coalesce.setInterval(kFrame_ms);
    m_parts->patience.setSingleShot(true);
    m_parts->patience.setInterval(kPatience_ms);
    connect(&m_parts->coalesce, &QTimer::timeout, this, &ParameterForm::valuesChanged);
    connect(&m_parts->patience, &QTimer::timeout, this, [this] { showErrors(Hand::Rests); });
}

/// The field with the focus says that it was left while it is destroyed, and that is after the parts.
ParameterForm::~ParameterForm() {
    for (ParameterRow* row : m_parts->rows) {
        row->disconnect(this);
        row->editor()->disconnect(this);
    }
}

QString ParameterForm::experiment() const { return m_parts->experiment; }
QString ParameterForm::preset() const {
    return m_parts->values ? QString::fromStdString(m_parts->values->preset()) : QString();
}
std::vector<Assignment> ParameterForm::assignments() const {
    return m_parts->values ? m_parts->values->assignments() : std::vector<Assignment>();
}
FormState ParameterForm::state() const { return m_parts->values ? m_parts->values->state() : FormState(); }
ParameterRow* ParameterForm::row(const QString& name) const { return m_parts->row(name.toStdString()); }
void ParameterForm::setUndoStack(QUndoStack* stack) { m_parts->undo = stack ? stack : &m_parts->own; }
QUndoStack* ParameterForm::undoStack() const { return m_parts->undo; }

const engine::Resolution& ParameterForm::resolution() const {
    static const engine::Resolution none{json::object(), {}};
    return m_parts->values ? m_parts->values->resolution() : none;
}

void ParameterForm::setRunChooser(const RunChooser* chooser) {
    m_parts->chooser = chooser;
    if (m_parts->values) build();
}

void ParameterForm::setLive(bool live) {
    m_parts->live = live;
    if (m_parts->values) build();
}

void ParameterForm::setMoreArguments(std::vector<std::string> arguments) {
    m_parts->moreArguments = std::move(arguments);
}

QString ParameterForm::commandLine() const {
    const Parts& p = *m_parts;
    return p.values && p.values->resolution().valid()
               ? p.values->commandLine(p.experiment.toStdString(), p.moreArguments)
               : QString();
}

void ParameterForm::setSchema(const engine::SchemaModel& schema, const QString& experiment) {
    m_parts->values.emplace(schema);
    m_parts->experiment = experiment;
    m_parts->own.clear();
    build();
}

void ParameterForm::setPreset(const QString& name) {
    if (m_parts->values && m_parts->values->setPreset(name.toStdString())) settle(true);
}

void ParameterForm::choosePreset(const QString& name) {
    const FormState before = state();
    setPreset(name);
    record(before, tr("choice of the preset"), {});
}

QStringList ParameterForm::setValues(const json& values) {
    if (!m_parts->values) return {};
    const QStringList sentences = m_parts->values->takeValues(values);
    settle(true);
    return sentences;
}

QStringList ParameterForm::take(const PastedRequest& request) {
    Parts& p = *m_parts;
    if (!p.values) return {};
    const FormState before = state();
    QStringList sentences;
    if (!p.values->setPreset(request.preset)) {
        sentences << tr("The preset %1 is unknown here and was left out.")
                         .arg(QString::fromStdString(request.preset));
        p.values->setPreset({});
    }
    sentences << (request.values.is_null() ? p.values->takeAssignments(request.assignments)
                                           : p.values->takeValues(request.values));
    if (!request.leftOut.isEmpty())
        sentences << tr("The form has no place for %1, which was left out.")
                         .arg(request.leftOut.join(QStringLiteral(", ")));
    settle(true);
    record(before, tr("paste of a request"), {});
    return sentences;
}

void ParameterForm::setValue(const QString& name, const json& value) {
    if (!m_parts->values || !m_parts->values->schema().find(name.toStdString())) return;
    m_parts->values->give({name.toStdString(), value, false});
    settle(true);
}

void ParameterForm::resetAll() {
    if (!m_parts->values) return;
    m_parts->values->takeBackAll();
    settle(true);
}

void ParameterForm::restore(const FormState& state) {
    if (!m_parts->values) return;
    m_parts->values->restore(state);
    settle(true);
}

void ParameterForm::copyCommandLine() {
    if (const QString line = commandLine(); !line.isEmpty()) QApplication::clipboard()->setText(line);
}

void ParameterForm::paste() { pasteText(QApplication::clipboard()->text()); }

void ParameterForm::pasteText(const QString& text) {
    const auto request = readRequestText(text);
    if (!request) return Q_EMIT message(QString::fromStdString(request.error().message));
    Q_EMIT requestPasted(*request);
}

void ParameterForm::focusParameter(const QString& name) {
    ParameterRow* row = m_parts->row(name.toStdString());
    if (!row) return;
    if (row->parameter().advanced && row->isHidden()) m_parts->advanced->setChecked(true);
    ensureWidgetVisible(row);
    row->editor()->field()->setFocus(Qt::OtherFocusReason);
}

void ParameterForm::focusFirstError() {
    showErrors(Hand::Left);
    for (const engine::FieldError& error : resolution().errors)
        if (m_parts->row(error.parameter)) return focusParameter(QString::fromStdString(error.parameter));
}

void ParameterForm::showHelp(ParameterRow* row) {
    const FormValues& values = *m_parts->values;
    showHelpCard(values.schema(), row->parameter(), values.standard(row->parameter().name),
                 row->editor()->field());
}

void ParameterForm::keyPressEvent(QKeyEvent* event) {
    if (event->matches(QKeySequence::Paste) && !m_parts->live) return paste();
    if (event->matches(QKeySequence::Undo)) return m_parts->undo->undo();
    if (event->matches(QKeySequence::Redo)) return m_parts->undo->redo();
    QScrollArea::keyPressEvent(event);
}

/// What was typed in one row.
void ParameterForm::edited(ParameterRow* row) {
    const FormState before = state();
    m_parts->values->give(row->editor()->assignment());
    settle(false, row);
    record(before, tr("change of %1").arg(QString::fromStdString(row->parameter().title())),
           row->parameter().name);
}

void ParameterForm::resetOne(ParameterRow* row) {
    const FormState before = state();
    m_parts->values->takeBack(row->parameter().name);
    settle(true);
    record(before, tr("reset of %1").arg(QString::fromStdString(row->parameter().title())), {});
}

void ParameterForm::record(const FormState& before, const QString& words, const std::string& field) {
    Parts& p = *m_parts;
    FormState after = state();
    if (after == before) return;
    p.undo->push(new FormEdit(this, before, std::move(after), words, field,
                              [this](const FormState& then) { restore(then); }));
}

/// Shows what the engine made of what is given. Fields are rewritten only when the change came from elsewhere, so that
/// nothing moves under the hand that types; and those that were hidden, for nobody typed there.
void ParameterForm::settle(bool rewrite, ParameterRow* typedIn) {
    Parts& p = *m_parts;
    FormValues& values = *p.values;
    for (ParameterRow* row : p.rows) {
        const engine::ParameterModel& parameter = row->parameter();
        const QString error = values.errorOf(parameter.name);
        const Assignment* given = values.given(parameter.name);
        if (row != typedIn) {
            if (error.isEmpty() || !given)
                row->editor()->show(values.shown(parameter));
            else if (rewrite || row->isHidden())
                row->editor()->showGiven(*given);
        }
        const json standard = values.standard(parameter.name);
        const bool changed = values.isChanged(parameter.name);
        row->setChanged(changed,
                        changed ? QString::fromStdString(engine::textOf(parameter, standard)) : QString());
        row->setHint(values.exclusionWords(parameter));
        if (rewrite) row->setHelp(helpTip(values.schema(), parameter, standard));
    }
    p.typedIn = typedIn;
    showErrors(rewrite ? Hand::Left : Hand::Types);
    showFoot();
    if (!p.live) return Q_EMIT valuesChanged();
    if (!p.coalesce.isActive()) p.coalesce.start();
}

/// Errors go at once. They come when the hand rests, and those of a text that may only be begun ("1e") when it leaves.
void ParameterForm::showErrors(Hand hand) {
    Parts& p = *m_parts;
    if (!p.values) return;
    hand == Hand::Types ? p.patience.start() : p.patience.stop();
    for (ParameterRow* row : p.rows) {
        const QString error = p.values->errorOf(row->parameter().name);
        const bool unfinished = row == p.typedIn && hand != Hand::Left && row->editor()->isUnfinished();
        if (error.isEmpty() || unfinished)
            row->setError({});
        else if (hand != Hand::Types || !row->error().isEmpty())
            row->setError(error);
    }
    showRows();
}

void ParameterForm::showRows() {
    Parts& p = *m_parts;
    std::map<std::string, bool> groups;
    int advanced = 0;
    for (ParameterRow* row : p.rows) {
        const engine::ParameterModel& parameter = row->parameter();
        // What is wrong is shown wherever it is: it holds up Run.
        const bool applies = p.values->applies(parameter) || !p.values->errorOf(parameter.name).isEmpty();
        const bool folded = parameter.advanced && !p.advanced->isChecked() && row->error().isEmpty();
        row->setVisible(applies && !folded);
        advanced += parameter.advanced && applies;
        if (!parameter.advanced) groups[parameter.group] = groups[parameter.group] || applies;
    }
    for (const auto& [group, heading] : p.headings) heading->setVisible(groups[group]);
    p.advanced->setText(tr("Advanced (%1)").arg(advanced));
    p.advanced->setVisible(advanced > 0);
    placeColumns();
    // Tab goes as the rows were made, which is as one reads. QWidget::setTabOrder() of Qt 6.4 closed the form into a ring of its
    // own, which nobody could leave.
}

void ParameterForm::showFoot() {
    Parts& p = *m_parts;
    const FormValues& values = *p.values;
    int changed = 0, folded = 0;
    for (const ParameterRow* row : p.rows) {
        changed += row->isChanged();
        folded += row->isChanged() && row->parameter().advanced;
    }
    const QString preset = QString::fromStdString(values.preset());
    if (p.presets) p.presets->setValue(preset);
    if (p.presetList) p.presetList->setCurrentIndex(p.presetList->findData(preset));
    // Always a line, so that the first change moves nothing.
    p.presetWords->setText((changed == 0 ? tr("%1, unchanged") : tr("%1, %n changed", nullptr, changed))
                               .arg(preset.isEmpty() ? tr("default") : preset));
    p.presetWords->setVisible(changed > 0 || p.presets || p.presetList);
    p.advanced->setToolTip(folded > 0 ? tr("%n changed", nullptr, folded) : QString());
    p.reset->setEnabled(changed > 0);
    p.copy->setEnabled(values.resolution().valid());
    p.copy->setToolTip(values.resolution().valid()
                           ? commandLine()
                           : QString::fromStdString(values.resolution().errors.front().sentence));
}

}  // namespace latent::desktop
