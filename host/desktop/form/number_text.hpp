// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Numbers as a hand types and steps them. Pure functions; what is right is the engine's to say.
//
//     isUnfinished(sigma, "1e", 2);                // true: no error yet
//     stepped(steps, 200, +1, false);              // 210, or the schema's step
//     stepText(mu, "1, 20", 4, -1, false);         // {"1, 19", 5}: the entry that the cursor is in

#include <QString>
#include <optional>

#include "engine/parameters/schema_model.hpp"

namespace latent::desktop {

/// Whether the number that the cursor is in may only be begun ("", "-", "1e", "1e-"), or brackets are still open.
bool isUnfinished(const engine::ParameterModel& parameter, const QString& text, int cursor);

/// By the schema's step, else by a unit of the second digit; logarithmic ones over 1, 2, 5, 10. `large`: ten times that, a
/// decade. Never beyond a limit of the schema.
double stepped(const engine::ParameterModel& parameter, double value, int by, bool large);

/// As short as it can be written, without the dust of binary fractions: 0.30000000000000004 is 0.3.
QString shortNumber(const engine::ParameterModel& parameter, double value);

struct SteppedText {
    QString text;
    int cursor = 0;
};
/// Nothing where the cursor is in no number.
std::optional<SteppedText> stepText(const engine::ParameterModel& parameter, const QString& text, int cursor,
                                    int by, bool large);

}  // namespace latent::desktop
