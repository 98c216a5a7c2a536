// SPDX-License-Identifier: GPL-3.0-or-later
#include "desktop/form/parameter_form.hpp"

#include <QApplication>
#include <QButtonGroup>
#include <QClipboard>
#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QTimer>
#include <QUndoStack>
#include <QVBoxLayout>
#include <map>

#include "desktop/form/form_edit.hpp"
#include "desktop/form/parameter_row.hpp"
#include "desktop/theme/icon.hpp"
#include "desktop/theme/theme.hpp"
#include "engine/parameters/command_line.hpp"
#include "engine/parameters/value_text.hpp"

namespace latent::desktop {

using engine::Assignment;
using nlohmann::json;

struct ParameterForm::Parts {
    std::optional<engine::SchemaModel> schema;
    QString experiment, preset;
    std::map<std::string, Assignment> given;       ///< what differs from the preset, as it was typed
    engine::Resolution resolution;
    json standard = json::object();                ///< what the preset alone gives
    const RunChooser* chooser = nullptr;
    QUndoStack* undo = nullptr;
    bool live = false;
    std::vector<ParameterRow*> rows;
    std::map<std::string, QLabel*> headings;
    QButtonGroup* presets = nullptr;
    QLabel* presetWords = nullptr;
    QPushButton *advanced = nullptr, *reset = nullptr;
    QVBoxLayout* column = nullptr;
    QTimer coalesce;                               ///< of changes while a slider is dragged

