// SPDX-License-Identifier: GPL-3.0-or-later
#include "desktop/form/choice_editor.hpp"

#include <QAbstractItemView>
#include <QCheckBox>
#include <QComboBox>
#include <QHBoxLayout>
#include <QPushButton>
#include <QSignalBlocker>
#include <QStylePainter>
#include <QWheelEvent>

#include "desktop/form/list_editor.hpp"
#include "desktop/form/path_editor.hpp"
#include "desktop/form/segment_bar.hpp"
#include "desktop/form/slider_editor.hpp"
#include "desktop/theme/combo_box.hpp"
#include "desktop/theme/theme.hpp"

namespace latent::desktop {
namespace {

using engine::ChoiceModel;
using engine::ParameterModel;
using engine::ParameterType;

constexpr std::size_t kMostSegments = 3, kMostInSegments = 20;  ///< of all segments together

QString labelOf(const ChoiceModel& choice) {
    return QString::fromStdString(choice.label.empty() ? choice.value : choice.label);
}

/// A list that the wheel does not change while one scrolls the form.
class CalmComboBox final : public ComboBox {
  public:
    using ComboBox::ComboBox;

    /// As wide as its longest line, whatever the field has room for.
    void showPopup() override {
        view()->setMinimumWidth(std::max(width(), view()->sizeHintForColumn(0) + 2 * space::groups));
        ComboBox::showPopup();
    }

