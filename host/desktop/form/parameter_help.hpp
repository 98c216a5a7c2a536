// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// What a parameter is, in words: as a tooltip, and as a card for F1. The same words as `latent describe` and the manual.
//
//     label->setToolTip(helpTip(schema, parameter, standard));
//     showHelpCard(schema, parameter, standard, field);      // closes by itself

#include <QString>
#include <QStringList>
#include <utility>
#include <vector>

#include "engine/parameters/schema_model.hpp"

class QWidget;

namespace latent::desktop {

/// "Takes", "Default", "Unit", "Choices" …, as far as there is something to say. `standard` is what the preset gives.
std::vector<std::pair<QString, QString>> helpFacts(const engine::SchemaModel& schema,
                                                   const engine::ParameterModel& parameter,
                                                   const nlohmann::json& standard);
/// Text of the plugin is escaped.
QString helpTip(const engine::SchemaModel& schema, const engine::ParameterModel& parameter,
                const nlohmann::json& standard);
void showHelpCard(const engine::SchemaModel& schema, const engine::ParameterModel& parameter,
                  const nlohmann::json& standard, QWidget* field);

}  // namespace latent::desktop
