// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// A command line or a request, as somebody pastes it: "latent run sim/theory --preset laptop --set mu=1,2", or the text of a
// request.json.
//
// Read as a POSIX shell and `latent run` read it, without running anything: no variables, no substitutions. Pure functions.
//
//     if (looksLikeRequest(text)) LATENT_TRY(PastedRequest pasted, readRequestText(text));

#include <QString>
#include <QStringList>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "engine/parameters/resolve.hpp"
#include "engine/result.hpp"

namespace latent::desktop {

struct PastedRequest {
    std::string experiment, preset;
    std::vector<engine::Assignment> assignments;  ///< of a command line
    nlohmann::json values;                        ///< of a request: all of them; else null
    std::optional<int> threads;
    QStringList leftOut;  ///< options that a form has no place for
};

bool looksLikeRequest(const QString& text);
engine::Result<PastedRequest> readRequestText(const QString& text);

/// The words that a POSIX shell makes of a line: quotes, backslashes and continued lines. Nothing is expanded.
engine::Result<std::vector<std::string>> shellWords(const std::string& line);

}  // namespace latent::desktop