  protected:
    void wheelEvent(QWheelEvent* event) override {
        hasFocus() ? QComboBox::wheelEvent(event) : event->ignore();
    }
    /// Long values end in "…", which a style sheet does not do by itself.
    void paintEvent(QPaintEvent*) override {
        QStylePainter painter(this);
        QStyleOptionComboBox option;
        initStyleOption(&option);
        painter.drawComplexControl(QStyle::CC_ComboBox, option);
        if (currentIndex() < 0) {
            option.palette.setBrush(QPalette::ButtonText, option.palette.placeholderText());
            option.currentText = placeholderText();
        }
        const int room =
            style()
                ->subControlRect(QStyle::CC_ComboBox, &option, QStyle::SC_ComboBoxEditField, this)
                .width() -
            space::tight;
        option.currentText = fontMetrics().elidedText(option.currentText, Qt::ElideRight, room);
        painter.drawControl(QStyle::CE_ComboBoxLabel, option);
    }
};

template <class Widget>
Widget* fill(ParameterEditor* editor, Widget* widget) {
    auto* row = new QHBoxLayout(editor);
    row->setContentsMargins(0, 0, 0, 0);
    row->addWidget(widget);
    editor->setFocusProxy(widget);
    return widget;
}

}  // namespace

ComboEditor::ComboEditor(const ParameterModel& p, QWidget* parent)
    : ParameterEditor(p, parent), m_box(fill(this, new CalmComboBox(this))) {
    if (p.optional || !p.exclusiveWith.empty()) m_box->addItem(tr("not given"));
    for (const ChoiceModel& choice : p.choices) {
        m_box->addItem(labelOf(choice), QString::fromStdString(choice.value));
        m_box->setItemData(m_box->count() - 1, QString::fromStdString(choice.help), Qt::ToolTipRole);
    }
    m_box->setPlaceholderText(tr("choose"));
    m_box->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    m_box->setMinimumContentsLength(6);
    m_box->setMinimumWidth(64);
    m_box->setContextMenuPolicy(Qt::NoContextMenu);
    connect(m_box, &QComboBox::activated, this, &ParameterEditor::edited);
}

engine::Assignment ComboEditor::assignment() const {
    const QString value = m_box->currentData().toString();
    return {parameter().name, value.isEmpty() ? nlohmann::json() : nlohmann::json(value.toStdString()),
            false};
}

void ComboEditor::show(const nlohmann::json& value) {
    const QSignalBlocker quiet(m_box);
    const bool mayBeAbsent = m_box->count() > 0 && !m_box->itemData(0).isValid();
    m_box->setCurrentIndex(value.is_string()
                               ? m_box->findData(QString::fromStdString(value.get<std::string>()))
                           : mayBeAbsent ? 0
                                         : -1);
}

void ComboEditor::setError(const QString& sentence) { setWrongLook(m_box, !sentence.isEmpty()); }
QWidget* ComboEditor::field() { return m_box; }

SegmentEditor::SegmentEditor(const ParameterModel& p, QWidget* parent)
    : ParameterEditor(p, parent), m_bar(fill(this, new SegmentBar(this))) {
    for (const ChoiceModel& choice : p.choices)
        m_bar->add(QString::fromStdString(choice.value), labelOf(choice),
                   QString::fromStdString(choice.help));
    setFocusProxy(nullptr);
    connect(m_bar, &SegmentBar::chosen, this, &ParameterEditor::edited);
}

engine::Assignment SegmentEditor::assignment() const {
    const QString value = m_bar->value();
    return {parameter().name, value.isEmpty() ? nlohmann::json() : nlohmann::json(value.toStdString()),
            false};
}

void SegmentEditor::show(const nlohmann::json& value) {
    m_bar->setValue(value.is_string() ? QString::fromStdString(value.get<std::string>()) : QString());
}
void SegmentEditor::setError(const QString& sentence) { setWrongLook(m_bar, !sentence.isEmpty()); }
QWidget* SegmentEditor::field() { return m_bar->focusTarget(); }

bool SegmentEditor::fits(const ParameterModel& p) {
    if (p.optional || !p.exclusiveWith.empty() || p.choices.size() > kMostSegments) return false;
    qsizetype letters = 0;
    for (const ChoiceModel& choice : p.choices) letters += labelOf(choice).size();
    return letters <= static_cast<qsizetype>(kMostInSegments);
}

FlagEditor::FlagEditor(const ParameterModel& p, QWidget* parent)
    : ParameterEditor(p, parent), m_box(fill(this, new QCheckBox(this))) {
    m_box->setContextMenuPolicy(Qt::NoContextMenu);
    m_box->setMinimumHeight(space::target + 2);
    connect(m_box, &QCheckBox::clicked, this, &ParameterEditor::edited);
    connect(m_box, &QCheckBox::toggled, this, [this](bool on) { m_box->setText(on ? tr("on") : tr("off")); });
    m_box->setText(tr("off"));
}

engine::Assignment FlagEditor::assignment() const { return {parameter().name, m_box->isChecked(), false}; }
void FlagEditor::show(const nlohmann::json& value) {
    m_box->setChecked(value.is_boolean() && value.get<bool>());
}
void FlagEditor::setError(const QString& sentence) { setWrongLook(m_box, !sentence.isEmpty()); }
QWidget* FlagEditor::field() { return m_box; }

ParameterEditor* makeEditor(const ParameterModel& p, const RunChooser* chooser, bool live, QWidget* parent) {
    switch (p.type) {
        case ParameterType::Flag:
            return new FlagEditor(p, parent);
        case ParameterType::Choice:
            if (SegmentEditor::fits(p)) return new SegmentEditor(p, parent);
            return new ComboEditor(p, parent);
        case ParameterType::Seed:
            return new SeedEditor(p, parent);
        case ParameterType::Path:
            return new PathEditor(p, parent);
        case ParameterType::Run:
        case ParameterType::Checkpoint:
        case ParameterType::Dataset:
            return new RunEditor(p, chooser, parent);
        case ParameterType::Number:
        case ParameterType::Integer:
            if (live) return new SliderEditor(p, parent);
            return new NumberEditor(p, parent);
        case ParameterType::Numbers:
            if (live) return new SliderEditor(p, parent);
            return new ListEditor(p, parent);
        case ParameterType::Integers:
        case ParameterType::Texts:
        case ParameterType::Matrix:
            return new ListEditor(p, parent);
        case ParameterType::Text:
            break;
    }
    return new TextEditor(p, parent);
}

}  // namespace latent::desktop
