// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// A probe's answer in words. Pure functions; any thread.

#include <QString>

#include "engine/probe/client.hpp"

namespace latent::desktop {

/// Its numbers by the labels that the plugin declared: "swing-by 0.213 · descents 2".
QString numberWords(const engine::ProbeReply& reply);
/// "Solved in 3.2 ms".
QString solvedWords(double elapsed_ms);

}  // namespace latent::desktop
