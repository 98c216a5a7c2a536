// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// An order for a run as the words of `latent run … --queue --json`, and the answer to them. Pure functions, any thread.
//
//     LatentCommand::run(owner, wordsOf(order), [](engine::Result<QByteArray> answer) { … runIn(*answer) … });

#include <QByteArray>
#include <QString>
#include <QStringList>
#include <filesystem>

#include "engine/jobs/start.hpp"
#include "engine/result.hpp"

namespace latent::desktop {

QStringList wordsOf(const engine::RunOrder& order);
/// {"run": "/path"}: the path.
engine::Result<std::filesystem::path> runIn(const QByteArray& answer);
/// "sim/theory · mu 1, 2", from what was given; while there is no run yet.
QString orderTitle(const engine::RunOrder& order);

}  // namespace latent::desktop
