// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// The inside of ParameterForm, shared by the files that build it and that run it.

#include <QHash>
#include <QTimer>
#include <QUndoStack>
#include <map>

#include "desktop/form/form_values.hpp"
#include "desktop/form/parameter_form.hpp"
#include "desktop/form/parameter_row.hpp"

class QComboBox;
class QLabel;
class QPushButton;

namespace latent::desktop {

class SegmentBar;

struct ParameterForm::Parts {
    std::optional<FormValues> values;
    QString experiment;
    const RunChooser* chooser = nullptr;
    QUndoStack own;
    QUndoStack* undo = &own;
    bool live = false;
    std::vector<std::string> moreArguments;
    std::vector<ParameterRow*> rows;
    std::map<std::string, QLabel*> headings;
    SegmentBar* presets = nullptr;
    QComboBox* presetList = nullptr;   ///< instead, where there are many
    QLabel* presetWords = nullptr;
    QPushButton *advanced = nullptr, *copy = nullptr, *paste = nullptr, *reset = nullptr;
    QVBoxLayout* column = nullptr;
    QTimer coalesce;                   ///< of changes while a slider is dragged
    QTimer patience;                   ///< until an error that one may still be typing away is shown
    ParameterRow* typedIn = nullptr;

    ParameterRow* row(const std::string& name) const {
        for (ParameterRow* one : rows)
            if (one->parameter().name == name) return one;
        return nullptr;
    }
};

}  // namespace latent::desktop
