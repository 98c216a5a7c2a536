// SPDX-License-Identifier: GPL-3.0-or-later
// Editors without text: choices (buttons side by side, or a list) and flags; and which editor a type gets.
#include <QButtonGroup>
#include <QCheckBox>
#include <QComboBox>
#include <QHBoxLayout>
#include <QPushButton>
#include <QSignalBlocker>
#include <QWheelEvent>

#include "desktop/form/slider_editor.hpp"
#include "desktop/form/text_editor.hpp"
#include "desktop/theme/theme.hpp"

namespace latent::desktop {
namespace {

using engine::ParameterModel;
using engine::ParameterType;

constexpr std::size_t kMostButtons = 3;
constexpr std::size_t kMostLetters = 24;  ///< of all buttons together

/// A list that the wheel does not change while one scrolls the form.
class CalmComboBox final : public QComboBox {
  public:
    using QComboBox::QComboBox;

  protected:
    void wheelEvent(QWheelEvent* event) override { hasFocus() ? QComboBox::wheelEvent(event) : event->ignore(); }
};

class ComboEditor final : public ParameterEditor {
  public:
    ComboEditor(const ParameterModel& p, QWidget* parent) : ParameterEditor(p, parent), m_box(new CalmComboBox(this)) {
        auto* row = new QHBoxLayout(this);
        row->setContentsMargins(0, 0, 0, 0);
        row->addWidget(m_box);
        if (p.optional) m_box->addItem(tr("not given"));
        for (const engine::ChoiceModel& choice : p.choices) {
            m_box->addItem(QString::fromStdString(choice.label.empty() ? choice.value : choice.label), QString::fromStdString(choice.value));
            m_box->setItemData(m_box->count() - 1, QString::fromStdString(choice.help), Qt::ToolTipRole);
        }
        m_box->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
        m_box->setMinimumContentsLength(8);
        setFocusProxy(m_box);
        connect(m_box, &QComboBox::activated, this, &ParameterEditor::edited);
    }
    engine::Assignment assignment() const override {
        const QString value = m_box->currentData().toString();
        return {parameter().name, value.isEmpty() ? nlohmann::json() : nlohmann::json(value.toStdString()), false};
    }
    void show(const nlohmann::json& value) override {
        const QSignalBlocker quiet(m_box);
        m_box->setCurrentIndex(value.is_string() ? m_box->findData(QString::fromStdString(value.get<std::string>())) : 0);
        m_box->setToolTip(m_box->currentText());
    }
    void setWrong(bool wrong) override { setWrongLook(m_box, wrong); }
    QWidget* field() override { return m_box; }

  private:
    QComboBox* m_box;
};

class ButtonsEditor final : public ParameterEditor {
  public:
    ButtonsEditor(const ParameterModel& p, QWidget* parent) : ParameterEditor(p, parent), m_group(new QButtonGroup(this)) {
        auto* row = new QHBoxLayout(this);
        row->setContentsMargins(0, 0, 0, 0);
        row->setSpacing(2);
        for (const engine::ChoiceModel& choice : p.choices) {
            auto* button = new QPushButton(QString::fromStdString(choice.label.empty() ? choice.value : choice.label), this);
            button->setCheckable(true);
            button->setProperty("look", "flat");
            button->setToolTip(QString::fromStdString(choice.help));
            m_group->addButton(button, static_cast<int>(m_group->buttons().size()));
            row->addWidget(button);
        }
        row->addStretch();
        connect(m_group, &QButtonGroup::idClicked, this, &ParameterEditor::edited);
    }
    engine::Assignment assignment() const override {
        const int id = m_group->checkedId();
        return {parameter().name, id < 0 ? nlohmann::json() : nlohmann::json(parameter().choices[static_cast<std::size_t>(id)].value), false};
    }
    void show(const nlohmann::json& value) override {
        for (std::size_t i = 0; i < parameter().choices.size(); ++i)
            m_group->button(static_cast<int>(i))->setChecked(value.is_string() && parameter().choices[i].value == value.get<std::string>());
    }
    void setWrong(bool wrong) override {
        for (QAbstractButton* button : m_group->buttons()) setWrongLook(button, wrong);
    }
    QWidget* field() override { return m_group->button(0); }

  private:
    QButtonGroup* m_group;
};

class FlagEditor final : public ParameterEditor {
  public:
    FlagEditor(const ParameterModel& p, QWidget* parent) : ParameterEditor(p, parent), m_box(new QCheckBox(this)) {
        auto* row = new QHBoxLayout(this);
        row->setContentsMargins(0, 0, 0, 0);
        row->addWidget(m_box);
        setFocusProxy(m_box);
        connect(m_box, &QCheckBox::clicked, this, &ParameterEditor::edited);
    }
    engine::Assignment assignment() const override { return {parameter().name, m_box->isChecked(), false}; }
    void show(const nlohmann::json& value) override { m_box->setChecked(value.is_boolean() && value.get<bool>()); }
    void setWrong(bool wrong) override { setWrongLook(m_box, wrong); }
    QWidget* field() override { return m_box; }

  private:
    QCheckBox* m_box;
};

bool fitsButtons(const ParameterModel& p) {
    if (p.optional || p.choices.size() > kMostButtons) return false;
    std::size_t letters = 0;
    for (const engine::ChoiceModel& choice : p.choices) letters += (choice.label.empty() ? choice.value : choice.label).size();
    return letters <= kMostLetters;
}

}  // namespace

ParameterEditor* makeEditor(const ParameterModel& p, const RunChooser* chooser, bool live, QWidget* parent) {
    switch (p.type) {
        case ParameterType::Flag: return new FlagEditor(p, parent);
        case ParameterType::Choice:
            if (fitsButtons(p)) return new ButtonsEditor(p, parent);
            return new ComboEditor(p, parent);
        case ParameterType::Seed: return new SeedEditor(p, parent);
        case ParameterType::Path:
        case ParameterType::Run:
        case ParameterType::Checkpoint:
        case ParameterType::Dataset: return new PathEditor(p, chooser, parent);
        case ParameterType::Number:
        case ParameterType::Integer:
        case ParameterType::Numbers:
            if (live) return new SliderEditor(p, parent);
            break;
        default: break;
    }
    return new TextEditor(p, parent);
}

}  // namespace latent::desktop
