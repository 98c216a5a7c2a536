// SPDX-License-Identifier: GPL-3.0-or-later
// How a form is put together: presets, rows in groups, the advanced ones folded, the foot; and its columns.
#include <QComboBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QScrollBar>
#include <QVBoxLayout>
#include <algorithm>

#include "desktop/form/field_label.hpp"
#include "desktop/form/form_parts.hpp"
#include "desktop/form/segment_bar.hpp"
#include "desktop/theme/combo_box.hpp"
#include "desktop/theme/icon.hpp"
#include "desktop/theme/theme.hpp"

namespace latent::desktop {
namespace {

constexpr int kMark = 14;        ///< the column of the dots
constexpr int kNarrow_px = 264;  ///< below this a label stands above its field
constexpr int kLeastLabel = 72;
constexpr double kMostLabel = 0.42;  ///< of the width
constexpr std::size_t kMostSwitches = 4;
constexpr qsizetype kMostInSwitches = 26;  ///< of all segments together

}  // namespace

void ParameterForm::build() {
    Parts& p = *m_parts;
    p.rows.clear();
    p.headings.clear();
    p.typedIn = nullptr;
    p.patience.stop();
    auto* page = new QWidget;
    page->setProperty("look", "page");
    p.column = new QVBoxLayout(page);
    p.column->setContentsMargins(2, 2, space::groups, space::between);
    p.column->setSpacing(space::inside);
    buildPresets(page);
    buildRows(page);
    buildFoot(page);
    p.column->addStretch();
    setWidget(page);  // deletes the one before
    placeColumns();
    settle(true);
}

void ParameterForm::buildPresets(QWidget* page) {
    Parts& p = *m_parts;
    p.presets = nullptr;
    p.presetList = nullptr;
    struct Entry {
        QString value, words, help;
    };
    std::vector<Entry> entries{{QString(), tr("default"), tr("What the experiment declares.")}};
    qsizetype letters = entries.front().words.size();
    for (const engine::PresetModel& preset : p.values->schema().presets()) {
        entries.push_back({QString::fromStdString(preset.name), QString::fromStdString(preset.name),
                           QString::fromStdString(preset.help)});
        letters += entries.back().words.size();
    }
    auto* row = new QHBoxLayout;
    row->setContentsMargins(kMark, 0, 0, 0);
    if (entries.size() > 1 && entries.size() <= kMostSwitches && letters <= kMostInSwitches) {
        p.presets = new SegmentBar(page);
        p.presets->setAccessibleName(tr("Preset"));
        for (const Entry& entry : entries) p.presets->add(entry.value, entry.words, entry.help);
        for (QPushButton* button : p.presets->buttons())
            button->setAccessibleName(tr("Preset %1").arg(button->text()));
        row->addWidget(p.presets);
        connect(p.presets, &SegmentBar::chosen, this, &ParameterForm::choosePreset);
    } else if (entries.size() > 1) {
        auto* words = new QLabel(tr("Preset"), page);
        p.presetList = new ComboBox(page);
        p.presetList->setFocusPolicy(Qt::StrongFocus);  // not by the wheel
        p.presetList->setAccessibleName(tr("Preset"));
        p.presetList->setMinimumWidth(64);
        for (const Entry& entry : entries) {
            p.presetList->addItem(entry.words, entry.value);
            p.presetList->setItemData(p.presetList->count() - 1, entry.help, Qt::ToolTipRole);
        }
        words->setBuddy(p.presetList);
        row->addWidget(words);
        row->addSpacing(space::inside);
        row->addWidget(p.presetList, 1);
        connect(p.presetList, &QComboBox::activated, this,
                [this] { choosePreset(m_parts->presetList->currentData().toString()); });
    }
    p.column->addLayout(row);
    p.presetWords = new QLabel(page);
    p.presetWords->setProperty("look", "small");
    p.presetWords->setMinimumWidth(1);
    p.presetWords->setContentsMargins(kMark, 0, 0, 0);
    QSizePolicy keeps = p.presetWords->sizePolicy();
    keeps.setRetainSizeWhenHidden(p.live);  // rows do not move under a hand that drags
    p.presetWords->setSizePolicy(keeps);
    p.column->addWidget(p.presetWords);
}

void ParameterForm::addRow(const engine::ParameterModel& parameter, QWidget* page) {
    Parts& p = *m_parts;
    auto* row = new ParameterRow(parameter, p.chooser, p.live, page);
    connect(row->editor(), &ParameterEditor::edited, this, [this, row] { edited(row); });
    connect(row->editor(), &ParameterEditor::left, this, [this] { showErrors(Hand::Left); });
    connect(row->editor(), &ParameterEditor::requestPasted, this, &ParameterForm::pasteText);
    connect(row, &ParameterRow::resetAsked, this, [this, row] { resetOne(row); });
    connect(row, &ParameterRow::helpAsked, this, [this, row] { showHelp(row); });
    connect(row, &ParameterRow::undoAsked, this, [this] { m_parts->undo->undo(); });
    connect(row, &ParameterRow::redoAsked, this, [this] { m_parts->undo->redo(); });
    p.rows.push_back(row);
    p.column->addWidget(row);
}

void ParameterForm::buildRows(QWidget* page) {
    Parts& p = *m_parts;
    const auto& parameters = p.values->schema().parameters();
    std::vector<std::string> groups = p.values->schema().groups();
    if (std::find(groups.begin(), groups.end(), "") == groups.end()) groups.insert(groups.begin(), "");
    // Where one drags, what can be dragged comes first.
    const auto isDragged = [&](const std::string& group) {
        return std::any_of(parameters.begin(), parameters.end(), [&](const engine::ParameterModel& one) {
            return one.group == group && !one.advanced &&
                   (one.type == engine::ParameterType::Number || one.type == engine::ParameterType::Numbers);
        });
    };
    if (p.live) std::stable_partition(groups.begin(), groups.end(), isDragged);
    const auto addGroup = [&](const std::string& group, bool isAdvanced) {
        for (const engine::ParameterModel& parameter : parameters) {
            if (parameter.group != group || parameter.advanced != isAdvanced) continue;
            if (!group.empty() && !isAdvanced && !p.headings.count(group)) {
                auto* heading = new QLabel(QString::fromStdString(group).toUpper(), page);
                heading->setTextFormat(Qt::PlainText);
                heading->setProperty("look", "section");
                heading->setContentsMargins(kMark, space::inside, 0, 0);
                heading->setMinimumWidth(1);
                p.column->addWidget(heading);
                p.headings[group] = heading;
            }
            addRow(parameter, page);
        }
    };
    for (const std::string& group : groups) addGroup(group, false);
    p.advanced = new QPushButton(page);
    p.advanced->setProperty("look", "fold");
    p.advanced->setCheckable(true);
    p.advanced->setIcon(icon(QStringLiteral("chevron-right")));
    p.advanced->setIconSize(QSize(12, 12));
    auto* fold = new QHBoxLayout;
    fold->setContentsMargins(kMark - space::tight, space::tight, 0, 0);
    fold->addWidget(p.advanced);
    fold->addStretch();
    p.column->addLayout(fold);
    connect(p.advanced, &QPushButton::toggled, this, [this](bool open) {
        m_parts->advanced->setIcon(
            icon(open ? QStringLiteral("chevron-down") : QStringLiteral("chevron-right")));
        showRows();
    });
    for (const std::string& group : groups) addGroup(group, true);
}

void ParameterForm::buildFoot(QWidget* page) {
    Parts& p = *m_parts;
    const auto link = [&](const QString& words, const QString& tip) {
        auto* button = new QPushButton(words, page);
        button->setProperty("look", "link");
        button->setToolTip(tip);
        return button;
    };
    p.copy = link(tr("Copy as command line"), {});
    p.paste = link(tr("Paste"), tr("Fill the form from a command line or a request on the clipboard"));
    p.reset = link(tr("Reset"), tr("Everything back to the preset"));
    p.paste->setAccessibleName(tr("Paste a command line or a request"));
    p.reset->setAccessibleName(tr("Reset all parameters"));
    auto* row = new QHBoxLayout;
    row->setContentsMargins(kMark - space::tight - 1, space::inside, 0, 0);
    row->setSpacing(0);
    row->addWidget(p.copy);
    row->addWidget(p.paste);
    row->addStretch();
    row->addWidget(p.reset);
    p.copy->setVisible(!p.live);
    p.paste->setVisible(!p.live);
    p.column->addLayout(row);
    connect(p.copy, &QPushButton::clicked, this, &ParameterForm::copyCommandLine);
    connect(p.paste, &QPushButton::clicked, this, &ParameterForm::paste);
    connect(p.reset, &QPushButton::clicked, this, [this] {
        const FormState before = m_parts->values->state();
        resetAll();
        record(before, tr("reset of all parameters"), {});
    });
}

/// One column of labels, as wide as the longest one where that leaves room for the fields.
void ParameterForm::placeColumns() {
    Parts& p = *m_parts;
    const int width = viewport()->width();
    const bool stacked = width < kNarrow_px;
    int labels = kLeastLabel;
    for (const ParameterRow* row : p.rows)
        if (!row->isHidden()) labels = std::max(labels, row->labelWidth());
    p.copy->setText(stacked ? tr("Copy command") : tr("Copy as command line"));
    labels = std::min(labels, static_cast<int>(width * kMostLabel));
    for (ParameterRow* row : p.rows)
        row->setColumn(stacked ? std::max(24, width - kMark - space::groups - 4) : labels, stacked);
}

void ParameterForm::resizeEvent(QResizeEvent* event) {
    QScrollArea::resizeEvent(event);
    if (m_parts->values) placeColumns();
}

}  // namespace latent::desktop
