// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// How states of runs are told: a word, an icon and a colour, never one of them alone.

#include <QColor>
#include <QString>

namespace latent::desktop {

struct StateLook {
    QString word, icon;
    QColor colour;
};
/// For queued, running, paused, stopped, interrupted, failed, done, lost, elsewhere.
StateLook stateLook(const QString& state);

}  // namespace latent::desktop