    ParameterRow* row(const std::string& name) const {
        for (ParameterRow* one : rows)
            if (one->editor()->parameter().name == name) return one;
        return nullptr;
    }
    FormState state() const {
        FormState now{preset, json::object()};
        for (const auto& [name, a] : given) now.given[name] = {{"value", a.value}, {"text", a.isText}};
        return now;
    }
};

namespace {

constexpr int kFrame_ms = 16;

std::vector<Assignment> listOf(const std::map<std::string, Assignment>& given) {
    std::vector<Assignment> all;
    for (const auto& [name, assignment] : given) all.push_back(assignment);
    return all;
}

/// The engine's sentence begins with the name of the parameter, which stands beside the field already.
QString withoutName(const engine::FieldError& error) {
    const QString sentence = QString::fromStdString(error.sentence), name = QString::fromStdString(error.parameter) + QStringLiteral(": ");
    if (!sentence.startsWith(name)) return sentence;
    const QString rest = sentence.mid(name.size());
    return rest.left(1).toUpper() + rest.mid(1);
}

}  // namespace

ParameterForm::ParameterForm(QWidget* parent) : QScrollArea(parent), m_parts(std::make_unique<Parts>()) {
    setWidgetResizable(true);
    setFrameShape(QFrame::NoFrame);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_parts->coalesce.setSingleShot(true);
    m_parts->coalesce.setInterval(kFrame_ms);
    connect(&m_parts->coalesce, &QTimer::timeout, this, &ParameterForm::valuesChanged);
}

ParameterForm::~ParameterForm() = default;

QString ParameterForm::experiment() const { return m_parts->experiment; }
QString ParameterForm::preset() const { return m_parts->preset; }
const engine::Resolution& ParameterForm::resolution() const { return m_parts->resolution; }
std::vector<Assignment> ParameterForm::assignments() const { return listOf(m_parts->given); }
void ParameterForm::setUndoStack(QUndoStack* stack) { m_parts->undo = stack; }

void ParameterForm::setRunChooser(const RunChooser* chooser) {
    m_parts->chooser = chooser;
    if (m_parts->schema) build();
}

void ParameterForm::setLive(bool live) {
    m_parts->live = live;
    if (m_parts->schema) build();
}

QString ParameterForm::commandLine() const {
    if (!m_parts->schema) return {};
    return QString::fromStdString(engine::asCommandLine(m_parts->experiment.toStdString(), *m_parts->schema, m_parts->preset.toStdString(), m_parts->resolution.values));
}

void ParameterForm::setSchema(const engine::SchemaModel& schema, const QString& experiment) {
    m_parts->schema = schema;
    m_parts->experiment = experiment;
    m_parts->preset.clear();
    m_parts->given.clear();
    build();
}

void ParameterForm::build() {
    Parts& p = *m_parts;
    p.rows.clear();
    p.headings.clear();
    auto* page = new QWidget;
    page->setProperty("look", "page");
    p.column = new QVBoxLayout(page);
    p.column->setContentsMargins(space::tight, 0, space::groups, space::between);
    p.column->setSpacing(space::inside);
    buildPresets(page);
    const auto addRow = [&](const engine::ParameterModel& parameter) {
        auto* row = new ParameterRow(parameter, p.chooser, p.live, page);
        connect(row->editor(), &ParameterEditor::edited, this, [this, row] { take(row); });
        connect(row, &ParameterRow::resetAsked, this, [this, row] { resetOne(row); });
        p.rows.push_back(row);
        p.column->addWidget(row);
    };
    const auto addGroup = [&](const std::string& group, bool isAdvanced) {
        bool any = false;
        for (const engine::ParameterModel& parameter : p.schema->parameters()) {
            if (parameter.group != group || parameter.advanced != isAdvanced) continue;
            if (!any && !group.empty() && !isAdvanced) {
                auto* heading = new QLabel(QString::fromStdString(group).toUpper(), page);
                heading->setProperty("look", "section");
                heading->setContentsMargins(18, space::inside, 0, 0);
                p.column->addWidget(heading);
                p.headings[group] = heading;
            }
            any = true;
            addRow(parameter);
        }
    };
    std::vector<std::string> groups = p.schema->groups();
    if (std::find(groups.begin(), groups.end(), "") == groups.end()) groups.insert(groups.begin(), "");
    for (const std::string& group : groups) addGroup(group, false);
    const auto advancedCount = std::count_if(p.schema->parameters().begin(), p.schema->parameters().end(), [](const auto& one) { return one.advanced; });
    p.advanced = new QPushButton(tr("Advanced (%1)").arg(advancedCount), page);
    p.advanced->setProperty("look", "flat");
    p.advanced->setCheckable(true);
    p.advanced->setIcon(icon(QStringLiteral("chevron-right")));
    p.advanced->setVisible(advancedCount > 0);
    p.column->addWidget(p.advanced, 0, Qt::AlignLeft);
    connect(p.advanced, &QPushButton::toggled, this, [this](bool open) {
        m_parts->advanced->setIcon(icon(open ? QStringLiteral("chevron-down") : QStringLiteral("chevron-right")));
        showRows();
    });
    for (const std::string& group : groups) addGroup(group, true);
    buildFoot(page);
    p.column->addStretch();
    setWidget(page);
    QWidget* before = nullptr;
    for (ParameterRow* row : p.rows) {
        if (before) QWidget::setTabOrder(before, row->editor()->field());
        before = row->editor()->field();
    }
    settle(true);
}

void ParameterForm::buildPresets(QWidget* page) {
    Parts& p = *m_parts;
    p.presets = new QButtonGroup(page);
    p.presets->setExclusive(true);
    auto* row = new QHBoxLayout;
    row->setContentsMargins(18, 0, 0, 0);
    row->setSpacing(2);
    const auto add = [&](const QString& name, const QString& words, const QString& help) {
        auto* button = new QPushButton(words, page);
        button->setCheckable(true);
        button->setProperty("look", "flat");
        button->setProperty("preset", name);
        button->setToolTip(help);
        button->setAccessibleName(tr("Preset %1").arg(words));
        p.presets->addButton(button);
        row->addWidget(button);
        connect(button, &QPushButton::clicked, this, [this, name] {
            const FormState before = m_parts->state();
            setPreset(name);
            record(before, tr("the preset"));
        });
    };
    if (!p.schema->presets().empty()) add(QString(), tr("default"), tr("What the experiment declares"));
    for (const engine::PresetModel& preset : p.schema->presets())
        add(QString::fromStdString(preset.name), QString::fromStdString(preset.name), QString::fromStdString(preset.help));
    row->addStretch();
    auto* holder = new QWidget(page);
    auto* wrap = new QVBoxLayout(holder);
    wrap->setContentsMargins(0, 0, 0, 0);
    auto* strip = new QScrollArea(holder);
    auto* inner = new QWidget(strip);
    inner->setProperty("look", "page");
    inner->setLayout(row);
    strip->setWidget(inner);
    strip->setWidgetResizable(true);
    strip->setFrameShape(QFrame::NoFrame);
    strip->setVerticalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    strip->setHorizontalScrollBarPolicy(Qt::ScrollBarAsNeeded);
    strip->setFixedHeight(44);
    wrap->addWidget(strip);
    holder->setVisible(!p.schema->presets().empty());
    p.column->addWidget(holder);
    p.presetWords = new QLabel(page);
    p.presetWords->setProperty("look", "small");
    p.presetWords->setContentsMargins(18, 0, 0, 0);
    p.column->addWidget(p.presetWords);
}

void ParameterForm::buildFoot(QWidget* page) {
    Parts& p = *m_parts;
    auto* row = new QHBoxLayout;
    row->setContentsMargins(14, space::inside, 0, 0);
    auto* copy = new QPushButton(tr("Copy as command line"), page);
    copy->setProperty("look", "link");
    p.reset = new QPushButton(tr("Reset"), page);
    p.reset->setProperty("look", "link");
    row->addWidget(copy);
    row->addStretch();
    row->addWidget(p.reset);
    copy->setVisible(!p.live);
    p.column->addLayout(row);
    connect(copy, &QPushButton::clicked, this, [this] { QApplication::clipboard()->setText(commandLine()); });
    connect(p.reset, &QPushButton::clicked, this, [this] {
        const FormState before = m_parts->state();
        resetAll();
        record(before, tr("all parameters"));
    });
}

void ParameterForm::setPreset(const QString& name) {
    Parts& p = *m_parts;
    if (!p.schema || (!name.isEmpty() && !p.schema->preset(name.toStdString()))) return;
    p.preset = name;
    p.given.clear();
    settle(true);
}

QStringList ParameterForm::setValues(const json& values) {
    Parts& p = *m_parts;
    QStringList sentences;
    if (!p.schema || !values.is_object()) return sentences;
    p.given.clear();
    const json standard = engine::resolve(*p.schema, p.preset.toStdString(), {}).values;
    for (const auto& [name, value] : values.items()) {
        if (!p.schema->find(name)) sentences << tr("The parameter %1 is unknown here and was left out.").arg(QString::fromStdString(name));
        else if (standard.value(name, json()) != value) p.given[name] = {name, value, false};
    }
    settle(true);
    return sentences;
}

void ParameterForm::setValue(const QString& name, const json& value) {
    Parts& p = *m_parts;
    if (!p.schema || !p.schema->find(name.toStdString())) return;
    p.given[name.toStdString()] = {name.toStdString(), value, false};
    settle(true);
}

void ParameterForm::resetAll() {
    m_parts->given.clear();
    settle(true);
}

void ParameterForm::focusParameter(const QString& name) {
    if (ParameterRow* row = m_parts->row(name.toStdString())) {
        if (row->editor()->parameter().advanced) m_parts->advanced->setChecked(true);
        ensureWidgetVisible(row);
        row->editor()->field()->setFocus(Qt::OtherFocusReason);
    }
}

/// What was typed in one row.
void ParameterForm::take(ParameterRow* row) {
    Parts& p = *m_parts;
    const FormState before = p.state();
    const Assignment assignment = row->editor()->assignment();
    p.given[assignment.name] = assignment;
    // Giving one of an exclusive pair takes back what was given for the other.
    const bool given = !(assignment.value.is_null() || (assignment.isText && assignment.value == ""));
    if (given)
        for (const std::string& other : row->editor()->parameter().exclusiveWith) p.given.erase(other);
    settle(false, row);
    record(before, QString::fromStdString(row->editor()->parameter().title()));
}

void ParameterForm::resetOne(ParameterRow* row) {
    const FormState before = m_parts->state();
    m_parts->given.erase(row->editor()->parameter().name);
    settle(true);
    record(before, QString::fromStdString(row->editor()->parameter().title()));
}

void ParameterForm::record(const FormState& before, const QString& field) {
    Parts& p = *m_parts;
    FormState after = p.state();
    if (!p.undo || after == before) return;
    p.undo->push(new FormEdit(this, before, std::move(after), field, [this](const FormState& state) {
        m_parts->preset = state.preset;
        m_parts->given.clear();
        for (const auto& [name, entry] : state.given.items()) m_parts->given[name] = {name, entry.at("value"), entry.at("text").get<bool>()};
        settle(true);
    }));
}

/// Resolves what is given and shows what came of it. Fields are rewritten only when the change came from elsewhere, so that
/// nothing moves under the hand that types.
void ParameterForm::settle(bool rewrite, const ParameterRow* typedIn) {
    Parts& p = *m_parts;
    p.resolution = engine::resolve(*p.schema, p.preset.toStdString(), listOf(p.given));
    p.standard = engine::resolve(*p.schema, p.preset.toStdString(), {}).values;
    int changed = 0;
    for (ParameterRow* row : p.rows) {
        const engine::ParameterModel& parameter = row->editor()->parameter();
        QString error;
        for (const engine::FieldError& one : p.resolution.errors)
            if (one.parameter == parameter.name && error.isEmpty()) error = withoutName(one);
        const json value = p.resolution.values.value(parameter.name, json());
        if (row != typedIn && (rewrite || error.isEmpty())) {
            const auto given = p.given.find(parameter.name);
            if (error.isEmpty() || given == p.given.end()) row->editor()->show(value);
        }
        row->setError(error);
        const json standard = p.standard.value(parameter.name, json());
        const bool differs = p.given.count(parameter.name) != 0 && (!error.isEmpty() || value != standard);
        row->setChanged(differs, QString::fromStdString(engine::textOf(parameter, standard)));
        changed += differs;
    }
    for (QAbstractButton* button : p.presets->buttons()) button->setChecked(button->property("preset").toString() == p.preset);
    p.presetWords->setText(changed == 0 ? QString() : tr("%1, %n changed", nullptr, changed).arg(p.preset.isEmpty() ? tr("default") : p.preset));
    p.presetWords->setVisible(changed > 0);
    p.reset->setEnabled(changed > 0);
    showRows();
    if (p.live) {
        if (!p.coalesce.isActive()) p.coalesce.start();
    } else {
        Q_EMIT valuesChanged();
    }
}

void ParameterForm::showRows() {
    Parts& p = *m_parts;
    std::map<std::string, bool> groups;
    for (ParameterRow* row : p.rows) {
        const engine::ParameterModel& parameter = row->editor()->parameter();
        const bool applies = engine::isVisible(*p.schema, parameter, p.resolution.values);
        const bool folded = parameter.advanced && !p.advanced->isChecked() && row->error().isEmpty() && !row->isChanged();
        row->setVisible(applies && !folded);
        if (!parameter.advanced) groups[parameter.group] = groups[parameter.group] || applies;
    }
    for (const auto& [group, heading] : p.headings) heading->setVisible(groups[group]);
}

}  // namespace latent::desktop
